//! What instructions cost, against a plain evaluator with a price table of its own.

use proptest::prelude::*;

use super::super::api::FrameStatus;
use super::fake::Fake;
use super::*;

/// Ink that a run of `wat` takes: with one ink per gas, gas is ink.
fn metered(wat: &str) -> u64 {
    const INK: u64 = 1 << 40;
    let one_to_one = FrameContext { ink_price: 1, ..context() };
    let outcome = program(wat).run(&one_to_one, &mut Fake::default(), INK);
    assert_eq!(outcome.status, FrameStatus::Success, "{wat}");
    INK - outcome.gas_left
}

/// Ink of `body`, which leaves nothing on the stack and does not branch.
fn straight(body: &str) -> u64 {
    metered(&module("", &format!("{body} (i32.const 0)"))) - metered(&module("", "(i32.const 0)"))
}

#[test]
fn an_empty_program_pays_one_block() {
    assert_eq!(metered(&module("", "(i32.const 0)")), 2_450 + 1 + 1);
}

#[test]
fn plain_instructions_have_their_prices() {
    let binary = |ty: &str, op: &str, price: u64| {
        let body = format!("(drop ({ty}.{op} ({ty}.const 7) ({ty}.const 3)))");
        assert_eq!(straight(&body), price + 2 + 9, "{ty}.{op}");
    };
    for op in ["add", "sub"] {
        binary("i32", op, 70);
        binary("i64", op, 100);
    }
    for op in ["and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"] {
        binary("i32", op, 70);
        binary("i64", op, 100);
    }
    for op in ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"] {
        binary("i32", op, 170);
        binary("i64", op, 225);
    }
    for op in ["div_s", "div_u", "rem_s", "rem_u"] {
        binary("i32", op, 1_120);
        binary("i64", op, 1_270);
    }
    binary("i32", "mul", 160);
    binary("i64", "mul", 160);

    let unary = |ty: &str, op: &str, price: u64| {
        assert_eq!(straight(&format!("(drop ({op} ({ty}.const 7)))")), price + 1 + 9, "{op}");
    };
    for (ty, op, price) in [
        ("i32", "i32.eqz", 170),
        ("i64", "i64.eqz", 225),
        ("i32", "i32.clz", 210),
        ("i64", "i64.ctz", 210),
        ("i32", "i32.popcnt", 2_650),
        ("i64", "i64.popcnt", 6_000),
        ("i64", "i32.wrap_i64", 100),
        ("i32", "i64.extend_i32_s", 100),
        ("i32", "i64.extend_i32_u", 100),
        ("i32", "i32.extend8_s", 100),
        ("i64", "i64.extend32_s", 100),
        ("i32", "i32.load", 670),
        ("i32", "i32.load8_u", 670),
        ("i32", "i64.load", 680),
        ("i32", "i64.load32_s", 680),
    ] {
        unary(ty, op, price);
    }
}

#[test]
fn other_instructions_have_their_prices() {
    for (body, price) in [
        ("nop", 1),
        ("(i32.store (i32.const 0) (i32.const 0))", 827),
        ("(i32.store16 (i32.const 0) (i32.const 0))", 827),
        ("(i64.store (i32.const 0) (i64.const 0))", 952),
        ("(i64.store8 (i32.const 0) (i64.const 0))", 952),
        ("(drop (local.get $len))", 84),
        ("(local.set $len (i32.const 0))", 211),
        ("(drop (local.tee $len (i32.const 0)))", 85),
        ("(drop (select (i32.const 1) (i32.const 2) (i32.const 0)))", 1_262),
        ("(drop (memory.size))", 3_009),
        ("(drop (memory.grow (i32.const 1)))", 8_060),
        ("(memory.fill (i32.const 0) (i32.const 1) (i32.const 10))", 953 + 1_000),
        ("(memory.copy (i32.const 0) (i32.const 1) (i32.const 0))", 953),
    ] {
        assert_eq!(straight(body), price, "{body}");
    }
    let global = module("(global $g (mut i32) (i32.const 0))", "(global.set $g (global.get $g)) (i32.const 0)");
    assert_eq!(metered(&global), 2_452 + 225 + 575);
}

#[test]
fn control_flow_costs_as_measured() {
    for (body, ink) in [
        ("(block)", 2_452),
        ("(block (br 0))", 3_216),
        ("(block (br_if 0 (i32.const 0)))", 5_668),
        ("(block (br_if 0 (i32.const 1)))", 3_217),
        ("(if (i32.const 1) (then nop))", 5_668),
        ("(if (i32.const 0) (then nop))", 3_216),
        ("(if (i32.const 1) (then nop) (else nop))", 5_668),
        ("(loop)", 4_902),
        ("(block (br_table 0 (i32.const 0)))", 4_852),
        ("(block (block (br_table 0 1 (i32.const 0))))", 7_629),
    ] {
        let plain = metered(&module("", "(i32.const 0)"));
        assert_eq!(metered(&module("", &format!("{body} (i32.const 0)"))) - plain, ink, "{body}");
    }
}

#[test]
fn calls_cost_as_measured() {
    let calling = |items: &str, body: &str| {
        metered(&module(items, &format!("{body} (i32.const 0)"))) - metered(&module("", "(i32.const 0)"))
    };
    assert_eq!(calling("(func $f)", "(call $f)"), 8_701);
    assert_eq!(
        calling("(func $f (param i32 i32) (result i32) (local.get 0))", "(drop (call $f (i32.const 1) (i32.const 2)))"),
        3_802 + 9 + 2_450 + 2_450 + 75 + 1
    );
    let indirect = "(type $t (func (param i32 i32))) (table 1 funcref) (elem (i32.const 0) $f) (func $f (type $t))";
    assert_eq!(
        calling(indirect, "(call_indirect (type $t) (i32.const 1) (i32.const 2) (i32.const 0))"),
        13_610 + 1_300 + 3 + 2_450 + 2_450 + 1
    );
}

#[test]
fn unreachable_code_of_a_block_is_charged() {
    let dead = module("", "(block (br 0) (drop (i32.popcnt (i32.const 1)))) (i32.const 0)");
    let alive = module("", "(block (br 0)) (i32.const 0)");
    assert_eq!(metered(&dead), metered(&alive));
    let same_block = module("", "(return (i32.const 0)) (drop (i32.popcnt (i32.const 1)))");
    assert_eq!(metered(&same_block), 2_452);
    let trapping = program(&module("", "(unreachable) (drop (i32.popcnt (i32.const 1))) (i32.const 0)"));
    let one_to_one = FrameContext { ink_price: 1, ..context() };
    let outcome = trapping.run(&one_to_one, &mut Fake::default(), 10_000);
    assert_eq!((outcome.status, outcome.gas_left), (FrameStatus::Revert, 10_000 - 2_450 - 1 - 2_660 - 2));
}

#[test]
fn the_last_ink_counts() {
    let needed = metered(&module("", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 10)) (i32.const 0)"));
    let wat = module("", "(memory.fill (i32.const 0) (i32.const 1) (i32.const 10)) (i32.const 0)");
    let one_to_one = FrameContext { ink_price: 1, ..context() };
    let exact = program(&wat).run(&one_to_one, &mut Fake::default(), needed);
    assert_eq!((exact.status, exact.gas_left), (FrameStatus::Success, 0));
    let short = program(&wat).run(&one_to_one, &mut Fake::default(), needed - 1);
    assert_eq!((short.status, short.gas_left), (FrameStatus::OutOfGas, 0));
}

/// Instructions of the generated programs, whose every value is an i32.
#[derive(Clone, Debug, PartialEq)]
enum Op {
    Const(i32),
    Get(usize),
    Set(usize),
    Tee(usize),
    Add,
    Sub,
    Mul,
    Xor,
    Eqz,
    DivU,
    Nop,
    Store,
    Fill,
    Block,
    Loop,
    If,
    Else,
    End,
    Br(usize),
    BrIf(usize),
    BrTable(Vec<usize>),
    Call(usize),
    Return,
}

impl Op {
    fn price(&self) -> u64 {
        match self {
            Op::Const(_) | Op::Nop | Op::Block | Op::Loop | Op::Else | Op::End | Op::Return => 1,
            Op::Get(_) | Op::Tee(_) => 75,
            Op::Set(_) => 210,
            Op::Add | Op::Sub | Op::Xor => 70,
            Op::Mul => 160,
            Op::Eqz => 170,
            Op::DivU => 1_120,
            Op::Store => 825,
            Op::Fill => 950,
            Op::If | Op::Br(_) | Op::BrIf(_) => 765,
            Op::BrTable(labels) => 2_400 + 325 * (labels.len() as u64 - 1),
            Op::Call(_) => 3_800,
        }
    }

    fn ends_block(&self) -> bool {
        use Op::*;
        matches!(self, Loop | If | Else | End | Br(_) | BrIf(_) | BrTable(_) | Call(_) | Return)
    }

    fn wat(&self) -> String {
        match self {
            Op::Const(value) => format!("i32.const {value}"),
            Op::Get(local) => format!("local.get {local}"),
            Op::Set(local) => format!("local.set {local}"),
            Op::Tee(local) => format!("local.tee {local}"),
            Op::Add => "i32.add".into(),
            Op::Sub => "i32.sub".into(),
            Op::Mul => "i32.mul".into(),
            Op::Xor => "i32.xor".into(),
            Op::Eqz => "i32.eqz".into(),
            Op::DivU => "i32.div_u".into(),
            Op::Nop => "nop".into(),
            Op::Store => "i32.store".into(),
            Op::Fill => "memory.fill".into(),
            Op::Block => "block".into(),
            Op::Loop => "loop".into(),
            Op::If => "if".into(),
            Op::Else => "else".into(),
            Op::End => "end".into(),
            Op::Br(label) => format!("br {label}"),
            Op::BrIf(label) => format!("br_if {label}"),
            Op::BrTable(labels) => {
                let labels: Vec<_> = labels.iter().map(usize::to_string).collect();
                format!("br_table {}", labels.join(" "))
            }
            Op::Call(function) => format!("call {function}"),
            Op::Return => "return".into(),
        }
    }
}

/// Locals of every function: three for values, then one counter for each level of loops.
const VALUES: usize = 3;
const MAX_NESTING: usize = 4;
const LOCALS: usize = VALUES + MAX_NESTING;

/// What is generated: statements that leave the operand stack as they find it.
#[derive(Clone, Debug)]
enum Statement {
    Compute(i32, usize, Op),
    Divide(usize, i32),
    Store(i32),
    Fill(i32),
    Block(Vec<Statement>),
    Repeat(i32, Vec<Statement>),
    Choose(usize, Vec<Statement>, Option<Vec<Statement>>),
    LeaveIf(usize, usize),
    Leave(usize),
    LeaveBy(usize, Vec<usize>),
    Call(usize),
    ReturnIf(usize),
    Nop,
}

fn statement() -> impl Strategy<Value = Statement> {
    let value = 0..VALUES;
    let op = prop_oneof![Just(Op::Add), Just(Op::Sub), Just(Op::Mul), Just(Op::Xor)];
    let leaf = prop_oneof![
        4 => (any::<i32>(), value.clone(), op).prop_map(|(a, b, op)| Statement::Compute(a, b, op)),
        1 => (value.clone(), 1..100).prop_map(|(a, b)| Statement::Divide(a, b)),
        1 => (0..1_000).prop_map(Statement::Store),
        1 => (0..64).prop_map(Statement::Fill),
        2 => (value.clone(), 0usize..4).prop_map(|(a, b)| Statement::LeaveIf(a, b)),
        1 => (0usize..4).prop_map(Statement::Leave),
        1 => (value.clone(), prop::collection::vec(0usize..4, 1..5)).prop_map(|(a, b)| Statement::LeaveBy(a, b)),
        1 => (0usize..2).prop_map(Statement::Call),
        1 => value.prop_map(Statement::ReturnIf),
        1 => Just(Statement::Nop),
    ];
    leaf.prop_recursive(MAX_NESTING as u32, 40, 6, |inner| {
        let body = prop::collection::vec(inner, 0..5);
        prop_oneof![
            body.clone().prop_map(Statement::Block),
            (1..4, body.clone()).prop_map(|(times, body)| Statement::Repeat(times, body)),
            (0..VALUES, body.clone(), prop::option::of(body)).prop_map(|(a, b, c)| Statement::Choose(a, b, c)),
        ]
    })
}

/// Turns statements into instructions.
#[derive(Default)]
struct Writer {
    ops: Vec<Op>,
    /// Open labels, innermost last: whether one may branch there without looping forever.
    labels: Vec<bool>,
    loops: usize,
    /// Functions that may be called: those with a lower index, so that calls end.
    callable: usize,
}

impl Writer {
    fn body(statements: &[Statement], callable: usize) -> Vec<Op> {
        let mut writer = Self { callable, ..Self::default() };
        writer.all(statements);
        writer.ops.push(Op::End);
        writer.ops
    }

    fn all(&mut self, statements: &[Statement]) {
        for statement in statements {
            self.one(statement);
        }
    }

    fn one(&mut self, statement: &Statement) {
        match statement {
            Statement::Compute(value, local, op) => {
                self.ops.extend([Op::Get(*local), Op::Const(*value), op.clone(), Op::Set((local + 1) % VALUES)]);
            }
            Statement::Divide(local, by) => {
                self.ops.extend([Op::Get(*local), Op::Const(*by), Op::DivU, Op::Eqz, Op::Set(*local)]);
            }
            Statement::Store(at) => self.ops.extend([Op::Const(*at), Op::Const(1), Op::Store]),
            Statement::Fill(len) => self.ops.extend([Op::Const(0), Op::Const(1), Op::Const(*len), Op::Fill]),
            Statement::Block(body) => {
                self.ops.push(Op::Block);
                self.labels.push(true);
                self.all(body);
                self.labels.pop();
                self.ops.push(Op::End);
            }
            Statement::Repeat(times, body) if self.loops < MAX_NESTING => {
                let counter = VALUES + self.loops;
                self.ops.extend([Op::Const(*times), Op::Set(counter), Op::Loop]);
                self.labels.push(false);
                self.loops += 1;
                self.all(body);
                self.loops -= 1;
                self.labels.pop();
                let next = [Op::Get(counter), Op::Const(1), Op::Sub, Op::Tee(counter), Op::BrIf(0), Op::End];
                self.ops.extend(next);
            }
            Statement::Repeat(_, body) => self.all(body),
            Statement::Choose(local, then, otherwise) => {
                self.ops.extend([Op::Get(*local), Op::If]);
                self.labels.push(true);
                self.all(then);
                if let Some(otherwise) = otherwise {
                    self.ops.push(Op::Else);
                    self.all(otherwise);
                }
                self.labels.pop();
                self.ops.push(Op::End);
            }
            Statement::LeaveIf(local, label) => {
                let label = self.forward(*label);
                self.ops.extend([Op::Get(*local), Op::BrIf(label)]);
            }
            Statement::Leave(label) => {
                let label = self.forward(*label);
                self.ops.push(Op::Br(label));
            }
            Statement::LeaveBy(local, labels) => {
                let labels = labels.iter().map(|label| self.forward(*label)).collect();
                self.ops.extend([Op::Get(*local), Op::BrTable(labels)]);
            }
            Statement::Call(function) if *function < self.callable => self.ops.push(Op::Call(*function)),
            Statement::Call(_) | Statement::Nop => self.ops.push(Op::Nop),
            Statement::ReturnIf(local) => {
                self.ops.extend([Op::Get(*local), Op::If, Op::Return, Op::End]);
            }
        }
    }

    /// A label to branch to, from `wanted` outwards: not a loop. The function's own label always does.
    fn forward(&self, wanted: usize) -> usize {
        let open = self.labels.len();
        (wanted.min(open)..open).find(|label| self.labels[open - 1 - label]).unwrap_or(open)
    }
}

/// Runs instructions one by one and adds up their prices.
struct Evaluator<'a> {
    functions: &'a [Vec<Op>],
    ink: u64,
}

impl Evaluator<'_> {
    fn run(&mut self, function: usize) {
        let ops = &self.functions[function];
        let mut locals = [0i32; LOCALS];
        let mut stack = Vec::new();
        let mut at = 0;
        let mut block_starts = true;
        while at < ops.len() {
            if block_starts {
                self.ink += block_price(&ops[at..]);
            }
            let op = &ops[at];
            block_starts = op.ends_block();
            let mut pop = || stack.pop().expect("generated code is valid");
            let mut target = None;
            match op {
                Op::Const(value) => stack.push(*value),
                Op::Get(local) => stack.push(locals[*local]),
                Op::Set(local) => locals[*local] = pop(),
                Op::Tee(local) => {
                    locals[*local] = pop();
                    stack.push(locals[*local]);
                }
                Op::Add | Op::Sub | Op::Mul | Op::Xor | Op::DivU => {
                    let (b, a) = (pop(), pop());
                    stack.push(match op {
                        Op::Add => a.wrapping_add(b),
                        Op::Sub => a.wrapping_sub(b),
                        Op::Mul => a.wrapping_mul(b),
                        Op::Xor => a ^ b,
                        _ => (a as u32 / b as u32) as i32,
                    });
                }
                Op::Eqz => {
                    let value = pop();
                    stack.push(i32::from(value == 0));
                }
                Op::Store => {
                    pop();
                    pop();
                }
                Op::Fill => {
                    self.ink += 100 * u64::from(pop() as u32);
                    pop();
                    pop();
                }
                Op::If if pop() == 0 => target = Some(after_then(ops, at)),
                // Reached from the end of the first branch only.
                Op::Else => target = Some(after_end(ops, at, 0)),
                Op::Br(label) => target = Some(branch(ops, at, *label)),
                Op::BrIf(label) if pop() != 0 => target = Some(branch(ops, at, *label)),
                Op::BrTable(labels) => {
                    let index = pop() as u32 as usize;
                    target = Some(branch(ops, at, labels[index.min(labels.len() - 1)]));
                }
                Op::Call(callee) => self.run(*callee),
                Op::Return => return,
                _ => {}
            }
            at = target.unwrap_or(at + 1);
        }
    }
}

fn block_price(ops: &[Op]) -> u64 {
    let end = ops.iter().position(Op::ends_block).expect("every body ends");
    2_450 + ops[..=end].iter().map(Op::price).sum::<u64>()
}

/// Where a branch from `at` to `label` goes on.
fn branch(ops: &[Op], at: usize, label: usize) -> usize {
    let mut open = Vec::new();
    for (index, op) in ops[..at].iter().enumerate() {
        match op {
            Op::Block | Op::Loop | Op::If => open.push(index),
            Op::End => {
                open.pop();
            }
            _ => {}
        }
    }
    match open.len().checked_sub(label + 1).map(|index| open[index]) {
        None => ops.len(),
        Some(start) if ops[start] == Op::Loop => start + 1,
        Some(_) => after_end(ops, at, label),
    }
}

/// Behind the end of the construct that is `label` levels out from `at`.
fn after_end(ops: &[Op], at: usize, label: usize) -> usize {
    let mut depth = label + 1;
    for (index, op) in ops.iter().enumerate().skip(at + 1) {
        match op {
            Op::Block | Op::Loop | Op::If => depth += 1,
            Op::End => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    ops.len()
}

/// Behind the `else` or the `end` that belongs to the `if` at `at`.
fn after_then(ops: &[Op], at: usize) -> usize {
    let mut depth = 0;
    for (index, op) in ops.iter().enumerate().skip(at) {
        match op {
            Op::Block | Op::Loop | Op::If => depth += 1,
            Op::End => depth -= 1,
            Op::Else if depth == 1 => return index + 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    ops.len()
}

fn functions_wat(functions: &[Vec<Op>]) -> String {
    let mut wat = String::from("(module (memory (export \"memory\") 1 1)\n");
    for ops in functions {
        let code: Vec<_> = ops[..ops.len() - 1].iter().map(Op::wat).collect();
        wat += &format!("(func (local{}) {})\n", " i32".repeat(LOCALS), code.join("\n"));
    }
    wat += &format!(
        "(func (export \"user_entrypoint\") (param i32) (result i32) (call {}) (i32.const 0)))",
        functions.len() - 1
    );
    wat
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_programs_cost_what_the_table_says(
        bodies in prop::collection::vec(prop::collection::vec(statement(), 0..8), 3)
    ) {
        let functions: Vec<_> =
            bodies.iter().enumerate().map(|(index, body)| Writer::body(body, index)).collect();
        let mut evaluator = Evaluator { functions: &functions, ink: 0 };
        evaluator.run(functions.len() - 1);
        let entrypoint = 2_450 + 3_800 + 2_450 + 1 + 1;
        prop_assert_eq!(metered(&functions_wat(&functions)), entrypoint + evaluator.ink);
    }
}
