//! Reads and writes.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, Path, Query, RawQuery, Request, State};
use axum::http::HeaderMap;
use crdt_document::Transaction;
use crdt_sync::Level;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::error::Failure;
use super::operations::Writes;
use super::{Node, reading, session};
use crate::config::{Caller, May, is_name};
use crate::engine::{Refusal, Settled, Shown};
use crate::store::Address;

type Answer = Result<Json<Value>, Failure>;

/// What a request may say about when it is to be answered.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    /// What has to be here: the answer shows it.
    token: Option<String>,
    /// How long it may take to come, in milliseconds.
    wait_ms: Option<u64>,
}

/// What a write says in its body, and not in its query.
const IN_BODY: &str = "a write has no query: say `token`, `durability`, `wait_ms` and `at_ms` beside \
                       `operations` in its body";

/// Which documents there are, of those that the caller may read.
pub(super) async fn list(caller: Caller, State(node): State<Node>) -> Answer {
    let documents = node.engine.documents().await?;
    let readable = documents
        .into_iter()
        .filter(|address| node.authorizer.may(&caller, May::Read, &address.scope));
    let listed =
        readable.map(|Address { scope, document }| json!({"scope": scope, "document": document}));
    Ok(Json(json!({"documents": listed.collect::<Vec<_>>()})))
}

/// A document.
pub(super) async fn read(
    caller: Caller,
    State(node): State<Node>,
    path: Result<Path<(String, String)>, PathRejection>,
    when: Result<Query<When>, QueryRejection>,
) -> Answer {
    let Path((scope, document)) = path.map_err(|why| Failure::malformed(why.body_text()))?;
    let address = address(&node, &caller, May::Read, scope, document)?;
    let shown = node.show(address, when, |shown| reading::all(shown.document)).await?;
    Ok(Json(json!({"values": shown.0, "token": shown.1})))
}

/// One name of a document.
pub(super) async fn read_name(
    caller: Caller,
    State(node): State<Node>,
    path: Result<Path<(String, String, String)>, PathRejection>,
    when: Result<Query<When>, QueryRejection>,
) -> Answer {
    let Path((scope, document, name)) = path.map_err(|why| Failure::malformed(why.body_text()))?;
    let address = address(&node, &caller, May::Read, scope, document)?;
    let shown = node
        .show(address, when, {
            let name = name.clone();
            move |shown| {
                let is_there = shown.document.kinds(&name).len() > 0;
                is_there.then(|| reading::one(shown.document, &name))
            }
        })
        .await?;
    let value = shown.0.ok_or_else(|| Failure::no_such_name(&name))?;
    Ok(Json(json!({"value": value, "token": shown.1})))
}

/// Operations on a document, all of them or none.
pub(super) async fn write(
    caller: Caller,
    State(node): State<Node>,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    request: Request,
) -> Answer {
    let limits = &node.config.limits;
    let body = Bytes::from_request(request, &());
    let body = timeout(Duration::from_millis(limits.slow_ms), body).await;
    node.check_origin(&headers)?;
    let Path((scope, document)) = path.map_err(|why| Failure::malformed(why.body_text()))?;
    let address = address(&node, &caller, May::Write, scope, document)?;
    let body = body.map_err(|_| Failure::too_slow())?;
    let body = body.map_err(|_| Failure::too_long(limits.request_bytes))?;
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(Failure::malformed(IN_BODY));
    }
    let writes: Writes =
        serde_json::from_slice(&body).map_err(|error| Failure::malformed(error.to_string()))?;
    let faults = writes.operations.iter().map(super::operations::Operation::fault);
    for (number, fault) in faults.enumerate() {
        if let Some(fault) = fault {
            return Err(Failure::malformed(fault).at(number));
        }
    }
    let until = Instant::now() + node.patience(writes.wait_ms);
    let left = || until.saturating_duration_since(Instant::now());
    let at = writes.at()?;
    if let Some(token) = &writes.token {
        let after = session::read(token, &address)?;
        let covered = node.engine.read(address.clone(), Some(after), left(), |_| ()).await;
        covered.map_err(|refusal| node.refused(&address, refusal))?;
    }
    let operations = writes.operations;
    let apply = move |tx: &mut Transaction<'_>| {
        operations.into_iter().try_for_each(|operation| operation.apply(tx))
    };
    let durable = writes.durability.into();
    let settled = node.engine.write_at(address.clone(), at, durable, left(), apply).await?;
    let Settled { token, is_durable_here, durable, missing, is_done } = settled;
    Ok(Json(json!({
        "token": session::write(&token, &address),
        "done": is_done,
        "durable": {"here": is_durable_here, "in": durable, "not_yet_in": missing},
    })))
}

/// How the other regions are doing, seen from here.
pub(super) async fn regions(_caller: Caller, State(node): State<Node>) -> Answer {
    let regions = node.engine.regions().await?;
    let told = regions.into_iter().map(|region| {
        let (sent, received) = node.peering(&region.name).map_or((0, 0), |peering| peering.bytes());
        json!({
            "region": region.name,
            "connected": region.is_connected,
            "unmet_documents": region.unmet,
            "bytes": {"sent": sent, "received": received},
            "lag": {
                "changes": region.positions,
                "bytes": region.bytes,
                "age_ms": u64::try_from(region.age.as_millis()).unwrap_or(u64::MAX),
                "level": match region.level {
                    // It may be anything of what was not asked yet.
                    Level::Fine if region.unmet > 0 => "unknown",
                    Level::Fine => "fine",
                    Level::Warn => "warning",
                    Level::Critical => "critical",
                },
            },
        })
    });
    Ok(Json(json!({"region": node.config.region, "regions": told.collect::<Vec<_>>()})))
}

impl Node {
    /// What is to be seen of a document, and the token of that.
    async fn show<T: Send + 'static>(
        &self,
        address: Address,
        when: Result<Query<When>, QueryRejection>,
        view: impl FnOnce(Shown<'_>) -> T + Send + 'static,
    ) -> Result<(T, String), Failure> {
        let Query(when) = when.map_err(|why| Failure::malformed(why.body_text()))?;
        let after = when.token.map(|token| session::read(&token, &address)).transpose()?;
        let patience = self.patience(when.wait_ms);
        let shown = move |shown: Shown<'_>| (view(shown), shown.token);
        let read = self.engine.read(address.clone(), after, patience, shown).await;
        let (seen, token) = read.map_err(|refusal| self.refused(&address, refusal))?;
        Ok((seen, session::write(&token, &address)))
    }

    fn refused(&self, address: &Address, refusal: Refusal) -> Failure {
        Failure::of(address, refusal).with_addresses(|region| self.address_of(region))
    }

    fn patience(&self, wait_ms: Option<u64>) -> Duration {
        let most_ms = self.config.limits.wait_ms;
        Duration::from_millis(wait_ms.unwrap_or(most_ms / 6).min(most_ms))
    }
}

/// A document that the caller may do that with.
pub(super) fn address(
    node: &Node,
    caller: &Caller,
    may: May,
    scope: String,
    document: String,
) -> Result<Address, Failure> {
    node.allow(caller, may, &scope)?;
    if !is_name(&document) {
        let rule = "take up to 64 letters, digits, hyphens and underscores";
        return Err(Failure::malformed(format!(
            "{document:?} cannot be a document's name: {rule}"
        )));
    }
    Ok(Address { scope, document })
}
