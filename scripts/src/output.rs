//! The only place that writes to the terminal: results to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::{Error, Result};

const HEADING: Style = Style::new().bold();
const LABEL: Style = Style::new().dimmed();
const HINT: Style = AnsiColor::Cyan.on_default();
const FAILURE: Style = AnsiColor::Red.on_default().bold();
const CAUTION: Style = AnsiColor::Yellow.on_default();

/// The result of a command: a JSON document that is also a page for people.
pub trait Report: Serialize {
    /// Writes the page.
    fn page(&self, page: &mut Page);
}

/// How to talk to whoever started the command.
#[derive(Clone, Copy, Debug, Default)]
pub struct Output {
    /// One JSON document per result on stdout; on stderr nothing but the document of a failure.
    pub json: bool,
    /// No progress on stderr.
    pub quiet: bool,
}

impl Output {
    /// Writes the result of a command.
    pub fn report(&self, report: &impl Report) -> Result<()> {
        let text = if self.json {
            let mut line = serde_json::to_string(report).map_err(|error| Error::failure(error.to_string()))?;
            line.push('\n');
            line
        } else {
            let mut page = Page::default();
            report.page(&mut page);
            page.finish()
        };
        self.raw(&text)
    }

    /// Writes text to stdout as it is.
    pub fn raw(&self, text: &str) -> Result<()> {
        let mut stdout = anstream::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            // A reader that has seen enough (`| head`) is no failure.
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Error::failure(format!("cannot write the result: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Says what is being done.
    pub fn progress(&self, text: impl Display) {
        if !self.json && !self.quiet {
            self.stderr(&format!("{LABEL}{text}{LABEL:#}"));
        }
    }

    /// Says what somebody should know although the command goes on.
    pub fn caution(&self, text: impl Display) {
        if !self.json {
            self.stderr(&format!("{CAUTION}note:{CAUTION:#} {text}"));
        }
    }

    /// Says why the command failed and what to do next.
    pub fn failure(&self, error: &Error) {
        if self.json {
            // Serialising strings and numbers cannot fail; if it did, the exit code still tells.
            self.stderr(&serde_json::to_string(&serde_json::json!({ "error": error.document() })).unwrap_or_default());
            return;
        }
        self.stderr(&format!("{FAILURE}error:{FAILURE:#} {error}"));
        if let Some(hint) = error.next_step() {
            self.stderr(&format!("{HINT} next:{HINT:#} {hint}"));
        }
    }

    /// Shows what is about to be done, before anything is signed.
    pub fn preview(&self, report: &impl Report) {
        if !self.json {
            let mut page = Page::default();
            report.page(&mut page);
            self.stderr(page.finish().trim_end());
        }
    }

    /// Asks before something is signed. Without a terminal there is nobody to ask, and `--yes` has to say it.
    pub fn confirm(&self, question: &str, yes: bool) -> Result<()> {
        if yes {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Error::usage("this signs transactions, and there is no terminal to ask for a confirmation")
                .hint("pass --yes to go ahead, or --estimate to see the cost only"));
        }
        let mut stderr = anstream::stderr().lock();
        // A terminal that cannot show the question will not give an answer either.
        let _ = write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush());
        let mut answer = String::new();
        std::io::stdin()
            .read_line(&mut answer)
            .map_err(|error| Error::failure(format!("cannot read the answer: {error}")))?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Error::policy("not confirmed; nothing was sent")),
        }
    }

    fn stderr(&self, text: &str) {
        // If stderr is closed there is nowhere left to complain.
        let _ = writeln!(anstream::stderr(), "{text}");
    }
}

/// A page of headings, labelled values and tables.
#[derive(Debug, Default)]
pub struct Page {
    text: String,
    fields: Vec<(String, String)>,
}

impl Page {
    /// A heading.
    pub fn heading(&mut self, text: impl Display) {
        self.flush();
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&format!("{HEADING}{text}{HEADING:#}\n"));
    }

    /// A line of text.
    pub fn line(&mut self, text: impl Display) {
        self.flush();
        self.text.push_str(&format!("{text}\n"));
    }

    /// A labelled value; neighbours are aligned.
    pub fn field(&mut self, label: impl Into<String>, value: impl Display) {
        self.fields.push((label.into(), value.to_string()));
    }

    /// A table.
    pub fn table<const N: usize>(&mut self, header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
        self.flush();
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING).set_header(header);
        table.add_rows(rows);
        for line in table.lines() {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }

    fn flush(&mut self) {
        let width = self.fields.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        for (label, value) in self.fields.drain(..) {
            self.text.push_str(&format!("  {LABEL}{label:<width$}{LABEL:#}  {value}\n"));
        }
    }

    /// The page as text, with colours that the stream removes where they are not wanted.
    pub fn finish(mut self) -> String {
        self.flush();
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_fields_are_aligned() {
        let mut page = Page::default();
        page.heading("Job");
        page.field("id", "0x01");
        page.field("requester", "0x02");
        let plain = anstream::adapter::strip_str(&page.finish()).to_string();
        assert_eq!(plain, "Job\n  id         0x01\n  requester  0x02\n");
    }

    #[test]
    fn without_a_terminal_only_yes_confirms() {
        // Under a test runner with a terminal the question would wait for an answer.
        if !std::io::stdin().is_terminal() {
            let refused = Output::default().confirm("go?", false).unwrap_err();
            assert_eq!(refused.kind(), crate::error::Kind::Usage);
        }
        assert!(Output::default().confirm("go?", true).is_ok());
    }
}
