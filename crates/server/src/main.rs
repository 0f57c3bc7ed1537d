//! The program `rejoinder`.
fn main() {}
