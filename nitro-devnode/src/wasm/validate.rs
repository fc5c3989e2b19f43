//! Which modules may be activated.
//!
//! The rules are those of Nitro v3.9.5 (prover/src/binary.rs, prover/src/machine.rs and
//! prover/src/programs/mod.rs). They are stricter than WebAssembly's own, and in a few places odd; where a rule
//! looks arbitrary, it is a fact of the real chain.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use wasmparser::{
    BinaryReaderError, ConstExpr, Data, DataKind, Element, ElementItems, ElementKind, Export, ExternalKind, FromReader,
    FuncType, FunctionBody, Import, MemoryType, Name, NameSectionReader, Operator, Parser, Payload, SectionLimited,
    TypeRef, ValType, Validator, WasmFeatures,
};

use super::activation::CostError;
use super::hooks::{self, PAY_FOR_MEMORY_GROW, VM_HOOKS};

/// Globals and exports that the instrumentation adds count towards the limits.
pub(super) const ADDED_GLOBALS: usize = 4;

/// Name under which the memory must be exported.
pub(super) const MEMORY: &str = "memory";

/// Name of the function a frame starts at.
pub(super) const ENTRYPOINT: &str = "user_entrypoint";

/// Names beginning like this belong to the instrumentation.
const RESERVED_PREFIX: &str = "stylus";

const MAX_IMPORTS: usize = 513;
const MAX_FUNCTIONS: usize = 4_096;
const MAX_GLOBALS: usize = 32_768;
const MAX_EXPORTS: usize = 1_024;
const MAX_DATA_SEGMENTS: usize = 128;
const MAX_ELEMENT_SEGMENTS: usize = 128;
const MAX_ELEMENT_BYTES: usize = 4_096;
const MAX_TABLE_ENTRIES: usize = 4_096;
const MAX_LOCALS: usize = 348;
const MAX_NAME_LEN: usize = 512;
const MAX_MEMORY_PAGES: u64 = 128;
const PAGE_BYTES: u64 = 65_536;

/// Why a module may not be activated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModuleError {
    /// It is not valid WebAssembly with the admitted features.
    #[error("failed to validate: {0}")]
    Invalid(String),
    /// It has a section programs may not have.
    #[error("unsupported section: {0}")]
    Section(&'static str),
    /// It imports something other than a function.
    #[error("unsupported import kind: {module} {name}")]
    ImportKind {
        /// Import module.
        module: String,
        /// Import name.
        name: String,
    },
    /// It imports a function that does not exist here.
    #[error("no such import {name} in {module}")]
    UnknownImport {
        /// Import module.
        module: String,
        /// Import name.
        name: String,
    },
    /// It imports a host function with a wrong type.
    #[error("import {0} has a different function signature")]
    ImportType(String),
    /// It imports one function with two type indices.
    #[error("inconsistent imports for {module} {name}")]
    InconsistentImports {
        /// Import module.
        module: String,
        /// Import name.
        name: String,
    },
    /// A name is reserved for the instrumentation.
    #[error("reserved symbol {0}")]
    Reserved(String),
    /// An export is named like an import.
    #[error("exports an import with the same name {0}")]
    ShadowedImport(String),
    /// The memory is not exported as "memory".
    #[error("missing memory with export name memory")]
    NoMemory,
    /// The entry point is missing.
    #[error("missing export with name user_entrypoint")]
    NoEntrypoint,
    /// The entry point is not a function from i32 to i32.
    #[error("wrong type for user_entrypoint")]
    EntrypointType,
    /// The memory may grow, but growth cannot be charged.
    #[error("missing import pay_for_memory_grow")]
    NoMemoryCharge,
    /// It has a start function and the chain is not a debug chain.
    #[error("wasm start functions not allowed")]
    StartFunction,
    /// An instruction is not supported.
    #[error("opcode not supported: {0}")]
    Opcode(String),
    /// There is more of something than admitted.
    #[error("too many wasm {what}: {count} > {limit}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many are admitted.
        limit: usize,
    },
    /// The initial memory is too large.
    #[error("memory size {0} exceeds bound 128")]
    MemoryBound(u64),
    /// A data or element segment does not fit where it goes.
    #[error("out-of-bounds {0} segment")]
    SegmentBounds(&'static str),
    /// A function needs too large a stack frame.
    #[error("frame too large: {words} > {limit}-word limit")]
    FrameTooLarge {
        /// Words needed.
        words: usize,
        /// Words admitted.
        limit: usize,
    },
    /// The module's price does not fit its field.
    #[error(transparent)]
    Cost(#[from] CostError),
    /// The engine refused the instrumented module.
    #[error("failed to compile: {0}")]
    Compile(String),
}

impl From<BinaryReaderError> for ModuleError {
    fn from(error: BinaryReaderError) -> Self {
        Self::Invalid(error.to_string())
    }
}

/// Fails when there is more of something than admitted.
pub(super) fn limit(what: &'static str, count: usize, limit: usize) -> Result<(), ModuleError> {
    if count > limit {
        return Err(ModuleError::TooMany { what, count, limit });
    }
    Ok(())
}

/// What decides which modules are admitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Whether the chain is a debug chain.
    pub debug: bool,
    /// Stylus version in force.
    pub stylus_version: u16,
}

/// A module that keeps every rule which does not depend on its instrumentation.
#[derive(Debug)]
pub(super) struct Module<'a> {
    /// Contents of the sections that instrumentation leaves alone, with their ids, in order.
    pub sections: Vec<(u8, &'a [u8])>,
    /// Encoded items of the type section, without their count.
    pub encoded_types: &'a [u8],
    /// Encoded items of the function section, without their count.
    pub encoded_functions: &'a [u8],
    /// Encoded items of the global section, without their count.
    pub encoded_globals: &'a [u8],
    /// Function types.
    pub types: Vec<FuncType>,
    /// Type indices of all functions, imported ones first.
    pub functions: Vec<u32>,
    /// How many functions are imported.
    pub imports: usize,
    /// Index of `pay_for_memory_grow`, if growing must be charged.
    pub pay_for_memory_grow: Option<u32>,
    /// Index of the entry point.
    pub entrypoint: u32,
    /// Globals of its own.
    pub globals: usize,
    /// Initial memory in pages.
    pub pages: u16,
    /// Bodies of its own functions.
    pub bodies: Vec<FunctionBody<'a>>,
    /// Encoded bytes of all data segments.
    pub data_entry_bytes: usize,
    /// Payload bytes of all data segments.
    pub data_bytes: usize,
    /// Encoded bytes of all element segments.
    pub element_entry_bytes: usize,
    /// Stylus version in force.
    pub stylus_version: u16,
}

impl Module<'_> {
    /// The type of a function by its index, imported ones included.
    pub fn function_type(&self, function: u32) -> Option<&FuncType> {
        let index = self.functions.get(function as usize)?;
        self.types.get(*index as usize)
    }
}

fn features(stylus_version: u16) -> WasmFeatures {
    let mut features = WasmFeatures::WASM1
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::BULK_MEMORY;
    features.set(WasmFeatures::MULTI_VALUE, stylus_version < 3);
    features
}

/// Checks a module.
pub(super) fn validate(wasm: &[u8], rules: Rules) -> Result<Module<'_>, ModuleError> {
    Validator::new_with_features(features(rules.stylus_version)).validate_all(wasm)?;
    let contents = Contents::read(wasm)?;
    contents.check_imports(rules)?;
    contents.check_names()?;
    contents.check_start(rules)?;
    contents.check_limits(rules)?;
    contents.check_segments()?;
    contents.into_module(rules)
}

/// The sections of a valid module.
#[derive(Default)]
struct Contents<'a> {
    wasm: &'a [u8],
    sections: Vec<(u8, &'a [u8])>,
    encoded_types: &'a [u8],
    encoded_functions: &'a [u8],
    encoded_globals: &'a [u8],
    types: Vec<FuncType>,
    imports: Vec<Import<'a>>,
    functions: Vec<u32>,
    table_entries: usize,
    memory: Option<MemoryType>,
    globals: usize,
    exports: Vec<Export<'a>>,
    has_start: bool,
    elements: Vec<Element<'a>>,
    data: Vec<Data<'a>>,
    bodies: Vec<FunctionBody<'a>>,
    module_name: &'a str,
}

impl<'a> Contents<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self, ModuleError> {
        let mut contents = Self { wasm, ..Self::default() };
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            contents.keep_section(&payload);
            contents.take(payload)?;
        }
        Ok(contents)
    }

    fn take(&mut self, payload: Payload<'a>) -> Result<(), ModuleError> {
        match payload {
            Payload::TypeSection(reader) => {
                self.encoded_types = self.items(&reader)?;
                for ty in reader.into_iter_err_on_gc_types() {
                    self.types.push(ty?);
                }
            }
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    self.imports.push(import?);
                }
            }
            Payload::FunctionSection(reader) => {
                self.encoded_functions = self.items(&reader)?;
                for index in reader {
                    self.functions.push(index?);
                }
            }
            Payload::TableSection(reader) => {
                for table in reader {
                    let initial = usize::try_from(table?.ty.initial).unwrap_or(usize::MAX);
                    self.table_entries = self.table_entries.saturating_add(initial);
                }
            }
            Payload::MemorySection(reader) => {
                for memory in reader {
                    self.memory = Some(memory?);
                }
            }
            Payload::GlobalSection(reader) => {
                self.globals = reader.count() as usize;
                self.encoded_globals = self.items(&reader)?;
            }
            Payload::ExportSection(reader) => {
                for export in reader {
                    self.exports.push(export?);
                }
            }
            Payload::StartSection { .. } => self.has_start = true,
            Payload::ElementSection(reader) => {
                for element in reader {
                    self.elements.push(element?);
                }
            }
            Payload::DataSection(reader) => {
                for data in reader {
                    self.data.push(data?);
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) if section.name() == "name" => {
                let reader = wasmparser::BinaryReader::new(section.data(), section.data_offset());
                self.take_names(NameSectionReader::new(reader))?;
            }
            Payload::DataCountSection { .. } => return Err(ModuleError::Section("data count")),
            Payload::TagSection(_) => return Err(ModuleError::Section("tag")),
            Payload::Version { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::CustomSection(_)
            | Payload::End(_) => {}
            _ => return Err(ModuleError::Section("unknown")),
        }
        Ok(())
    }

    fn keep_section(&mut self, payload: &Payload<'a>) {
        let kept = matches!(
            payload,
            Payload::ImportSection(_)
                | Payload::TableSection(_)
                | Payload::MemorySection(_)
                | Payload::ElementSection(_)
                | Payload::DataSection(_)
        );
        if let (true, Some((id, range))) = (kept, payload.as_section()) {
            self.sections.push((id, self.bytes(range)));
        }
    }

    /// The encoded items of a section.
    fn items<T: FromReader<'a>>(&self, section: &SectionLimited<'a, T>) -> Result<&'a [u8], ModuleError> {
        let end = section.range().end;
        let start = match section.clone().into_iter_with_offsets().next() {
            Some(first) => first?.0,
            None => end,
        };
        Ok(self.bytes(start..end))
    }

    fn bytes(&self, range: Range<u64>) -> &'a [u8] {
        self.wasm.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    fn take_names(&mut self, reader: NameSectionReader<'a>) -> Result<(), ModuleError> {
        for subsection in reader {
            if let Name::Module { name, .. } = subsection? {
                self.module_name = name;
            }
        }
        Ok(())
    }

    fn check_imports(&self, rules: Rules) -> Result<(), ModuleError> {
        let mut seen = HashMap::new();
        for import in &self.imports {
            let Import { module, name, ty } = *import;
            let TypeRef::Func(type_index) = ty else {
                return Err(ModuleError::ImportKind { module: module.to_owned(), name: name.to_owned() });
            };
            if *seen.entry((module, name)).or_insert(type_index) != type_index {
                return Err(ModuleError::InconsistentImports { module: module.to_owned(), name: name.to_owned() });
            }
            if name.starts_with(RESERVED_PREFIX) {
                return Err(ModuleError::Reserved(name.to_owned()));
            }
            let hook = hooks::find(module, name, rules.debug)
                .ok_or_else(|| ModuleError::UnknownImport { module: module.to_owned(), name: name.to_owned() })?;
            let declared = self.types.get(type_index as usize);
            let fits =
                declared.is_some_and(|declared| declared.params() == hook.params && declared.results() == hook.results);
            if !fits {
                return Err(ModuleError::ImportType(name.to_owned()));
            }
        }
        Ok(())
    }

    /// Exports count by the part of their name after the last double underscore.
    fn check_names(&self) -> Result<(), ModuleError> {
        let imported: HashSet<&str> = self.imports.iter().map(|import| import.name).collect();
        for export in &self.exports {
            let name = export.name.rsplit("__").next().unwrap_or(export.name);
            if name.starts_with(RESERVED_PREFIX) {
                return Err(ModuleError::Reserved(name.to_owned()));
            }
            if imported.contains(name) {
                return Err(ModuleError::ShadowedImport(name.to_owned()));
            }
        }
        Ok(())
    }

    fn check_start(&self, rules: Rules) -> Result<(), ModuleError> {
        if self.has_start && !rules.debug {
            return Err(ModuleError::StartFunction);
        }
        Ok(())
    }

    fn check_limits(&self, rules: Rules) -> Result<(), ModuleError> {
        limit("imports", self.imports.len(), MAX_IMPORTS)?;
        limit("functions", self.bodies.len(), MAX_FUNCTIONS)?;
        limit("globals", self.globals + ADDED_GLOBALS, MAX_GLOBALS)?;
        limit("datas", self.data.len(), MAX_DATA_SEGMENTS)?;
        limit("elements", self.elements.len(), MAX_ELEMENT_SEGMENTS)?;
        limit("element bytes", self.element_entry_bytes(), MAX_ELEMENT_BYTES)?;
        limit("table entries", self.table_entries, MAX_TABLE_ENTRIES)?;
        limit("bytes in the module name", self.module_name.len(), MAX_NAME_LEN)?;
        for body in &self.bodies {
            limit("locals", declared_locals(body)?, MAX_LOCALS)?;
        }
        // Other chains drop all exports but two before they count, so the limits below cannot be met there.
        if rules.debug {
            limit("exports", self.exports.len() + ADDED_GLOBALS, MAX_EXPORTS)?;
            for export in &self.exports {
                limit("bytes in an export name", export.name.len(), MAX_NAME_LEN)?;
            }
        }
        Ok(())
    }

    fn check_segments(&self) -> Result<(), ModuleError> {
        let memory_bytes = self.memory.map_or(0, |memory| memory.initial) * PAGE_BYTES;
        for data in &self.data {
            if let DataKind::Active { offset_expr, .. } = &data.kind {
                let end = offset(offset_expr)?.checked_add(data.data.len() as u64);
                if end.is_none_or(|end| end > memory_bytes) {
                    return Err(ModuleError::SegmentBounds("data"));
                }
            }
        }
        for element in &self.elements {
            if let ElementKind::Active { offset_expr, .. } = &element.kind {
                let ElementItems::Functions(functions) = &element.items else {
                    return Err(ModuleError::Section("element expressions"));
                };
                let end = offset(offset_expr)?.checked_add(u64::from(functions.count()));
                if end.is_none_or(|end| end > self.table_entries as u64) {
                    return Err(ModuleError::SegmentBounds("element"));
                }
            }
        }
        Ok(())
    }

    fn element_entry_bytes(&self) -> usize {
        self.elements.iter().map(|element| range_len(&element.range)).sum()
    }

    fn export(&self, name: &str) -> Option<&Export<'a>> {
        self.exports.iter().find(|export| export.name == name)
    }

    fn into_module(self, rules: Rules) -> Result<Module<'a>, ModuleError> {
        let memory = self
            .export(MEMORY)
            .filter(|export| export.kind == ExternalKind::Memory)
            .and(self.memory)
            .ok_or(ModuleError::NoMemory)?;
        let pages = u16::try_from(memory.initial)
            .ok()
            .filter(|_| memory.initial <= MAX_MEMORY_PAGES)
            .ok_or(ModuleError::MemoryBound(memory.initial))?;
        let entrypoint = self.export(ENTRYPOINT).ok_or(ModuleError::NoEntrypoint)?;
        let (kind, entrypoint) = (entrypoint.kind, entrypoint.index);
        let pay_for_memory_grow = match memory.maximum {
            Some(maximum) if maximum == memory.initial => None,
            _ => Some(self.memory_charge()?),
        };

        let imports = self.imports.len();
        let element_entry_bytes = self.element_entry_bytes();
        let functions = self
            .imports
            .iter()
            .filter_map(|import| match import.ty {
                TypeRef::Func(index) => Some(index),
                _ => None,
            })
            .chain(self.functions.iter().copied())
            .collect();
        let module = Module {
            sections: self.sections,
            encoded_types: self.encoded_types,
            encoded_functions: self.encoded_functions,
            encoded_globals: self.encoded_globals,
            functions,
            imports,
            pay_for_memory_grow,
            entrypoint,
            globals: self.globals,
            pages,
            data_entry_bytes: self.data.iter().map(|data| range_len(&data.range)).sum(),
            data_bytes: self.data.iter().map(|data| data.data.len()).sum(),
            element_entry_bytes,
            types: self.types,
            bodies: self.bodies,
            stylus_version: rules.stylus_version,
        };
        let typed = module
            .function_type(entrypoint)
            .is_some_and(|ty| ty.params() == [ValType::I32] && ty.results() == [ValType::I32]);
        if kind != ExternalKind::Func || !typed {
            return Err(ModuleError::EntrypointType);
        }
        Ok(module)
    }

    fn memory_charge(&self) -> Result<u32, ModuleError> {
        self.imports
            .iter()
            .position(|import| import.module == VM_HOOKS && import.name == PAY_FOR_MEMORY_GROW)
            .map(|index| index as u32)
            .ok_or(ModuleError::NoMemoryCharge)
    }
}

fn range_len(range: &Range<u64>) -> usize {
    (range.end - range.start) as usize
}

/// Declared locals of a body, parameters not included.
pub(super) fn declared_locals(body: &FunctionBody<'_>) -> Result<usize, ModuleError> {
    let mut count = 0usize;
    for group in body.get_locals_reader()? {
        count = count.saturating_add(group?.0 as usize);
    }
    Ok(count)
}

/// The offset of an active segment. It is extended with its sign, so that negative offsets are out of bounds even
/// for empty segments.
fn offset(expression: &ConstExpr<'_>) -> Result<u64, ModuleError> {
    match expression.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(i64::from(value) as u64),
        other => Err(ModuleError::Opcode(format!("{other:?}"))),
    }
}
