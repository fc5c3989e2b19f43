//! A call tree as text.

use std::fmt::{self, Display, Formatter};

use alloy::primitives::{B256, U256, hex};

use super::{Field, Frame, HostRecord, Interfaces, Step, fields};

/// Characters of raw data in one line.
const SHOWN: usize = 74;

/// Shows a frame with all that is in it, one line for each event.
pub struct Tree<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Names of calls, errors and events.
    pub interfaces: &'a Interfaces,
    /// Whether host calls show the ink before and after them.
    pub steps: bool,
}

impl Display for Tree<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        self.show(out, self.frame, 0)
    }
}

impl Tree<'_> {
    fn show(&self, out: &mut Formatter<'_>, frame: &Frame, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        let to = frame.to.map_or_else(|| "(nothing)".to_owned(), |to| to.to_string());
        write!(out, "{indent}{} {to} {}", frame.kind, self.input(frame))?;
        if !frame.value.is_zero() {
            write!(out, "  value {}", frame.value)?;
        }
        writeln!(out, "  gas {} of {}{}", frame.gas_used, frame.gas, ink(frame))?;
        for step in &frame.steps {
            match step {
                Step::Frame(nested) => self.show(out, nested, depth + 1)?,
                Step::Host(record) => writeln!(out, "{indent}  {}", self.host_call(record))?,
                Step::Log { topics, data } => writeln!(out, "{indent}  log {}", self.log(topics, data))?,
            }
        }
        writeln!(out, "{indent}= {}", self.ending(frame))
    }

    fn input(&self, frame: &Frame) -> String {
        if frame.kind.starts_with("CREATE") {
            return format!("({} bytes of initcode)", frame.input.len());
        }
        self.interfaces.call(&frame.input).map_or_else(|| data(&frame.input), |call| call.to_string())
    }

    fn host_call(&self, record: &HostRecord) -> String {
        let (args, outs) = fields(record);
        let mut line = format!("{}({})", record.name, list(&args));
        if !outs.is_empty() {
            line += &format!(" -> {}", list(&outs));
        }
        if self.steps {
            let cost = record.start_ink.saturating_sub(record.end_ink);
            line += &format!("  ink {} -> {} ({cost})", record.start_ink, record.end_ink);
        }
        line
    }

    fn log(&self, topics: &[B256], bytes: &[u8]) -> String {
        if let Some(event) = self.interfaces.event(topics, bytes) {
            return event.to_string();
        }
        let topics: Vec<String> = topics.iter().map(B256::to_string).collect();
        format!("[{}] {}", topics.join(", "), data(bytes))
    }

    fn ending(&self, frame: &Frame) -> String {
        let Some(error) = &frame.error else {
            return match self.interfaces.returned(&frame.input, &frame.output) {
                Some(values) => format!("returned {values}"),
                None if frame.kind.starts_with("CREATE") => format!("deployed {} bytes", frame.output.len()),
                None => format!("returned {}", data(&frame.output)),
            };
        };
        let named = self.interfaces.error(&frame.output).map(|error| error.to_string());
        let what = named.or_else(|| frame.reason.clone());
        match what {
            Some(what) => format!("{error}: {what}"),
            None if frame.output.is_empty() => error.clone(),
            None => format!("{error}: {}", data(&frame.output)),
        }
    }
}

fn ink(frame: &Frame) -> String {
    frame.ink().map_or_else(String::new, |(start, end)| format!("  ink {} of {start}", start.saturating_sub(end)))
}

fn list(fields: &[Field]) -> String {
    let shown = fields.iter().map(|field| {
        let value = shortened(&field.value);
        if field.name.is_empty() { value } else { format!("{}: {value}", field.name) }
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn data(bytes: &[u8]) -> String {
    match bytes {
        [] => "(no data)".to_owned(),
        word if word.len() == 32 && word[..16] == [0; 16] => U256::from_be_slice(word).to_string(),
        bytes => shortened(&hex::encode_prefixed(bytes)),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len() / 2 - 1),
        None => text.to_owned(),
    }
}
