//! The table of attacks names tests that are there.

use std::{fs, path::Path};

/// What a line of Markdown has between backticks.
fn spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(tests.join("ATTACKS.md")).expect("the table");
    // "| T-01 | …": other lines of the tables have no letter there.
    let rows: Vec<&str> = table
        .lines()
        .filter(|line| line.strip_prefix("| ").is_some_and(|row| row.starts_with(char::is_uppercase)))
        .collect();
    // E-02, E-14 and E-15 are about what there is not yet; the table says so below its rows.
    for (letter, expected) in [("T", 12), ("R", 21), ("E", 15), ("C", 34), ("J", 3)] {
        let count = rows.iter().filter(|row| row.starts_with(&format!("| {letter}-"))).count();
        assert_eq!(count, expected, "rows {letter}");
    }
    for row in rows {
        let shown = row.trim_end_matches(" |").rsplit(" | ").next().expect("a last column");
        let mut source = None;
        let mut named = 0;
        for span in spans(shown) {
            if span.contains('/') {
                let read = fs::read_to_string(tests.join("..").join(span));
                source = Some(read.unwrap_or_else(|error| panic!("{span}: {error}")));
            } else {
                let source = source.as_ref().unwrap_or_else(|| panic!("{span} is in no file"));
                assert!(source.contains(span), "there is no {span} in its file: {row}");
                named += 1;
            }
        }
        assert!(named > 0, "nothing shows it: {row}");
    }
}
