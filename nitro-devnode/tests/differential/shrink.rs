//! Makes a case smaller while it keeps failing: fewer transactions and programs, then fewer functions, instructions
//! and data.

use wasm_encoder::{CodeSection, DataSection, Module, RawSection};
use wasmparser::{Parser, Payload, Validator};

use super::Case;

/// Smaller cases that are tried at most.
const TRIES: usize = 4_000;

/// Instructions that may stand for several others.
const STAND_INS: [&[u8]; 3] = [&[], &[0x41, 0], &[0x42, 0]];

/// What a function's code is replaced with: an instruction that is never reached, and the end.
const NOTHING: [&[u8]; 2] = [&[0x00], &[0x0b]];

const CODE_SECTION: u8 = 10;
const DATA_SECTION: u8 = 11;

/// The smallest case found that still `fails`.
pub fn shrink(case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    let mut search = Search { best: case, fails, tries: TRIES };
    while search.drop_transactions()
        | search.drop_programs()
        | search.simplify_transactions()
        | search.simplify_programs()
    {}
    search.best
}

struct Search<F> {
    best: Case,
    fails: F,
    tries: usize,
}

impl<F: Fn(&Case) -> bool> Search<F> {
    /// Takes a change over if the case still fails with it.
    fn attempt(&mut self, change: impl FnOnce(&mut Case)) -> bool {
        if self.tries == 0 {
            return false;
        }
        self.tries -= 1;
        let mut smaller = self.best.clone();
        change(&mut smaller);
        let fails = (self.fails)(&smaller);
        if fails {
            self.best = smaller;
        }
        fails
    }

    fn drop_transactions(&mut self) -> bool {
        let all = (0..self.best.transactions.len()).rev();
        all.fold(false, |found, index| self.attempt(|case| drop(case.transactions.remove(index))) | found)
    }

    fn drop_programs(&mut self) -> bool {
        let all = (1..self.best.programs.len()).rev();
        all.fold(false, |found, index| self.attempt(|case| drop(case.programs.remove(index))) | found)
    }

    fn simplify_transactions(&mut self) -> bool {
        let mut found = false;
        for index in 0..self.best.transactions.len() {
            let sent = self.best.transactions[index].clone();
            if !sent.input.is_empty() {
                found |= self.attempt(|case| case.transactions[index].input.clear());
            }
            if sent.value > 0 {
                found |= self.attempt(|case| case.transactions[index].value = 0);
            }
            if sent.to > 0 {
                found |= self.attempt(|case| case.transactions[index].to = 0);
            }
        }
        found
    }

    fn simplify_programs(&mut self) -> bool {
        let mut found = false;
        for program in 0..self.best.programs.len() {
            for function in 0..self.parts(program).bodies.len() {
                found |= self.attempt_parts(program, |parts| parts.bodies[function].replace_all());
                found |= self.drop_instructions(program, function);
            }
            for segment in (0..self.parts(program).data.len()).rev() {
                found |= self.attempt_parts(program, |parts| drop(parts.data.remove(segment)));
            }
        }
        found
    }

    fn parts(&self, program: usize) -> Parts {
        Parts::read(&self.best.programs[program].wasm)
    }

    /// Tries a change of a module, unless that makes it invalid or no smaller.
    fn attempt_parts(&mut self, program: usize, change: impl FnOnce(&mut Parts)) -> bool {
        let mut parts = self.parts(program);
        change(&mut parts);
        let wasm = parts.write();
        let is_smaller = wasm.len() < self.best.programs[program].wasm.len();
        is_smaller
            && Validator::new().validate_all(&wasm).is_ok()
            && self.attempt(|case| case.programs[program].wasm = wasm)
    }

    /// Ever shorter runs of instructions, and the two ends of blocks.
    fn drop_instructions(&mut self, program: usize, function: usize) -> bool {
        let mut found = false;
        let mut len = self.parts(program).bodies[function].operators.len() / 2;
        while len > 0 {
            let mut start = 0;
            // The last instruction is the function's end.
            while start + len < self.parts(program).bodies[function].operators.len() {
                let range = start..start + len;
                let dropped = STAND_INS.iter().any(|instead| {
                    self.attempt_parts(program, |parts| parts.bodies[function].replace(range.clone(), instead))
                });
                found |= dropped;
                start += if dropped { 0 } else { len.div_ceil(2) };
            }
            len /= 2;
        }
        let mut opening = 0;
        while opening < self.parts(program).bodies[function].operators.len() {
            if !self.attempt_parts(program, |parts| parts.bodies[function].unwrap(opening)) {
                opening += 1;
            } else {
                found = true;
            }
        }
        found
    }
}

/// The bytes of a part of a module.
fn slice(wasm: &[u8], range: std::ops::Range<u64>) -> Vec<u8> {
    wasm[range.start as usize..range.end as usize].to_vec()
}

/// A module, with what can be taken out of it apart.
pub struct Parts {
    sections: Vec<(u8, Vec<u8>)>,
    bodies: Vec<Body>,
    data: Vec<Vec<u8>>,
}

/// A function's code.
struct Body {
    locals: Vec<u8>,
    operators: Vec<Vec<u8>>,
}

impl Parts {
    /// Takes a valid module apart.
    pub fn read(wasm: &[u8]) -> Self {
        let mut parts = Self { sections: Vec::new(), bodies: Vec::new(), data: Vec::new() };
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload.expect("the module is valid");
            if let Some((id, range)) = payload.as_section() {
                parts.sections.push((id, slice(wasm, range)));
            }
            match payload {
                Payload::CodeSectionEntry(body) => parts.bodies.push(Body::read(wasm, &body)),
                Payload::DataSection(section) => {
                    parts.data = section.into_iter().map(|item| slice(wasm, item.expect("valid").range)).collect();
                }
                _ => {}
            }
        }
        parts
    }

    /// How many instructions there are.
    pub fn instructions(&self) -> usize {
        self.bodies.iter().map(|body| body.operators.len()).sum()
    }

    fn write(&self) -> Vec<u8> {
        let mut module = Module::new();
        for (id, bytes) in &self.sections {
            match *id {
                CODE_SECTION => {
                    let mut code = CodeSection::new();
                    for body in &self.bodies {
                        code.raw(&[&body.locals[..], &body.operators.concat()].concat());
                    }
                    module.section(&code);
                }
                DATA_SECTION => {
                    let mut data = DataSection::new();
                    for segment in &self.data {
                        data.raw(segment);
                    }
                    module.section(&data);
                }
                id => {
                    module.section(&RawSection { id, data: bytes });
                }
            }
        }
        module.finish()
    }
}

impl Body {
    fn read(wasm: &[u8], body: &wasmparser::FunctionBody<'_>) -> Self {
        let operators = body.get_operators_reader().expect("valid").into_iter_with_offsets();
        let mut starts: Vec<u64> = operators.map(|operator| operator.expect("valid").1).collect();
        let locals = slice(wasm, body.range().start..starts[0]);
        starts.push(body.range().end);
        Self { locals, operators: starts.windows(2).map(|ends| slice(wasm, ends[0]..ends[1])).collect() }
    }

    fn replace_all(&mut self) {
        self.operators = NOTHING.map(<[u8]>::to_vec).to_vec();
    }

    fn replace(&mut self, range: std::ops::Range<usize>, instead: &[u8]) {
        let instead = if instead.is_empty() { None } else { Some(instead.to_vec()) };
        self.operators.splice(range, instead);
    }

    /// Removes a block around instructions that stay.
    fn unwrap(&mut self, opening: usize) {
        let opens = |operator: &Vec<u8>| matches!(operator[0], 0x02..=0x04);
        let mut depth = 0;
        for place in opening..self.operators.len() {
            depth += i32::from(opens(&self.operators[place]));
            depth -= i32::from(self.operators[place][0] == 0x0b);
            if depth <= 0 {
                // Without a block at `opening` this is that instruction alone, which has been tried.
                self.operators.remove(place);
                if place > opening {
                    self.operators.remove(opening);
                }
                return;
            }
        }
    }
}
