//! Prints the interface and the constructor of `escrow`, for `cargo stylus export-abi`.

fn main() {
    escrow::print_from_args();
}
