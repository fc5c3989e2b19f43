//! Prints the interface and the constructor of `beacon`, for `cargo stylus export-abi`.

fn main() {
    beacon::print_from_args();
}
