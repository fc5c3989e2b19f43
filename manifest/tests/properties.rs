//! What holds for every output.

use std::collections::BTreeMap;

use linq_manifest::{Content, Ending, Output, OutputFile};
use proptest::prelude::*;

fn path() -> impl Strategy<Value = String> {
    "[a-z0-9_.-]{1,6}(/[a-z0-9_-]{1,6}){0,2}"
        .prop_filter("no dots alone", |path| path.split('/').all(|segment| segment != "." && segment != ".."))
}

fn output() -> impl Strategy<Value = Output> {
    let content = || any::<Vec<u8>>();
    let files = proptest::collection::btree_map(path(), content(), 0..9);
    (0..Ending::ALL.len(), any::<u32>(), content(), content(), files).prop_map(
        |(ending, code, stdout, stderr, files)| output_of(Ending::ALL[ending], code, &stdout, &stderr, &files),
    )
}

fn output_of(ending: Ending, code: u32, stdout: &[u8], stderr: &[u8], files: &BTreeMap<String, Vec<u8>>) -> Output {
    Output {
        version: Output::VERSION,
        ending,
        exit_code: if ending == Ending::Exited { code } else { 0 },
        stdout: Content::of(stdout),
        stderr: Content::of(stderr),
        files: files
            .iter()
            .map(|(path, bytes)| OutputFile { path: path.clone(), content: Content::of(bytes) })
            .collect(),
    }
}

proptest! {
    #[test]
    fn an_output_reads_back_as_it_is_written(output in output()) {
        let read = Output::parse(output.canonical().as_bytes()).unwrap();
        prop_assert_eq!(&read, &output);
        prop_assert_eq!(read.root(), output.root());
    }

    #[test]
    fn two_outputs_with_one_root_are_one(a in output(), b in output()) {
        prop_assert_eq!(a == b, a.root() == b.root());
    }

    #[test]
    fn every_part_changes_the_root(output in output(), at in any::<prop::sample::Index>()) {
        let root = output.root();
        let mut changed = output.clone();
        changed.stdout.length += 1;
        prop_assert_ne!(changed.root(), root);
        let mut changed = output.clone();
        std::mem::swap(&mut changed.stdout, &mut changed.stderr);
        prop_assert_eq!(changed.root() == root, output.stdout == output.stderr);
        if !output.files.is_empty() {
            let at = at.index(output.files.len());
            let mut changed = output.clone();
            changed.files[at].path.push('x');
            prop_assert_ne!(changed.root(), root);
            let mut changed = output;
            changed.files.remove(at);
            prop_assert_ne!(changed.root(), root);
        }
    }
}
