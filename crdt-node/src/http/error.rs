//! What is refused, and how that is said.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::session;
use crate::engine::Refusal;
use crate::store::Address;

/// Nothing was read or written. The body is `{"error": {"code": …, "message": …}}`; codes stay as they
/// are, messages are for people.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    body: Box<Body>,
}

#[derive(Debug, Serialize)]
struct Body {
    error: Detail,
}

#[derive(Debug, Serialize)]
struct Detail {
    code: &'static str,
    message: String,
    /// What this region has.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// How many changes this region lacks, up to what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<u64>,
    /// The region that gave it, and those that have said that they have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    has: Option<Vec<Place>>,
    /// If none has: the one that is connected and lacks the least of the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    least_lag: Option<Place>,
    /// Which of several operations it was, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<usize>,
}

/// A region, and where users reach it.
#[derive(Debug, Serialize)]
struct Place {
    region: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let error = Detail {
            code,
            message: message.into(),
            token: None,
            lag: None,
            has: None,
            least_lag: None,
            operation: None,
        };
        Self { status, body: Box::new(Body { error }) }
    }

    pub(super) fn at(mut self, operation: usize) -> Self {
        self.body.error.operation = Some(operation);
        self
    }

    /// Says what this region has, if it is not yet what was asked for.
    fn with_token(mut self, token: Option<String>) -> Self {
        self.body.error.token = token;
        self
    }

    /// Why a document is not shown or written.
    pub(super) fn of(address: &Address, refusal: Refusal) -> Self {
        let token = match &refusal {
            Refusal::NotYet { token: Some(token), .. } => Some(session::write(token, address)),
            _ => None,
        };
        Self::from(refusal).with_token(token)
    }

    /// Says where users reach the regions that it names.
    pub(super) fn with_addresses(mut self, address: impl Fn(&str) -> Option<String>) -> Self {
        let Detail { has, least_lag, .. } = &mut self.body.error;
        for place in has.iter_mut().flatten().chain(least_lag) {
            place.address = address(&place.region);
        }
        self
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    pub(super) fn other_document(of: &str, asked: &str) -> Self {
        let message = format!(
            "the token is of the document {of:?}, and this is {asked:?}: keep a token for each document"
        );
        Self::new(StatusCode::BAD_REQUEST, "other-document", message)
    }

    pub(super) fn unauthenticated() -> Self {
        let message = "show a token of this node: `Authorization: Bearer …`";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
    }

    pub(super) fn forbidden(scope: &str) -> Self {
        let message = format!("the token does not allow that in the scope {scope:?}");
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(super) fn no_such_scope(scope: &str) -> Self {
        let message = format!("there is no scope {scope:?} here for this token");
        Self::new(StatusCode::NOT_FOUND, "no-such-scope", message)
    }

    pub(super) fn no_such_name(name: &str) -> Self {
        let message = format!("the document has nothing under the name {name:?}");
        Self::new(StatusCode::NOT_FOUND, "no-such-name", message)
    }

    pub(super) fn no_such_path() -> Self {
        let message = "there is nothing at this path: see crdt-node/README.md";
        Self::new(StatusCode::NOT_FOUND, "no-such-path", message)
    }

    pub(super) fn no_such_method() -> Self {
        let message = "this path has no such method";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "no-such-method", message)
    }

    pub(super) fn too_long(most: usize) -> Self {
        let message = format!("the request is longer than {most} bytes: send it in parts");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-long", message)
    }

    pub(super) fn too_slow() -> Self {
        let message = "the request took too long to come: send it faster, or in parts";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too-slow", message)
    }

    pub(super) fn too_many_connections(most: usize) -> Self {
        let message = format!("there are {most} connections already: try again later");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-connections", message)
    }

    pub(super) fn no_such_region(region: &str) -> Self {
        let message = format!("no region {region:?} is configured here");
        Self::new(StatusCode::NOT_FOUND, "no-such-region", message)
    }

    pub(super) fn cut(region: &str) -> Self {
        let message = format!("the link to the region {region} is cut");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "cut", message)
    }

    pub(super) fn host(host: &str) -> Self {
        let message = format!(
            "{host:?} is no host of this node, which everybody on this machine may read and write: ask \
             for it by an IP address or as localhost, or configure a [[token]]"
        );
        Self::new(StatusCode::FORBIDDEN, "host", message)
    }

    pub(super) fn origin(origin: &str) -> Self {
        let message = format!("pages of {origin} may not connect: add it to `origins`");
        Self::new(StatusCode::FORBIDDEN, "origin", message)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = match refusal {
            Refusal::NoDocument => (StatusCode::NOT_FOUND, "no-such-document"),
            Refusal::TooManyDocuments { .. } => {
                (StatusCode::INSUFFICIENT_STORAGE, "too-many-documents")
            }
            Refusal::NotYet { .. } => (StatusCode::SERVICE_UNAVAILABLE, "not-yet"),
            Refusal::Write(_) => (StatusCode::UNPROCESSABLE_ENTITY, "refused"),
            Refusal::Replica(_) => (StatusCode::SERVICE_UNAVAILABLE, "clock"),
            Refusal::Linked { .. } => (StatusCode::CONFLICT, "connected-already"),
            Refusal::Stopped | Refusal::Failed => (StatusCode::SERVICE_UNAVAILABLE, "ending"),
        };
        let mut failure = Self::new(status, code, refusal.to_string());
        if let Refusal::NotYet { lag, has, least_lag, .. } = refusal {
            let place = |region| Place { region, address: None };
            let error = &mut failure.body.error;
            error.lag = lag;
            error.has = Some(has.into_iter().map(place).collect());
            error.least_lag = least_lag.map(place);
        }
        failure
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
