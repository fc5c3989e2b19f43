//! Results as others fetch them: `results/<root>/` with `result.json`, `stdout`, `stderr` and `files/<path>`.
//!
//! `result.json` is the canonical [`Output`](linq_manifest::Output); everything else is named by it and checked against
//! it, so a reader needs to trust neither this process nor the way between.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy_primitives::{B256, hex};
use url::Url;

use crate::backend::Report;

/// The file that names all others of a result.
pub const INDEX: &str = "result.json";

/// Where results are kept and under which URI others find them.
#[derive(Clone, Debug)]
pub struct Results {
    folder: PathBuf,
    base: Url,
}

impl Results {
    /// Results in `folder`, named by `public_url` or, without one, by `file:` URIs.
    pub fn new(folder: PathBuf, public_url: Option<&Url>) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let folder = fs::canonicalize(folder)?;
        let named = match public_url {
            Some(url) => {
                let mut url = url.clone();
                url.path_segments_mut().map_err(|()| invalid("the public URL"))?.pop_if_empty().extend(["results", ""]);
                url
            }
            None => Url::from_directory_path(&folder).map_err(|()| invalid("the folder of results"))?,
        };
        Ok(Self { folder, base: named })
    }

    /// The folder that holds them all.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The URI of the result with this root.
    pub fn uri(&self, root: B256) -> String {
        format!("{}{}/{INDEX}", self.base, hex::encode(root))
    }

    /// Puts a result in place, whole or not at all, and says its root. The same result again changes nothing.
    pub fn keep(&self, report: &Report) -> io::Result<B256> {
        let root = report.output.root();
        let place = self.folder.join(hex::encode(root));
        if place.join(INDEX).exists() {
            return Ok(root);
        }
        let draft = tempfile::Builder::new().prefix("draft-").tempdir_in(&self.folder)?;
        write(&draft.path().join("stdout"), &report.stdout)?;
        write(&draft.path().join("stderr"), &report.stderr)?;
        for file in &report.output.files {
            let path = draft.path().join("files").join(&file.path);
            fs::create_dir_all(path.parent().unwrap_or(draft.path()))?;
            fs::copy(report.files.join(&file.path), &path)?;
            fs::File::open(&path)?.sync_all()?;
        }
        write(&draft.path().join(INDEX), report.output.canonical().as_bytes())?;
        fs::rename(draft.keep(), &place)?;
        fs::File::open(&self.folder)?.sync_all()?;
        Ok(root)
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)?;
    fs::File::open(path)?.sync_all()
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{what} has no URI"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use linq_manifest::{Content, Ending, Output, OutputFile};

    use super::*;

    fn report(files: &Path) -> Report {
        fs::create_dir_all(files.join("a")).unwrap();
        fs::write(files.join("a/b"), "content").unwrap();
        let output = Output {
            version: Output::VERSION,
            ending: Ending::Exited,
            exit_code: 0,
            stdout: Content::of("out"),
            stderr: Content::of(""),
            files: vec![OutputFile { path: "a/b".into(), content: Content::of("content") }],
        };
        Report { output, stdout: b"out".into(), stderr: vec![], files: files.into(), fuel: 1, took: Duration::ZERO }
    }

    #[test]
    fn a_result_is_found_whole_under_its_uri() {
        let dir = tempfile::tempdir().unwrap();
        let results = Results::new(dir.path().join("results"), None).unwrap();
        let report = report(&dir.path().join("run"));
        let root = results.keep(&report).unwrap();
        assert_eq!(results.keep(&report).unwrap(), root, "keeping it twice is keeping it once");

        let index = Url::parse(&results.uri(root)).unwrap().to_file_path().unwrap();
        let output = Output::parse(&fs::read(&index).unwrap()).unwrap();
        assert_eq!(output.root(), root);
        assert_eq!(fs::read(index.with_file_name("stdout")).unwrap(), b"out");
        assert_eq!(fs::read(index.with_file_name("files").join("a/b")).unwrap(), b"content");
        assert_eq!(fs::read_dir(results.folder()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_public_url_names_results_whatever_its_path() {
        let dir = tempfile::tempdir().unwrap();
        for (given, expected) in [("http://h:1", "http://h:1/results/"), ("http://h/p/", "http://h/p/results/")] {
            let results = Results::new(dir.path().into(), Some(&Url::parse(given).unwrap())).unwrap();
            assert!(results.uri(B256::ZERO).starts_with(expected), "{}", results.uri(B256::ZERO));
        }
    }
}
