//! Prints the Solidity interface of [`profiles`].

fn main() {
    profiles::print_from_args();
}
