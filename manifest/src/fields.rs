//! Every field of a `resource.yaml`, once: what finds mistakes in a file and what describes it to editors reads this table.
//!
//! That it names the fields that are read, no more and no less, is tested against the reader itself.

use alloy_primitives::{Address, B256};

use crate::{
    Digest, ManifestError, feature,
    manifest::{MAX_ENTRIES, MAX_INPUTS, MAX_NAME, check_path, check_text, check_uri},
    order::{MAX_ATTEMPTS, MAX_BID_SECS, MAX_REGION, MAX_REGIONS, MAX_RUN_SECS, MAX_TASKS, MAX_TIER},
    units,
};

/// One field.
pub(crate) struct Field {
    /// How it is written.
    pub name: &'static str,
    /// What it means, for people.
    pub about: &'static str,
    /// What an absent one stands for, as JSON.
    pub absent: Absent,
    /// A value that could be written, as YAML, or what one looks like.
    pub example: &'static str,
    /// What it may hold.
    pub shape: Shape,
}

/// What a field that is not written stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It has to be written.
    Refused,
    /// Nothing.
    Nothing,
    /// This value, as JSON.
    Means(&'static str),
}

/// What a field may hold.
pub(crate) enum Shape {
    /// A text, or a number or truth value that is read as one.
    Text(Text),
    /// A whole number within bounds.
    Whole {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// A list.
    List {
        /// What each element is.
        of: &'static Shape,
        /// The most elements.
        most: usize,
    },
    /// Names and values of environment variables.
    Variables,
    /// Fields again.
    Table(&'static [Field]),
}

/// A text that means something.
pub(crate) struct Text {
    /// The part of the JSON schema that describes it.
    pub schema: &'static str,
    /// The only texts there are, where that is so.
    pub one_of: fn() -> Vec<&'static str>,
    /// Whether it can be, and why not. The field that the reason is about is told by whoever asks.
    pub check: fn(&str) -> Result<(), ManifestError>,
}

/// What a file holds.
pub(crate) const RESOURCE: &[Field] = &[
    Field {
        name: "version",
        about: "Version of this form.",
        absent: Absent::Means("1"),
        example: "1",
        shape: Shape::Whole { least: 1, most: 1 },
    },
    Field {
        name: "name",
        about: "A name for people, at most 64 bytes.",
        absent: Absent::Means("\"unnamed\""),
        example: "corpus-statistics",
        shape: Shape::Text(Text {
            schema: r#"{"type":["string","number","boolean"],"minLength":1,"maxLength":64}"#,
            one_of: Vec::new,
            check: check_name,
        }),
    },
    Field {
        name: "module",
        about: "The WebAssembly module that runs, with the imports of WASI preview 1.",
        absent: Absent::Refused,
        example: "{ uri: module.wasm }",
        shape: Shape::Table(ARTIFACT),
    },
    Field {
        name: "arguments",
        about: "Arguments, without the program's own name.",
        absent: Absent::Means("[]"),
        example: "[\"--top\", \"20\"]",
        shape: Shape::List { of: &Shape::Text(FREE), most: MAX_ENTRIES },
    },
    Field {
        name: "environment",
        about: "The whole environment: nothing is inherited.",
        absent: Absent::Means("{}"),
        example: "{ LANG: C }",
        shape: Shape::Variables,
    },
    Field {
        name: "inputs",
        about: "Files that the program finds under /input.",
        absent: Absent::Means("[]"),
        example: "[{ path: corpus.txt, uri: corpus.txt }]",
        shape: Shape::List { of: &Shape::Table(INPUT), most: MAX_INPUTS },
    },
    Field {
        name: "resources",
        about: "What a provider must have free for one task.",
        absent: Absent::Means("{}"),
        example: "{ cpu: 500m, memory: 256Mi, storage: 1Gi }",
        shape: Shape::Table(RESOURCES),
    },
    Field {
        name: "limits",
        about: "Where a run is stopped.",
        absent: Absent::Means("{}"),
        example: "{ fuel: 20G, time: 5m }",
        shape: Shape::Table(LIMITS),
    },
    Field {
        name: "order",
        about: "What is offered for the work. It is no part of the manifest and of its hash.",
        absent: Absent::Means("{}"),
        example: "{ price: market, runFor: 1h }",
        shape: Shape::Table(ORDER),
    },
];

const URI: Field = Field {
    name: "uri",
    about: "Where it is: a path relative to this file, or a file:, http: or https: URI.",
    absent: Absent::Refused,
    example: "module.wasm",
    shape: Shape::Text(Text {
        schema: r#"{"type":"string","maxLength":16384,"pattern":"^([hH][tT][tT][pP][sS]?:|[fF][iI][lL][eE]:|(?![A-Za-z][A-Za-z0-9+.-]*:)).+"}"#,
        one_of: Vec::new,
        check: check_place,
    }),
};

const DIGEST: Field = Field {
    name: "digest",
    about: "SHA-256 of the content. Filled in for local files, required for others.",
    absent: Absent::Nothing,
    example: "sha256:<64 lower-case hexadecimal digits>",
    shape: Shape::Text(Text {
        schema: r#"{"type":"string","pattern":"^sha256:[0-9a-f]{64}$"}"#,
        one_of: Vec::new,
        check: |text| text.parse::<Digest>().map(drop),
    }),
};

const ARTIFACT: &[Field] = &[URI, DIGEST];

const INPUT: &[Field] = &[
    Field {
        name: "path",
        about: "Where the program finds it, relative to /input; the last part of the URI where it is left out.",
        absent: Absent::Nothing,
        example: "corpus.txt",
        shape: Shape::Text(Text {
            schema: r#"{"type":["string","number"],"maxLength":255,"pattern":"^[A-Za-z0-9._+@=-]+(/[A-Za-z0-9._+@=-]+)*$"}"#,
            one_of: Vec::new,
            check: |text| check_path("path", text),
        }),
    },
    URI,
    DIGEST,
];

const RESOURCES: &[Field] = &[
    Field {
        name: "cpu",
        about: "Cores, or thousandths of one: 2, 0.5, 500m.",
        absent: Absent::Means("\"1\""),
        example: "500m",
        shape: Shape::Text(Text {
            schema: r#"{"type":["string","number"],"exclusiveMinimum":0,"pattern":"^([0-9]+m|[0-9]+([.][0-9]{1,3})?)$"}"#,
            one_of: Vec::new,
            check: |text| above_zero(units::cpu_millis("cpu", text)?.into()),
        }),
    },
    Field {
        name: "memory",
        about: "Memory, also the most that a module's memory may grow to: 256Mi, 1Gi, 500M.",
        absent: Absent::Means("\"256Mi\""),
        example: "256Mi",
        shape: Shape::Text(Text { check: |text| whole(text, 1 << 20, true), ..SIZE }),
    },
    Field {
        name: "storage",
        about: "Storage: 10Gi.",
        absent: Absent::Means("\"1Gi\""),
        example: "1Gi",
        shape: Shape::Text(Text { check: |text| whole(text, 1 << 30, false), ..SIZE }),
    },
];

const LIMITS: &[Field] = &[
    Field {
        name: "fuel",
        about: "Units of fuel, about one for each instruction: 20G.",
        absent: Absent::Means("\"20G\""),
        example: "20G",
        shape: Shape::Text(Text {
            schema: r#"{"type":["string","integer"],"minimum":1,"pattern":"^[0-9]+[kMGT]?$"}"#,
            one_of: Vec::new,
            check: |text| above_zero(units::count("fuel", text)?),
        }),
    },
    Field {
        name: "time",
        about: "Time by the clock of the machine: 90s, 10m. At most what order.runFor gives.",
        absent: Absent::Means("\"10m\""),
        example: "10m",
        shape: Shape::Text(Text { check: |text| within(text, 1, u32::MAX), ..TIME }),
    },
    Field {
        name: "output",
        about: "All output files together: 16Mi.",
        absent: Absent::Means("\"16Mi\""),
        example: "16Mi",
        shape: Shape::Text(Text { check: |text| above_zero(units::bytes("output", text)?), ..SIZE }),
    },
    Field {
        name: "files",
        about: "Number of output files.",
        absent: Absent::Means("64"),
        example: "64",
        shape: Shape::Whole { least: 1, most: u32::MAX as u64 },
    },
    Field {
        name: "log",
        about: "Standard output, and standard error: 1Mi each.",
        absent: Absent::Means("\"1Mi\""),
        example: "1Mi",
        shape: Shape::Text(Text { check: |text| above_zero(units::bytes("log", text)?), ..SIZE }),
    },
];

const ORDER: &[Field] = &[
    Field {
        name: "price",
        about: "What one task pays at most in LNQ, or market: what the cheapest fitting offer asks for.",
        absent: Absent::Means("\"market\""),
        example: "\"12.5\"",
        shape: Shape::Text(Text {
            schema: r#"{"type":["string","number"],"exclusiveMinimum":0,"pattern":"^(market|[0-9]+([.][0-9]{1,18})?)$"}"#,
            one_of: Vec::new,
            check: check_price,
        }),
    },
    Field {
        name: "tasks",
        about: "How many times the work is run, each paid by itself.",
        absent: Absent::Means("1"),
        example: "1",
        shape: Shape::Whole { least: 1, most: MAX_TASKS as u64 },
    },
    Field {
        name: "regions",
        about: "Where it may run, by the numeric country codes of ISO 3166-1; empty means anywhere.",
        absent: Absent::Means("[]"),
        example: "[276, 756]",
        shape: Shape::List { of: &Shape::Whole { least: 1, most: MAX_REGION as u64 }, most: MAX_REGIONS },
    },
    Field {
        name: "tier",
        about: "Least tier of a provider.",
        absent: Absent::Means("0"),
        example: "1",
        shape: Shape::Whole { least: 0, most: MAX_TIER as u64 },
    },
    Field {
        name: "features",
        about: "What a provider must have beyond what the program itself demands.",
        absent: Absent::Means("[]"),
        example: "[x86-64]",
        shape: Shape::List {
            of: &Shape::Text(Text {
                schema: r#"{"type":"string"}"#,
                one_of: || feature::ALL.iter().map(|(name, _)| *name).collect(),
                check: |text| feature::parse(text).map(drop),
            }),
            most: MAX_ENTRIES,
        },
    },
    Field {
        name: "provider",
        about: "The only provider that may take it, by its number.",
        absent: Absent::Nothing,
        example: "7",
        shape: Shape::Whole { least: 1, most: u32::MAX as u64 },
    },
    Field {
        name: "judge",
        about: "The address that rules on results instead of a jury.",
        absent: Absent::Nothing,
        example: "\"0x<40 hexadecimal digits>\"",
        shape: Shape::Text(Text {
            schema: r#"{"type":"string","pattern":"^(0[xX])?[0-9a-fA-F]{40}$"}"#,
            one_of: Vec::new,
            check: |text| hexadecimal(text.parse::<Address>().is_ok(), text, "an address of 40 hexadecimal digits"),
        }),
    },
    Field {
        name: "expected",
        about: "keccak256 of the output root that is paid at once.",
        absent: Absent::Nothing,
        example: "\"0x<64 hexadecimal digits>\"",
        shape: Shape::Text(Text {
            schema: r#"{"type":"string","pattern":"^(0[xX])?[0-9a-fA-F]{64}$"}"#,
            one_of: Vec::new,
            check: |text| hexadecimal(text.parse::<B256>().is_ok(), text, "a hash of 64 hexadecimal digits"),
        }),
    },
    Field {
        name: "openFor",
        about: "How long takes are accepted.",
        absent: Absent::Means("\"1h\""),
        example: "1h",
        shape: Shape::Text(Text { check: |text| within(text, 1, u32::MAX), ..TIME }),
    },
    Field {
        name: "bidFor",
        about: "How long a cheaper take displaces another, at most 6h; 0 makes the first final.",
        absent: Absent::Means("\"0\""),
        example: "10m",
        shape: Shape::Text(Text { check: |text| within(text, 0, MAX_BID_SECS), ..TIME }),
    },
    Field {
        name: "runFor",
        about: "How long a provider has, at most 90d.",
        absent: Absent::Means("\"1h\""),
        example: "1h",
        shape: Shape::Text(Text { check: |text| within(text, 1, MAX_RUN_SECS), ..TIME }),
    },
    Field {
        name: "window",
        about: "How long a result can be accepted or disputed before it is paid.",
        absent: Absent::Means("\"72h\""),
        example: "72h",
        shape: Shape::Text(Text { check: |text| within(text, 0, u32::MAX), ..TIME }),
    },
    Field {
        name: "attempts",
        about: "How many providers may try, one after another.",
        absent: Absent::Means("4"),
        example: "4",
        shape: Shape::Whole { least: 1, most: MAX_ATTEMPTS as u64 },
    },
    Field {
        name: "matching",
        about: "Who may assign it to a provider's standing offer: the requester, or anyone at the provider's own quote.",
        absent: Absent::Means("\"requester\""),
        example: "anyone",
        shape: Shape::Text(Text {
            schema: r#"{"type":"string"}"#,
            one_of: || MATCHINGS.to_vec(),
            check: |text| match MATCHINGS.contains(&text) {
                true => Ok(()),
                false => Err(ManifestError::value("matching", format!("`{text}` is none of {}", MATCHINGS.join(", ")))),
            },
        }),
    },
];

const MATCHINGS: [&str; 2] = ["requester", "anyone"];

/// Any text.
pub(crate) const FREE: Text = Text {
    schema: r#"{"type":["string","number","boolean"],"maxLength":16384}"#,
    one_of: Vec::new,
    check: |text| check_text("text", text),
};

const SIZE: Text = Text {
    schema: r#"{"type":["string","integer"],"minimum":0,"pattern":"^[0-9]+([KMGT]i|[kMGT])?$"}"#,
    one_of: Vec::new,
    check: |text| units::bytes("size", text).map(drop),
};

// A bare number has no unit, so that 0 alone is a time.
const TIME: Text = Text {
    schema: r#"{"type":["string","integer"],"minimum":0,"maximum":0,"pattern":"^(0|(\\s*[0-9]+([.][0-9]+)?\\s*[a-zA-Z]+)+\\s*)$"}"#,
    one_of: Vec::new,
    check: |text| units::seconds("time", text).map(drop),
};

fn check_name(text: &str) -> Result<(), ManifestError> {
    if text.is_empty() || text.len() > MAX_NAME || text.chars().any(char::is_control) {
        return Err(ManifestError::value("name", format!("must be 1 to {MAX_NAME} bytes of printable text")));
    }
    Ok(())
}

/// A URI in itself; whether a local file is there is another question.
fn check_place(text: &str) -> Result<(), ManifestError> {
    match url::Url::parse(text) {
        Err(url::ParseError::RelativeUrlWithoutBase) if text.is_empty() => {
            Err(ManifestError::value("uri", "must name a file"))
        }
        Err(url::ParseError::RelativeUrlWithoutBase) => Ok(()),
        _ => check_uri("uri", text),
    }
}

fn check_price(text: &str) -> Result<(), ManifestError> {
    if text == "market" {
        return Ok(());
    }
    let price = units::lnq("price", text)?;
    if price == 0 || price >= 1 << 96 {
        return Err(ManifestError::value("price", "must be above 0 and below 2^96 base units"));
    }
    Ok(())
}

fn above_zero(number: u64) -> Result<(), ManifestError> {
    match number {
        0 => Err(ManifestError::value("number", "must not be 0")),
        _ => Ok(()),
    }
}

fn whole(text: &str, unit: u64, needed: bool) -> Result<(), ManifestError> {
    let count = units::bytes("size", text)?.div_ceil(unit);
    if count > u32::MAX.into() {
        return Err(ManifestError::value("size", format!("`{text}` is too large")));
    }
    if needed { above_zero(count) } else { Ok(()) }
}

fn within(text: &str, least: u32, most: u32) -> Result<(), ManifestError> {
    let secs = units::seconds("time", text)?;
    let show = |secs: u32| humantime::format_duration(std::time::Duration::from_secs(secs.into())).to_string();
    match secs {
        _ if secs < least => Err(ManifestError::value("time", format!("must be at least {}", show(least)))),
        _ if secs > most => Err(ManifestError::value("time", format!("must be at most {}", show(most)))),
        _ => Ok(()),
    }
}

fn hexadecimal(fits: bool, text: &str, what: &str) -> Result<(), ManifestError> {
    if fits { Ok(()) } else { Err(ManifestError::value("hexadecimal", format!("`{text}` is not {what}"))) }
}
