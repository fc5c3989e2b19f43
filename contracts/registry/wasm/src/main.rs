//! Prints the Solidity interface of [`registry`].

fn main() {
    registry::print_from_args();
}
