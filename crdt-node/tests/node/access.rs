//! Who may ask, from where, and for what.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use crdt_node::config::{Config, Scope, hash_of};
use crdt_node::http::router;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{CART, Region, add};

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

/// Whatever was asked of that path made the document, and its place among those that there may be.
#[tokio::test]
async fn what_is_no_web_socket_makes_no_document() {
    let region = Region::start("eu", &[], |_| {}).await;
    let (status, _) = region.get("/v1/sync/global/newdoc").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(region.get("/v1/documents").await.1, json!({"documents": []}));
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
