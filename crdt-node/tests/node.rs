//! Nodes as their users meet them: HTTP, and regions that are connected over loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use crdt_node::config::{Config, Peer, Scope, hash_of};
use crdt_node::engine::{Settings, start};
use crdt_node::http::{Node, dial, router};
use crdt_node::metrics;
use crdt_node::store::{Memory, Store};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::ServiceExt;

const CART: &str = "/v1/documents/global/cart";

/// A region that listens, until it is dropped.
struct Region {
    name: &'static str,
    address: SocketAddr,
    router: Router,
    node: Node,
    tasks: Vec<JoinHandle<()>>,
}

impl Region {
    async fn start(name: &'static str, others: &[&str], change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("has one");
        let mut config = Config::new(name, address);
        let peer = |region: &&str| Peer::new(*region);
        config.peers = others.iter().map(peer).collect();
        change(&mut config);
        config.check(false).expect("is right");
        let settings = Settings { members: config.members(), ..Settings::new(name) };
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let (engine, _) = start(settings, Arc::clone(&store)).expect("starts");
        let watched = tokio::spawn(metrics::watch(engine.clone(), store));
        let node = Node::new(engine, config);
        let router = router(node.clone());
        let served = router.clone();
        let task =
            tokio::spawn(async move { axum::serve(listener, served).await.expect("serves") });
        Self { name, address, router, node, tasks: vec![task, watched] }
    }

    fn dial(&mut self, other: &Self, token: Option<&str>) {
        let url = Some(format!("ws://{}", other.address));
        let peer = Peer { url, token: token.map(Into::into), ..Peer::new(other.name) };
        self.tasks.push(tokio::spawn(dial(self.node.clone(), peer)));
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.expect("answers");
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("ends");
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// What is measured, once all of these lines are there.
    async fn measured(&self, lines: &[&str]) -> String {
        let begun = Instant::now();
        loop {
            let request = Request::get("/metrics").body(Body::empty()).expect("a request");
            let response = self.router.clone().oneshot(request).await.expect("answers");
            let body = to_bytes(response.into_body(), 1 << 20).await.expect("ends");
            let text = String::from_utf8(body.into()).expect("a text");
            let missing = lines.iter().find(|line| !text.lines().any(|found| found == **line));
            let Some(missing) = missing else { return text };
            assert!(begun.elapsed() < Duration::from_secs(20), "{missing} is not in\n{text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.ask(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, path: &str, body: impl ToString) -> (StatusCode, Value) {
        self.ask(Request::post(path).body(body.to_string().into()).expect("a request")).await
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn add(value: impl Into<Value>) -> Value {
    json!({"operations": [{"op": "set.add", "name": "cart", "values": [value.into()]}]})
}

#[tokio::test]
async fn a_document_is_written_and_read() {
    let region = Region::start("eu", &[], |_| {}).await;
    assert_eq!(region.get("/readyz").await.0, StatusCode::OK);
    let missing = region.get(CART).await;
    assert_eq!(
        (missing.0, &missing.1["error"]["code"]),
        (StatusCode::NOT_FOUND, &json!("no-such-document"))
    );
    let operations = json!({"operations": [
        {"op": "counter.increment", "name": "likes", "by": 3},
        {"op": "pn_counter.decrement", "name": "stock", "by": 2},
        {"op": "set.add", "name": "cart", "values": ["apple", 1, 2.5, null, true, {"bytes": "00ff"}]},
        {"op": "set.remove", "name": "cart", "values": [null]},
        {"op": "g_set.add", "name": "log", "values": ["seen"]},
        {"op": "register.set", "name": "title", "value": "Shopping"},
        {"op": "mv_register.set", "name": "address", "value": "Main St 1"}
    ]});
    let (status, written) = region.post(CART, operations).await;
    assert_eq!(status, StatusCode::OK, "{written}");
    assert_eq!(written["durable"], json!({"here": true, "in": [], "not_yet_in": []}));
    let (status, read) = region.get(CART).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(read["values"]["likes"], json!({"counter": 3}));
    assert_eq!(read["values"]["stock"], json!({"pn_counter": -2}));
    let cart = &read["values"]["cart"]["set"];
    assert_eq!(cart.as_array().map(Vec::len), Some(5), "{cart}");
    assert_eq!(read["values"]["address"], json!({"mv_register": ["Main St 1"]}));
    let (_, title) = region.get(&format!("{CART}/title")).await;
    assert_eq!(title["value"], json!({"register": "Shopping"}));
    assert_eq!(region.get(&format!("{CART}/nothing")).await.0, StatusCode::NOT_FOUND);
    let (_, listed) = region.get("/v1/documents").await;
    assert_eq!(listed, json!({"documents": [{"scope": "global", "document": "cart"}]}));
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_code_and_changes_nothing() {
    let region = Region::start("eu", &[], |config| config.limits.request_bytes = 1_024).await;
    region.post(CART, add(1)).await;
    let before = region.get(CART).await;
    let half = json!({"operations": [
        {"op": "counter.increment", "name": "likes", "by": 1},
        {"op": "counter.increment", "name": "likes", "by": u64::MAX},
    ]});
    let unknown = json!({"operations": [{"op": "set.add", "name": "x", "values": [], "more": 1}]});
    let kind = json!({"operations": [{"op": "remove_kind", "name": "x", "kind": "tree"}]});
    for (body, status, code) in [
        ("{".into(), StatusCode::BAD_REQUEST, "malformed"),
        (unknown.to_string(), StatusCode::BAD_REQUEST, "malformed"),
        (kind.to_string(), StatusCode::BAD_REQUEST, "malformed"),
        (add("x".repeat(2_000)).to_string(), StatusCode::PAYLOAD_TOO_LARGE, "too-long"),
        (half.to_string(), StatusCode::UNPROCESSABLE_ENTITY, "refused"),
    ] {
        let refused = region.post(CART, &body).await;
        assert_eq!((refused.0, &refused.1["error"]["code"]), (status, &json!(code)), "{body}");
    }
    for (path, status, code) in [
        ("/v1/documents/mars/cart", StatusCode::NOT_FOUND, "no-such-scope"),
        ("/v1/documents/global/a%2Fb", StatusCode::BAD_REQUEST, "malformed"),
        ("/v1/documents/global/cart?token=x", StatusCode::BAD_REQUEST, "malformed"),
        ("/v1/documents/global/cart?tokn=x", StatusCode::BAD_REQUEST, "malformed"),
        ("/v2", StatusCode::NOT_FOUND, "no-such-path"),
    ] {
        let refused = region.get(path).await;
        assert_eq!((refused.0, &refused.1["error"]["code"]), (status, &json!(code)), "{path}");
    }
    assert_eq!(region.get(CART).await, before);
}

#[tokio::test]
async fn registers_count_as_of_when_they_were_written_if_that_is_said() {
    let us = Region::start("us", &["eu"], |_| {}).await;
    let mut eu = Region::start("eu", &["us"], |_| {}).await;
    let title = |title: &str, at_ms: u64| {
        let operation = json!({"op": "register.set", "name": "title", "value": title});
        json!({"operations": [operation], "at_ms": at_ms})
    };
    assert_eq!(us.post(CART, title("later", 2_000)).await.0, StatusCode::OK);
    let (_, earlier) = eu.post(CART, title("earlier", 1_000)).await;
    for at_ms in [99_999_999_999_999, u64::MAX] {
        let (status, refused) = us.post(CART, title("ahead", at_ms)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let message = refused["error"]["message"].as_str().expect("a message");
        assert!(message.contains("more than a minute in the future"), "{message}");
    }
    eu.dial(&us, None);
    let token = earlier["token"].as_str().expect("a token");
    let (_, read) = us.get(&format!("{CART}/title?token={token}")).await;
    assert_eq!(read["value"], json!({"register": "later"}));
}

#[tokio::test]
async fn a_conflict_is_resolved_and_nothing_is_written_where_there_is_none() {
    let region = Region::start("eu", &[], |_| {}).await;
    let operation = |op: &str, value: &str| json!({"operations": [{"op": op, "name": "address", "value": value}]});
    region.post(CART, operation("mv_register.set", "Main St 1")).await;
    region.post(CART, operation("mv_register.resolve", "High St 2")).await;
    let (_, read) = region.get(&format!("{CART}/address")).await;
    assert_eq!(read["value"], json!({"mv_register": ["Main St 1"]}));
}

#[tokio::test]
async fn regions_that_dial_each_other_converge_and_tell_where_a_write_is_durable() {
    let address = Some("https://eu.example".into());
    let us = Region::start("us", &["eu"], |config| config.peers[0].address = address).await;
    let mut eu = Region::start("eu", &["us"], |_| {}).await;
    let (_, alone) = eu
        .post(CART, json!({"operations": add(1)["operations"], "durability": "all", "wait_ms": 20}))
        .await;
    assert_eq!((&alone["done"], &alone["durable"]["not_yet_in"]), (&json!(false), &json!(["us"])));
    eu.dial(&us, None);
    let all = json!({"operations": add(2)["operations"], "durability": "all"});
    let (_, written) = eu.post(CART, all).await;
    assert_eq!((&written["done"], &written["durable"]["in"]), (&json!(true), &json!(["us"])));
    let token = written["token"].as_str().expect("a token");
    let (status, read) = us.get(&format!("{CART}?token={token}")).await;
    assert_eq!((status, &read["values"]["cart"]), (StatusCode::OK, &json!({"set": [1, 2]})));
    let (_, regions) = eu.get("/v1/regions").await;
    assert_eq!(regions["regions"][0]["connected"], json!(true));
    let not_yet = us.get(&format!("{CART}?token=0000000000000001-7&wait_ms=10")).await;
    assert_eq!(
        (not_yet.0, &not_yet.1["error"]["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("not-yet"))
    );
    assert!(not_yet.1["error"]["token"].is_string());
    let (lag, place) = (&not_yet.1["error"]["lag"], &not_yet.1["error"]["least_lag"]);
    assert_eq!(
        (lag, place),
        (&json!(null), &json!({"region": "eu", "address": "https://eu.example"}))
    );
}

/// A page whose own name resolved to this machine read and wrote what everybody on it may.
#[tokio::test]
async fn a_page_that_names_this_machine_as_its_own_host_is_refused() {
    let region = Region::start("eu", &[], |_| {}).await;
    let ask = async |region: &Region, host: &str| {
        let request = Request::post(CART).header("host", host);
        let request = request.header("origin", format!("http://{host}"));
        region.ask(request.body(add(1).to_string().into()).expect("a request")).await
    };
    for host in
        ["evil.example:7801", "evil.example", "localhost.evil.example", "127.0.0.1.evil", ""]
    {
        let (status, refused) = ask(&region, host).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (StatusCode::FORBIDDEN, &json!("host")),
            "{host}"
        );
    }
    assert_eq!(region.get(CART).await.0, StatusCode::NOT_FOUND, "nothing was written");
    for host in ["127.0.0.1:7801", "localhost:7801", "localhost", "[::1]:7801", "10.0.0.5"] {
        assert_eq!(ask(&region, host).await.0, StatusCode::OK, "{host}");
    }
    // Who has to show a token may call it as they like.
    let access = json!({"hash": hash_of("writer"), "may": "write"});
    let access = serde_json::from_value(access).expect("an access");
    let named = Region::start("eu", &[], |config| config.tokens = vec![access]).await;
    assert_eq!(ask(&named, "eu.example").await.0, StatusCode::UNAUTHORIZED);
}

/// A region that was reached over its `url` alone, or that had dialed, was named without an address.
#[tokio::test]
async fn regions_tell_each_other_where_users_reach_them() {
    let address = "https://us.example";
    let us = Region::start("us", &["eu"], |config| config.address = Some(address.into())).await;
    let mut eu = Region::start("eu", &["us"], |_| {}).await;
    eu.dial(&us, None);
    let all = json!({"operations": add(1)["operations"], "durability": "all"});
    assert_eq!(eu.post(CART, all).await.1["done"], json!(true));
    let told = async |region: &Region| {
        let path = format!("{CART}?token=0000000000000001-7&wait_ms=1");
        region.get(&path).await.1["error"]["least_lag"].clone()
    };
    assert_eq!(told(&eu).await, json!({"region": "us", "address": address}));
    let listens = format!("http://{}", eu.address);
    assert_eq!(told(&us).await, json!({"region": "eu", "address": listens}));
}

/// Whatever was asked of that path made the document, and its place among those that there may be.
#[tokio::test]
async fn what_is_no_web_socket_makes_no_document() {
    let region = Region::start("eu", &[], |_| {}).await;
    let (status, _) = region.get("/v1/sync/global/newdoc").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(region.get("/v1/documents").await.1, json!({"documents": []}));
}

/// A write said on its query how durable it has to be, and nobody heard it.
#[tokio::test]
async fn what_a_write_says_on_its_query_is_refused() {
    let region = Region::start("eu", &[], |_| {}).await;
    for query in ["durability=all", "token=0000000000000001-7", "x"] {
        let (status, refused) = region.post(&format!("{CART}?{query}"), add(1)).await;
        assert_eq!(
            (status, &refused["error"]["code"]),
            (StatusCode::BAD_REQUEST, &json!("malformed")),
            "{query}"
        );
    }
    assert_eq!(region.get(CART).await.0, StatusCode::NOT_FOUND, "nothing was written");
}

#[tokio::test]
async fn a_write_that_brings_a_token_waits_for_it_or_writes_nothing() {
    let us = Region::start("us", &["eu"], |_| {}).await;
    let mut eu = Region::start("eu", &["us"], |_| {}).await;
    let (_, first) = eu.post(CART, add(1)).await;
    let second =
        json!({"operations": add(2)["operations"], "token": first["token"], "wait_ms": 20});
    let (status, refused) = us.post(CART, &second).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("not-yet"))
    );
    assert_eq!(us.get(CART).await.0, StatusCode::NOT_FOUND, "nothing was written");
    eu.dial(&us, None);
    let second = json!({"operations": add(2)["operations"], "token": first["token"]});
    let (status, written) = us.post(CART, &second).await;
    assert_eq!(status, StatusCode::OK, "{written}");
    let (_, read) = us.get(CART).await;
    assert_eq!(read["values"]["cart"], json!({"set": [1, 2]}));
}

/// A token of another document was waited for as long as the limit allows.
#[tokio::test]
async fn a_token_of_another_document_is_refused_at_once() {
    let region = Region::start("eu", &[], |_| {}).await;
    let (_, written) = region.post(CART, add(1)).await;
    let token = written["token"].as_str().expect("a token");
    let other = "/v1/documents/global/orders";
    let body = json!({"operations": [], "token": token});
    for (status, refused) in
        [region.get(&format!("{other}?token={token}")).await, region.post(other, body).await]
    {
        assert_eq!(
            (status, &refused["error"]["code"]),
            (StatusCode::BAD_REQUEST, &json!("other-document"))
        );
        let message = refused["error"]["message"].as_str().expect("a message");
        assert!(message.contains("global/cart") && message.contains("global/orders"), "{message}");
    }
    // As a replica in a browser gives it.
    let bare = token.split('@').next().expect("one");
    assert_eq!(region.get(&format!("{CART}?token={bare}")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_is_measured_is_told_by_region_and_scope() {
    let us = Region::start("us", &["eu"], |_| {}).await;
    let mut eu = Region::start("eu", &["us", "ap"], |_| {}).await;
    eu.dial(&us, None);
    let all = json!({"operations": add(1)["operations"], "durability": "1"});
    assert_eq!(eu.post(CART, all).await.1["done"], json!(true));
    eu.post(CART, add(2)).await;
    us.measured(&["crdt_documents{scope=\"global\"} 1", "crdt_region_connected{region=\"eu\"} 1"])
        .await;
    let text = eu
        .measured(&[
            "# TYPE crdt_replication_lag_seconds histogram",
            "# TYPE crdt_writes_total counter",
            "crdt_region_connected{region=\"us\"} 1",
            "crdt_region_connected{region=\"ap\"} 0",
            "crdt_documents{scope=\"global\"} 1",
            "crdt_quarantined_changes{scope=\"global\"} 0",
            "crdt_quarantined_bytes{scope=\"global\"} 0",
            "crdt_writes_total{scope=\"global\"} 2",
            "crdt_durable_write_seconds_count{durability=\"1\"} 1",
            "crdt_durable_write_seconds_count{durability=\"local\"} 1",
            "crdt_unacknowledged_changes{region=\"us\"} 0",
        ])
        .await;
    for name in [
        "crdt_replication_lag_seconds_bucket{region=\"us\",le=\"0.1\"} ",
        "crdt_replication_lag_seconds_bucket{region=\"us\",le=\"1\"} ",
        "crdt_replication_lag_seconds_bucket{region=\"us\",le=\"5\"} ",
        "crdt_commit_seconds_count ",
        "crdt_store_bytes ",
        "crdt_log_bytes{scope=\"global\"} ",
    ] {
        assert!(text.lines().any(|line| line.starts_with(name)), "{name} is not in\n{text}");
    }
    assert!(!text.contains("merges_total{"), "who writes alone merges nothing\n{text}");
    // What has a type has a help, and nobody knows how far behind the third is.
    let described = |of: &str| text.lines().filter(|line| line.starts_with(of)).count();
    assert_eq!(described("# TYPE "), described("# HELP "), "{text}");
    assert!(text.contains("crdt_replication_lag_seconds_count{region=\"ap\"} 0"), "{text}");
    us.measured(&["crdt_merges_total{scope=\"global\"} 2"]).await;
}

/// Two that both had much to say waited for each other until the connection was given up.
#[tokio::test]
async fn regions_that_both_have_much_to_say_hear_each_other() {
    let us = Region::start("us", &["eu"], |_| {}).await;
    let mut eu = Region::start("eu", &["us"], |_| {}).await;
    let much = |name: &str| {
        let values: Vec<String> =
            (0..9).map(|n| format!("{name}{n}{}", "x".repeat(90_000))).collect();
        json!({"operations": [{"op": "g_set.add", "name": "log", "values": values}]})
    };
    for number in 0..12 {
        let path = format!("/v1/documents/global/d{number}");
        assert_eq!(us.post(&path, much("us")).await.0, StatusCode::OK);
        assert_eq!(eu.post(&path, much("eu")).await.0, StatusCode::OK);
    }
    eu.dial(&us, None);
    for number in 0..12 {
        let path = format!("/v1/documents/global/d{number}");
        let last =
            json!({"operations": add(1)["operations"], "durability": "all", "wait_ms": 20_000});
        for region in [&eu, &us] {
            let (_, written) = region.post(&path, &last).await;
            assert_eq!(written["done"], json!(true), "{written}");
        }
    }
}

#[tokio::test]
async fn the_console_is_served_with_its_package_and_with_nothing_beside_that() {
    let folder = tempfile::tempdir().expect("a folder");
    let package = folder.path().join("dist");
    std::fs::create_dir(&package).expect("makes");
    std::fs::write(package.join("index.js"), "export {}").expect("writes");
    std::fs::write(package.join("index.d.ts"), "export {}").expect("writes");
    std::fs::write(folder.path().join("secret.js"), "secret").expect("writes");

    let region = Region::start("eu", &[], |_| {}).await;
    let with_package = router(region.node.clone().with_console(package));
    let get = async |router: &Router, path: &str| {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        router.clone().oneshot(request).await.expect("answers")
    };
    let page = get(&region.router, "/").await;
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().expect("a text");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"));
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    let script = get(&region.router, "/console/console.js").await;
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    assert_eq!(script.headers()["x-content-type-options"], "nosniff");
    for (router, has_package) in [(&region.router, false), (&with_package, true)] {
        let here = get(router, "/console/here.json").await;
        let here = to_bytes(here.into_body(), 1 << 10).await.expect("ends");
        let here: Value = serde_json::from_slice(&here).expect("is JSON");
        assert_eq!(here, json!({"region": "eu", "supervised": false, "package": has_package}));
        let script = get(router, "/console/package/index.js").await;
        assert_eq!(script.status().is_success(), has_package);
        for other in
            ["..%2Fsecret.js", "../secret.js", "%2e%2e%2fsecret.js", "index.d.ts", "none.js", ""]
        {
            let other = get(router, &format!("/console/package/{other}")).await;
            assert_eq!(other.status(), StatusCode::NOT_FOUND);
        }
        assert_eq!(get(router, "/console/..%2Fnode.rs").await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn tokens_allow_what_they_say_and_bound_scopes_stay_where_they_are() {
    let access = |token: &str, rest: Value| {
        let mut access = json!({"hash": hash_of(token)});
        access.as_object_mut().expect("one").extend(rest.as_object().cloned().unwrap_or_default());
        serde_json::from_value(access).expect("an access")
    };
    let set_up = |other: &str| {
        let tokens = vec![
            access("reader", json!({"scopes": ["global"]})),
            access("writer", json!({"may": "write"})),
            access("region", json!({"region": other})),
        ];
        move |config: &mut Config| {
            let only = Scope { regions: Some(["eu".to_owned()].into()) };
            config.scopes = [("global".into(), Scope::default()), ("eu-only".into(), only)].into();
            config.tokens = tokens;
        }
    };
    let us = Region::start("us", &["eu"], set_up("eu")).await;
    let mut eu = Region::start("eu", &["us"], set_up("us")).await;
    let ask = async |region: &Region, token: &str, path: &str, body: Option<Value>| {
        let request =
            Request::builder().uri(path).header("authorization", format!("Bearer {token}"));
        let request = match body {
            Some(body) => request.method("POST").body(body.to_string().into()),
            None => request.body(Body::empty()),
        };
        region.ask(request.expect("a request")).await
    };
    assert_eq!(eu.get(CART).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&eu, "guess", CART, None).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(eu.get("/metrics").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(&eu, "reader", "/metrics", None).await.0, StatusCode::OK);
    assert_eq!(ask(&eu, "region", "/metrics", None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(ask(&eu, "reader", CART, Some(add(1))).await.0, StatusCode::FORBIDDEN);
    assert_eq!(ask(&eu, "writer", CART, Some(add(1))).await.0, StatusCode::OK);
    let bound = "/v1/documents/eu-only/patients";
    assert_eq!(ask(&eu, "writer", bound, Some(add(1))).await.0, StatusCode::OK);
    assert_eq!(ask(&eu, "reader", bound, None).await.1["error"]["code"], json!("no-such-scope"));

    eu.dial(&us, Some("region"));
    let all = json!({"operations": add(2)["operations"], "durability": "all"});
    let (_, written) = ask(&eu, "writer", CART, Some(all)).await;
    assert_eq!(written["done"], json!(true), "{written}");
    let (_, listed) = ask(&us, "writer", "/v1/documents", None).await;
    assert_eq!(listed, json!({"documents": [{"scope": "global", "document": "cart"}]}));
    assert_eq!(ask(&us, "writer", bound, None).await.1["error"]["code"], json!("no-such-scope"));
    // A writer is no region, and a region that is not configured is none either.
    for path in ["/v1/regions/eu/sync", "/v1/regions/mars/sync"] {
        assert_eq!(
            ask(&us, "writer", path, None).await.1["error"]["code"],
            json!("no-such-region")
        );
    }
    let page = Request::get("/v1/sync/global/cart").header("authorization", "Bearer writer");
    let page =
        page.header("origin", "https://evil.example").body(Body::empty()).expect("a request");
    assert_eq!(eu.ask(page).await.1["error"]["code"], json!("origin"));
}
