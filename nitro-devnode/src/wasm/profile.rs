//! Programs that tell which functions they enter and leave.
//!
//! Each function of an instrumented module is wrapped in one that calls the host before and after it. Charges stay
//! where they were, so that ink runs out at the same instruction as it does without.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, EntityType, Function, FunctionSection, ImportSection, Instruction, Module as Encoded, SectionId,
};
use wasmparser::{CodeSectionReader, FuncType, FunctionSectionReader, ImportSectionReader, Parser};

use super::activation::ModuleInfo;
use super::code;
use super::engine::Compiled;
use super::instrument::instrument;
use super::program::{ActivationError, CompileConfig, Program, shape};
use super::validate::{Module, ModuleError, Rules, validate};

/// Name of the record that a function starts. Its argument is the function's index in the module as it was deployed.
pub const FUNCTION_ENTERED: &str = "function_entered";

/// Name of the record that a function has returned. One that is ended by a trap leaves none.
pub const FUNCTION_LEFT: &str = "function_left";

/// Module of the two host functions; activation refuses programs that import them.
pub(super) const MODULE: &str = "functions";

/// The two, first the one that is called before a function.
const HOOKS: [&str; 2] = ["enter", "leave"];

/// Functions that the metering adds behind a module's own.
const METERING: usize = 2;

/// Imports that wrapping adds.
const ADDED_IMPORTS: u32 = HOOKS.len() as u32;

impl Program {
    /// As [`Program::compile`], but the program records the functions it runs. Its figures are the same.
    pub fn profiled(code: &[u8], config: &CompileConfig) -> Result<Self, ActivationError> {
        let wasm = code::decode(code, config.max_wasm_size)?;
        let rules = Rules { debug: config.debug, stylus_version: config.stylus_version };
        let module = validate(&wasm, rules)?;
        let instrumented = instrument(&module)?;
        let info =
            ModuleInfo::of(shape(&wasm, &module, &instrumented), config.stylus_version).map_err(ModuleError::from)?;
        let wrapped = wrap(&module, &instrumented.wasm).map_err(|error| ModuleError::Compile(error.to_string()))?;
        let compiled = Compiled::new(&wrapped).map_err(|error| ModuleError::Compile(format!("{error:#}")))?;
        Ok(Self::new(info, config.stylus_version, compiled))
    }
}

/// Wraps the functions of `instrumented`, which is `module` with metering.
fn wrap(module: &Module<'_>, instrumented: &[u8]) -> Result<Vec<u8>, Error<Infallible>> {
    let mut wrapping = Wrapping {
        imports: module.imports as u32,
        types: module.functions[module.imports..].iter().map(|index| module.types[*index as usize].clone()).collect(),
        type_indices: module.functions[module.imports..].to_vec(),
        // The last type of the instrumented module takes one i32, as both host functions do.
        hook_type: module.types.len() as u32 + 1,
    };
    let mut out = Encoded::new();
    wrapping.parse_core_module(&mut out, Parser::new(0), instrumented)?;
    Ok(out.finish())
}

/// Puts wrappers in the places of functions and the functions behind everything else.
struct Wrapping {
    /// Functions that are imported.
    imports: u32,
    /// Types of the functions to wrap.
    types: Vec<FuncType>,
    /// Their indices.
    type_indices: Vec<u32>,
    hook_type: u32,
}

impl Wrapping {
    fn import(&self, imports: &mut ImportSection) {
        for name in HOOKS {
            imports.import(MODULE, name, EntityType::Function(self.hook_type));
        }
    }

    /// Where the function that was at `place` among the module's own is now.
    fn moved(&self, place: usize) -> u32 {
        self.imports + ADDED_IMPORTS + (self.types.len() + METERING + place) as u32
    }

    fn wrapper(&self, place: usize) -> Function {
        let index = self.imports as i32 + place as i32;
        let mut function = Function::new([]);
        function.instruction(&Instruction::I32Const(index)).instruction(&Instruction::Call(self.imports));
        for parameter in 0..self.types[place].params().len() as u32 {
            function.instruction(&Instruction::LocalGet(parameter));
        }
        function
            .instruction(&Instruction::Call(self.moved(place)))
            .instruction(&Instruction::I32Const(index))
            .instruction(&Instruction::Call(self.imports + 1))
            .instruction(&Instruction::End);
        function
    }
}

impl Reencode for Wrapping {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(if function < self.imports { function } else { function + ADDED_IMPORTS })
    }

    fn intersperse_section_hook(
        &mut self,
        module: &mut Encoded,
        after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Result<(), Error<Infallible>> {
        if after == Some(SectionId::Type) && before != Some(SectionId::Import) {
            let mut imports = ImportSection::new();
            self.import(&mut imports);
            module.section(&imports);
        }
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        utils::parse_import_section(self, imports, section)?;
        self.import(imports);
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        utils::parse_function_section(self, functions, section)?;
        for index in &self.type_indices {
            functions.function(*index);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let mut bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        let metering = bodies.split_off(self.types.len());
        for place in 0..self.types.len() {
            code.function(&self.wrapper(place));
        }
        for body in metering.into_iter().chain(bodies) {
            self.parse_function_body(code, body)?;
        }
        Ok(())
    }
}
