//! Regions that are connected: what they tell of each other, and what is measured.

use axum::http::StatusCode;
use serde_json::json;

use crate::{CART, Region, add};

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
            "crdt_unmet_documents{region=\"us\"} 0",
            "crdt_unmet_documents{region=\"ap\"} 1",
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
