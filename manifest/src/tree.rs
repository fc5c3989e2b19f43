//! YAML as it is written: every value and every key with its place.

use std::collections::HashMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

/// Most values of one file, what aliases repeat included.
const MAX_NODES: usize = 10_000;
/// Deepest value.
const MAX_DEPTH: usize = 16;

/// Where something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

/// A value at its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub at: Place,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// As written, without quotes.
    Scalar {
        text: String,
        quoted: bool,
    },
    List(Vec<Node>),
    /// In the order of the file, with whatever stands twice.
    Map(Vec<(Place, String, Node)>),
}

/// Why a text is no YAML that could be a manifest.
#[derive(Debug)]
pub(crate) struct Broken {
    pub at: Place,
    pub reason: String,
}

impl Node {
    /// Whether nothing is there.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, quoted: false } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The field of this name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(_, key, _)| key == name).map(|(_, _, node)| node),
            _ => None,
        }
    }

    /// The text that is written here.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }
}

/// Reads one document.
pub(crate) fn parse(yaml: &str) -> Result<Node, Broken> {
    let mut builder = Builder { events: Parser::new_from_str(yaml), anchors: HashMap::new(), left: MAX_NODES };
    let root = match builder.next()? {
        (Event::StreamEnd, span) => {
            return Ok(Node { at: place(span.start), value: Value::Map(Vec::new()) });
        }
        (event, span) => builder.node(event, span, 0)?,
    };
    match builder.next()? {
        (Event::StreamEnd, _) => Ok(root),
        (_, span) => Err(broken(span.start, "a second document begins here, and there is one to a file")),
    }
}

struct Builder<I> {
    events: I,
    anchors: HashMap<usize, Node>,
    left: usize,
}

impl<'a, I: Iterator<Item = Result<(Event<'a>, Span), ScanError>>> Builder<I> {
    /// The next event that is part of the content, or the end.
    fn next(&mut self) -> Result<(Event<'a>, Span), Broken> {
        loop {
            let Some(event) = self.events.next() else { return Ok((Event::StreamEnd, Span::default())) };
            let (event, span) = event.map_err(|error| broken(*error.marker(), error.info()))?;
            let frame = matches!(event, Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd);
            if !frame && !matches!(event, Event::Comment(..)) {
                return Ok((event, span));
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Broken> {
        let at = span.start;
        self.left = self.left.checked_sub(1).ok_or_else(|| broken(at, "the file holds too many values"))?;
        if depth > MAX_DEPTH {
            return Err(broken(at, "values are nested too deep"));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                (Value::Scalar { text: text.into_owned(), quoted: style != ScalarStyle::Plain }, anchor)
            }
            Event::SequenceStart(_, anchor, _) => (self.list(depth)?, anchor),
            Event::MappingStart(_, anchor, _) => (self.map(depth)?, anchor),
            Event::Alias(anchor) => return self.alias(anchor, at),
            _ => return Err(broken(at, "a value is missing here")),
        };
        let node = Node { at: place(at), value };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn list(&mut self, depth: usize) -> Result<Value, Broken> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(elements)),
                (event, span) => elements.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, Broken> {
        let (mut entries, mut merged) = (Vec::new(), Vec::new());
        loop {
            let (event, span) = match self.next()? {
                (Event::MappingEnd, _) => break,
                other => other,
            };
            let key = self.node(event, span, depth + 1)?;
            let Value::Scalar { text: name, quoted } = key.value else {
                return Err(Broken { at: key.at, reason: "the name of a field is a plain text".into() });
            };
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            match (name.as_str(), value.value) {
                ("<<", Value::Map(others)) if !quoted => merged.extend(others),
                (_, content) => entries.push((key.at, name, Node { at: value.at, value: content })),
            }
        }
        let own = |name: &str| entries.iter().any(|(_, known, _)| known == name);
        let added: Vec<_> = merged.into_iter().filter(|(_, name, _)| !own(name)).collect();
        entries.extend(added);
        Ok(Value::Map(entries))
    }

    /// What an alias stands for, at the place of the alias. What it repeats counts, so that little text cannot become
    /// much.
    fn alias(&mut self, anchor: usize, at: Marker) -> Result<Node, Broken> {
        let node = self.anchors.get(&anchor).ok_or_else(|| broken(at, "this alias stands for nothing"))?.clone();
        let size = size(&node);
        self.left = self.left.checked_sub(size).ok_or_else(|| broken(at, "the file holds too many values"))?;
        Ok(Node { at: place(at), value: node.value })
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::Scalar { .. } => 1,
        Value::List(elements) => 1 + elements.iter().map(size).sum::<usize>(),
        Value::Map(entries) => 1 + entries.iter().map(|(_, _, node)| size(node)).sum::<usize>(),
    }
}

fn place(marker: Marker) -> Place {
    // The parser counts columns from 0.
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

fn broken(at: Marker, reason: impl Into<String>) -> Broken {
    Broken { at: place(at), reason: reason.into() }
}
