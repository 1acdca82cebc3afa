//! When regions hold what others held.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::supervisor::Failure;
use crate::supervisor::client::{Client, Unanswered};

/// How long a region may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until a region holds all that others hold now.
pub(super) fn catches_up(region: &Client, others: &[Client]) -> Result<(), Failure> {
    let wait = || {
        let mut held = Vec::new();
        for other in others {
            held.extend(tokens(other)?);
        }
        let deadline = Instant::now() + PATIENCE;
        for (path, token) in held {
            loop {
                let (status, told) = region.get(&format!("{path}?token={token}&wait_ms=5000"))?;
                if status == 200 {
                    break;
                }
                let is_late = Instant::now() > deadline;
                if is_late || told["error"]["code"] != json!("not-yet") {
                    return Err(Unanswered(format!("{path}: {told}")));
                }
            }
        }
        Ok(())
    };
    wait().map_err(|Unanswered(why)| Failure::new(format!("a region does not catch up: {why}")))
}

/// Waits until every region holds all that the others hold.
pub(super) fn all(regions: &[Client]) -> Result<(), Failure> {
    regions.iter().try_for_each(|region| catches_up(region, regions))
}

/// The token of each document that a region holds, with its path.
fn tokens(region: &Client) -> Result<Vec<(String, String)>, Unanswered> {
    let (_, listed) = region.get("/v1/documents")?;
    let documents = listed["documents"].as_array().into_iter().flatten();
    let paths = documents.filter_map(|one| {
        let (scope, document) = (one["scope"].as_str()?, one["document"].as_str()?);
        Some(format!("/v1/documents/{scope}/{document}"))
    });
    let token = |path: String| {
        let (_, read) = region.get(&path)?;
        let token = read["token"].as_str().map(String::from);
        token.map(|token| (path, token)).ok_or_else(|| Unanswered(Value::to_string(&read)))
    };
    paths.map(token).collect()
}
