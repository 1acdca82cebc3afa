//! What a region is asked over HTTP, and what it answers.

use std::net::SocketAddr;
use std::time::Duration;

use crdt_sync::Token;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use super::document;
use crate::operations::{Operation, Reading};

/// How long a region may take to answer. A busy disk takes seconds, never this.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// For how long one request waits for a token.
const TOKEN_WAIT_MS: u64 = 5_000;

/// How long an answer is at most, in bytes.
const LONGEST: u64 = 256 << 20;

/// The document that the regions of a run share.
const DOCUMENT: &str = "/v1/documents/global/demo";
const SEEN: &str = "/supervised/documents/global/demo";

/// What a supervisor asks of a region. Asking twice is as good as once.
#[derive(Clone, Debug)]
pub(super) enum Request {
    /// That the document be there, so that it is known who lacks what of it.
    Make,
    /// The operation of this number of the region's part, from 1. One that is applied is not applied
    /// again.
    Apply { number: u64, operation: Operation },
    /// Where another region is to be dialed, if it is, and whether the two are cut: then no byte passes
    /// from the answer on.
    Link { peer: String, url: Option<String>, is_cut: bool },
    /// How the region stands.
    Status,
    /// What it reads.
    Values,
}

/// What a region answers.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Done,
    /// An operation is applied, durably. The token stands for it elsewhere.
    Written(Token),
    Status(Status),
    Values(Values),
    /// The request could not be carried out, and nothing was changed.
    Refused(String),
}

/// How a region stands.
#[derive(Clone, Debug)]
pub(super) struct Status {
    /// The id under which it writes.
    pub(super) replica: String,
    /// Equal for equal states.
    pub(super) fingerprint: u128,
    /// How each other region stands, seen from this one.
    pub(super) peers: Vec<(String, Standing)>,
    /// The same as the region told it.
    pub(super) told: Value,
}

/// How another region stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    /// The bytes sent to it since this start.
    pub(super) sent: u64,
    /// How far behind it is; `None` when it has not been met.
    pub(super) behind: Option<Behind>,
}

/// How far behind a region is, as far as it has said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind {
    /// How many changes it has not durably taken in.
    pub(super) changes: u64,
    /// The bytes of them.
    pub(super) bytes: u64,
    /// How long the oldest of them has been there, in milliseconds.
    pub(super) age_ms: u64,
}

/// What a region reads.
#[derive(Clone, Debug)]
pub(super) struct Values {
    pub(super) readings: Vec<Reading>,
    /// How many operations of its part it has applied.
    pub(super) applied: u64,
}

/// The region could not be asked: it has died, or does not answer.
#[derive(Clone, Debug)]
pub(super) struct Unanswered(pub(super) String);

/// Asks one process of a region.
#[derive(Clone, Debug)]
pub(super) struct Client {
    region: String,
    base: String,
    agent: Agent,
}

/// What was answered: the status, and the body.
type Answered = (u16, Value);

impl Client {
    pub(super) fn new(region: &str, address: SocketAddr) -> Self {
        let agent = Agent::config_builder().timeout_global(Some(PATIENCE));
        let agent = agent.http_status_as_error(false).proxy(None).build().into();
        Self { region: region.into(), base: format!("http://{address}"), agent }
    }

    /// Where it is.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&self, request: &Request) -> Result<Answer, Unanswered> {
        match request {
            Request::Make => {
                let answered = self.post(DOCUMENT, &json!({"operations": []}))?;
                Ok(refusal(&answered).unwrap_or(Answer::Done))
            }
            Request::Apply { number, operation } => self.apply(*number, operation),
            Request::Link { peer, url, is_cut } => {
                let put = self.agent.put(format!("{}/supervised/links/{peer}", self.base));
                let put = put.header("content-type", "application/json");
                let body = json!({"url": url, "cut": is_cut}).to_string();
                let answered = read(put.send(body))?;
                Ok(refusal(&answered).unwrap_or(Answer::Done))
            }
            Request::Status => {
                let (seen, regions) = (self.get(SEEN)?, self.get("/v1/regions")?);
                let refused = refusal(&seen).or_else(|| refusal(&regions));
                refused.map_or_else(|| status(&seen.1, &regions.1), Ok)
            }
            Request::Values => {
                let read = self.get(DOCUMENT)?;
                let values = || Answer::Values(document::values(&read.1["values"], &self.region));
                Ok(refusal(&read).unwrap_or_else(values))
            }
        }
    }

    /// How many were applied before is in the document, and grows in the same transaction.
    fn apply(&self, number: u64, operation: &Operation) -> Result<Answer, Unanswered> {
        let before = self.get(DOCUMENT)?;
        if let Some(refused) = refusal(&before) {
            return Ok(refused);
        }
        let applied = document::values(&before.1["values"], &self.region).applied;
        if applied >= number {
            return token(&before.1).map(Answer::Written);
        }
        if applied + 1 != number {
            let next = applied + 1;
            return Ok(Answer::Refused(format!(
                "operation {number} came where {next} was expected"
            )));
        }
        let written = self.post(DOCUMENT, &document::write(operation, &self.region))?;
        if let Some(refused) = refusal(&written) {
            return Ok(refused);
        }
        if written.1["durable"]["here"] != json!(true) {
            return Err(Unanswered("its disk has not taken the operation".into()));
        }
        token(&written.1).map(Answer::Written)
    }

    /// Whether the region covers a token; waits for that a while.
    pub(super) fn covers(&self, token: Token) -> Result<bool, Unanswered> {
        let wait = format!("{DOCUMENT}?token={token}&wait_ms={TOKEN_WAIT_MS}");
        match self.get(&wait)? {
            (200, _) => Ok(true),
            (_, body) if body["error"]["code"] == json!("not-yet") => Ok(false),
            (status, body) => Err(Unanswered(format!("{status} {body}"))),
        }
    }

    pub(super) fn get(&self, path: &str) -> Result<Answered, Unanswered> {
        read(self.agent.get(format!("{}{path}", self.base)).call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Answered, Unanswered> {
        let post = self.agent.post(format!("{}{path}", self.base));
        read(post.header("content-type", "application/json").send(body.to_string()))
    }
}

fn read(response: Result<Response<ureq::Body>, ureq::Error>) -> Result<Answered, Unanswered> {
    let unanswered = |error: ureq::Error| Unanswered(error.to_string());
    let mut response = response.map_err(unanswered)?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(LONGEST).read_to_vec();
    answered(status, &body.map_err(unanswered)?)
}

/// What a region has answered; one that is ending has not, and is asked again when it is back.
fn answered(status: u16, body: &[u8]) -> Result<Answered, Unanswered> {
    let body: Value =
        serde_json::from_slice(body).map_err(|error| Unanswered(error.to_string()))?;
    if body["error"]["code"] == json!("ending") {
        return Err(Unanswered(format!("it is ending: {body}")));
    }
    Ok((status, body))
}

fn refusal((status, body): &Answered) -> Option<Answer> {
    let why = body["error"]["message"].as_str();
    (*status != 200).then(|| Answer::Refused(why.unwrap_or("without a reason").into()))
}

fn token(body: &Value) -> Result<Token, Unanswered> {
    // Behind it stands which document it is of.
    let token = body["token"].as_str().and_then(|token| token.split('@').next()?.parse().ok());
    token.ok_or_else(|| Unanswered(format!("there is no token in {body}")))
}

fn status(seen: &Value, regions: &Value) -> Result<Answer, Unanswered> {
    let told = || {
        let fingerprint = u128::from_str_radix(seen["fingerprint"].as_str()?, 16).ok()?;
        let peers = regions["regions"].as_array()?.iter().map(standing);
        let replica = seen["replica"].as_str()?.into();
        let (peers, told) = (peers.collect::<Option<_>>()?, regions["regions"].clone());
        Some(Answer::Status(Status { replica, fingerprint, peers, told }))
    };
    told().ok_or_else(|| Unanswered(format!("this says nothing of regions: {seen} {regions}")))
}

fn standing(region: &Value) -> Option<(String, Standing)> {
    let lag = |what: &str| region["lag"][what].as_u64();
    let behind = Behind { changes: lag("changes")?, bytes: lag("bytes")?, age_ms: lag("age_ms")? };
    let is_met = region["unmet_documents"].as_u64()? == 0;
    let sent = region["bytes"]["sent"].as_u64()?;
    Some((region["region"].as_str()?.into(), Standing { sent, behind: is_met.then_some(behind) }))
}

#[cfg(test)]
mod tests {
    use super::answered;

    /// A region that was ended by hand answered `ending` to a look at it, and the demo ended with it.
    #[test]
    fn a_region_that_is_ending_is_asked_again() {
        assert!(answered(503, br#"{"error": {"code": "ending", "message": "..."}}"#).is_err());
        assert!(answered(404, br#"{"error": {"code": "no-such-document"}}"#).is_ok());
        assert!(answered(200, b"{}").is_ok());
        assert!(answered(200, b"").is_err());
    }
}
