//! Prints the Solidity interface of [`jurors`].

fn main() {
    jurors::print_from_args();
}
