//! The committed snapshots of size and gas, and what compares with them.

use std::{fs, path::PathBuf};

use eyre::{Result, WrapErr, bail};
use serde_json::{Map, Value, json};

use crate::{
    contracts,
    shell::{command, output, root, say},
    verify,
};

fn path(name: &str) -> PathBuf {
    root().join("snapshots").join(name)
}

/// Rewrites `snapshots/size.json`, or compares with it.
pub fn size(check: bool) -> Result<()> {
    contracts::build()?;
    let mut sizes = Map::new();
    for name in contracts::names()? {
        let size = contracts::size(&name)?;
        contracts::check_budget(&name, &size)?;
        sizes.insert(name, json!({ "wasm": size.wasm, "compressed": size.compressed, "pages": size.pages }));
    }
    settle("size.json", Value::Object(sizes), check)
}

/// Rewrites `snapshots/gas.json`, or compares with it.
pub fn gas(check: bool) -> Result<()> {
    contracts::build()?;
    verify::binaries()?;
    say("measuring gas on the embedded chain");
    let program = root().join("target/debug/gas");
    let measured = output(&mut command(&program.to_string_lossy(), &[], root()))?;
    settle("gas.json", serde_json::from_str(&measured).wrap_err("the gas report is not JSON")?, check)
}

fn settle(name: &str, measured: Value, check: bool) -> Result<()> {
    let path = path(name);
    let text = format!("{}\n", serde_json::to_string_pretty(&measured)?);
    if !check {
        fs::create_dir_all(root().join("snapshots"))?;
        fs::write(&path, text)?;
        eprintln!("wrote snapshots/{name}");
        return Ok(());
    }
    let committed = fs::read_to_string(&path).wrap_err_with(|| format!("snapshots/{name} is missing"))?;
    if committed == text {
        eprintln!("snapshots/{name}: equal");
        return Ok(());
    }
    let committed = serde_json::from_str(&committed).wrap_err_with(|| format!("snapshots/{name} is not JSON"))?;
    bail!("snapshots/{name} differs:\n{}", differences(&committed, &measured))
}

/// One line for each entry that is not the same on both sides.
fn differences(committed: &Value, measured: &Value) -> String {
    let none = Map::new();
    let (before, after) = (committed.as_object().unwrap_or(&none), measured.as_object().unwrap_or(&none));
    let mut lines = Vec::new();
    for (key, value) in after {
        match before.get(key) {
            Some(old) if old == value => {}
            Some(old) => lines.push(format!("  {key}: {old} is now {value}")),
            None => lines.push(format!("  {key}: new, {value}")),
        }
    }
    lines.extend(before.keys().filter(|key| !after.contains_key(*key)).map(|key| format!("  {key}: gone")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_what_changed_came_and_went() {
        let before = json!({ "a": 1, "b": 2, "c": 3 });
        let after = json!({ "a": 1, "b": 4, "d": 5 });
        assert_eq!(differences(&before, &after), "  b: 2 is now 4\n  d: new, 5\n  c: gone");
    }
}
