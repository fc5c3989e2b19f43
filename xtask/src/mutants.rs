//! Mutation testing of a contract crate: each small change that cargo-mutants knows is made, compiled to WASM and put
//! before the tests, which have to notice.
//!
//! cargo-mutants itself would run the tests of the crate alone; what a contract does shows on the chain. So it only says
//! what the changes are. They are made in a copy under `target/mutants/`, where outcomes are kept as well: a run that was
//! broken off goes on where it stopped, and what survived is tried again.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use eyre::{Result, WrapErr, bail, ensure, eyre};
use serde_json::{Value, json};

use crate::{
    contracts, setup,
    shell::{artefacts, command, output, root, say},
};

/// Where survivors are justified.
const JUSTIFIED: &str = "tests/MUTANTS.md";

/// How long a set of tests may take: many times what it needs, so that only what hangs is ended.
const LONGEST: Duration = Duration::from_secs(300);

/// Faster to compile than what is deployed, and incremental: the hashes of names that the compiler computes for every
/// contract take it twenty seconds otherwise.
const PROFILE: [&str; 3] =
    ["profile.release.opt-level=1", "profile.release.lto=\"off\"", "profile.release.incremental=true"];

/// One change.
struct Mutant {
    name: String,
    file: String,
    /// Lines and columns, counted from one, of what is replaced.
    span: [(usize, usize); 2],
    replacement: String,
    diff: String,
}

/// What became of a mutant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Killed,
    Survived,
    /// The compiler refused it.
    Unviable,
}

impl Outcome {
    const ALL: [(Self, &str); 3] =
        [(Self::Killed, "killed"), (Self::Survived, "survived"), (Self::Unviable, "unviable")];

    fn text(self) -> &'static str {
        Self::ALL.into_iter().find(|(outcome, _)| *outcome == self).map_or("", |(_, text)| text)
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == text).map(|(outcome, _)| outcome)
    }
}

/// Tries every mutant of a crate, or those whose name, which begins with the file, contains one of the further arguments,
/// in the order of these.
pub fn mutants(arguments: &[String]) -> Result<()> {
    let Some((package, parts)) = arguments.split_first() else { bail!("name a crate, for example lnq-token") };
    contracts::build()?;
    let tools = setup::cargo_mutants()?;
    let bench = Bench::new(package)?;
    let listed = list(&tools, package)?;
    let named = |mutant: &Mutant| parts.iter().position(|part| mutant.name.contains(part));
    let mut chosen: Vec<_> = listed.iter().filter(|mutant| parts.is_empty() || named(mutant).is_some()).collect();
    chosen.sort_by_key(|mutant| named(mutant));

    say("the tests, without a change");
    ensure!(bench.outcome()? == Outcome::Survived, "the tests fail without any change");
    let mut ledger = Ledger::open(package)?;
    for mutant in chosen {
        if ledger.outcome(mutant).is_none_or(|outcome| outcome == Outcome::Survived) {
            let outcome = bench.try_one(mutant).wrap_err_with(|| mutant.name.clone())?;
            eprintln!("{:8} {}", outcome.text(), mutant.name);
            ledger.note(mutant, outcome)?;
        }
    }
    report(&listed, &ledger)
}

/// Everything that cargo-mutants would change.
fn list(tools: &Path, package: &str) -> Result<Vec<Mutant>> {
    let arguments = ["mutants", "--list", "--json", "--diff", "--package", package];
    let listed = output(&mut command(&tools.to_string_lossy(), &arguments, &root().join("contracts")))?;
    let listed: Vec<Value> = serde_json::from_str(&listed).wrap_err("the list of mutants is not JSON")?;
    listed.iter().map(|one| mutant(one).ok_or_else(|| eyre!("this is not a mutant: {one}"))).collect()
}

fn mutant(value: &Value) -> Option<Mutant> {
    let text = |key: &str| value[key].as_str().map(str::to_owned);
    let place = |end: &str| {
        let number = |key: &str| usize::try_from(value["span"][end][key].as_u64()?).ok();
        Some((number("line")?, number("column")?))
    };
    Some(Mutant {
        name: text("name")?,
        file: text("file")?,
        span: [place("start")?, place("end")?],
        replacement: text("replacement")?,
        diff: text("diff")?,
    })
}

impl Mutant {
    /// `source` with the change.
    fn apply(&self, source: &str) -> Option<String> {
        let [start, end] = self.span.map(|place| offset(source, place));
        Some(format!("{}{}{}", source.get(..start?)?, self.replacement, source.get(end?..)?))
    }

    /// The name without the place in the file, which moves.
    fn lasting_name(&self) -> String {
        let what = self.name.splitn(4, ':').nth(3).unwrap_or(&self.name);
        format!("{}:{what}", self.file)
    }
}

/// Where in `text` a line and a column, both counted from one, begin.
fn offset(text: &str, (line, column): (usize, usize)) -> Option<usize> {
    let before: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let rest = text.get(before..)?;
    let within = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(column.checked_sub(1)?)?;
    Some(before + within)
}

/// Outcomes so far, by name, with the change that they are of.
struct Ledger {
    path: PathBuf,
    entries: BTreeMap<String, Value>,
}

impl Ledger {
    fn open(package: &str) -> Result<Self> {
        let path = root().join("target/mutants").join(format!("{package}.json"));
        let entries = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).wrap_err_with(|| format!("{}", path.display()))?,
            Err(_) => BTreeMap::new(),
        };
        Ok(Self { path, entries })
    }

    /// What became of `mutant`, if it was tried as it is now.
    fn outcome(&self, mutant: &Mutant) -> Option<Outcome> {
        let entry = self.entries.get(&mutant.name).filter(|entry| entry["diff"] == mutant.diff.as_str())?;
        Outcome::parse(entry["outcome"].as_str()?)
    }

    fn note(&mut self, mutant: &Mutant, outcome: Outcome) -> Result<()> {
        self.entries.insert(mutant.name.clone(), json!({ "outcome": outcome.text(), "diff": mutant.diff }));
        fs::write(&self.path, serde_json::to_string_pretty(&self.entries)?).wrap_err("cannot keep the outcomes")
    }
}

/// A copy of the contracts to change, and the tests to put it before.
struct Bench {
    /// The copy of `contracts/`.
    folder: PathBuf,
    target: PathBuf,
    /// Where the tests find compiled contracts.
    artefacts: PathBuf,
    package: String,
    /// The contract through which the tests see the crate.
    contract: String,
    /// Tests of the suite as WASM.
    suite: PathBuf,
}

impl Bench {
    fn new(package: &str) -> Result<Self> {
        let place = root().join("target/mutants");
        copy(&root().join("contracts"), &place.join("contracts"))?;
        copy(&artefacts(), &place.join("artefacts"))?;
        let suite = ["test", "--locked", "--workspace", "--test", "it"];
        let suite = executables(&mut command("cargo", &suite, root()), &root().join("tests"))?;
        let suite = suite.first().ok_or_else(|| eyre!("there are no tests of the suite"))?;
        // What is running may be compiled anew meanwhile.
        let kept = place.join("suite");
        fs::copy(suite, &kept)?;
        // What the contracts share is seen through the token.
        let own = contracts::names()?.into_iter().find(|name| name == package);
        Ok(Self {
            folder: place.join("contracts"),
            target: place.join("build"),
            artefacts: place.join("artefacts"),
            package: package.to_owned(),
            contract: own.unwrap_or_else(|| "lnq-token".to_owned()),
            suite: kept,
        })
    }

    fn try_one(&self, mutant: &Mutant) -> Result<Outcome> {
        let path = self.folder.join(&mutant.file);
        let source = fs::read_to_string(&path)?;
        let changed = mutant.apply(&source).ok_or_else(|| eyre!("it does not fit its file"))?;
        fs::write(&path, changed)?;
        let outcome = self.outcome();
        fs::write(&path, source)?;
        outcome
    }

    /// What becomes of the copy as it is now. The tests that take longest come last.
    fn outcome(&self) -> Result<Outcome> {
        if !self.compile()? {
            return Ok(Outcome::Unviable);
        }
        let module = format!("{}::", self.contract.trim_start_matches("lnq-"));
        let reference = "token::reference";
        let passes = self.suite_passes(&[&module, "--skip", reference])?
            && self.native_passes()?
            && self.suite_passes(&["calldata::", reference])?;
        Ok(if passes { Outcome::Survived } else { Outcome::Killed })
    }

    /// Makes the contract's code; false if the compiler refuses it.
    fn compile(&self) -> Result<bool> {
        let arguments = ["build", "--quiet", "--release", "--locked", "--target", "wasm32-unknown-unknown"];
        let mut cargo = self.cargo(&arguments);
        for setting in [".cargo/immediate-abort.toml"].into_iter().chain(PROFILE) {
            cargo.args(["--config", setting]);
        }
        let program = contracts::program(&self.contract);
        cargo.args(["--package", &program]).env("RUSTC_BOOTSTRAP", "1");
        if !cargo.status()?.success() {
            return Ok(false);
        }
        let wasm = self.target.join("wasm32-unknown-unknown/release").join(format!("{program}.wasm"));
        let code = contracts::compress(&fs::read(wasm)?)?;
        fs::write(self.artefacts.join(format!("{}.code", self.contract)), code)?;
        Ok(true)
    }

    /// Whether the crate's own tests pass; what does not compile for them does not.
    fn native_passes(&self) -> Result<bool> {
        let arguments = ["test", "--quiet", "--locked", "--lib", "--package", &self.package];
        let Ok(tests) = executables(&mut self.cargo(&arguments), &self.folder) else { return Ok(false) };
        for test in tests {
            if !passes(&mut command(&test.to_string_lossy(), &[], &self.folder))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn suite_passes(&self, arguments: &[&str]) -> Result<bool> {
        let folder = root().join("tests");
        passes(command(&self.suite.to_string_lossy(), arguments, &folder).env("LINQ_ARTIFACTS", &self.artefacts))
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = command("cargo", arguments, &self.folder);
        cargo.env("CARGO_TARGET_DIR", &self.target).env("CARGO_INCREMENTAL", "1").stderr(Stdio::null());
        cargo
    }
}

/// Copies a folder, without what was built in it; leaves alone what is equal, so that nothing is compiled in vain.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, goal) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() && !source.ends_with("target") {
            copy(&source, &goal)?;
        } else if source.is_file() && fs::read(&source)? != fs::read(&goal).unwrap_or_default() {
            fs::copy(&source, &goal)?;
        }
    }
    Ok(())
}

/// Compiles what a `cargo test` would run and returns where it is, if its package lies in `folder`.
fn executables(cargo: &mut Command, folder: &Path) -> Result<Vec<PathBuf>> {
    let messages = output(cargo.args(["--no-run", "--message-format", "json"]))?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let within = messages
        .filter(|message| message["manifest_path"].as_str().is_some_and(|path| Path::new(path).starts_with(folder)));
    Ok(within.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).collect())
}

/// Whether a program succeeds in time.
fn passes(command: &mut Command) -> Result<bool> {
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().wrap_err("cannot start the tests")?;
    let start = Instant::now();
    loop {
        if let Some(status) = process.try_wait()? {
            return Ok(status.success());
        }
        if start.elapsed() > LONGEST {
            process.kill()?;
            process.wait()?;
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Says how many were killed, and fails where a survivor is not justified.
fn report(listed: &[Mutant], ledger: &Ledger) -> Result<()> {
    let justified = fs::read_to_string(root().join(JUSTIFIED)).unwrap_or_default();
    let having = |wanted: Outcome| listed.iter().filter(move |mutant| ledger.outcome(mutant) == Some(wanted));
    let counts = [Outcome::Killed, Outcome::Survived, Outcome::Unviable].map(|outcome| having(outcome).count());
    let [killed, survived, unviable] = counts;
    let untried = listed.len() - killed - survived - unviable;
    eprintln!("{killed} killed, {survived} survived, {unviable} unviable, {untried} not tried");
    let open: Vec<_> = having(Outcome::Survived).filter(|mutant| !justified.contains(&mutant.lasting_name())).collect();
    for mutant in &open {
        eprintln!("not justified in {JUSTIFIED}: {}", mutant.lasting_name());
    }
    ensure!(open.is_empty(), "{} mutants survived without a justification", open.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_replaces_exactly_its_span() {
        let mutant = Mutant {
            name: "a/src/lib.rs:2:6: replace + with - in sum".into(),
            file: "a/src/lib.rs".into(),
            span: [(2, 6), (2, 7)],
            replacement: "-".into(),
            diff: String::new(),
        };
        assert_eq!(mutant.apply("fn é() {\n é = a\n}\n").as_deref(), Some("fn é() {\n é = -\n}\n"));
        assert_eq!(mutant.lasting_name(), "a/src/lib.rs: replace + with - in sum");
        assert_eq!(mutant.apply(""), None);
    }
}
