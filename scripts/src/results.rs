//! Fetching a result and proving that it is the one that was submitted.
//!
//! The chain has the root of the result and a URI. `result.json` lists the content, everything else is checked against
//! it, and it against the root: nobody on the way has to be trusted. Nothing is put in place before all of it fits.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::B256;
use alloy::transports::http::reqwest::Url;
use linq_manifest::{Content, Digest, Hasher, Output};

use crate::error::{Error, Result};

/// The file that names all others of a result.
pub const INDEX: &str = "result.json";

/// Largest `result.json`.
pub const MAX_INDEX_BYTES: u64 = 4 << 20;

/// Time without a byte after which a download is given up.
const STALLED: Duration = Duration::from_secs(60);

/// Fetches the result at `uri` into `place`, which must not exist, if its root is `root` and it has at most `max_bytes`
/// bytes.
pub async fn fetch(uri: &str, root: B256, place: &Path, max_bytes: u64) -> Result<Output> {
    if place.exists() {
        return Err(Error::policy(format!("{} exists already", place.display()))
            .hint("remove it, or name another place with --output"));
    }
    let index = index_of(uri)?;
    let bytes = read_index(&index).await?;
    let output = checked(uri, &bytes, root)?;
    let size = size(&output);
    if size > max_bytes {
        return Err(Error::policy(format!("the result has {size} bytes, and {max_bytes} are allowed"))
            .hint("allow more with --max-bytes"));
    }
    let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let draft =
        std::fs::create_dir_all(parent).and_then(|()| tempfile::Builder::new().prefix(".linq-").tempdir_in(parent));
    let draft = draft.map_err(|error| unwritable(parent, &error))?;
    for (name, content) in contents(&output) {
        let from = index.join(&name).map_err(|error| refused(uri, error.to_string()))?;
        download(&from, &draft.path().join(&name), &content).await?;
    }
    std::fs::write(draft.path().join(INDEX), &bytes).map_err(|error| unwritable(place, &error))?;
    std::fs::rename(draft.path(), place).map_err(|error| unwritable(place, &error))?;
    Ok(output)
}

/// The digest of what is at `uri`, which has at most `max_bytes` bytes.
pub async fn digest(uri: &str, max_bytes: u64) -> Result<Digest> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::network(format!("cannot read what is at {uri}: {error}"))
            .hint("check the address, or give the document itself")
    };
    let url = Url::parse(uri).map_err(|error| failed(&error))?;
    let mut hasher = Hasher::default();
    let read = stream(&url, max_bytes, |piece| {
        hasher.update(piece);
        Ok(())
    });
    read.await.map_err(|error| failed(&error))?;
    Ok(hasher.finish())
}

/// Where one part of the result at `uri` is, such as [`INDEX`] or `stdout`.
pub fn part(uri: &str, name: &str) -> Result<String> {
    let part = index_of(uri)?.join(name).map_err(|error| refused(uri, error.to_string()))?;
    Ok(part.into())
}

/// What the result at `uri` consists of, if the root of its index is `root`.
pub fn checked(uri: &str, index: &[u8], root: B256) -> Result<Output> {
    let output = Output::parse(index).map_err(|error| refused(uri, format!("{INDEX} is not a result: {error}")))?;
    if output.root() != root {
        return Err(refused(uri, format!("it has root {}, and {root} was submitted", output.root())));
    }
    Ok(output)
}

/// Everything a result consists of besides its index.
fn contents(output: &Output) -> Vec<(String, Content)> {
    let streams = [("stdout".to_owned(), output.stdout), ("stderr".to_owned(), output.stderr)];
    let files = output.files.iter().map(|file| (format!("files/{}", file.path), file.content));
    streams.into_iter().chain(files).collect()
}

fn size(output: &Output) -> u64 {
    contents(output).iter().fold(0, |sum, (_, content)| sum.saturating_add(content.length))
}

/// The address of `result.json`; a URI that names a folder means the one inside.
fn index_of(uri: &str) -> Result<Url> {
    let url = Url::parse(uri).map_err(|error| refused(uri, format!("the URI cannot be read: {error}")))?;
    if !matches!(url.scheme(), "file" | "http" | "https") {
        return Err(refused(uri, format!("`{}` is not a scheme this can fetch from", url.scheme())));
    }
    if url.path().ends_with(".json") {
        return Ok(url);
    }
    let mut folder = url;
    if !folder.path().ends_with('/') {
        folder.set_path(&format!("{}/", folder.path()));
    }
    folder.join(INDEX).map_err(|error| refused(uri, error.to_string()))
}

async fn read_index(url: &Url) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream(url, MAX_INDEX_BYTES, |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    })
    .await?;
    Ok(bytes)
}

async fn download(url: &Url, place: &Path, expected: &Content) -> Result<()> {
    let parent: PathBuf = place.parent().unwrap_or(place).into();
    let mut file = std::fs::create_dir_all(&parent)
        .and_then(|()| std::fs::File::create(place))
        .map_err(|error| unwritable(place, &error))?;
    let mut hasher = Hasher::default();
    let length = stream(url, expected.length, |piece| {
        hasher.update(piece);
        file.write_all(piece).map_err(|error| unwritable(place, &error))
    })
    .await?;
    let found = Content { length, digest: hasher.finish() };
    if found != *expected {
        return Err(refused(
            url.as_str(),
            format!(
                "it has {length} bytes with digest {}, and {} bytes with {} belong there",
                found.digest, expected.length, expected.digest
            ),
        ));
    }
    Ok(())
}

/// Gives the content at `url` to `take`, piece by piece, and returns its length; fails as soon as it exceeds `limit`.
async fn stream(url: &Url, limit: u64, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<u64> {
    let mut length = 0_u64;
    let mut accept = |piece: &[u8]| {
        length += piece.len() as u64;
        if length > limit {
            return Err(refused(url.as_str(), format!("it is larger than the {limit} bytes that belong there")));
        }
        take(piece)
    };
    match url.to_file_path() {
        Ok(path) if url.scheme() == "file" => {
            let mut file = tokio::fs::File::open(&path).await.map_err(|error| unreachable(url, error))?;
            let mut piece = vec![0; 64 << 10];
            loop {
                match tokio::io::AsyncReadExt::read(&mut file, &mut piece)
                    .await
                    .map_err(|error| unreachable(url, error))?
                {
                    0 => break,
                    read => accept(&piece[..read])?,
                }
            }
        }
        _ => {
            let client = reqwest::Client::builder().read_timeout(STALLED).connect_timeout(STALLED).build();
            let client = client.map_err(|error| Error::failure(format!("cannot prepare connections: {error}")))?;
            let response = client.get(url.clone()).send().await.and_then(reqwest::Response::error_for_status);
            let mut response = response.map_err(|error| unreachable(url, error.without_url()))?;
            while let Some(piece) = response.chunk().await.map_err(|error| unreachable(url, error.without_url()))? {
                accept(&piece)?;
            }
        }
    }
    Ok(length)
}

fn refused(uri: &str, why: String) -> Error {
    Error::failure(format!("the result at {uri} is refused: {why}"))
        .hint("it is not what the provider submitted: ask the provider for the right files before the window ends, or do not accept it")
}

fn unreachable(url: &Url, why: impl std::fmt::Display) -> Error {
    Error::network(format!("cannot fetch {url}: {why}"))
        .hint("the provider may be offline: try again, before the window ends")
}

fn unwritable(place: &Path, error: &std::io::Error) -> Error {
    Error::failure(format!("cannot write {}: {error}", place.display()))
}

#[cfg(test)]
mod tests {
    use linq_manifest::{Ending, OutputFile};

    use super::*;
    use crate::error::Kind;

    fn publish(folder: &Path) -> (String, Output) {
        let output = Output {
            version: Output::VERSION,
            ending: Ending::Exited,
            exit_code: 0,
            stdout: Content::of("words\n"),
            stderr: Content::of(""),
            files: vec![OutputFile { path: "a/table.csv".into(), content: Content::of("1,2\n") }],
        };
        std::fs::create_dir_all(folder.join("files/a")).unwrap();
        std::fs::write(folder.join("stdout"), "words\n").unwrap();
        std::fs::write(folder.join("stderr"), "").unwrap();
        std::fs::write(folder.join("files/a/table.csv"), "1,2\n").unwrap();
        std::fs::write(folder.join(INDEX), output.canonical()).unwrap();
        (Url::from_file_path(folder.join(INDEX)).unwrap().to_string(), output)
    }

    #[tokio::test]
    async fn a_result_arrives_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (uri, output) = publish(&folder.path().join("published"));
        let place = folder.path().join("fetched/slot-0");
        assert_eq!(fetch(&uri, output.root(), &place, 1_000).await.unwrap(), output);
        assert_eq!(std::fs::read_to_string(place.join("files/a/table.csv")).unwrap(), "1,2\n");
        assert_eq!(std::fs::read_to_string(place.join("stdout")).unwrap(), "words\n");
        assert_eq!(std::fs::read_dir(place.parent().unwrap()).unwrap().count(), 1, "no draft is left");
        assert_eq!(fetch(&uri, output.root(), &place, 1_000).await.unwrap_err().kind(), Kind::Policy);
    }

    #[tokio::test]
    async fn another_root_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (uri, _) = publish(&folder.path().join("published"));
        let place = folder.path().join("fetched");
        let error = fetch(&uri, B256::repeat_byte(1), &place, 1_000).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Failure);
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(!place.exists());
    }

    #[tokio::test]
    async fn changed_content_is_refused() {
        for changed in ["1,3\n", "1,2\n3,4\n", ""] {
            let folder = tempfile::tempdir().unwrap();
            let published = folder.path().join("published");
            let (uri, output) = publish(&published);
            std::fs::write(published.join("files/a/table.csv"), changed).unwrap();
            let place = folder.path().join("fetched");
            let error = fetch(&uri, output.root(), &place, 1_000).await.unwrap_err();
            assert_eq!(error.kind(), Kind::Failure, "{changed:?}");
            assert!(!place.exists());
        }
    }

    #[tokio::test]
    async fn what_is_missing_or_too_large_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("published");
        let (uri, output) = publish(&published);
        let place = folder.path().join("fetched");
        assert_eq!(fetch(&uri, output.root(), &place, 5).await.unwrap_err().kind(), Kind::Policy);
        std::fs::remove_file(published.join("stderr")).unwrap();
        assert_eq!(fetch(&uri, output.root(), &place, 1_000).await.unwrap_err().kind(), Kind::Network);
        assert_eq!(fetch("ftp://host/result.json", output.root(), &place, 5).await.unwrap_err().kind(), Kind::Failure);
    }

    /// Serves a folder over HTTP, one answer for each connection.
    async fn serve(folder: PathBuf) -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = [0; 4_096];
                let read = socket.read(&mut request).await.unwrap();
                let path = String::from_utf8_lossy(&request[..read]).split(' ').nth(1).unwrap()[1..].to_owned();
                let (status, body) = match std::fs::read(folder.join(path)) {
                    Ok(body) => ("200 OK", body),
                    Err(_) => ("404 Not Found", Vec::new()),
                };
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                socket.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
            }
        });
        base
    }

    #[tokio::test]
    async fn http_is_as_good_as_a_file_and_no_better() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("published");
        let (_, output) = publish(&published);
        let uri = format!("{}/{INDEX}", serve(published.clone()).await);
        fetch(&uri, output.root(), &folder.path().join("good"), 1_000).await.unwrap();
        std::fs::write(published.join("stdout"), "other\n").unwrap();
        let changed = fetch(&uri, output.root(), &folder.path().join("bad"), 1_000).await.unwrap_err();
        assert_eq!(changed.kind(), Kind::Failure);
        std::fs::remove_file(published.join("stdout")).unwrap();
        let missing = fetch(&uri, output.root(), &folder.path().join("bad"), 1_000).await.unwrap_err();
        assert_eq!(missing.kind(), Kind::Network);
        assert!(missing.to_string().contains("404"), "{missing}");
    }

    #[test]
    fn a_folder_means_the_index_inside() {
        for uri in ["http://h/results/1", "http://h/results/1/", "http://h/results/1/result.json"] {
            assert_eq!(index_of(uri).unwrap().as_str(), "http://h/results/1/result.json");
        }
    }
}
