//! Reads and writes of documents, and the tokens that they bring.

use axum::http::StatusCode;
use serde_json::json;

use crate::{CART, Region, add};

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
