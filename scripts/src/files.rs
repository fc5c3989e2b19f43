//! Files that are whole or not there.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a file so that a reader, or the next run after a crash, sees the old content or the new one and nothing
/// between.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    // Temporary files are private by default, and what is written here is for others to read as well.
    write_with(path, content, 0o644)
}

/// As [`write`], of what nobody else may read.
pub fn write_secret(path: &Path, content: &[u8]) -> Result<()> {
    write_with(path, content, 0o600)
}

fn write_with(path: &Path, content: &[u8], mode: u32) -> Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let attempt = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().permissions(Permissions::from_mode(mode)).tempfile_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    attempt().map_err(|error| {
        Error::failure(format!("cannot write {}: {error}", path.display()))
            .hint("check that the folder can be written to")
    })
}
