//! The console: a page of the node, and what it is made of.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

/// Nothing but what comes from here runs or is shown; `'wasm-unsafe-eval'` lets WebAssembly be compiled
/// and no text be evaluated. The other regions of a demonstration are at other ports.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    connect-src 'self' ws://127.0.0.1:*; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const PAGE: &str = include_str!("../console/index.html");

const FILES: [(&str, &str, &str); 6] = [
    ("style.css", "text/css", include_str!("../console/style.css")),
    ("console.js", "text/javascript", include_str!("../console/console.js")),
    ("document.js", "text/javascript", include_str!("../console/document.js")),
    ("regions.js", "text/javascript", include_str!("../console/regions.js")),
    ("plot.js", "text/javascript", include_str!("../console/plot.js")),
    ("dom.js", "text/javascript", include_str!("../console/dom.js")),
];

/// The page, what it needs, and `here.json`, which tells it who serves it. `package` is the folder of
/// the npm package's `dist`, without which the page shows regions, and no documents.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(
    package: Option<PathBuf>,
    mut here: Value,
) -> Router<S> {
    here["package"] = package.is_some().into();
    let package: Arc<Option<PathBuf>> = Arc::new(package);
    let from_package = move |Path(name): Path<String>| async move {
        let Some(folder) = &*package else { return StatusCode::NOT_FOUND.into_response() };
        if !is_script(&name) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let path = folder.join(name);
        match tokio::task::spawn_blocking(move || std::fs::read(path)).await {
            Ok(Ok(script)) => answer("text/javascript", script),
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    };
    Router::new()
        .route("/", get(|| async { answer("text/html", PAGE) }))
        .route("/console/here.json", get(move || async move { Json(here) }))
        .route("/console/{name}", get(file))
        .route("/console/package/{name}", get(from_package))
}

async fn file(Path(name): Path<String>) -> Response {
    let file = FILES.iter().find(|(file, _, _)| *file == name);
    let found = file.map(|(_, kind, text)| answer(kind, *text));
    found.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response())
}

/// A file of the package itself, and of no folder above or below.
fn is_script(name: &str) -> bool {
    let is_right = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let stem = name.strip_suffix(".js").unwrap_or_default();
    !stem.is_empty() && !stem.starts_with('.') && stem.chars().all(is_right)
}

fn answer(kind: &str, body: impl IntoResponse) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, &format!("{kind}; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::is_script;

    #[test]
    fn only_scripts_of_the_package_are_served() {
        for name in ["index.js", "crdt-4ES6W23I.js", "websocket.js"] {
            assert!(is_script(name), "{name}");
        }
        for name in
            ["", ".js", "..", "../x.js", "a/b.js", "a\\b.js", "index.d.ts", "é.js", "a.js\0"]
        {
            assert!(!is_script(name), "{name}");
        }
    }
}
