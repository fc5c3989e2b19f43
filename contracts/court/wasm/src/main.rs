//! Prints the interface and the constructor of `court`, for `cargo stylus export-abi`.

fn main() {
    court::print_from_args();
}
