//! What is answered is what the `OpenAPI` document says, and the other way round.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::error::Failure;
use super::{Node, OPENAPI, listen, router, routes};
use crate::config::{Access, Config, Peer, Scope, hash_of};
use crate::engine::{Refusal, Settings, Way, start};
use crate::store::Memory;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn openapi() -> Value {
    serde_json::from_str(OPENAPI).expect("is JSON")
}

/// What the document has at this place, references followed.
fn at<'a>(openapi: &'a Value, place: &'a Value) -> &'a Value {
    match place["$ref"].as_str() {
        Some(path) => openapi.pointer(path.trim_start_matches('#')).expect("is there"),
        None => place,
    }
}

/// Whether a value is what a schema of the document says.
fn is_valid(openapi: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let whole = json!({"allOf": [schema], "components": openapi["components"]});
    let validator = jsonschema::validator_for(&whole).expect("is a schema");
    validator.validate(value).map_err(|why| format!("{value}: {why}"))
}

fn operations(openapi: &Value) -> BTreeSet<(String, String)> {
    let paths = openapi["paths"].as_object().expect("has paths").iter();
    let all = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("has methods").keys();
        let methods = methods.filter(|method| METHODS.contains(&method.as_str()));
        methods.map(|method| (method.clone(), path.clone()))
    });
    all.collect()
}

/// A node that is asked, and whose answers are compared with the document.
struct Asked {
    openapi: Value,
    node: Node,
    /// The codes of the errors that were answered.
    codes: BTreeSet<String>,
    /// What was answered without one.
    done: BTreeSet<(String, String)>,
}

impl Asked {
    fn new(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new("eu", ([127, 0, 0, 1], 0).into());
        config.peers = vec![Peer::new("us")];
        change(&mut config);
        let most_documents = config.limits.documents;
        let settings =
            Settings { members: config.members(), most_documents, ..Settings::new("eu") };
        let (engine, _) = start(settings, Arc::new(Memory::new())).expect("starts");
        let node = Node::new(engine, config);
        Self { openapi: openapi(), node, codes: BTreeSet::new(), done: BTreeSet::new() }
    }

    /// What the document says of an answer to that.
    fn check(&mut self, method: &str, path: &str, status: StatusCode, body: &Value) {
        let asked = &self.openapi["paths"][path][method];
        let documented = &asked["responses"][status.as_str()];
        assert!(!documented.is_null(), "{method} {path} answers {status}: {body}");
        let schema = &at(&self.openapi, documented)["content"]["application/json"]["schema"];
        if schema.is_null() {
            assert!(body.is_null(), "{method} {path} answers {body}");
        } else {
            is_valid(&self.openapi, schema, body).unwrap_or_else(|why| panic!("{path}: {why}"));
        }
        if let Some(code) = body["error"]["code"].as_str() {
            self.codes.insert(code.into());
        } else {
            self.done.insert((method.into(), path.into()));
        }
    }

    /// Asks, and says with which code that was refused, if it was.
    async fn ask(&mut self, method: &str, path: &str, filled: &str, body: Body) -> Option<String> {
        self.ask_as(None, method, path, filled, body).await
    }

    /// Asks for a `WebSocket`, and says with which code that was refused, if it was.
    async fn connect(&mut self, path: &str, filled: &str) -> Option<String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("has one");
        let served = tokio::spawn(listen(listener, None, self.node.clone()));
        let mut stream = TcpStream::connect(address).await.expect("connects");
        let request = format!(
            "GET {filled} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("writes");
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("ends").expect("reads");
        served.abort();
        let (head, body) = answer.split_once("\r\n\r\n").expect("has a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let body: Value = serde_json::from_str(body).expect("is JSON");
        self.check("get", path, status.expect("a status"), &body);
        body["error"]["code"].as_str().map(Into::into)
    }

    async fn ask_as(
        &mut self,
        token: Option<&str>,
        method: &str,
        path: &str,
        filled: &str,
        body: Body,
    ) -> Option<String> {
        let mut request = Request::builder().method(method.to_uppercase().as_str()).uri(filled);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
            request = request.header("origin", "https://evil.example");
        }
        let request = request.body(body).expect("a request");
        let answer = router(self.node.clone()).oneshot(request).await.expect("answers");
        let (status, body) = content(answer).await;
        self.check(method, path, status, &body);
        body["error"]["code"].as_str().map(Into::into)
    }
}

async fn content(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("ends");
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

const LIST: &str = "/v1/documents";
const DOCUMENT: &str = "/v1/documents/{scope}/{document}";
const NAME: &str = "/v1/documents/{scope}/{document}/{name}";
const SYNC: &str = "/v1/sync/{scope}/{document}";
const REGION: &str = "/v1/regions/{region}/sync";
const CART: &str = "/v1/documents/global/cart";

#[test]
fn every_route_is_in_the_document_and_the_other_way_round() {
    let openapi = openapi();
    let routes = routes().map(|(method, path, _)| (method.to_owned(), path.to_owned()));
    assert_eq!(operations(&openapi), routes.into());
    for (method, path) in operations(&openapi) {
        let own = &openapi["paths"][&path][&method]["parameters"];
        let parameters = [&openapi["paths"][&path]["parameters"], own];
        let parameters = parameters.into_iter().filter_map(Value::as_array).flatten();
        let named = parameters.map(|parameter| at(&openapi, parameter));
        let named = named.filter(|parameter| parameter["in"] == json!("path"));
        let named: BTreeSet<_> = named.filter_map(|parameter| parameter["name"].as_str()).collect();
        let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        assert_eq!(named, parts.collect(), "{path}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_in_the_document_is_refused() {
    let asked = Asked::new(|_| {});
    let operations = operations(&asked.openapi);
    let response = asked.openapi["components"]["responses"]["NoSuchMethod"].clone();
    for (_, path) in &operations {
        for method in METHODS {
            if operations.contains(&(method.into(), path.clone())) {
                continue;
            }
            let filled = path.replace(['{', '}'], "");
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(filled);
            let request = request.body(Body::empty()).expect("a request");
            let answer = router(asked.node.clone()).oneshot(request).await.expect("answers");
            let (status, body) = content(answer).await;
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            let schema = &response["content"]["application/json"]["schema"];
            is_valid(&asked.openapi, schema, &body).expect("is as documented");
        }
    }
}

/// Requests to write: those that are right, and those that are malformed.
fn writes() -> (Vec<Value>, Vec<Value>) {
    let right = vec![
        json!({"operations": []}),
        json!({"operations": [
            {"op": "counter.increment", "name": "likes", "by": u64::MAX},
            {"op": "pn_counter.increment", "name": "stock", "by": 1},
            {"op": "pn_counter.decrement", "name": "stock", "by": 2},
            {"op": "pn_counter.reset", "name": "unread"},
            {"op": "g_set.add", "name": "log", "values": ["seen"]},
            {"op": "set.add", "name": "cart",
             "values": ["a", 1, 2.5, null, true, {"bytes": "00ff"}, {"float": "NaN"}]},
            {"op": "set.remove", "name": "cart", "values": [1]},
            {"op": "set.clear", "name": "old"},
            {"op": "register.set", "name": "title", "value": "Shopping"},
            {"op": "register.clear", "name": "old"},
            {"op": "mv_register.set", "name": "address", "value": {"bytes": ""}},
            {"op": "mv_register.clear", "name": "old"},
            {"op": "remove", "name": "old"},
            {"op": "remove_kind", "name": "old", "kind": "set"}
        ], "durability": "local", "wait_ms": 100}),
        json!({"operations": [], "durability": "1", "wait_ms": 0}),
        json!({"operations": [], "durability": "all", "wait_ms": 0}),
        json!({"operations": [], "token": null}),
    ];
    let one = |operation: Value| json!({"operations": [operation]});
    let malformed = vec![
        json!({}),
        json!([]),
        json!({"operations": [], "more": 1}),
        json!({"operations": [], "durability": "2"}),
        json!({"operations": [], "token": "x"}),
        json!({"operations": [], "wait_ms": -1}),
        json!({"operations": [], "wait_ms": "1"}),
        one(json!({"op": "set.grow", "name": "x"})),
        one(json!({"op": "set.add", "name": "x"})),
        one(json!({"op": "set.add", "name": "x", "values": [], "by": 1})),
        one(json!({"op": "set.add", "name": 1, "values": []})),
        one(json!({"op": "set.add", "name": "x", "values": [[]]})),
        one(json!({"op": "set.add", "name": "x", "values": [{"bytes": "0"}]})),
        one(json!({"op": "counter.increment", "name": "x", "by": -1})),
        one(json!({"op": "counter.increment", "name": "x", "by": 0.5})),
        one(json!({"op": "remove_kind", "name": "x", "kind": "tree"})),
    ];
    (right, malformed)
}

#[tokio::test]
async fn requests_and_answers_are_as_the_document_says() {
    let mut asked = Asked::new(|config| {
        config.limits.documents = 1;
        config.limits.request_bytes = 2_000;
        config.limits.slow_ms = 50;
    });
    let body = || Body::empty();
    for path in ["/healthz", "/readyz", "/metrics", "/v1/openapi.json", LIST, "/v1/regions"] {
        assert_eq!(asked.ask("get", path, path, body()).await, None, "{path}");
    }
    let refused = asked.ask("get", DOCUMENT, CART, body()).await;
    assert_eq!(refused.as_deref(), Some("no-such-document"));
    let schema = json!({"$ref": "#/components/schemas/Write"});
    let (right, malformed) = writes();
    for write in &right {
        is_valid(&asked.openapi, &schema, write).expect("is documented");
        let refused = asked.ask("post", DOCUMENT, CART, write.to_string().into()).await;
        assert_eq!(refused, None, "{write}");
    }
    for write in &malformed {
        assert!(is_valid(&asked.openapi, &schema, write).is_err(), "{write}");
        let refused = asked.ask("post", DOCUMENT, CART, write.to_string().into()).await;
        assert_eq!(refused.as_deref(), Some("malformed"), "{write}");
    }
    assert_eq!(asked.ask("get", DOCUMENT, CART, body()).await, None);
    assert_eq!(asked.ask("get", NAME, &format!("{CART}/likes"), body()).await, None);
    assert_eq!(asked.ask("get", LIST, LIST, body()).await, None);

    let more = json!({"operations": [{"op": "counter.increment", "name": "likes", "by": 1}]});
    let twice = json!({"operations": [{"op": "counter.increment", "name": "likes", "by": u64::MAX},
        {"op": "counter.increment", "name": "likes", "by": u64::MAX}]});
    let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
    for (method, path, filled, body, code) in [
        ("post", DOCUMENT, CART, twice.to_string().into(), "refused"),
        (
            "post",
            DOCUMENT,
            "/v1/documents/global/more",
            more.to_string().into(),
            "too-many-documents",
        ),
        ("post", DOCUMENT, CART, "x".repeat(2_001).into(), "too-long"),
        ("post", DOCUMENT, CART, Body::from_stream(never), "too-slow"),
        ("get", DOCUMENT, "/v1/documents/mars/cart", body(), "no-such-scope"),
        ("get", DOCUMENT, "/v1/documents/global/cart?token=x", body(), "malformed"),
        ("get", NAME, "/v1/documents/global/cart/nothing", body(), "no-such-name"),
        (
            "get",
            DOCUMENT,
            "/v1/documents/global/cart?token=0000000000000001-7@global/orders",
            body(),
            "other-document",
        ),
        (
            "get",
            DOCUMENT,
            "/v1/documents/global/cart?token=0000000000000001-7&wait_ms=1",
            body(),
            "not-yet",
        ),
        ("get", SYNC, "/v1/sync/global/cart", body(), "malformed"),
        ("get", REGION, "/v1/regions/mars/sync", body(), "no-such-region"),
        ("get", REGION, "/v1/regions/us/sync", body(), "malformed"),
    ] {
        let refused = asked.ask(method, path, filled, body).await;
        assert_eq!(refused.as_deref(), Some(code), "{filled}");
    }
    let link = asked.node.engine.link_region("us".into(), vec![], Way::Dialed);
    let _link = link.await.expect("connects");
    for (path, filled, code) in [
        (SYNC, "/v1/sync/global/more", "too-many-documents"),
        (REGION, "/v1/regions/us/sync", "connected-already"),
    ] {
        assert_eq!(asked.connect(path, filled).await.as_deref(), Some(code), "{filled}");
    }

    asked.tokens().await;
    asked.elsewhere().await;
    asked.node.engine.end().await;
    assert_eq!(asked.ask("get", DOCUMENT, CART, body()).await.as_deref(), Some("ending"));

    // Nothing is documented that is never answered.
    let codes = asked.openapi["components"]["schemas"]["Failure"]["properties"]["error"]
        ["properties"]["code"]["enum"]
        .as_array()
        .expect("are listed");
    let codes: BTreeSet<_> = codes.iter().filter_map(Value::as_str).map(Into::into).collect();
    assert_eq!(asked.codes, codes);
    let sockets = [SYNC, REGION].map(|path| ("get".to_owned(), path.to_owned()));
    let mut all = operations(&asked.openapi);
    all.retain(|operation| !sockets.contains(operation));
    assert_eq!(asked.done, all);
}

impl Asked {
    /// A node that wants tokens.
    async fn tokens(&mut self) {
        let access = |token, rest: Value| -> Access {
            let mut access = json!({"hash": hash_of(token)});
            let rest = rest.as_object().cloned().unwrap_or_default();
            access.as_object_mut().expect("one").extend(rest);
            serde_json::from_value(access).expect("an access")
        };
        let mut other = Self::new(|config| {
            config.scopes = [("global".into(), Scope::default())].into();
            config.tokens = vec![
                access("reader", json!({"may": "read"})),
                access("writer", json!({"may": "write"})),
                access("none", json!({"scopes": []})),
            ];
        });
        let write = || Body::from(json!({"operations": []}).to_string());
        for (token, method, path, filled, code) in [
            (None, "get", LIST, LIST, "unauthenticated"),
            (None, "get", "/metrics", "/metrics", "unauthenticated"),
            (None, "get", NAME, "/v1/documents/global/cart/likes", "unauthenticated"),
            (Some("writer"), "post", DOCUMENT, CART, "origin"),
            (Some("reader"), "get", SYNC, "/v1/sync/global/cart", "forbidden"),
            (Some("none"), "get", "/metrics", "/metrics", "forbidden"),
            (Some("writer"), "get", SYNC, "/v1/sync/global/cart", "origin"),
        ] {
            let refused = other.ask_as(token, method, path, filled, write()).await;
            assert_eq!(refused.as_deref(), Some(code), "{path}");
        }
        self.codes.append(&mut other.codes);
    }

    /// What is answered whatever was asked, or cannot be brought about from outside.
    async fn elsewhere(&mut self) {
        let request = Request::get("/v2").body(Body::empty()).expect("a request");
        let answer = router(self.node.clone()).oneshot(request).await.expect("answers");
        let (status, body) = content(answer).await;
        assert_eq!(body["error"]["code"], json!("no-such-path"));
        self.check("get", DOCUMENT, status, &body);
        self.codes.insert("no-such-method".into());

        let request = Request::post(CART).header("host", "evil.example");
        let request = request.body(Body::empty()).expect("a request");
        let answer = router(self.node.clone()).oneshot(request).await.expect("answers");
        let (status, body) = content(answer).await;
        assert_eq!(body["error"]["code"], json!("host"));
        self.check("post", DOCUMENT, status, &body);

        let clock = Refusal::Replica(crdt_sync::WriteError::Closed);
        let (status, body) = content(Failure::from(clock).into_response()).await;
        self.check("post", DOCUMENT, status, &body);

        let full = Self::new(|config| config.limits.connections = 0);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("has one");
        let served = tokio::spawn(listen(listener, None, full.node));
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .expect("writes");
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        tokio::time::timeout(Duration::from_secs(20), read).await.expect("ends").expect("reads");
        served.abort();
        let body = answer.split_once("\r\n\r\n").expect("has a body").1;
        let body = serde_json::from_str(body).expect("is JSON");
        self.check("get", "/healthz", StatusCode::SERVICE_UNAVAILABLE, &body);
    }
}
