//! Which web pages may talk to the node.
//!
//! A browser lets any page send requests to this machine and tells in the `Origin` header which page it
//! was. The node signs for its accounts without asking, so only pages of this machine are let through
//! unless others are named. Programs that are not browsers send no such header.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The origin to name in the answer, if the request comes from a page; the refusal if it may not.
// The refusal is as large as any answer; boxing it would only move the copy.
#[expect(clippy::result_large_err)]
pub(crate) fn check(headers: &HeaderMap, allowed: &[String]) -> Result<Option<HeaderValue>, Response> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(None) };
    let text = origin.to_str().unwrap_or_default();
    if is_local(text) || allowed.iter().any(|entry| entry == "*" || entry == text) {
        return Ok(Some(origin.clone()));
    }
    Err((StatusCode::FORBIDDEN, "this origin is not allowed\n").into_response())
}

/// Tells the browser that the page may read the answer.
pub(crate) fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, GET, OPTIONS"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
}

fn is_local(origin: &str) -> bool {
    let Some((scheme, rest)) = origin.split_once("://") else { return false };
    let host = match rest.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => rest,
    };
    matches!(scheme, "http" | "https") && matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(origin: &'static str, allowed: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        let allowed: Vec<String> = allowed.iter().map(|entry| entry.to_string()).collect();
        check(&headers, &allowed).is_ok()
    }

    #[test]
    fn pages_of_this_machine_are_allowed() {
        for origin in ["http://localhost:5173", "http://127.0.0.1", "https://localhost", "http://[::1]:3000"] {
            assert!(verdict(origin, &[]), "{origin}");
        }
    }

    #[test]
    fn other_pages_are_refused_unless_named() {
        for origin in ["https://example.org", "http://localhost.example.org", "null", "http://127.0.0.1.example.org:80"]
        {
            assert!(!verdict(origin, &[]), "{origin}");
            assert!(verdict(origin, &["*"]), "{origin}");
        }
        assert!(verdict("https://example.org", &["https://example.org"]));
    }

    #[test]
    fn a_program_that_is_no_browser_needs_no_permission() {
        assert_eq!(check(&HeaderMap::new(), &[]).unwrap(), None);
    }
}
