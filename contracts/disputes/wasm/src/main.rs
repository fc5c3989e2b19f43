//! Prints the interface and the constructor of `disputes`, for `cargo stylus export-abi`.

fn main() {
    disputes::print_from_args();
}
