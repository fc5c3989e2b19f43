//! Adds metering to a module: ink per basic block, a stack budget, and a charge for memory growth.
//!
//! The host sees three exported globals: ink left, whether ink ran out, and stack words left. All charges are
//! made before what they pay for, and none of them pays for injected code. They are made by two added functions
//! rather than in place: code grows less, and compiling it takes most of the time a small program needs.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, Encode, ExportKind, ExportSection, Function, GlobalType, Instruction,
    RawSection, SectionId, ValType,
};
use wasmparser::{FunctionBody, Operator};

use super::depth::StackHeight;
use super::opcodes::{self, BULK_BYTE_INK};
use super::validate::{self, ADDED_GLOBALS, ENTRYPOINT, MEMORY, Module, ModuleError, limit};

/// Exported global: ink left (i64).
pub(super) const INK_LEFT: &str = "stylus_ink_left";

/// Exported global: 1 once ink ran out (i32).
pub(super) const INK_STATUS: &str = "stylus_ink_status";

/// Exported global: stack words left, 0 once they ran out (i32).
pub(super) const STACK_LEFT: &str = "stylus_stack_left";

/// Value of [`INK_STATUS`] once ink ran out.
pub(super) const INK_EXHAUSTED: i32 = 1;

/// Ink every basic block costs besides its instructions.
const BLOCK_INK: u64 = 2_450;

/// Instructions a function may have once it is instrumented.
const MAX_OPERATORS: usize = 65_536;

/// Growth that the real instrumentation causes, in instructions. Activation charges for them and limits them, so
/// they are counted by these figures, whatever this module really inserts.
const OPERATORS_PER_BLOCK: usize = 12;
const OPERATORS_PER_BULK: usize = 17;
const OPERATORS_PER_FUNCTION: usize = 13;
const OPERATORS_PER_RETURN: usize = 4;
const OPERATORS_PER_GROW: usize = 4;

/// From Stylus version 3 on the value of memory.fill is masked to a byte, which the engine does anyway: a constant and
/// an instruction.
const OPERATORS_PER_FILL_MASK: usize = 2;
const FILL_MASK_VERSION: u16 = 3;

/// A module with metering.
#[derive(Debug)]
pub(super) struct Instrumented {
    /// The binary.
    pub wasm: Vec<u8>,
    /// Instructions of all bodies, as the real chain counts them.
    pub operators: u64,
}

/// Adds metering to `module`.
pub(super) fn instrument(module: &Module<'_>) -> Result<Instrumented, ModuleError> {
    let added = Added::to(module);
    let mut code = CodeSection::new();
    let mut operators = 0;
    for body in &module.bodies {
        let function = Metered::new(module, body, added)?;
        code.raw(&function.body);
        operators += function.operators as u64;
    }
    code.function(&added.charge_function());
    code.function(&added.enter_function());
    Ok(Instrumented { wasm: assemble(module, added, &code), operators })
}

/// Indices of what is added behind the module's own items, so that no index in its code changes.
#[derive(Clone, Copy)]
struct Added {
    ink_left: u32,
    ink_status: u32,
    stack_left: u32,
    scratch: u32,
    /// Type of `charge`.
    charge_type: u32,
    /// Type of `enter`.
    enter_type: u32,
    /// Function that takes ink.
    charge: u32,
    /// Function that takes a frame from the stack budget.
    enter: u32,
}

impl Added {
    fn to(module: &Module<'_>) -> Self {
        let globals = module.globals as u32;
        let types = module.types.len() as u32;
        let functions = module.functions.len() as u32;
        Self {
            ink_left: globals,
            ink_status: globals + 1,
            stack_left: globals + 2,
            scratch: globals + 3,
            charge_type: types,
            enter_type: types + 1,
            charge: functions,
            enter: functions + 1,
        }
    }

    /// Takes its argument from the ink; if there is less, takes nothing, marks ink as exhausted and traps.
    fn charge_function(&self) -> Function {
        let mut function = Function::new([]);
        for instruction in [
            Instruction::GlobalGet(self.ink_left),
            Instruction::LocalGet(0),
            Instruction::I64LtU,
            Instruction::If(BlockType::Empty),
            Instruction::I32Const(INK_EXHAUSTED),
            Instruction::GlobalSet(self.ink_status),
            Instruction::Unreachable,
            Instruction::End,
            Instruction::GlobalGet(self.ink_left),
            Instruction::LocalGet(0),
            Instruction::I64Sub,
            Instruction::GlobalSet(self.ink_left),
            Instruction::End,
        ] {
            function.instruction(&instruction);
        }
        function
    }

    /// Takes its argument from the stack budget; if that leaves nothing, empties the budget and traps.
    fn enter_function(&self) -> Function {
        let mut function = Function::new([]);
        for instruction in [
            Instruction::GlobalGet(self.stack_left),
            Instruction::LocalGet(0),
            Instruction::I32LeU,
            Instruction::If(BlockType::Empty),
            Instruction::I32Const(0),
            Instruction::GlobalSet(self.stack_left),
            Instruction::Unreachable,
            Instruction::End,
            Instruction::GlobalGet(self.stack_left),
            Instruction::LocalGet(0),
            Instruction::I32Sub,
            Instruction::GlobalSet(self.stack_left),
            Instruction::End,
        ] {
            function.instruction(&instruction);
        }
        function
    }
}

/// The module's own sections in their order, with additions. Custom sections are dropped, and so is the start
/// section: on the chains that accept it, it never runs.
fn assemble(module: &Module<'_>, added: Added, code: &CodeSection) -> Vec<u8> {
    let mut out = wasm_encoder::Module::new();
    let mut kept = module.sections.iter().peekable();
    let mut copy_below = |out: &mut wasm_encoder::Module, bound: SectionId| {
        while let Some((id, data)) = kept.next_if(|(id, _)| *id < bound as u8) {
            out.section(&RawSection { id: *id, data });
        }
    };
    out.section(&RawSection { id: SectionId::Type as u8, data: &types(module) });
    copy_below(&mut out, SectionId::Function);
    out.section(&RawSection { id: SectionId::Function as u8, data: &functions(module, added) });
    copy_below(&mut out, SectionId::Global);
    out.section(&RawSection { id: SectionId::Global as u8, data: &globals(module) });
    out.section(&exports(module, added));
    copy_below(&mut out, SectionId::Code);
    out.section(code);
    copy_below(&mut out, SectionId::DataCount);
    out.finish()
}

/// A section's count and items, `added` items more included.
fn extended<T: Encode>(own: usize, items: &[u8], added: &[T]) -> Vec<u8> {
    let mut data = Vec::with_capacity(items.len() + 32);
    ((own + added.len()) as u32).encode(&mut data);
    data.extend_from_slice(items);
    for item in added {
        item.encode(&mut data);
    }
    data
}

fn types(module: &Module<'_>) -> Vec<u8> {
    let added = [ValType::I64, ValType::I32].map(|parameter| FunctionType([parameter]));
    extended(module.types.len(), module.encoded_types, &added)
}

/// The type of an added function: it takes one value and returns none.
struct FunctionType([ValType; 1]);

impl Encode for FunctionType {
    fn encode(&self, sink: &mut Vec<u8>) {
        const FUNC: u8 = 0x60;
        sink.push(FUNC);
        self.0.as_slice().encode(sink);
        [ValType::I32; 0].as_slice().encode(sink);
    }
}

fn functions(module: &Module<'_>, added: Added) -> Vec<u8> {
    let own = module.functions.len() - module.imports;
    extended(own, module.encoded_functions, &[added.charge_type, added.enter_type])
}

fn globals(module: &Module<'_>) -> Vec<u8> {
    let added: [_; ADDED_GLOBALS] = [ValType::I64, ValType::I32, ValType::I32, ValType::I32].map(ZeroGlobal);
    extended(module.globals, module.encoded_globals, &added)
}

/// A mutable global that begins as zero.
struct ZeroGlobal(ValType);

impl Encode for ZeroGlobal {
    fn encode(&self, sink: &mut Vec<u8>) {
        GlobalType { val_type: self.0, mutable: true, shared: false }.encode(sink);
        let zero = match self.0 {
            ValType::I64 => ConstExpr::i64_const(0),
            _ => ConstExpr::i32_const(0),
        };
        zero.encode(sink);
    }
}

fn exports(module: &Module<'_>, added: Added) -> ExportSection {
    let mut exports = ExportSection::new();
    exports.export(MEMORY, ExportKind::Memory, 0);
    exports.export(ENTRYPOINT, ExportKind::Func, module.entrypoint);
    exports.export(INK_LEFT, ExportKind::Global, added.ink_left);
    exports.export(INK_STATUS, ExportKind::Global, added.ink_status);
    exports.export(STACK_LEFT, ExportKind::Global, added.stack_left);
    exports
}

/// One function body with metering.
struct Metered {
    /// Encoded, without its length.
    body: Vec<u8>,
    /// Instructions, as the real chain counts them.
    operators: usize,
}

impl Metered {
    fn new(module: &Module<'_>, body: &FunctionBody<'_>, added: Added) -> Result<Self, ModuleError> {
        let scan = Scan::new(module, body)?;
        let locals = validate::declared_locals(body)?;
        let frame = scan.height.frame_words(locals)?;
        limit("opcodes in func body", scan.operators, MAX_OPERATORS)?;
        Ok(Self { body: scan.emit(module, body, added, frame)?, operators: scan.operators })
    }
}

/// What a first pass over a body finds out.
struct Scan {
    /// Ink of each basic block, in order.
    block_ink: Vec<u64>,
    height: StackHeight,
    operators: usize,
}

impl Scan {
    fn new(module: &Module<'_>, body: &FunctionBody<'_>) -> Result<Self, ModuleError> {
        let mut scan = Self {
            block_ink: Vec::new(),
            height: StackHeight::new(),
            operators: OPERATORS_PER_FUNCTION + OPERATORS_PER_RETURN,
        };
        let mut at_block_start = true;
        for op in body.get_operators_reader()? {
            let op = op?;
            if at_block_start {
                scan.height.start_block();
                scan.block_ink.push(BLOCK_INK);
                scan.operators += OPERATORS_PER_BLOCK;
            }
            if let Some(block) = scan.block_ink.last_mut() {
                *block = block.saturating_add(opcodes::ink(&op, module)?);
            }
            scan.height.step(&op, module);
            scan.operators += 1 + growth(&op, module);
            at_block_start = opcodes::ends_block(&op);
        }
        Ok(scan)
    }

    /// Writes the body again with the charges in it.
    fn emit(
        &self,
        module: &Module<'_>,
        body: &FunctionBody<'_>,
        added: Added,
        frame: u32,
    ) -> Result<Vec<u8>, ModuleError> {
        let encoded = body.as_bytes();
        let base = body.range().start;
        let mut reader = body.get_operators_reader()?;
        let mut from = reader.original_position() - base;
        let mut out = Charges::new(added, frame, &encoded[..from as usize]);
        let mut blocks = self.block_ink.iter();
        let mut at_block_start = true;
        out.take_frame();
        while !reader.eof() {
            let op = reader.read()?;
            let to = reader.original_position() - base;
            if at_block_start && let Some(ink) = blocks.next() {
                out.block(*ink);
            }
            match op {
                Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => out.bulk(),
                Operator::MemoryGrow { .. } => out.grow(module.pay_for_memory_grow),
                Operator::Return => out.give_frame_back(),
                Operator::End if reader.eof() => out.give_frame_back(),
                _ => {}
            }
            out.code.extend_from_slice(&encoded[from as usize..to as usize]);
            at_block_start = opcodes::ends_block(&op);
            from = to;
        }
        Ok(out.code)
    }
}

/// How many instructions the real instrumentation adds for `op` itself.
fn growth(op: &Operator<'_>, module: &Module<'_>) -> usize {
    match op {
        Operator::MemoryFill { .. } if module.stylus_version >= FILL_MASK_VERSION => {
            OPERATORS_PER_BULK + OPERATORS_PER_FILL_MASK
        }
        Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => OPERATORS_PER_BULK,
        Operator::Return => OPERATORS_PER_RETURN,
        Operator::MemoryGrow { .. } if module.pay_for_memory_grow.is_some() => OPERATORS_PER_GROW,
        _ => 0,
    }
}

/// Writes charges into a body.
struct Charges {
    code: Vec<u8>,
    added: Added,
    frame: i32,
}

impl Charges {
    fn new(added: Added, frame: u32, locals: &[u8]) -> Self {
        Self { code: locals.to_vec(), added, frame: frame as i32 }
    }

    fn write(&mut self, instructions: &[Instruction<'_>]) {
        for instruction in instructions {
            instruction.encode(&mut self.code);
        }
    }

    /// On entry.
    fn take_frame(&mut self) {
        self.write(&[Instruction::I32Const(self.frame), Instruction::Call(self.added.enter)]);
    }

    /// Before a return and before the end of the body. A branch to the body's own label passes by the latter, and
    /// the words it took stay taken: so it is on the real chain.
    fn give_frame_back(&mut self) {
        let stack_left = self.added.stack_left;
        self.write(&[
            Instruction::GlobalGet(stack_left),
            Instruction::I32Const(self.frame),
            Instruction::I32Add,
            Instruction::GlobalSet(stack_left),
        ]);
    }

    fn block(&mut self, ink: u64) {
        self.write(&[Instruction::I64Const(ink as i64), Instruction::Call(self.added.charge)]);
    }

    /// Charges for each byte that memory.copy or memory.fill is about to write.
    fn bulk(&mut self) {
        let scratch = self.added.scratch;
        self.write(&[
            Instruction::GlobalSet(scratch),
            Instruction::GlobalGet(scratch),
            Instruction::I64ExtendI32U,
            Instruction::I64Const(BULK_BYTE_INK),
            Instruction::I64Mul,
            Instruction::Call(self.added.charge),
            Instruction::GlobalGet(scratch),
        ]);
    }

    fn grow(&mut self, pay_for_memory_grow: Option<u32>) {
        if let Some(pay) = pay_for_memory_grow {
            let scratch = self.added.scratch;
            self.write(&[
                Instruction::GlobalSet(scratch),
                Instruction::GlobalGet(scratch),
                Instruction::Call(pay),
                Instruction::GlobalGet(scratch),
            ]);
        }
    }
}
