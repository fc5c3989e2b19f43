//! Prints the Solidity interface of [`lnq_token`].

fn main() {
    lnq_token::print_from_args();
}
