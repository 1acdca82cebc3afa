//! What only a node answers that is run by a supervisor: `--supervised`.
//!
//! | request | what it does |
//! |---|---|
//! | `PUT /supervised/links/REGION` | `{"url": …, "cut": …}`: where a region listens that is to be dialed, and whether a byte passes |
//! | `GET /supervised/documents/SCOPE/DOCUMENT` | the replica's id, and a fingerprint that is equal for equal documents |

use std::time::Duration;

use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::routing::{get, put};
use axum::{Json, Router};
use crdt_core::ContentKey;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Node;
use super::documents::address;
use super::error::Failure;
use super::peering::Gate;
use crate::config::{Caller, May};

pub(super) fn routes() -> Router<Node> {
    Router::new()
        .route("/supervised/links/{region}", put(link))
        .route("/supervised/documents/{scope}/{document}", get(document))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    url: Option<String>,
    cut: bool,
}

/// When a cut is answered, no byte passes any more.
async fn link(
    _caller: Caller,
    State(node): State<Node>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    link: Result<Json<Link>, JsonRejection>,
) -> Result<Json<Value>, Failure> {
    node.check_origin(&headers)?;
    let Path(region) = path.map_err(|why| Failure::malformed(why.body_text()))?;
    let Json(Link { url, cut }) = link.map_err(|why| Failure::malformed(why.body_text()))?;
    node.peering(&region)?.set_gate(Gate { url, is_cut: cut }).await;
    Ok(Json(json!({})))
}

async fn document(
    caller: Caller,
    State(node): State<Node>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<Value>, Failure> {
    let Path((scope, document)) = path.map_err(|why| Failure::malformed(why.body_text()))?;
    let address = address(&node, &caller, May::Read, scope, document)?;
    let seen = node.engine.read(address, None, Duration::ZERO, |shown| {
        (shown.replica, ContentKey::from_u128(0).hash(shown.document))
    });
    let (replica, fingerprint) = seen.await?;
    let fingerprint = format!("{fingerprint:032x}");
    Ok(Json(json!({"replica": replica.to_string(), "fingerprint": fingerprint})))
}
