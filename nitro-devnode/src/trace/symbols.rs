//! Names of a program's functions.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use wasmparser::{BinaryReaderError, KnownCustom, Name, Parser, Payload};

/// What every module begins with.
const MAGIC: &[u8] = b"\0asm";

/// Why a file holds no names.
#[derive(Debug, thiserror::Error)]
pub enum SymbolError {
    /// It cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, #[source] io::Error),
    /// It begins like a module and is none.
    #[error("not a module: {0}")]
    Module(#[from] BinaryReaderError),
    /// A line is not an index and a name.
    #[error("not an index and a name: {0:?}")]
    Line(String),
}

/// Functions by their index, imported ones included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols(HashMap<u32, String>);

impl Symbols {
    /// Reads a file: a module with a name section, or lines of `index:name` as `wasm-opt --symbolmap` writes them.
    pub fn read(file: &Path) -> Result<Self, SymbolError> {
        let bytes = fs::read(file).map_err(|error| SymbolError::Read(file.to_owned(), error))?;
        if bytes.starts_with(MAGIC) { Self::of_module(&bytes) } else { Self::of_map(&String::from_utf8_lossy(&bytes)) }
    }

    /// The names a module has in its name section; deployed ones usually have none.
    pub fn of_module(wasm: &[u8]) -> Result<Self, SymbolError> {
        let mut names = HashMap::new();
        for payload in Parser::new(0).parse_all(wasm) {
            let Payload::CustomSection(section) = payload? else { continue };
            let KnownCustom::Name(subsections) = section.as_known() else { continue };
            for subsection in subsections {
                if let Name::Function(functions) = subsection? {
                    for function in functions {
                        let function = function?;
                        names.insert(function.index, readable(function.name));
                    }
                }
            }
        }
        Ok(Self(names))
    }

    /// Reads lines of `index:name`.
    pub fn of_map(text: &str) -> Result<Self, SymbolError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let entry = |line: &str| {
            let (index, name) = line.split_once(':')?;
            Some((index.trim().parse().ok()?, readable(name.trim())))
        };
        lines
            .map(|line| entry(line).ok_or_else(|| SymbolError::Line(line.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The name of a function, or its index in words.
    pub fn name(&self, function: u32) -> String {
        self.0.get(&function).cloned().unwrap_or_else(|| format!("function {function}"))
    }

    /// Whether there are no names at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Without what the compiler adds, and without what has a meaning in a list of stacks.
fn readable(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name)).replace([';', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_a_modules_own_section() {
        let wasm = wat::parse_str("(module (func $first) (func $_ZN4core3fmt5write17h0123456789abcdefE))");
        let symbols = Symbols::of_module(&wasm.expect("a module")).expect("a module");
        assert_eq!(symbols.name(0), "first");
        assert_eq!(symbols.name(1), "core::fmt::write");
        assert_eq!(symbols.name(2), "function 2");
    }

    #[test]
    fn names_come_from_a_map() {
        let symbols = Symbols::of_map("0:read_args\n12:a::b\n\n").expect("a map");
        assert_eq!((symbols.name(0).as_str(), symbols.name(12).as_str()), ("read_args", "a::b"));
        assert!(matches!(Symbols::of_map("nonsense"), Err(SymbolError::Line(_))));
    }
}
