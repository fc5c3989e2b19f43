//! The program: its options, and how it starts and stops.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The program on a free port. It is ended with this value at the latest.
struct Program {
    process: Child,
    address: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_nitro-devnode"))
            .args(["--port", "0", "--json"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let output = process.stdout.take().expect("it is piped");
        let mut program = Self { process, address: String::new() };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("it prints a line");
        let ready: Value = serde_json::from_str(&line).expect("the line is JSON");
        program.address = ready["url"].as_str().expect("with the URL").trim_start_matches("http://").to_owned();
        program
    }

    fn ask(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
        write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).expect("it takes a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("with a head and a body");
        let answer: Value = serde_json::from_str(body).expect("in JSON");
        answer["result"].clone()
    }

    /// Asks it to stop, as a user or a supervisor would, and waits for it.
    fn stop(mut self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill is there").success());
        assert!(self.process.wait().expect("it ends").success(), "it stops in order");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn pay(program: &Program) {
    let payment = json!({
        "from": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "to": "0x4242424242424242424242424242424242424242",
        "value": "0x5",
    });
    assert!(program.ask("eth_sendTransaction", json!([payment])).is_string());
}

fn payee_balance(program: &Program) -> Value {
    program.ask("eth_getBalance", json!(["0x4242424242424242424242424242424242424242", "latest"]))
}

fn with_state(file: &Path, more: &[&str]) -> Program {
    let file = file.to_string_lossy();
    Program::start(&[&["--state", &*file], more].concat())
}

#[test]
fn the_chain_survives_a_stop_by_either_signal() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("chain.json");
    for (signal, before, after) in [("-TERM", "0x0", "0x5"), ("-INT", "0x5", "0xa")] {
        let program = with_state(&file, &[]);
        assert_eq!(payee_balance(&program), before);
        pay(&program);
        assert_eq!(payee_balance(&program), after);
        program.stop(signal);
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 1, "nothing half-written is left");
}

#[test]
fn old_blocks_are_forgotten_on_disk_too() {
    let folder = tempfile::tempdir().expect("there is room");
    let file = folder.path().join("chain.json");
    let program = with_state(&file, &["--keep-blocks", "300"]);
    pay(&program);
    program.ask("anvil_mine", json!(["0x3e8"]));
    program.stop("-TERM");
    let program = with_state(&file, &["--keep-blocks", "300"]);
    assert_eq!(program.ask("eth_blockNumber", json!([])), "0x3e9");
    assert_eq!(program.ask("eth_getBlockByNumber", json!(["0x1", false])), Value::Null);
    assert_eq!(payee_balance(&program), "0x5");
    program.stop("-TERM");
}

#[test]
fn the_version_can_be_chosen_among_those_that_exist() {
    for version in [32u64, 40, 50, 51, 59, 60] {
        let program = Program::start(&["--arbos", &version.to_string()]);
        let call = json!({ "to": "0x0000000000000000000000000000000000000064", "data": "0x051038f2" });
        let answer = program.ask("eth_call", json!([call, "latest"]));
        assert_eq!(answer, format!("{:#066x}", version + 55));
    }
    let refused =
        Command::new(env!("CARGO_BIN_EXE_nitro-devnode")).args(["--arbos", "52"]).output().expect("it starts");
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("32, 40, 50, 51, 59, 60"));
}

#[test]
fn the_cache_manager_is_there_for_those_who_ask() {
    let managers = json!({ "to": "0x0000000000000000000000000000000000000072", "data": "0x0ec1d773" });
    let answer =
        |arguments: &[&str]| Program::start(arguments).ask("eth_call", json!([managers, "latest"])).to_string();
    assert!(!answer(&[]).contains("2f8bd4eab69764c105add7de7cb0402557a44e6f"));
    assert!(answer(&["--cache-manager"]).contains("2f8bd4eab69764c105add7de7cb0402557a44e6f"));
}
