//! Prints the Solidity interface of [`lens`].

fn main() {
    lens::print_from_args();
}
