//! The job of the demo runs here as on every other machine: to the same root.

use std::path::{Path, PathBuf};

use linq_manifest::{Ending, Resource};
use linq_relayer::backend::{Backend as _, Workload, claim, wasi::WasiBackend};
use tokio_util::sync::CancellationToken;
use url::Url;

/// The root of what it finds in the committed readings.
const ROOT: &str = "0xa9dd4de6f9649ca51ff458dd6ceac1e4e8cb5e43ac70418976ce6a90278a8384";

fn local(uri: &str) -> PathBuf {
    Url::parse(uri).unwrap().to_file_path().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_job_finds_the_seven_kinds_of_sensor() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workloads");
    let (manifest, order) = Resource::load(&folder.join("resource.yaml"))
        .expect("the workloads are not compiled: run `cargo build --release --target wasm32-wasip1` in their folder");
    assert!(manifest.limits.seconds <= order.run_secs);
    let linq_manifest::Workload::Module(module) = &manifest.workload;
    let workload = Workload {
        program: local(&module.uri),
        inputs: manifest.inputs.iter().map(|input| local(&input.artifact.uri)).collect(),
        manifest,
    };
    let backend = WasiBackend::new().unwrap();
    backend.check(&workload).await.unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let report = backend.run(&workload, scratch.path().into(), CancellationToken::new()).await.unwrap();

    let log = String::from_utf8_lossy(&report.stdout);
    assert_eq!((report.output.ending, report.output.exit_code), (Ending::Exited, 0), "{log}");
    assert!(log.contains("best: 7 clusters"), "{log}");
    assert_eq!(report.output.files.len(), 2);
    assert!(report.fuel < workload.manifest.limits.fuel / 2, "{} units of fuel", report.fuel);
    assert_eq!(claim(&report.output, report.fuel, workload.manifest.limits.fuel), 20);
    assert_eq!(report.output.root().to_string(), ROOT, "{log}\n{} units, {:?}", report.fuel, report.took);
}
