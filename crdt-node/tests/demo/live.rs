//! Regions that run until Ctrl-C, and what can be asked for meanwhile.

use std::time::{Duration, Instant};

use crate::running::{self, Demo, exists};
use serde_json::{Value, json};

struct Live {
    demo: Demo,
    desk: String,
    agent: ureq::Agent,
}

impl Live {
    /// Regions that are connected directly.
    fn start() -> Self {
        Self::start_with(&[])
    }

    /// Regions with a NATS server each; none if there is no such program.
    #[cfg(feature = "nats")]
    fn start_over_nats() -> Option<Self> {
        if std::process::Command::new("nats-server").arg("--version").output().is_err() {
            eprintln!("skipped: there is no nats-server");
            return None;
        }
        Some(Self::start_with(&["--nats-server", "nats-server"]))
    }

    fn start_with(options: &[&str]) -> Self {
        let words = std::iter::once("demo").chain(options.iter().copied());
        let mut demo = Demo::start_with(words.map(Into::into));
        demo.wait_for("Ctrl-C ends them all");
        let desk = demo.said_after("console: ").trim_end_matches('/').to_owned();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { demo, desk, agent }
    }

    fn ask(&self, path: &str) -> (u16, Value) {
        let post = self.agent.post(format!("{}/demo/{path}", self.desk));
        let mut answer = post.send_empty().expect("answers");
        let body = answer.body_mut().read_to_vec().expect("reads");
        (answer.status().as_u16(), serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    fn run(&self, errand: &str) {
        assert_eq!(self.ask(errand), (200, json!({})), "{errand}");
    }

    fn state(&self) -> Value {
        let get = self.agent.get(format!("{}/demo", self.desk));
        let mut answer = get.call().expect("answers");
        serde_json::from_slice(&answer.body_mut().read_to_vec().expect("reads")).expect("is JSON")
    }

    fn region(&self, name: &str) -> Value {
        let state = self.state();
        let mut regions = state["regions"].as_array().expect("a list").iter();
        regions.find(|region| region["region"] == name).expect("is there").clone()
    }

    fn document(&self, name: &str) -> String {
        let address = self.region(name)["address"].as_str().expect("runs").to_owned();
        format!("http://{address}/v1/documents/global/demo")
    }

    fn add(&self, region: &str, value: &str) {
        let operation = json!({"op": "set.add", "name": "cart", "values": [value]});
        let post = self.agent.post(self.document(region));
        let post = post.header("content-type", "application/json");
        let written = post.send(json!({"operations": [operation]}).to_string()).expect("answers");
        assert_eq!(written.status().as_u16(), 200);
    }

    fn cart(&self, region: &str) -> Value {
        let mut answer = self.agent.get(self.document(region)).call().expect("answers");
        let body = answer.body_mut().read_to_vec().expect("reads");
        let read: Value = serde_json::from_slice(&body).expect("is JSON");
        read["values"]["cart"]["set"].clone()
    }

    fn until_all_read(&self, cart: &Value) {
        until("all read the same", || {
            ["eu-west", "us-east", "ap-northeast"].iter().all(|region| self.cart(region) == *cart)
        });
    }
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "not within a minute: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn links_are_cut_and_healed_and_regions_stopped_and_started_while_documents_are_written() {
    cut_and_heal_and_stop_and_start(Live::start());
}

#[test]
#[cfg(feature = "nats")]
fn links_are_cut_and_healed_and_regions_stopped_and_started_over_nats() {
    if let Some(live) = Live::start_over_nats() {
        cut_and_heal_and_stop_and_start(live);
    }
}

fn cut_and_heal_and_stop_and_start(live: Live) {
    live.add("eu-west", "apple");
    live.until_all_read(&json!(["apple"]));
    for errand in ["cut", "cut"] {
        live.run(&format!("links/eu-west/us-east/{errand}"));
        live.run(&format!("links/ap-northeast/eu-west/{errand}"));
    }
    assert_eq!(live.state()["cuts"], json!([["ap-northeast", "eu-west"], ["eu-west", "us-east"]]));
    live.add("eu-west", "bread");
    live.add("us-east", "cheese");
    assert_eq!(live.cart("eu-west"), json!(["apple", "bread"]));
    until("ap-northeast reads what us-east wrote", || {
        live.cart("ap-northeast") == json!(["apple", "cheese"])
    });
    let us = &live.region("eu-west")["regions"][1];
    assert_eq!((&us["region"], &us["connected"]), (&json!("us-east"), &json!(false)));
    assert_eq!(us["lag"]["changes"], json!(1));

    live.run("regions/us-east/stop");
    live.run("regions/us-east/stop");
    assert_eq!(live.region("us-east"), json!({"region": "us-east", "runs": false}));
    live.run("links/eu-west/us-east/heal");
    live.run("links/eu-west/ap-northeast/heal");
    live.run("regions/us-east/start");
    live.run("regions/us-east/start");
    live.until_all_read(&json!(["apple", "bread", "cheese"]));
    assert_eq!(live.state()["cuts"], json!([]));
    until("all hold the same", || {
        let state = live.state();
        let regions = state["regions"].as_array().expect("a list");
        regions.iter().all(|region| region["fingerprint"] == regions[0]["fingerprint"])
    });
    let Live { demo, .. } = live;
    running::signal("INT", demo.id());
    assert_eq!(demo.end().processes.len(), 4, "three, and the one that was started again");
}

#[test]
fn a_region_that_is_killed_by_hand_comes_back_however_often() {
    kill_by_hand(Live::start(), 12);
}

#[test]
#[cfg(feature = "nats")]
fn a_region_that_is_killed_by_hand_comes_back_over_nats() {
    if let Some(live) = Live::start_over_nats() {
        kill_by_hand(live, 2);
    }
}

fn kill_by_hand(live: Live, rounds: usize) {
    live.add("us-east", "apple");
    let address = live.region("us-east")["address"].clone();
    for round in 0..rounds {
        let name = if round % 3 == 0 { "TERM" } else { "KILL" };
        let victim = live.region("us-east")["process"].as_u64().expect("runs");
        running::signal(name, u32::try_from(victim).expect("an id"));
        until("another process runs", || {
            live.region("us-east")["process"].as_u64().is_some_and(|now| now != victim)
        });
    }
    assert_eq!(live.region("us-east")["address"], address, "pages that show it stay good");
    assert_eq!(live.cart("us-east"), json!(["apple"]));
    let Live { demo, .. } = live;
    running::signal("INT", demo.id());
    let ended = demo.end();
    assert_eq!(ended.code, Some(130), "{}", ended.errors);
    assert_eq!(ended.processes.len(), 3 + rounds, "{}", ended.output);
    assert!(ended.processes.iter().all(|process| !exists(*process)), "none is left");
    assert_eq!(ended.left_behind, 0, "its folder is removed");
}

#[test]
fn what_cannot_be_is_refused_and_so_are_pages_from_elsewhere() {
    let live = Live::start();
    for (errand, says) in [
        ("regions/mars/stop", "there is no region mars"),
        ("links/eu-west/mars/cut", "there is no region mars"),
        ("links/eu-west/eu-west/cut", "eu-west has no link to itself"),
    ] {
        let (status, told) = live.ask(errand);
        assert_eq!((status, &told["error"]["message"]), (404, &json!(says)));
    }
    for (header, value) in [("origin", "https://evil.example"), ("host", "evil.example")] {
        let post = live.agent.post(format!("{}/demo/regions/eu-west/stop", live.desk));
        let refused = post.header(header, value).send_empty().expect("answers");
        assert_eq!(refused.status().as_u16(), 403, "{header}");
    }
    assert_eq!(live.region("eu-west")["runs"], json!(true));
    running::signal("KILL", live.demo.id());
    assert_eq!(live.demo.end().code, None);
}
