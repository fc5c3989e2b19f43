//! The JSON ABI of every contract, without a Solidity compiler.
//!
//! Constructor, functions and errors are what the contract crate itself exports; events and the names of results, which
//! the export leaves out, come from the `abi` crate. Where both describe a thing they have to agree.

use std::{collections::BTreeMap, fs, path::Path};

use eyre::{Result, WrapErr, bail, ensure, eyre};
use proc_macro2::TokenStream;
use serde_json::{Map, Value, json};
use syn_solidity::{File, Item, ItemContract, Type, VariableDeclaration};

use crate::{
    contracts,
    shell::{artefacts, command, output, root, say},
};

/// Where the committed JSON lies.
const COMMITTED: &str = "abi/json";

/// Rewrites `abi/json/`, or compares with it.
pub fn abi(check: bool) -> Result<()> {
    contracts::build()?;
    let folder = root().join(COMMITTED);
    fs::create_dir_all(&folder)?;
    for name in contracts::names()? {
        let made = fs::read_to_string(artefacts().join(format!("{name}.abi.json")))?;
        let path = folder.join(format!("{name}.json"));
        if !check {
            fs::write(&path, made)?;
        } else if fs::read_to_string(&path).unwrap_or_default() != made {
            bail!(
                "{COMMITTED}/{name}.json is not what the contract exports; run `cargo xtask abi` and look at the difference"
            );
        }
    }
    eprintln!("{COMMITTED}: {}", if check { "equal" } else { "written" });
    Ok(())
}

/// Writes `target/contracts/<name>.abi.json` for every contract.
pub fn write_artefacts() -> Result<()> {
    say("exporting the interfaces");
    let shared = Shared::read(&root().join("abi/src"))?;
    for name in contracts::names()? {
        let value = one(&name, &shared).wrap_err_with(|| format!("interface of {name}"))?;
        fs::write(
            artefacts().join(format!("{name}.abi.json")),
            format!("{}\n", serde_json::to_string_pretty(&value)?),
        )?;
    }
    Ok(())
}

/// Everything the `abi` crate declares.
struct Shared {
    structs: Structs,
    interfaces: Vec<ItemContract>,
}

type Structs = BTreeMap<String, Vec<VariableDeclaration>>;

impl Shared {
    fn read(folder: &Path) -> Result<Self> {
        let mut shared = Self { structs: Structs::new(), interfaces: Vec::new() };
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let source = syn::parse_file(&fs::read_to_string(&path)?).wrap_err_with(|| path.display().to_string())?;
            for item in source.items {
                if let syn::Item::Macro(item) = item
                    && item.mac.path.is_ident("sol")
                {
                    shared.add(syn_solidity::parse2(item.mac.tokens).wrap_err_with(|| path.display().to_string())?);
                }
            }
        }
        Ok(shared)
    }

    fn add(&mut self, file: File) {
        collect_structs(&file.items, &mut self.structs);
        for item in file.items {
            if let Item::Contract(interface) = item {
                self.interfaces.push(interface);
            }
        }
    }

    /// The interface that `name` implements: `ILnqToken` for `lnq-token`.
    fn interface(&self, name: &str) -> Result<&ItemContract> {
        let wanted: String = name.split('-').map(capitalised).collect();
        let wanted = format!("I{wanted}");
        self.interfaces
            .iter()
            .find(|interface| interface.name == wanted.as_str())
            .ok_or_else(|| eyre!("the abi crate has no interface {wanted}"))
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn collect_structs(items: &[Item], structs: &mut Structs) {
    for item in items {
        match item {
            Item::Struct(found) => {
                structs.insert(found.name.to_string(), found.fields.iter().cloned().collect());
            }
            Item::Contract(contract) => collect_structs(&contract.body, structs),
            _ => {}
        }
    }
}

fn one(name: &str, shared: &Shared) -> Result<Value> {
    let exported = parse(&export(name, &[])?)?;
    let mut structs = shared.structs.clone();
    collect_structs(&exported.items, &mut structs);
    let exported: Vec<&Item> = exported.items.iter().flat_map(body).collect();

    let declared = shared.interface(name)?;
    let (made, said) = (entries(exported.into_iter(), &structs)?, entries(declared.body.iter(), &structs)?);
    agree(&made, &said)?;

    let mut all = vec![constructor(name, &structs)?];
    for (key, mut entry) in said {
        // The abi crate names results, which the export cannot; whether a function is pure only the contract knows.
        if let Some(exported) = made.get(&key)
            && entry["type"] == "function"
        {
            entry["stateMutability"] = exported["stateMutability"].clone();
        }
        all.push(entry);
    }
    all.sort_by_key(|entry| entry["type"] == "event");
    Ok(Value::Array(all))
}

/// The items of an interface, or the item itself.
fn body(item: &Item) -> Vec<&Item> {
    match item {
        Item::Contract(contract) => contract.body.iter().collect(),
        other => vec![other],
    }
}

/// Runs the contract crate's own export.
fn export(name: &str, arguments: &[&str]) -> Result<String> {
    let program = contracts::program(name);
    let mut cargo = command(
        "cargo",
        &["run", "--quiet", "--locked", "--features", "export-abi", "--package", &program, "--"],
        &root().join("contracts"),
    );
    output(cargo.args(arguments))
}

fn parse(text: &str) -> Result<File> {
    let tokens: TokenStream = text.parse().map_err(|error| eyre!("the export is not Solidity: {error}"))?;
    syn_solidity::parse2(tokens).wrap_err("the export is not Solidity")
}

fn constructor(name: &str, structs: &Structs) -> Result<Value> {
    let signature = export(name, &["constructor"])?;
    let signature = signature.trim();
    if signature.is_empty() {
        bail!("it has no constructor");
    }
    let parameters =
        signature.strip_prefix("constructor").ok_or_else(|| eyre!("`{signature}` is not a constructor"))?;
    let parsed = parse(&format!("interface C {{ function c{} external; }}", parameters.trim_end_matches(" payable")))?;
    for item in parsed.items.iter().flat_map(body) {
        if let Item::Function(function) = item {
            let inputs = fields(function.parameters.iter(), structs)?;
            return Ok(json!({ "type": "constructor", "inputs": inputs, "stateMutability": "nonpayable" }));
        }
    }
    bail!("`{signature}` is not a constructor")
}

/// Functions, errors and events by their kind and canonical signature.
fn entries<'a>(items: impl Iterator<Item = &'a Item>, structs: &Structs) -> Result<BTreeMap<String, Value>> {
    let mut entries = BTreeMap::new();
    for item in items {
        let entry = match item {
            Item::Function(function) => {
                let name = function.name.as_ref().ok_or_else(|| eyre!("a function without a name"))?.to_string();
                let inputs = fields(function.parameters.iter(), structs)?;
                let outputs = match &function.returns {
                    Some(returns) => fields(returns.returns.iter(), structs)?,
                    None => Vec::new(),
                };
                let mutability =
                    function.attributes.mutability().map_or("nonpayable", |mutability| mutability.as_str());
                json!({ "type": "function", "name": name, "inputs": inputs, "outputs": outputs, "stateMutability": mutability })
            }
            Item::Error(error) => {
                json!({ "type": "error", "name": error.name.to_string(), "inputs": fields(error.parameters.iter(), structs)? })
            }
            Item::Event(event) => {
                let mut inputs = Vec::new();
                for parameter in &event.parameters {
                    let name = parameter.name.as_ref().map(ToString::to_string).unwrap_or_default();
                    let mut input = field(&name, &parameter.ty, structs)?;
                    input.insert("indexed".into(), parameter.indexed.is_some().into());
                    inputs.push(Value::Object(input));
                }
                json!({ "type": "event", "name": event.name.to_string(), "inputs": inputs, "anonymous": event.anonymous.is_some() })
            }
            _ => continue,
        };
        entries.insert(signature(&entry), entry);
    }
    Ok(entries)
}

fn fields<'a>(variables: impl Iterator<Item = &'a VariableDeclaration>, structs: &Structs) -> Result<Vec<Value>> {
    variables
        .map(|variable| {
            let name = variable.name.as_ref().map(ToString::to_string).unwrap_or_default();
            Ok(Value::Object(field(&name, &variable.ty, structs)?))
        })
        .collect()
}

fn field(name: &str, ty: &Type, structs: &Structs) -> Result<Map<String, Value>> {
    let mut field = Map::new();
    // The exporter writes an underscore where a name would be a Solidity keyword.
    field.insert("name".into(), name.trim_start_matches('_').into());
    let text = ty.to_string();
    let (base, brackets) = text.find('[').map_or((text.as_str(), ""), |at| text.split_at(at));
    match structs.get(base) {
        Some(members) => {
            field.insert("type".into(), format!("tuple{brackets}").into());
            field.insert("internalType".into(), format!("struct {text}").into());
            field.insert("components".into(), fields(members.iter(), structs)?.into());
        }
        None => {
            ensure!(!ty.has_custom_simple(), "the type {text} is not known");
            field.insert("type".into(), text.into());
        }
    }
    Ok(field)
}

/// `kind name(types)`, with structs spelled out.
fn signature(entry: &Value) -> String {
    let types = |key: &str| {
        entry[key]
            .as_array()
            .map(|inputs| inputs.iter().map(canonical).collect::<Vec<_>>().join(","))
            .unwrap_or_default()
    };
    format!("{} {}({})", entry["type"].as_str().unwrap_or(""), entry["name"].as_str().unwrap_or(""), types("inputs"))
}

fn canonical(input: &Value) -> String {
    let text = input["type"].as_str().unwrap_or("");
    match (text.strip_prefix("tuple"), input["components"].as_array()) {
        (Some(brackets), Some(members)) => {
            format!("({}){brackets}", members.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        _ => text.to_owned(),
    }
}

/// Functions and errors have to be the same on both sides, results and mutability included.
fn agree(made: &BTreeMap<String, Value>, said: &BTreeMap<String, Value>) -> Result<()> {
    let comparable = |entry: &Value| {
        let outputs = entry["outputs"].as_array().map(|list| list.iter().map(canonical).collect::<Vec<_>>().join(","));
        // An exported `pure` or `view` is the stronger promise; writing or not is what a caller has to know.
        let writes = entry["stateMutability"] == "nonpayable";
        (outputs, writes)
    };
    let mut wrong = Vec::new();
    for (key, entry) in made {
        match said.get(key) {
            None => wrong.push(format!("the contract has `{key}`, the abi crate has not")),
            Some(other) if comparable(entry) != comparable(other) => {
                wrong.push(format!("`{key}` returns or writes differently in the abi crate"));
            }
            Some(_) => {}
        }
    }
    for key in said.keys().filter(|key| !key.starts_with("event") && !made.contains_key(*key)) {
        wrong.push(format!("the abi crate has `{key}`, the contract has not"));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
