//! Programs compiled in this process, shared by all its nodes.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use alloy::primitives::B256;

use super::code::CodeError;
use super::program::{ActivationError, CompileConfig, Program};

/// Programs kept; a compiled one takes about half a megabyte.
const CAPACITY: usize = 128;

static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

/// All that a compiled program depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    code_hash: B256,
    debug: bool,
    stylus_version: u16,
}

/// A program, or the promise of one: whoever comes second waits for the first.
type Slot = Arc<OnceLock<Result<Arc<Program>, ActivationError>>>;

#[derive(Debug, Default)]
struct Cache {
    slots: HashMap<Key, (Slot, u64)>,
    /// Counts uses; each slot remembers its last one.
    clock: u64,
}

impl Cache {
    /// The slot of `key`, which becomes the most recently used one.
    fn slot(&mut self, key: Key) -> Slot {
        self.clock += 1;
        if !self.slots.contains_key(&key) && self.slots.len() >= CAPACITY {
            self.evict_oldest();
        }
        let (slot, used) = self.slots.entry(key).or_default();
        *used = self.clock;
        slot.clone()
    }

    fn evict_oldest(&mut self) {
        let oldest = self.slots.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key);
        if let Some(key) = oldest {
            self.slots.remove(&key);
        }
    }
}

/// The program with this code, compiled now unless it is kept.
pub(super) fn load(
    code_hash: B256,
    config: &CompileConfig,
    compile: impl FnOnce() -> Result<Arc<Program>, ActivationError>,
) -> Result<Arc<Program>, ActivationError> {
    let key = Key { code_hash, debug: config.debug, stylus_version: config.stylus_version };
    let slot = with_cache(|cache| cache.slot(key));
    let loaded = slot.get_or_init(compile).clone();
    match loaded {
        // The size limit is not part of the key: it may have changed since the program was compiled.
        Ok(program) if program.info().shape.wasm_len > u64::from(config.max_wasm_size) => {
            Err(CodeError::TooLarge(config.max_wasm_size).into())
        }
        Ok(program) => Ok(program),
        Err(error) => {
            with_cache(|cache| cache.slots.remove(&key));
            Err(error)
        }
    }
}

fn with_cache<T>(action: impl FnOnce(&mut Cache) -> T) -> T {
    // Every change leaves the cache whole, so a panic elsewhere does not spoil it.
    action(&mut CACHE.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::super::code;
    use super::*;

    const CONFIG: CompileConfig = CompileConfig { debug: false, stylus_version: 2, max_wasm_size: 131_072 };

    fn minimal() -> Vec<u8> {
        let module = r#"(module (memory (export "memory") 0 0)
            (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#;
        code::encode(&wat::parse_str(module).expect("the module is well-formed"))
    }

    #[test]
    fn a_program_is_compiled_once() {
        let (hash, code) = (B256::repeat_byte(1), minimal());
        let first = Program::load(hash, &code, &CONFIG).expect("the program is valid");
        let second = Program::load(hash, &code, &CONFIG).expect("the program is valid");
        assert!(Arc::ptr_eq(&first, &second));

        let debug = CompileConfig { debug: true, ..CONFIG };
        let other = Program::load(hash, &code, &debug).expect("the program is valid");
        assert!(!Arc::ptr_eq(&first, &other));
    }

    #[test]
    fn failures_are_not_kept() {
        let hash = B256::repeat_byte(2);
        assert!(Program::load(hash, &[1, 2, 3], &CONFIG).is_err());
        assert!(Program::load(hash, &minimal(), &CONFIG).is_ok());
    }

    #[test]
    fn a_lower_size_limit_applies_to_kept_programs() {
        let (hash, code) = (B256::repeat_byte(3), minimal());
        Program::load(hash, &code, &CONFIG).expect("the program is valid");
        let tight = CompileConfig { max_wasm_size: 10, ..CONFIG };
        assert_eq!(Program::load(hash, &code, &tight).unwrap_err(), CodeError::TooLarge(10).into());
    }

    #[test]
    fn the_least_recently_used_program_makes_room() {
        let mut cache = Cache::default();
        let key = |index: usize| Key {
            code_hash: B256::left_padding_from(&index.to_be_bytes()),
            debug: false,
            stylus_version: 2,
        };
        for index in 0..CAPACITY {
            cache.slot(key(index));
        }
        cache.slot(key(0));
        cache.slot(key(CAPACITY));
        assert_eq!(cache.slots.len(), CAPACITY);
        assert!(cache.slots.contains_key(&key(0)));
        assert!(!cache.slots.contains_key(&key(1)));
    }
}
