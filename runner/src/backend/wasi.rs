//! WebAssembly modules with WASI preview 1.
//!
//! **What a program has**: its arguments and environment, an empty standard input, `/input` to read and `/output` to
//! read and write. No network, no other file, no host environment. Files cannot be removed, renamed or linked: what a
//! run has written stays in sight, so that its size can be kept within the limit.
//!
//! **What is deterministic**: arithmetic (NaNs are canonical, relaxed SIMD has one meaning), fuel for one version of
//! the engine, random bytes (ChaCha20 with the manifest's spec hash as the key) and both clocks (one virtual clock
//! that begins at 0 and moves on by a millisecond each time it is read). So the same manifest gives the same output
//! root on every machine, with these exceptions: the order in which a folder is listed and the times of files are the
//! host's; the depth at which a stack overflows, and where a limit of time stops a run, depend on the machine.
//!
//! **What ends a run** is in [`Ending`]. Only a program that exited has output files; the others keep their log.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use chacha20::{ChaCha20Rng, rand_core::SeedableRng as _};
use linq_manifest::{Content, Digest, Ending, Limits, Output, OutputFile, Workload as Kind};
use tokio::{runtime::Handle, task, time};
use tokio_util::sync::CancellationToken;
use wasmtime::{Config, Engine, Linker, Module, ResourceLimiter, Store, Trap};
use wasmtime_wasi::{
    FsPerms, HostMonotonicClock, HostWallClock, I32Exit, WasiCtxBuilder,
    p1::{self, WasiP1Ctx},
};

use super::{
    Backend, BackendError, Report, Workload,
    pipe::{LogFull, Pipe},
};

/// How often a running program lets its limits be looked at.
const TICK: Duration = Duration::from_millis(10);
/// How often its output is measured.
const MEASURE: Duration = Duration::from_millis(50);
/// How far a reading moves the virtual clock.
const READING: Duration = Duration::from_millis(1);
/// The stack of a program.
const STACK_BYTES: usize = 1 << 20;
/// Entries of one table.
const TABLE_ENTRIES: usize = 1 << 20;
/// The module that a program imports from.
const IMPORTS: &str = "wasi_snapshot_preview1";
/// The errno of what is not supported.
const NOT_SUPPORTED: i32 = 58;

/// Runs WASI modules on an engine of its own. Clones share it.
#[derive(Clone)]
pub struct WasiBackend {
    engine: Engine,
    /// The module compiled last: what was checked is mostly what runs next.
    last: Arc<Mutex<Option<(Digest, Module)>>>,
}

impl WasiBackend {
    /// A backend that is ready to run.
    ///
    /// Fails: [`BackendError::Failed`] when the engine does not support this machine.
    pub fn new() -> Result<Self, BackendError> {
        let mut config = Config::new();
        config
            .consume_fuel(true)
            .epoch_interruption(true)
            .cranelift_nan_canonicalization(true)
            .relaxed_simd_deterministic(true)
            .wasm_multi_memory(false)
            .wasm_memory64(false)
            .max_wasm_stack(STACK_BYTES)
            .async_stack_size(2 * STACK_BYTES);
        let engine = Engine::new(&config).map_err(failed)?;
        // The ticker ends with the engine; a thread, because a runtime may be busy just when a program must stop.
        let ticking = engine.weak();
        std::thread::Builder::new()
            .name("wasi-ticker".into())
            .spawn(move || {
                while let Some(engine) = ticking.upgrade() {
                    engine.increment_epoch();
                    std::thread::sleep(TICK);
                }
            })
            .map_err(failed)?;
        Ok(Self { engine, last: Arc::default() })
    }

    /// The module of `workload`, compiled, with every import known and an entry.
    fn compile(&self, workload: &Workload) -> Result<(Module, Linker<Host>), BackendError> {
        let Kind::Module(artifact) = &workload.manifest.workload;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let module = match last.as_ref().filter(|(digest, _)| *digest == artifact.digest) {
            Some((_, module)) => module.clone(),
            None => {
                let bytes = fs::read(&workload.program).map_err(failed)?;
                let module = Module::new(&self.engine, bytes).map_err(not_runnable)?;
                *last = Some((artifact.digest, module.clone()));
                module
            }
        };
        drop(last);

        let linker = linker(&self.engine).map_err(failed)?;
        linker.instantiate_pre(&module).map_err(not_runnable)?;
        let entry = module.get_export("_start").and_then(|export| export.func().cloned());
        if !entry.is_some_and(|entry| entry.params().len() == 0 && entry.results().len() == 0) {
            return Err(BackendError::NotRunnable("it exports no function `_start` without arguments".into()));
        }
        Ok((module, linker))
    }
}

#[async_trait]
impl Backend for WasiBackend {
    async fn check(&self, workload: &Workload) -> Result<(), BackendError> {
        let (backend, workload) = (self.clone(), workload.clone());
        task::spawn_blocking(move || backend.compile(&workload).map(drop)).await.map_err(failed)?
    }

    async fn run(
        &self,
        workload: &Workload,
        scratch: PathBuf,
        stop: CancellationToken,
    ) -> Result<Report, BackendError> {
        let (backend, workload, handle) = (self.clone(), workload.clone(), Handle::current());
        // A program computes for as long as it likes between two ticks, so it gets a thread that nobody waits for.
        let running = task::spawn_blocking(move || {
            let (module, linker) = backend.compile(&workload)?;
            let run = Run { engine: backend.engine, module, linker, workload, scratch, stop };
            handle.block_on(run.execute())
        });
        running.await.map_err(failed)?
    }
}

/// What a program's calls work on.
struct Host {
    wasi: WasiP1Ctx,
    memory: MemoryLimit,
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    p1::add_to_linker_async(&mut linker, |host: &mut Host| &mut host.wasi)?;
    linker.allow_shadowing(true);
    linker.func_wrap(IMPORTS, "path_unlink_file", |_: i32, _: i32, _: i32| NOT_SUPPORTED)?;
    linker.func_wrap(IMPORTS, "path_rename", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32| NOT_SUPPORTED)?;
    linker.func_wrap(IMPORTS, "path_symlink", |_: i32, _: i32, _: i32, _: i32, _: i32| NOT_SUPPORTED)?;
    linker.func_wrap(IMPORTS, "path_link", |_: i32, _: i32, _: i32, _: i32, _: i32, _: i32, _: i32| NOT_SUPPORTED)?;
    Ok(linker)
}

struct Run {
    engine: Engine,
    module: Module,
    linker: Linker<Host>,
    workload: Workload,
    scratch: PathBuf,
    stop: CancellationToken,
}

impl Run {
    async fn execute(self) -> Result<Report, BackendError> {
        let limits = self.workload.manifest.limits;
        let (stdout, stderr) = (Pipe::new(limits.log_bytes), Pipe::new(limits.log_bytes));
        let output = self.scratch.join("output");
        let begun = Instant::now();

        let mut store = self.store(&stdout, &stderr, &output)?;
        let ended = tokio::select! {
            biased;
            ended = self.call(&mut store) => Some(ended),
            () = time::sleep(Duration::from_secs(limits.seconds.into())) => None,
            () = outgrown(&output, limits) => Some(Err(OutputFull.into())),
            () = self.stop.cancelled() => return Err(BackendError::Interrupted),
        };
        let took = begun.elapsed();
        let fuel = limits.fuel - store.get_fuel().map_err(failed)?.min(limits.fuel);
        drop(store);

        let (ending, exit_code) = ended.map_or((Ending::OutOfTime, 0), classify);
        let (ending, files) = match ending {
            Ending::Exited => collect(&output, limits).map_err(failed)?,
            _ => (ending, Vec::new()),
        };
        let (stdout, stderr) = (stdout.contents(), stderr.contents());
        let report = Output {
            version: Output::VERSION,
            ending,
            exit_code: if ending == Ending::Exited { exit_code } else { 0 },
            stdout: Content::of(&stdout),
            stderr: Content::of(&stderr),
            files,
        };
        Ok(Report { output: report, stdout, stderr, files: output, fuel, took })
    }

    async fn call(&self, store: &mut Store<Host>) -> wasmtime::Result<()> {
        let instance = self.linker.instantiate_async(&mut *store, &self.module).await?;
        let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
        start.call_async(store, ()).await
    }

    fn store(&self, stdout: &Pipe, stderr: &Pipe, output: &Path) -> Result<Store<Host>, BackendError> {
        let manifest = &self.workload.manifest;
        let input = self.scratch.join("input");
        self.stage(&input, output).map_err(failed)?;

        let key = manifest.spec_hash().bytes().0;
        let clock = VirtualClock::default();
        let mut wasi = WasiCtxBuilder::new();
        // Blocking calls stay off the thread of the run (the default): a program that sleeps could not be stopped.
        wasi.arg(&manifest.name)
            .args(&manifest.arguments)
            .stdout(stdout.clone())
            .stderr(stderr.clone())
            .secure_random(ChaCha20Rng::from_seed(key))
            .insecure_random(ChaCha20Rng::from_seed(key))
            .insecure_random_seed(u128::from_le_bytes(*key.first_chunk().unwrap_or(&[0; 16])))
            .wall_clock(clock.clone())
            .monotonic_clock(clock)
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false);
        for (name, value) in &manifest.environment {
            wasi.env(name, value);
        }
        wasi.preopened_dir(input, "/input", FsPerms::ReadOnly).map_err(failed)?;
        wasi.preopened_dir(output, "/output", FsPerms::ReadWrite).map_err(failed)?;

        let memory = MemoryLimit { left: u64::from(manifest.resources.memory_mib) << 20 };
        let mut store = Store::new(&self.engine, Host { wasi: wasi.build_p1(), memory });
        store.limiter(|host| &mut host.memory);
        store.set_fuel(manifest.limits.fuel).map_err(failed)?;
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        Ok(store)
    }

    /// Lays out the folders of the run. Inputs are linked where the file system allows: they are mounted read-only.
    fn stage(&self, input: &Path, output: &Path) -> io::Result<()> {
        fs::create_dir_all(input)?;
        fs::create_dir_all(output)?;
        for (entry, content) in self.workload.manifest.inputs.iter().zip(&self.workload.inputs) {
            let path = input.join(&entry.path);
            fs::create_dir_all(path.parent().unwrap_or(input))?;
            if fs::hard_link(content, &path).is_err() {
                fs::copy(content, &path)?;
            }
        }
        Ok(())
    }
}

/// The program's memories may grow to so much together.
struct MemoryLimit {
    left: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("more memory was asked for than the manifest allows")]
struct MemoryFull;

#[derive(Debug, thiserror::Error)]
#[error("more output was written than the manifest allows")]
struct OutputFull;

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let growth = desired.saturating_sub(current) as u64;
        self.left = self.left.checked_sub(growth).ok_or(MemoryFull)?;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        if desired > TABLE_ENTRIES { Err(MemoryFull.into()) } else { Ok(true) }
    }
}

/// A clock that moves only when it is looked at.
#[derive(Clone, Default)]
struct VirtualClock(Arc<AtomicU64>);

impl VirtualClock {
    fn read(&self) -> Duration {
        Duration::from_nanos(self.0.fetch_add(READING.as_nanos() as u64, Ordering::Relaxed))
    }
}

impl HostWallClock for VirtualClock {
    fn resolution(&self) -> Duration {
        READING
    }

    fn now(&self) -> Duration {
        self.read()
    }
}

impl HostMonotonicClock for VirtualClock {
    fn resolution(&self) -> u64 {
        READING.as_nanos() as u64
    }

    fn now(&self) -> u64 {
        self.read().as_nanos() as u64
    }
}

/// How a run ended that was not stopped from outside.
fn classify(ended: wasmtime::Result<()>) -> (Ending, u32) {
    let Err(error) = ended else { return (Ending::Exited, 0) };
    if let Some(exit) = error.downcast_ref::<I32Exit>() {
        return (Ending::Exited, exit.0 as u32);
    }
    let ending = match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Ending::OutOfFuel,
        Some(_) => Ending::Trapped,
        None if error.is::<MemoryFull>() => Ending::OutOfMemory,
        None if error.is::<LogFull>() || error.is::<OutputFull>() => Ending::OutOfOutput,
        // A call that the program made wrongly, such as with a pointer to nowhere.
        None => Ending::Trapped,
    };
    (ending, 0)
}

/// Returns once the output is larger than allowed. The clock decides when it is looked at, so a program that stays
/// within its limit never ends here.
async fn outgrown(output: &Path, limits: Limits) {
    loop {
        time::sleep(MEASURE).await;
        match walk(output) {
            Ok(found) if fits(&found, limits) => (),
            Ok(_) => return,
            // A folder that changes while it is read is looked at again.
            Err(_) => (),
        }
    }
}

fn fits(found: &[(String, u64)], limits: Limits) -> bool {
    found.len() as u64 <= u64::from(limits.output_files)
        && found
            .iter()
            .map(|(_, length)| length)
            .try_fold(0u64, |sum, length| sum.checked_add(*length))
            .is_some_and(|sum| sum <= limits.output_bytes)
}

/// The output files of a program that exited, or the ending that their size or names make of it.
fn collect(output: &Path, limits: Limits) -> io::Result<(Ending, Vec<OutputFile>)> {
    let mut found = walk(output)?;
    if !fits(&found, limits) {
        return Ok((Ending::OutOfOutput, Vec::new()));
    }
    found.sort();
    let mut files = Vec::with_capacity(found.len());
    for (path, _) in found {
        let (digest, length) = Digest::of_reader(fs::File::open(output.join(&path))?)?;
        files.push(OutputFile { path, content: Content { length, digest } });
    }
    let nameable = Output {
        version: Output::VERSION,
        ending: Ending::Exited,
        exit_code: 0,
        stdout: Content::of(""),
        stderr: Content::of(""),
        files,
    };
    Ok(match nameable.check() {
        Ok(()) => (Ending::Exited, nameable.files),
        Err(_) => (Ending::Invalid, Vec::new()),
    })
}

/// Every regular file below `root`, by path and length. A name that is not UTF-8 cannot be asked for by a program.
fn walk(root: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    let mut folders = vec![(root.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push((entry.path(), format!("{path}/")));
            } else if metadata.is_file() {
                found.push((path, metadata.len()));
            }
        }
    }
    Ok(found)
}

fn failed(error: impl std::fmt::Display) -> BackendError {
    BackendError::Failed(error.to_string())
}

fn not_runnable(error: wasmtime::Error) -> BackendError {
    BackendError::NotRunnable(format!("{error:#}"))
}

#[cfg(test)]
mod tests;
