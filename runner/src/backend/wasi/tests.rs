use std::collections::BTreeMap;

use linq_manifest::{Artifact, Input, Manifest, Resources};
use tempfile::TempDir;

use super::*;

/// A backend, a folder and a workload in it that a test may change before it runs.
struct Bench {
    backend: WasiBackend,
    dir: TempDir,
    workload: Workload,
}

impl Bench {
    /// A module from text. `imports` and `body` go into one that has a page of memory and `_start`.
    fn new(imports: &str, body: &str) -> Self {
        Self::from_text(&format!(
            r#"(module {imports}
                (memory (export "memory") 1)
                (data (i32.const 1000) "hello\n")
                (data (i32.const 1100) "a.txt")
                (data (i32.const 1200) "../../secret")
                (func (export "_start") {body}))"#
        ))
    }

    fn from_text(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("program.wasm");
        let bytes = wat::parse_str(text).unwrap();
        fs::write(&program, &bytes).unwrap();
        let artifact = Artifact { digest: Digest::of(&bytes), uri: "file:///program.wasm".into() };
        let manifest = Manifest {
            version: 1,
            name: "test".into(),
            workload: Kind::Module(artifact),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            inputs: Vec::new(),
            resources: Resources { cpu_millis: 1_000, memory_mib: 1, storage_gib: 1 },
            limits: Limits { fuel: 10_000_000, seconds: 20, output_bytes: 100, output_files: 2, log_bytes: 100 },
        };
        let workload = Workload { manifest, program, inputs: Vec::new() };
        Self { backend: WasiBackend::new().unwrap(), dir, workload }
    }

    async fn run(&self) -> Report {
        self.run_until(CancellationToken::new()).await.unwrap()
    }

    async fn run_until(&self, stop: CancellationToken) -> Result<Report, BackendError> {
        let scratch = tempfile::tempdir_in(self.dir.path()).unwrap().keep();
        self.backend.run(&self.workload, scratch, stop).await
    }
}

const WRITE: &str =
    r#"(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))"#;
const OPEN: &str = r#"(import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))"#;
const EXIT: &str = r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;

/// Writes the six bytes at 1000 to the descriptor that `fd` gives.
fn write(fd: &str) -> String {
    format!(
        "(i32.store (i32.const 0) (i32.const 1000)) (i32.store (i32.const 4) (i32.const 6))
         (drop (call $write {fd} (i32.const 0) (i32.const 1) (i32.const 8)))"
    )
}

/// Opens `length` bytes of path at `path` in the folder `folder`, to create and write; leaves the errno.
fn open(folder: u32, path: u32, length: u32) -> String {
    format!(
        "(call $open (i32.const {folder}) (i32.const 0) (i32.const {path}) (i32.const {length})
            (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 20))"
    )
}

/// The folders a program finds: 3 is `/input`, 4 is `/output`.
const OUTPUT: u32 = 4;

mod ends {
    use super::*;

    #[tokio::test]
    async fn with_its_exit_code_and_its_output() {
        let body = format!("{} (call $exit (i32.const 3))", write("(i32.const 1)"));
        let report = Bench::new(&format!("{WRITE}{EXIT}"), &body).run().await;
        assert_eq!((report.output.ending, report.output.exit_code), (Ending::Exited, 3));
        assert_eq!(report.stdout, b"hello\n");
        assert_eq!(report.output.stdout, Content::of("hello\n"));
        assert!(report.fuel > 0);
    }

    #[tokio::test]
    async fn when_it_traps() {
        let report = Bench::new("", "unreachable").run().await;
        assert_eq!((report.output.ending, report.output.exit_code), (Ending::Trapped, 0));
    }

    #[tokio::test]
    async fn when_its_fuel_is_used_up_at_the_same_point_each_time() {
        let bench = Bench::new("", "(loop $l br $l)");
        let report = bench.run().await;
        assert_eq!(report.output.ending, Ending::OutOfFuel);
        assert_eq!(report.fuel, bench.workload.manifest.limits.fuel);
    }

    #[tokio::test]
    async fn when_its_time_is_over_while_it_computes() {
        let mut bench = Bench::new("", "(loop $l br $l)");
        bench.workload.manifest.limits.fuel = 1 << 50;
        bench.workload.manifest.limits.seconds = 1;
        let report = bench.run().await;
        assert_eq!(report.output.ending, Ending::OutOfTime);
        assert!(report.took < Duration::from_secs(5));
    }

    #[tokio::test]
    async fn when_its_time_is_over_while_it_sleeps() {
        // One subscription to the monotonic clock, an hour from now.
        let poll =
            r#"(import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))"#;
        let body = "(i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 3600000000000))
                    (drop (call $poll (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 200)))";
        let mut bench = Bench::new(poll, body);
        bench.workload.manifest.limits.seconds = 1;
        assert_eq!(bench.run().await.output.ending, Ending::OutOfTime);
    }

    #[tokio::test]
    async fn when_it_asks_for_more_memory_than_it_may_have() {
        let body = "(drop (memory.grow (i32.const 15))) (drop (memory.grow (i32.const 1)))";
        let mut bench = Bench::new("", body);
        assert_eq!(bench.run().await.output.ending, Ending::OutOfMemory);
        bench.workload.manifest.resources.memory_mib = 2;
        assert_eq!(bench.run().await.output.ending, Ending::Exited);
    }

    #[tokio::test]
    async fn when_its_log_is_full_and_the_log_keeps_what_fits() {
        let report = Bench::new(WRITE, &format!("(loop $l {} br $l)", write("(i32.const 2)"))).run().await;
        assert_eq!(report.output.ending, Ending::OutOfOutput);
        assert_eq!(report.stderr.len(), 100);
    }

    #[tokio::test]
    async fn when_its_files_are_larger_than_allowed() {
        let body = format!(
            "(drop {}) (loop $l {} (br_if $l (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 17))))",
            open(OUTPUT, 1100, 5),
            write("(i32.load (i32.const 20))")
        );
        let report = Bench::new(&format!("{WRITE}{OPEN}"), &format!("(local i32) {body}")).run().await;
        assert_eq!(report.output.ending, Ending::OutOfOutput, "17 times 6 is more than 100");
        assert_eq!(report.output.files, []);
    }

    #[tokio::test]
    async fn when_it_writes_without_end() {
        let body = format!("(drop {}) (loop $l {} br $l)", open(OUTPUT, 1100, 5), write("(i32.load (i32.const 20))"));
        let mut bench = Bench::new(&format!("{WRITE}{OPEN}"), &body);
        bench.workload.manifest.limits.fuel = 1 << 50;
        let report = bench.run().await;
        assert_eq!(report.output.ending, Ending::OutOfOutput);
        assert!(report.took < Duration::from_secs(15));
    }

    #[tokio::test]
    async fn without_a_report_when_the_relayer_stops() {
        let mut bench = Bench::new("", "(loop $l br $l)");
        bench.workload.manifest.limits.fuel = 1 << 50;
        let stop = CancellationToken::new();
        let stopper = stop.clone();
        tokio::spawn(async move {
            time::sleep(Duration::from_millis(100)).await;
            stopper.cancel();
        });
        assert!(matches!(bench.run_until(stop).await, Err(BackendError::Interrupted)));
    }
}

mod sees {
    use super::*;

    #[tokio::test]
    async fn its_arguments_environment_and_input_and_nothing_else() {
        // Copies the sizes of its arguments and environment to the log: count and bytes of each.
        let imports = format!(
            r#"{WRITE}
            (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env (param i32 i32) (result i32)))"#
        );
        let body = "(drop (call $args (i32.const 1000) (i32.const 1004)))
                    (drop (call $env (i32.const 1008) (i32.const 1012)))
                    (i32.store (i32.const 0) (i32.const 1000)) (i32.store (i32.const 4) (i32.const 16))
                    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";
        let mut bench = Bench::new(&imports, body);
        bench.workload.manifest.arguments = vec!["--fast".into()];
        bench.workload.manifest.environment = BTreeMap::from([("A".into(), "1".into())]);
        let report = bench.run().await;
        let words: Vec<u32> =
            report.stdout.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
        assert_eq!(words, [2, 5 + 7, 1, 4], "`test`, `--fast` and `A=1`, each with its end");
    }

    #[tokio::test]
    async fn no_way_to_write_its_input_or_to_leave_its_folders() {
        let errno = |folder, path, length| async move {
            let body = format!("(call $exit {})", open(folder, path, length));
            Bench::new(&format!("{OPEN}{EXIT}"), &body).run().await.output.exit_code
        };
        assert_eq!(errno(OUTPUT, 1100, 5).await, 0);
        assert_ne!(errno(3, 1100, 5).await, 0, "the input is read-only");
        assert_ne!(errno(OUTPUT, 1200, 12).await, 0, "`..` leads nowhere");
        assert_ne!(errno(5, 1100, 5).await, 0, "there is no third folder");
    }

    #[tokio::test]
    async fn its_input_under_its_path() {
        // Opens the file to read and exits with the errno.
        let body = "(call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 1100) (i32.const 5)
            (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 20)))";
        let mut bench = Bench::new(&format!("{OPEN}{EXIT}"), body);
        assert_eq!(bench.run().await.output.exit_code, 44, "no such file");
        let content = bench.dir.path().join("content");
        fs::write(&content, "x").unwrap();
        let artifact = Artifact { digest: Digest::of("x"), uri: "file:///x".into() };
        bench.workload.manifest.inputs = vec![Input { path: "a.txt".into(), artifact }];
        bench.workload.inputs = vec![content];
        assert_eq!(bench.run().await.output.exit_code, 0);
    }

    #[tokio::test]
    async fn no_network() {
        // The only socket calls of preview 1 work on a descriptor that somebody else opened, and nobody did.
        let accept =
            r#"(import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))"#;
        for fd in 0..6 {
            let body = format!("(call $exit (call $accept (i32.const {fd}) (i32.const 0) (i32.const 20)))");
            let report = Bench::new(&format!("{accept}{EXIT}"), &body).run().await;
            assert_ne!((report.output.ending, report.output.exit_code), (Ending::Exited, 0), "descriptor {fd}");
        }
    }

    #[tokio::test]
    async fn no_way_to_hide_what_it_has_written() {
        let unlink =
            r#"(import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))"#;
        let body = format!(
            "(drop {}) (call $exit (call $unlink (i32.const {OUTPUT}) (i32.const 1100) (i32.const 5)))",
            open(OUTPUT, 1100, 5)
        );
        let report = Bench::new(&format!("{OPEN}{EXIT}{unlink}"), &body).run().await;
        assert_eq!(report.output.exit_code, NOT_SUPPORTED as u32);
        assert_eq!(report.output.files[0].path, "a.txt");
    }
}

#[tokio::test]
async fn the_same_manifest_gives_the_same_root_with_clocks_and_random_bytes_in_it() {
    let imports = format!(
        r#"{WRITE}
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))"#
    );
    let body = "(drop (call $clock (i32.const 0) (i64.const 1) (i32.const 1000)))
                (drop (call $clock (i32.const 1) (i64.const 1) (i32.const 1008)))
                (drop (call $random (i32.const 1016) (i32.const 32)))
                (i32.store (i32.const 0) (i32.const 1000)) (i32.store (i32.const 4) (i32.const 48))
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))";
    let mut bench = Bench::new(&imports, body);
    let (first, second) = (bench.run().await, bench.run().await);
    assert_eq!(first.output.root(), second.output.root());
    assert_eq!(first.fuel, second.fuel);
    assert_eq!(first.stdout[..16], [&0u64.to_le_bytes()[..], &1_000_000u64.to_le_bytes()].concat());
    assert_ne!(first.stdout[16..], [0; 32]);

    bench.workload.manifest.name = "another".into();
    let other = bench.run().await;
    assert_ne!(other.stdout[16..], first.stdout[16..], "another manifest has other random bytes");
}

mod refuses {
    use super::*;

    async fn refused(text: &str) -> bool {
        let bench = Bench::from_text(text);
        let checked = matches!(bench.backend.check(&bench.workload).await, Err(BackendError::NotRunnable(_)));
        let run = bench.run_until(CancellationToken::new()).await;
        checked && matches!(run, Err(BackendError::NotRunnable(_)))
    }

    #[tokio::test]
    async fn what_is_no_program_for_it() {
        assert!(refused(r#"(module (import "env" "secret" (func)) (func (export "_start")))"#).await);
        assert!(
            refused(r#"(module (import "wasi_snapshot_preview1" "fd_write" (func)) (func (export "_start")))"#).await
        );
        assert!(refused("(module)").await);
        assert!(refused(r#"(module (func (export "_start") (param i32)))"#).await);
        assert!(!refused(r#"(module (func (export "_start")))"#).await);
    }
}
