//! A plain evaluator of modules and of what they cost: it interprets the operators as they come, and adds up the price
//! of a basic block again each time it reaches one. It is slow and shares nothing with the node.

use wasmparser::{BlockType, ConstExpr, DataKind, ElementItems, ElementKind, Operator, Parser, Payload, TypeRef};

use super::prices;

/// Why a frame ends before its entry point returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A trap or a failed host function: a revert that keeps gas.
    Trap,
    OutOfInk,
    OutOfStack,
    Exit(u32),
}

/// What instructions and host functions of a frame work on.
pub struct Instance {
    pub memory: Vec<u8>,
    pub globals: Vec<u64>,
    pub ink: u64,
    pub stack_left: u32,
}

impl Instance {
    pub fn buy(&mut self, ink: u64) -> Result<(), Stop> {
        self.ink = self.ink.checked_sub(ink).ok_or(Stop::OutOfInk)?;
        Ok(())
    }

    pub fn read(&self, at: u64, len: u64) -> Result<&[u8], Stop> {
        if at + len > self.memory.len() as u64 {
            return Err(Stop::Trap);
        }
        Ok(&self.memory[at as usize..(at + len) as usize])
    }

    pub fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Stop> {
        self.read(at, bytes.len() as u64)?;
        self.memory[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}

/// The host functions, as the evaluator needs them.
pub trait Hooks {
    fn call(&mut self, instance: &mut Instance, name: &str, arguments: &[u64]) -> Result<Option<u64>, Stop>;
}

struct Type {
    params: usize,
    results: usize,
    /// Tells types of equal arity apart, for indirect calls.
    name: String,
}

struct Body<'a> {
    params: usize,
    results: usize,
    locals: usize,
    operators: Vec<Operator<'a>>,
    /// What each operator costs, and whether a basic block ends with it.
    prices: Vec<(u64, bool)>,
    /// For each operator that opens a block: where its `else` and its `end` are.
    ends: Vec<(Option<usize>, usize)>,
    frame_words: u32,
}

/// The figures that prices of activation and entry are made of.
#[derive(Default)]
pub struct Counts {
    pub wasm_len: u64,
    pub functions: u64,
    pub type_words: u64,
    pub globals: u64,
    pub data_entry_bytes: u64,
    pub element_entry_bytes: u64,
    pub data_bytes: u64,
    pub pages: u64,
    pub operators: u64,
}

/// A module that can be evaluated.
pub struct Module<'a> {
    types: Vec<Type>,
    imports: Vec<(String, usize)>,
    functions: Vec<usize>,
    bodies: Vec<Body<'a>>,
    globals: Vec<u64>,
    table: Vec<Option<u32>>,
    max_pages: u64,
    pays_for_growth: bool,
    data: Vec<(u64, Vec<u8>)>,
    entry: u32,
    pub counts: Counts,
}

fn constant(expression: &ConstExpr<'_>) -> u64 {
    match expression.get_operators_reader().read() {
        Ok(Operator::I32Const { value }) => u64::from(value as u32),
        Ok(Operator::I64Const { value }) => value as u64,
        other => panic!("generated modules have no such constant: {other:?}"),
    }
}

impl<'a> Module<'a> {
    /// Reads a valid module.
    pub fn read(wasm: &'a [u8], stylus_version: u16) -> Self {
        let mut module = Self {
            types: Vec::new(),
            imports: Vec::new(),
            functions: Vec::new(),
            bodies: Vec::new(),
            globals: Vec::new(),
            table: Vec::new(),
            max_pages: 65_536,
            pays_for_growth: false,
            data: Vec::new(),
            entry: 0,
            counts: Counts { wasm_len: wasm.len() as u64, globals: 4, ..Counts::default() },
        };
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            module.take(payload.expect("the module is valid"), &mut bodies);
        }
        for body in bodies {
            module.take_body(&body, stylus_version);
        }
        module
    }

    fn take(&mut self, payload: Payload<'a>, bodies: &mut Vec<wasmparser::FunctionBody<'a>>) {
        match payload {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = ty.expect("valid");
                    let name = format!("{:?}{:?}", ty.params(), ty.results());
                    self.types.push(Type { params: ty.params().len(), results: ty.results().len(), name });
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.expect("valid");
                    let TypeRef::Func(index) = import.ty else { panic!("only functions are imported") };
                    self.imports.push((import.name.to_owned(), index as usize));
                    self.functions.push(index as usize);
                }
            }
            Payload::FunctionSection(section) => {
                for index in section {
                    let index = index.expect("valid") as usize;
                    self.functions.push(index);
                    self.counts.functions += 1;
                    self.counts.type_words += (self.types[index].params + self.types[index].results) as u64;
                }
            }
            Payload::TableSection(section) => {
                let size = section.into_iter().map(|table| table.expect("valid").ty.initial).sum::<u64>();
                self.table = vec![None; size as usize];
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    let memory = memory.expect("valid");
                    self.counts.pages = memory.initial;
                    self.max_pages = memory.maximum.unwrap_or(65_536);
                    self.pays_for_growth = memory.maximum != Some(memory.initial);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(constant(&global.expect("valid").init_expr));
                    self.counts.globals += 1;
                }
            }
            Payload::ExportSection(section) => {
                let entry =
                    section.into_iter().map(|export| export.expect("valid")).find(|e| e.name == "user_entrypoint");
                self.entry = entry.expect("there is an entry point").index;
            }
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element.expect("valid");
                    self.counts.element_entry_bytes += element.range.end - element.range.start;
                    let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(functions)) =
                        (element.kind, element.items)
                    else {
                        panic!("generated elements are active functions")
                    };
                    let offset = constant(&offset_expr) as usize;
                    for (place, function) in (offset..).zip(functions) {
                        self.table[place] = Some(function.expect("valid"));
                    }
                }
            }
            Payload::DataSection(section) => {
                for data in section {
                    let data = data.expect("valid");
                    self.counts.data_entry_bytes += data.range.end - data.range.start;
                    self.counts.data_bytes += data.data.len() as u64;
                    let DataKind::Active { offset_expr, .. } = data.kind else { panic!("generated data is active") };
                    self.data.push((constant(&offset_expr), data.data.to_vec()));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }

    fn take_body(&mut self, body: &wasmparser::FunctionBody<'a>, stylus_version: u16) {
        let reader = body.get_operators_reader().expect("valid");
        let operators: Vec<_> = reader.into_iter().map(|operator| operator.expect("valid")).collect();
        let locals = body.get_locals_reader().expect("valid").into_iter();
        let locals: usize = locals.map(|group| group.expect("valid").0 as usize).sum();
        let ty = &self.types[self.functions[self.imports.len() + self.bodies.len()]];
        let (params, results) = (ty.params, ty.results);
        let frame_words = (self.height(&operators) + locals + 4) as u32;
        self.counts.operators += self.grown(&operators, stylus_version);
        let ends = ends(&operators);
        let prices = operators.iter().map(|operator| (self.price(operator), prices::ends_block(operator))).collect();
        self.bodies.push(Body { params, results, locals, operators, prices, ends, frame_words });
    }

    fn price(&self, operator: &Operator<'_>) -> u64 {
        let inputs = match operator {
            Operator::CallIndirect { type_index, .. } => self.types[*type_index as usize].params,
            _ => 0,
        };
        prices::instruction(operator, inputs as u64)
    }

    fn type_of(&self, function: u32) -> &Type {
        &self.types[self.functions[function as usize]]
    }

    fn block_arity(&self, block: BlockType) -> (usize, usize) {
        match block {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(index) => (self.types[index as usize].params, self.types[index as usize].results),
        }
    }

    /// Operators after the chain's own instrumentation.
    fn grown(&self, operators: &[Operator<'_>], stylus_version: u16) -> u64 {
        let mut count = operators.len() as u64;
        let mut block_starts = true;
        for operator in operators {
            count += if block_starts { 12 } else { 0 };
            block_starts = prices::ends_block(operator);
            count += match operator {
                Operator::MemoryFill { .. } if stylus_version >= 3 => 19,
                Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } => 17,
                Operator::MemoryGrow { .. } if self.pays_for_growth => 4,
                Operator::Return => 4,
                _ => 0,
            };
        }
        // Prologue, a return in front of the end, and the space given back there.
        count + 12 + 1 + 4
    }

    /// The worst height of the operand stack, on code that has the charges in it.
    fn height(&self, operators: &[Operator<'_>]) -> usize {
        let mut now = 0usize;
        let mut worst = 0usize;
        let mut open = vec![0usize];
        let mut block_starts = true;
        for operator in operators {
            if block_starts {
                worst = worst.max(now + 2);
            }
            block_starts = prices::ends_block(operator);
            let (pushes_first, pops) = match operator {
                Operator::Call { function_index } => {
                    let ty = self.type_of(*function_index);
                    (ty.results, ty.params)
                }
                Operator::CallIndirect { type_index, .. } => {
                    let ty = &self.types[*type_index as usize];
                    (ty.results, ty.params + 1)
                }
                Operator::Block { blockty } | Operator::Loop { blockty } => {
                    let (inputs, outputs) = self.block_arity(*blockty);
                    worst = worst.max(now + outputs);
                    now = (now + outputs).saturating_sub(inputs);
                    open.push(now);
                    continue;
                }
                Operator::If { blockty } => {
                    let (inputs, outputs) = self.block_arity(*blockty);
                    now = now.saturating_sub(1);
                    worst = worst.max(now + outputs);
                    now = (now + outputs).saturating_sub(inputs);
                    open.push(now);
                    continue;
                }
                Operator::Else => {
                    now = *open.last().expect("an if is open");
                    continue;
                }
                Operator::End => {
                    now = open.pop().expect("a block is open");
                    continue;
                }
                Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } => {
                    worst = worst.max(now + 3);
                    (0, 3)
                }
                other => {
                    let (takes, gives) = takes_and_gives(other);
                    now = now.saturating_sub(takes);
                    (gives, 0)
                }
            };
            now += pushes_first;
            worst = worst.max(now);
            now = now.saturating_sub(pops);
        }
        worst
    }

    /// Runs the entry point.
    pub fn run(&self, ink: u64, stack_words: u32, args_len: u32, hooks: &mut dyn Hooks) -> (Result<u32, Stop>, u64) {
        let mut memory = vec![0; self.counts.pages as usize * 65_536];
        for (offset, bytes) in &self.data {
            memory[*offset as usize..*offset as usize + bytes.len()].copy_from_slice(bytes);
        }
        let mut instance = Instance { memory, globals: self.globals.clone(), ink, stack_left: stack_words };
        let ended = self.call(self.entry, vec![u64::from(args_len)], &mut instance, hooks);
        (ended.map(|results| results[0] as u32), instance.ink)
    }

    fn call(&self, function: u32, args: Vec<u64>, at: &mut Instance, hooks: &mut dyn Hooks) -> Result<Vec<u64>, Stop> {
        match (function as usize).checked_sub(self.imports.len()) {
            None => {
                let result = hooks.call(at, &self.imports[function as usize].0, &args)?;
                Ok(result.into_iter().collect())
            }
            Some(own) => Activation::new(self, &self.bodies[own], args).run(at, hooks),
        }
    }
}

/// What a plain instruction takes from the stack and gives to it.
fn takes_and_gives(operator: &Operator<'_>) -> (usize, usize) {
    use Operator::*;
    let name = format!("{operator:?}");
    match operator {
        I32Const { .. }
        | I64Const { .. }
        | F32Const { .. }
        | LocalGet { .. }
        | GlobalGet { .. }
        | MemorySize { .. } => (0, 1),
        Nop | Unreachable | Return | Br { .. } => (0, 0),
        Drop | LocalSet { .. } | GlobalSet { .. } | BrIf { .. } | BrTable { .. } => (1, 0),
        LocalTee { .. } | MemoryGrow { .. } => (1, 1),
        Select => (3, 1),
        _ if name.contains("Store") => (2, 0),
        _ if name.contains("Load") => (1, 1),
        I32Eqz | I64Eqz | I32Clz | I32Ctz | I32Popcnt | I64Clz | I64Ctz | I64Popcnt | I32WrapI64 => (1, 1),
        _ if name.contains("Extend") => (1, 1),
        _ => (2, 1),
    }
}

fn ends(operators: &[Operator<'_>]) -> Vec<(Option<usize>, usize)> {
    let mut ends = vec![(None, 0); operators.len()];
    let mut open = Vec::new();
    for (place, operator) in operators.iter().enumerate() {
        match operator {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => open.push(place),
            Operator::Else => ends[*open.last().expect("an if is open")].0 = Some(place),
            Operator::End => {
                if let Some(start) = open.pop() {
                    ends[start].1 = place;
                }
            }
            _ => {}
        }
    }
    ends
}

/// An open block: where it leads, and what a branch to it carries.
struct Label {
    target: usize,
    is_loop: bool,
    carries: usize,
    height: usize,
    /// Where an `else` that is reached from above goes on.
    end: usize,
}

/// One call of a function.
struct Activation<'m, 'a> {
    module: &'m Module<'a>,
    body: &'m Body<'a>,
    locals: Vec<u64>,
    stack: Vec<u64>,
    labels: Vec<Label>,
    next: usize,
}

impl<'m, 'a> Activation<'m, 'a> {
    fn new(module: &'m Module<'a>, body: &'m Body<'a>, mut locals: Vec<u64>) -> Self {
        assert_eq!(locals.len(), body.params);
        locals.resize(body.params + body.locals, 0);
        let end = body.operators.len();
        let outermost = Label { target: end, is_loop: false, carries: body.results, height: 0, end };
        Self { module, body, locals, stack: Vec::new(), labels: vec![outermost], next: 0 }
    }

    fn run(mut self, at: &mut Instance, hooks: &mut dyn Hooks) -> Result<Vec<u64>, Stop> {
        let words = self.body.frame_words;
        if at.stack_left <= words {
            return Err(Stop::OutOfStack);
        }
        at.stack_left -= words;
        let mut block_starts = true;
        let mut gives_back = false;
        while self.next < self.body.operators.len() {
            let operator = &self.body.operators[self.next];
            if block_starts {
                at.buy(self.price_of_block())?;
            }
            block_starts = self.body.prices[self.next].1;
            // A branch to the outermost label ends the function without giving its words back.
            let is_end = self.next + 1 == self.body.operators.len();
            gives_back = is_end || matches!(operator, Operator::Return);
            self.next += 1;
            self.step(operator, at, hooks)?;
        }
        if gives_back {
            at.stack_left += words;
        }
        Ok(self.stack.split_off(self.stack.len() - self.body.results))
    }

    fn price_of_block(&self) -> u64 {
        let mut price = prices::block();
        for (ink, ends) in &self.body.prices[self.next..] {
            price = price.saturating_add(*ink);
            if *ends {
                break;
            }
        }
        price
    }

    fn pop(&mut self) -> u64 {
        self.stack.pop().expect("the module is valid")
    }

    fn pop32(&mut self) -> u32 {
        self.pop() as u32
    }

    fn open(&mut self, block: BlockType, is_loop: bool) {
        let (inputs, outputs) = self.module.block_arity(block);
        let start = self.next - 1;
        let end = self.body.ends[start].1;
        let height = self.stack.len() - inputs;
        let (target, carries) = if is_loop { (self.next, inputs) } else { (end + 1, outputs) };
        self.labels.push(Label { target, is_loop, carries, height, end });
    }

    fn branch(&mut self, depth: u32) {
        let place = self.labels.len() - 1 - depth as usize;
        let label = &self.labels[place];
        let carried = self.stack.split_off(self.stack.len() - label.carries);
        self.stack.truncate(label.height);
        self.stack.extend(carried);
        self.next = label.target;
        let kept = if label.is_loop { place + 1 } else { place };
        self.labels.truncate(kept);
    }

    fn address(&mut self, offset: u64) -> u64 {
        u64::from(self.pop32()) + offset
    }

    fn load<const N: usize>(&mut self, at: &Instance, offset: u64) -> Result<[u8; N], Stop> {
        let place = self.address(offset);
        let mut bytes = [0; N];
        bytes.copy_from_slice(at.read(place, N as u64)?);
        Ok(bytes)
    }

    fn store(&mut self, at: &mut Instance, offset: u64, len: usize) -> Result<(), Stop> {
        let value = self.pop();
        let place = self.address(offset);
        at.write(place, &value.to_le_bytes()[..len])
    }

    fn step(&mut self, operator: &Operator<'_>, at: &mut Instance, hooks: &mut dyn Hooks) -> Result<(), Stop> {
        use Operator::*;
        macro_rules! binary32 {
            (|$a:ident, $b:ident| $result:expr) => {{
                let ($b, $a) = (self.pop32(), self.pop32());
                self.stack.push(u64::from($result as u32));
            }};
        }
        macro_rules! binary64 {
            (|$a:ident, $b:ident| $result:expr) => {{
                let ($b, $a) = (self.pop(), self.pop());
                self.stack.push($result as u64);
            }};
        }
        macro_rules! unary32 {
            (|$a:ident| $result:expr) => {{
                let $a = self.pop32();
                self.stack.push(u64::from($result as u32));
            }};
        }
        macro_rules! unary64 {
            (|$a:ident| $result:expr) => {{
                let $a = self.pop();
                self.stack.push($result as u64);
            }};
        }
        match operator {
            Unreachable => return Err(Stop::Trap),
            Nop => {}
            Block { blockty } => self.open(*blockty, false),
            Loop { blockty } => self.open(*blockty, true),
            If { blockty } => {
                let condition = self.pop32();
                let (otherwise, end) = self.body.ends[self.next - 1];
                self.open(*blockty, false);
                match (condition, otherwise) {
                    (0, Some(otherwise)) => self.next = otherwise + 1,
                    (0, None) => {
                        self.labels.pop();
                        self.next = end + 1;
                    }
                    _ => {}
                }
            }
            Else => {
                let label = self.labels.pop().expect("an if is open");
                self.next = label.end + 1;
            }
            End => {
                self.labels.pop();
            }
            Br { relative_depth } => self.branch(*relative_depth),
            BrIf { relative_depth } => {
                if self.pop32() != 0 {
                    self.branch(*relative_depth);
                }
            }
            BrTable { targets } => {
                let index = self.pop32() as usize;
                let listed = targets.targets().nth(index).map(|target| target.expect("valid"));
                self.branch(listed.unwrap_or(targets.default()));
            }
            Return => self.branch(self.labels.len() as u32 - 1),
            Call { function_index } => self.enter(*function_index, at, hooks)?,
            CallIndirect { type_index, .. } => {
                let place = self.pop32() as usize;
                let function = self.module.table.get(place).copied().flatten().ok_or(Stop::Trap)?;
                if self.module.type_of(function).name != self.module.types[*type_index as usize].name {
                    return Err(Stop::Trap);
                }
                self.enter(function, at, hooks)?;
            }
            Drop => {
                self.pop();
            }
            Select => {
                let condition = self.pop32();
                let (second, first) = (self.pop(), self.pop());
                self.stack.push(if condition != 0 { first } else { second });
            }
            LocalGet { local_index } => self.stack.push(self.locals[*local_index as usize]),
            LocalSet { local_index } => self.locals[*local_index as usize] = self.pop(),
            LocalTee { local_index } => self.locals[*local_index as usize] = *self.stack.last().expect("valid"),
            GlobalGet { global_index } => self.stack.push(at.globals[*global_index as usize]),
            GlobalSet { global_index } => at.globals[*global_index as usize] = self.pop(),
            I32Const { value } => self.stack.push(u64::from(*value as u32)),
            I64Const { value } => self.stack.push(*value as u64),

            I32Load { memarg } => {
                let bytes = self.load::<4>(at, memarg.offset)?;
                self.stack.push(u32::from_le_bytes(bytes).into());
            }
            I32Load8U { memarg } | I64Load8U { memarg } => {
                let [byte] = self.load::<1>(at, memarg.offset)?;
                self.stack.push(byte.into());
            }
            I32Load8S { memarg } => {
                let [byte] = self.load::<1>(at, memarg.offset)?;
                self.stack.push(u64::from(byte as i8 as i32 as u32));
            }
            I32Load16U { memarg } | I64Load16U { memarg } => {
                let bytes = self.load::<2>(at, memarg.offset)?;
                self.stack.push(u16::from_le_bytes(bytes).into());
            }
            I32Load16S { memarg } => {
                let bytes = self.load::<2>(at, memarg.offset)?;
                self.stack.push(u64::from(i16::from_le_bytes(bytes) as i32 as u32));
            }
            I64Load { memarg } => {
                let bytes = self.load::<8>(at, memarg.offset)?;
                self.stack.push(u64::from_le_bytes(bytes));
            }
            I64Load8S { memarg } => {
                let [byte] = self.load::<1>(at, memarg.offset)?;
                self.stack.push(byte as i8 as i64 as u64);
            }
            I64Load16S { memarg } => {
                let bytes = self.load::<2>(at, memarg.offset)?;
                self.stack.push(i16::from_le_bytes(bytes) as i64 as u64);
            }
            I64Load32S { memarg } => {
                let bytes = self.load::<4>(at, memarg.offset)?;
                self.stack.push(i32::from_le_bytes(bytes) as i64 as u64);
            }
            I64Load32U { memarg } => {
                let bytes = self.load::<4>(at, memarg.offset)?;
                self.stack.push(u32::from_le_bytes(bytes).into());
            }
            I32Store8 { memarg } | I64Store8 { memarg } => self.store(at, memarg.offset, 1)?,
            I32Store16 { memarg } | I64Store16 { memarg } => self.store(at, memarg.offset, 2)?,
            I32Store { memarg } | I64Store32 { memarg } => self.store(at, memarg.offset, 4)?,
            I64Store { memarg } => self.store(at, memarg.offset, 8)?,

            MemorySize { .. } => self.stack.push(at.memory.len() as u64 / 65_536),
            MemoryGrow { .. } => {
                let pages = u64::from(self.pop32());
                if self.module.pays_for_growth {
                    hooks.call(at, "pay_for_memory_grow", &[pages])?;
                }
                let before = at.memory.len() as u64 / 65_536;
                if before + pages > self.module.max_pages {
                    self.stack.push(u64::from(u32::MAX));
                } else {
                    at.memory.resize(((before + pages) * 65_536) as usize, 0);
                    self.stack.push(before);
                }
            }
            MemoryFill { .. } => {
                let (len, value, to) = (self.pop32(), self.pop32(), self.pop32());
                at.buy(prices::bulk(len))?;
                at.read(to.into(), len.into())?;
                at.memory[to as usize..to as usize + len as usize].fill(value as u8);
            }
            MemoryCopy { .. } => {
                let (len, from, to) = (self.pop32(), self.pop32(), self.pop32());
                at.buy(prices::bulk(len))?;
                let bytes = at.read(from.into(), len.into())?.to_vec();
                at.write(to.into(), &bytes)?;
            }

            I32Eqz => unary32!(|a| a == 0),
            I32Eq => binary32!(|a, b| a == b),
            I32Ne => binary32!(|a, b| a != b),
            I32LtS => binary32!(|a, b| (a as i32) < b as i32),
            I32LtU => binary32!(|a, b| a < b),
            I32GtS => binary32!(|a, b| a as i32 > b as i32),
            I32GtU => binary32!(|a, b| a > b),
            I32LeS => binary32!(|a, b| a as i32 <= b as i32),
            I32LeU => binary32!(|a, b| a <= b),
            I32GeS => binary32!(|a, b| a as i32 >= b as i32),
            I32GeU => binary32!(|a, b| a >= b),
            I64Eqz => unary64!(|a| a == 0),
            I64Eq => binary64!(|a, b| a == b),
            I64Ne => binary64!(|a, b| a != b),
            I64LtS => binary64!(|a, b| (a as i64) < b as i64),
            I64LtU => binary64!(|a, b| a < b),
            I64GtS => binary64!(|a, b| a as i64 > b as i64),
            I64GtU => binary64!(|a, b| a > b),
            I64LeS => binary64!(|a, b| a as i64 <= b as i64),
            I64LeU => binary64!(|a, b| a <= b),
            I64GeS => binary64!(|a, b| a as i64 >= b as i64),
            I64GeU => binary64!(|a, b| a >= b),

            I32Clz => unary32!(|a| a.leading_zeros()),
            I32Ctz => unary32!(|a| a.trailing_zeros()),
            I32Popcnt => unary32!(|a| a.count_ones()),
            I32Add => binary32!(|a, b| a.wrapping_add(b)),
            I32Sub => binary32!(|a, b| a.wrapping_sub(b)),
            I32Mul => binary32!(|a, b| a.wrapping_mul(b)),
            I32DivS => binary32!(|a, b| (a as i32).checked_div(b as i32).ok_or(Stop::Trap)?),
            I32DivU => binary32!(|a, b| a.checked_div(b).ok_or(Stop::Trap)?),
            I32RemS => {
                binary32!(|a, b| if b == 0 { return Err(Stop::Trap) } else { (a as i32).wrapping_rem(b as i32) })
            }
            I32RemU => binary32!(|a, b| a.checked_rem(b).ok_or(Stop::Trap)?),
            I32And => binary32!(|a, b| a & b),
            I32Or => binary32!(|a, b| a | b),
            I32Xor => binary32!(|a, b| a ^ b),
            I32Shl => binary32!(|a, b| a.wrapping_shl(b)),
            I32ShrS => binary32!(|a, b| (a as i32).wrapping_shr(b)),
            I32ShrU => binary32!(|a, b| a.wrapping_shr(b)),
            I32Rotl => binary32!(|a, b| a.rotate_left(b % 32)),
            I32Rotr => binary32!(|a, b| a.rotate_right(b % 32)),
            I64Clz => unary64!(|a| a.leading_zeros()),
            I64Ctz => unary64!(|a| a.trailing_zeros()),
            I64Popcnt => unary64!(|a| a.count_ones()),
            I64Add => binary64!(|a, b| a.wrapping_add(b)),
            I64Sub => binary64!(|a, b| a.wrapping_sub(b)),
            I64Mul => binary64!(|a, b| a.wrapping_mul(b)),
            I64DivS => binary64!(|a, b| (a as i64).checked_div(b as i64).ok_or(Stop::Trap)?),
            I64DivU => binary64!(|a, b| a.checked_div(b).ok_or(Stop::Trap)?),
            I64RemS => {
                binary64!(|a, b| if b == 0 { return Err(Stop::Trap) } else { (a as i64).wrapping_rem(b as i64) })
            }
            I64RemU => binary64!(|a, b| a.checked_rem(b).ok_or(Stop::Trap)?),
            I64And => binary64!(|a, b| a & b),
            I64Or => binary64!(|a, b| a | b),
            I64Xor => binary64!(|a, b| a ^ b),
            I64Shl => binary64!(|a, b| a.wrapping_shl(b as u32)),
            I64ShrS => binary64!(|a, b| (a as i64).wrapping_shr(b as u32)),
            I64ShrU => binary64!(|a, b| a.wrapping_shr(b as u32)),
            I64Rotl => binary64!(|a, b| a.rotate_left((b % 64) as u32)),
            I64Rotr => binary64!(|a, b| a.rotate_right((b % 64) as u32)),
            I32WrapI64 => unary64!(|a| a as u32),
            I64ExtendI32S => unary64!(|a| a as u32 as i32 as i64),
            I64ExtendI32U => unary64!(|a| a as u32),
            I32Extend8S => unary32!(|a| a as i8 as i32),
            I32Extend16S => unary32!(|a| a as i16 as i32),
            I64Extend8S => unary64!(|a| a as i8 as i64),
            I64Extend16S => unary64!(|a| a as i16 as i64),
            I64Extend32S => unary64!(|a| a as i32 as i64),
            // The block of a floating point instruction cannot be paid for.
            other => panic!("{other:?} is not generated or never reached"),
        }
        Ok(())
    }

    fn enter(&mut self, function: u32, at: &mut Instance, hooks: &mut dyn Hooks) -> Result<(), Stop> {
        let params = self.module.type_of(function).params;
        let arguments = self.stack.split_off(self.stack.len() - params);
        let results = self.module.call(function, arguments, at, hooks)?;
        self.stack.extend(results);
        Ok(())
    }
}
