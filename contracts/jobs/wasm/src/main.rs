//! Prints the interface and the constructor of `jobs`, for `cargo stylus export-abi`.

fn main() {
    jobs::print_from_args();
}
