//! What the relayer shows: `/metrics`, `/healthz`, `/livez` and the results under `/results/<root>/`.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use tower_http::services::ServeDir;

/// When the relayer was last in step with the chain.
#[derive(Clone, Debug)]
pub struct Health {
    passed: Arc<Mutex<Option<Instant>>>,
    patience: Duration,
}

impl Health {
    /// Healthy as long as a pass has gone well within `patience`.
    pub fn new(patience: Duration) -> Self {
        Self { passed: Arc::default(), patience }
    }

    /// Notes that a pass has gone well.
    pub fn passed(&self) {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether one has, within the patience.
    pub fn healthy(&self) -> bool {
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.is_some_and(|passed| passed.elapsed() < self.patience)
    }
}

#[derive(Clone)]
struct Shown {
    health: Health,
    metrics: Option<PrometheusHandle>,
}

/// The routes. Without a metrics handle `/metrics` is empty.
pub fn router(health: Health, metrics: Option<PrometheusHandle>, results: &Path) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive" }))
        .route("/healthz", get(healthz))
        .route("/metrics", get(render))
        .nest_service("/results", ServeDir::new(results).append_index_html_on_directories(false))
        .with_state(Shown { health, metrics })
}

async fn healthz(State(shown): State<Shown>) -> (StatusCode, &'static str) {
    match shown.health.healthy() {
        true => (StatusCode::OK, "in step with the chain"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "out of step with the chain"),
    }
}

async fn render(State(shown): State<Shown>) -> String {
    shown.metrics.map(|metrics| metrics.render()).unwrap_or_default()
}

/// Names every metric and says what it counts.
pub fn describe_metrics() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};

    describe_gauge!("linq_relayer_head_block", "Number of the newest block seen");
    describe_gauge!("linq_relayer_balance_wei", "What the operator has for gas");
    describe_gauge!("linq_relayer_watched_slots", "Slots that are watched");
    describe_gauge!("linq_relayer_running", "Runs going on");
    describe_gauge!("linq_relayer_outbox_depth", "Intents planned, signed or sent that are in no block");
    describe_counter!("linq_relayer_passes_total", "Passes through the pipeline, by outcome");
    describe_counter!("linq_relayer_reorganised_blocks_total", "Blocks below the cursor that vanished");
    describe_counter!("linq_relayer_declined_total", "Jobs left to others, by reason");
    describe_counter!("linq_relayer_fetch_failures_total", "Fetches that failed, by error");
    describe_counter!("linq_relayer_runs_total", "Runs that ended, by ending");
    describe_counter!("linq_relayer_run_failures_total", "Runs that failed by the provider's fault, by error");
    describe_histogram!("linq_relayer_run_seconds", "How long runs took");
    describe_counter!("linq_relayer_fuel_total", "Fuel used up by runs");
    describe_counter!("linq_relayer_unable_total", "Slots given back, by reason");
    describe_counter!("linq_relayer_refusals_total", "Calls that the contract would have refused, by kind and meaning");
    describe_counter!("linq_relayer_transactions_total", "Transactions in a block, by kind and outcome");
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn serve(health: Health, results: &Path) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = router(health, None, results);
        tokio::spawn(async move { axum::serve(listener, app).await });
        format!("http://{address}")
    }

    async fn status(url: String) -> u16 {
        reqwest::get(url).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn health_follows_the_last_good_pass() {
        let dir = tempfile::tempdir().unwrap();
        let health = Health::new(Duration::from_millis(200));
        let base = serve(health.clone(), dir.path()).await;
        assert_eq!(status(format!("{base}/livez")).await, 200);
        assert_eq!(status(format!("{base}/healthz")).await, 503);
        health.passed();
        assert_eq!(status(format!("{base}/healthz")).await, 200);
        tokio::time::sleep(Duration::from_millis(250)).await;
        assert_eq!(status(format!("{base}/healthz")).await, 503);
    }

    #[tokio::test]
    async fn results_are_served_and_nothing_beside_them() {
        let dir = tempfile::tempdir().unwrap();
        let results = dir.path().join("results");
        std::fs::create_dir_all(results.join("aa/files")).unwrap();
        std::fs::write(results.join("aa/files/x"), "content").unwrap();
        std::fs::write(dir.path().join("journal.sqlite"), "secret").unwrap();
        let base = serve(Health::new(Duration::ZERO), &results).await;
        let got = reqwest::get(format!("{base}/results/aa/files/x")).await.unwrap();
        assert_eq!(got.text().await.unwrap(), "content");
        assert_eq!(status(format!("{base}/results/../journal.sqlite")).await, 404);
        assert_eq!(status(format!("{base}/results/%2e%2e/journal.sqlite")).await, 404);
        assert_eq!(status(format!("{base}/results/aa")).await, 404);
    }
}
