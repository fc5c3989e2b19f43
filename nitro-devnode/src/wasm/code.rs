//! The form in which a program is deployed: a prefix, a dictionary byte and a brotli stream.

use std::io::{Cursor, Read};

use alloy::primitives::Address;
use brotli::Decompressor;
use brotli::enc::BrotliEncoderParams;

/// The first bytes of a program. The leading `EF` cannot begin EVM code, so the two never mix.
pub const PREFIX: [u8; 3] = [0xef, 0xf0, 0x00];

/// The first bytes of a piece of a program too long for one contract. There is no dictionary byte: the rest is a slice
/// of the compressed stream.
pub const FRAGMENT_PREFIX: [u8; 3] = [0xef, 0xf0, 0x01];

/// The first bytes of a program whose compressed stream is in fragments.
pub const ROOT_PREFIX: [u8; 3] = [0xef, 0xf0, 0x02];

/// Dictionary byte of a stream that uses no dictionary, the only kind the public tools write.
const NO_DICTIONARY: u8 = 0;

/// Dictionary byte of a stream that uses Nitro's own dictionary, whose data is not distributed here.
const PROGRAM_DICTIONARY: u8 = 1;

/// Prefix and dictionary byte.
const HEADER_LEN: usize = PREFIX.len() + 1;

/// Bytes of a root before its first address: prefix, dictionary byte, length of the module.
const ROOT_HEADER_LEN: usize = HEADER_LEN + 4;

/// Brotli settings of the public deployment tools; a code hash depends on them.
const QUALITY: i32 = 11;
const WINDOW_BITS: i32 = 22;

/// The first seven bits of a "large window" stream: reserved in the brotli format, and refused by the real chain,
/// but our decoder would accept it.
const LARGE_WINDOW: u8 = 0x11;

/// Read buffer of the decoder, in bytes.
const BUFFER_LEN: usize = 4096;

/// Why bytes are not a readable program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The prefix is missing.
    #[error("not a Stylus program")]
    NotAProgram,
    /// The dictionary byte has no meaning.
    #[error("unsupported dictionary {0}")]
    UnknownDictionary(u8),
    /// The stream needs the program dictionary.
    #[error("the Stylus program dictionary is not available")]
    DictionaryUnavailable,
    /// The stream is not valid brotli.
    #[error("invalid brotli stream")]
    Brotli,
    /// The module is larger than the chain admits.
    #[error("module exceeds {0} bytes")]
    TooLarge(u32),
    /// A root is too short, or its list of fragments is not one of whole addresses.
    #[error("malformed root")]
    MalformedRoot,
    /// A root names no fragment, or more of them than the chain admits.
    #[error("{0} fragments")]
    FragmentCount(usize),
    /// An account that a root names does not hold a fragment.
    #[error("not a fragment")]
    NotAFragment,
    /// The module is not as long as its root says.
    #[error("the module has {have} bytes, its root says {want}")]
    RootLength {
        /// Bytes of the module.
        have: usize,
        /// Bytes by the root.
        want: u32,
    },
}

/// Whether account code is a program, as opposed to EVM code.
pub fn is_program(code: &[u8]) -> bool {
    code.len() >= HEADER_LEN && code.starts_with(&PREFIX)
}

/// Whether account code is the root of a program in fragments.
pub fn is_root(code: &[u8]) -> bool {
    code.len() >= HEADER_LEN && code.starts_with(&ROOT_PREFIX)
}

/// Whether account code is a fragment of a program.
pub fn is_fragment(code: &[u8]) -> bool {
    code.len() >= HEADER_LEN && code.starts_with(&FRAGMENT_PREFIX)
}

/// The code of a program whose compressed stream is in other accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Dictionary of the stream.
    dictionary: u8,
    /// Length of the uncompressed module.
    pub wasm_len: u32,
    /// Accounts with the fragments, in order.
    pub fragments: Vec<Address>,
}

impl Root {
    /// A root of fragments that need no dictionary.
    pub fn new(wasm_len: u32, fragments: Vec<Address>) -> Self {
        Self { dictionary: NO_DICTIONARY, wasm_len, fragments }
    }

    /// Reads account code.
    pub fn decode(code: &[u8]) -> Result<Self, CodeError> {
        if !is_root(code) {
            return Err(CodeError::NotAProgram);
        }
        let (header, addresses) = code.split_at_checked(ROOT_HEADER_LEN).ok_or(CodeError::MalformedRoot)?;
        let mut wasm_len = [0; 4];
        wasm_len.copy_from_slice(&header[HEADER_LEN..]);
        let chunks = addresses.chunks_exact(Address::len_bytes());
        if !chunks.remainder().is_empty() {
            return Err(CodeError::MalformedRoot);
        }
        let fragments = chunks.map(Address::from_slice).collect();
        Ok(Self { dictionary: header[PREFIX.len()], wasm_len: u32::from_be_bytes(wasm_len), fragments })
    }

    /// Account code.
    pub fn encode(&self) -> Vec<u8> {
        let mut code = ROOT_PREFIX.to_vec();
        code.push(self.dictionary);
        code.extend_from_slice(&self.wasm_len.to_be_bytes());
        self.fragments.iter().for_each(|address| code.extend_from_slice(address.as_slice()));
        code
    }

    /// Unpacks the module from the account code of the fragments.
    pub fn unpack<C: AsRef<[u8]>>(&self, fragments: &[C]) -> Result<Vec<u8>, CodeError> {
        let mut stream = Vec::new();
        for code in fragments.iter().map(AsRef::as_ref) {
            if !is_fragment(code) {
                return Err(CodeError::NotAFragment);
            }
            stream.extend_from_slice(&code[FRAGMENT_PREFIX.len()..]);
        }
        let wasm = read_stream(self.dictionary, &stream, self.wasm_len)?;
        if wasm.len() != self.wasm_len as usize {
            return Err(CodeError::RootLength { have: wasm.len(), want: self.wasm_len });
        }
        Ok(wasm)
    }
}

/// Unpacks the module in account code. Bytes after the end of the stream are ignored, as on the real chain.
pub fn decode(code: &[u8], max_wasm_size: u32) -> Result<Vec<u8>, CodeError> {
    if !is_program(code) {
        return Err(CodeError::NotAProgram);
    }
    read_stream(code[PREFIX.len()], &code[HEADER_LEN..], max_wasm_size)
}

fn read_stream(dictionary: u8, stream: &[u8], max_len: u32) -> Result<Vec<u8>, CodeError> {
    match dictionary {
        NO_DICTIONARY => decompress(stream, max_len),
        PROGRAM_DICTIONARY => Err(CodeError::DictionaryUnavailable),
        other => Err(CodeError::UnknownDictionary(other)),
    }
}

fn decompress(stream: &[u8], max_len: u32) -> Result<Vec<u8>, CodeError> {
    if stream.first().is_some_and(|first| first & 0x7f == LARGE_WINDOW) {
        return Err(CodeError::Brotli);
    }
    let decoder = Decompressor::new(stream, BUFFER_LEN);
    // One byte more than admitted tells "exactly full" from "too large" without unpacking the rest.
    let mut bounded = decoder.take(u64::from(max_len) + 1);
    let mut wasm = Vec::new();
    bounded.read_to_end(&mut wasm).map_err(|_| CodeError::Brotli)?;
    if wasm.len() as u64 > u64::from(max_len) {
        return Err(CodeError::TooLarge(max_len));
    }
    Ok(wasm)
}

/// Packs a module into account code.
pub fn encode(wasm: &[u8]) -> Vec<u8> {
    let params = BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW_BITS, ..Default::default() };
    let mut code = PREFIX.to_vec();
    code.push(NO_DICTIONARY);
    brotli::BrotliCompress(&mut Cursor::new(wasm), &mut code, &params)
        .expect("reading from and writing to memory cannot fail");
    code
}

/// Cuts account code of a program that is too long for one contract into code of fragments, each at most
/// `max_code_size` bytes long.
pub fn split(code: &[u8], max_code_size: usize) -> Vec<Vec<u8>> {
    let payload = max_code_size.saturating_sub(FRAGMENT_PREFIX.len()).max(1);
    let stream = code.get(HEADER_LEN..).unwrap_or_default();
    stream.chunks(payload).map(|slice| [&FRAGMENT_PREFIX[..], slice].concat()).collect()
}

/// Initialisation code that deploys `code` as it is: a constructor of 43 bytes, then `code`.
pub fn init_code(code: &[u8]) -> Vec<u8> {
    const PUSH32: u8 = 0x7f;
    /// DUP1, PUSH1 43, PUSH1 0, CODECOPY, PUSH1 0, RETURN and a zero byte.
    const COPY_AND_RETURN: [u8; 10] = [0x80, 0x60, 0x2b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3, 0x00];

    let mut init_code = Vec::with_capacity(1 + 32 + COPY_AND_RETURN.len() + code.len());
    init_code.push(PUSH32);
    init_code.extend_from_slice(&[0; 24]);
    init_code.extend_from_slice(&(code.len() as u64).to_be_bytes());
    init_code.extend_from_slice(&COPY_AND_RETURN);
    init_code.extend_from_slice(code);
    init_code
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u32 = 131_072;

    #[test]
    fn encoding_and_decoding_are_inverse() {
        let wasm: Vec<u8> = (0..10_000u32).map(|i| (i % 251) as u8).collect();
        let code = encode(&wasm);
        assert!(is_program(&code));
        assert_eq!(decode(&code, LIMIT), Ok(wasm));
    }

    #[test]
    fn trailing_bytes_are_tolerated() {
        let mut code = encode(b"\0asm");
        code.extend_from_slice(&[1, 2, 3]);
        assert_eq!(decode(&code, LIMIT), Ok(b"\0asm".to_vec()));
    }

    #[test]
    fn size_limit_is_exact() {
        let wasm = vec![7; LIMIT as usize];
        assert_eq!(decode(&encode(&wasm), LIMIT), Ok(wasm.clone()));
        assert_eq!(decode(&encode(&wasm), LIMIT - 1), Err(CodeError::TooLarge(LIMIT - 1)));
    }

    #[test]
    fn unreadable_code_is_refused() {
        let code = encode(&[1; 500]);
        assert_eq!(decode(&code[..code.len() - 2], LIMIT), Err(CodeError::Brotli));
        assert_eq!(decode(&[0xef, 0xf0, 0, 0], LIMIT), Err(CodeError::Brotli));
        assert_eq!(decode(&[0xef, 0xf0, 0, 0, 0xff, 0xff, 0xff], LIMIT), Err(CodeError::Brotli));
        assert_eq!(decode(&[0xef, 0xf0, 0, 0, 0x11, 0x16, 0x03], LIMIT), Err(CodeError::Brotli));
        assert_eq!(decode(&[0xef, 0xf0, 0], LIMIT), Err(CodeError::NotAProgram));
        assert_eq!(decode(b"\0asm", LIMIT), Err(CodeError::NotAProgram));
        assert_eq!(decode(&[0xef, 0xf0, 0, 2, 0], LIMIT), Err(CodeError::UnknownDictionary(2)));
        assert_eq!(decode(&[0xef, 0xf0, 0, 1, 0], LIMIT), Err(CodeError::DictionaryUnavailable));
    }

    #[test]
    fn a_program_in_fragments_is_put_together_again() {
        let wasm: Vec<u8> = (0..50_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let fragments = split(&encode(&wasm), 24_576);
        assert!(fragments.len() > 1);
        assert!(fragments.iter().all(|code| is_fragment(code) && code.len() <= 24_576));
        let addresses = (1..=fragments.len() as u8).map(Address::with_last_byte).collect();
        let root = Root::decode(&Root::new(wasm.len() as u32, addresses).encode()).expect("it was encoded just now");
        assert_eq!(root.fragments.len(), fragments.len());
        assert_eq!(root.unpack(&fragments).as_ref(), Ok(&wasm));

        let shorter = Root { wasm_len: root.wasm_len - 1, ..root.clone() };
        assert_eq!(shorter.unpack(&fragments), Err(CodeError::TooLarge(root.wasm_len - 1)));
        let (have, want) = (wasm.len(), root.wasm_len + 1);
        assert_eq!(
            Root { wasm_len: want, ..root.clone() }.unpack(&fragments),
            Err(CodeError::RootLength { have, want })
        );
        assert_eq!(root.unpack(&[&fragments[0][..], b"EVM"]), Err(CodeError::NotAFragment));
        assert_eq!(root.unpack(&fragments[1..]), Err(CodeError::Brotli));
    }

    #[test]
    fn a_malformed_root_is_refused() {
        let root = Root::new(8, vec![Address::ZERO]).encode();
        assert_eq!(Root::decode(&root[..root.len() - 1]), Err(CodeError::MalformedRoot));
        assert_eq!(Root::decode(&root[..5]), Err(CodeError::MalformedRoot));
        assert_eq!(Root::decode(&root[..8]), Ok(Root::new(8, Vec::new())));
        assert_eq!(Root::decode(&encode(b"x")), Err(CodeError::NotAProgram));
    }

    #[test]
    fn init_code_begins_with_the_usual_constructor() {
        let init = init_code(&[0xaa; 300]);
        assert_eq!(hex::encode(&init[..43]), format!("7f{:064x}80602b6000396000f300", 300));
        assert_eq!(&init[43..], &[0xaa; 300]);
    }
}
