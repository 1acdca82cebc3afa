//! A node as a process: what outlasts it, and whom it listens to.

mod one;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use one::{CART, Region, until};
use serde_json::{Value, json};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A region `a` of a run, beside which `b` may be.
fn alone(folder: &Path) -> Region {
    Region::start("a", "b", folder, Some("run"))
}

fn count(by: u64) -> Value {
    json!([{"op": "counter.increment", "name": "x", "by": by}])
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("reads") {
        let entry = entry.expect("reads");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copies");
    }
}

fn bring_together(a: &Region, b: &Region) {
    a.dial(b, "run");
    until("the two are equal", || a.seen().1 == b.seen().1);
}

#[test]
fn a_node_that_is_killed_comes_back_with_all_that_it_answered_under_a_new_id() {
    let folder = folder();
    let node = alone(folder.path());
    (0..20).for_each(|_| node.write(&count(1)));
    let before = node.seen();
    node.kill();
    let node = alone(folder.path());
    assert_eq!(node.values(), json!({"x": {"counter": 20}}));
    assert_eq!(node.seen().1, before.1);
    node.write(&count(1));
    assert_ne!(node.seen().0, before.0);
}

#[test]
fn a_node_whose_supervisor_is_gone_ends_in_good_order_and_keeps_its_id() {
    let folder = folder();
    let node = alone(folder.path());
    node.write(&count(1));
    let before = node.seen();
    assert_eq!(node.end(), "");
    assert_eq!(alone(folder.path()).seen(), before);
}

#[test]
fn two_processes_cannot_have_one_store() {
    let folder = folder();
    let _node = alone(folder.path());
    let said = Region::try_start("a", "b", folder.path(), Some("run")).err().expect("is refused");
    assert!(said.contains("process"), "{said}");
}

/// Both copies were closed in good order, so both go on under one id, until they meet.
#[test]
fn the_copy_of_a_store_takes_another_id_and_nothing_is_lost() {
    let (folder_a, folder_b) = (folder(), folder());
    let a = alone(folder_a.path());
    a.write(&count(1));
    a.write(&json!([{"op": "set.add", "name": "cart", "values": ["apple"]}]));
    assert_eq!(a.end(), "");
    copy(folder_a.path(), folder_b.path());

    let a = alone(folder_a.path());
    let b = Region::start("b", "a", folder_b.path(), Some("run"));
    assert_eq!(a.seen().0, b.seen().0);
    a.write(&count(10));
    b.write(&count(100));
    a.write(&json!([{"op": "set.add", "name": "cart", "values": ["pear"]}]));
    b.write(&json!([{"op": "set.remove", "name": "cart", "values": ["apple"]}]));
    bring_together(&a, &b);
    assert_eq!(a.values(), json!({"cart": {"set": ["pear"]}, "x": {"counter": 111}}));
    assert_ne!(a.seen().0, b.seen().0);

    let said = [a.end(), b.end()].concat();
    assert!(said.contains("the store was copied"), "{said}");
    assert!(said.contains("the id is in use twice"), "{said}");
    assert!(said.starts_with("a: ") || said.starts_with("b: "), "{said}");
}

/// What peers have of it is brought back; what it had told nobody is lost, and it says so.
#[test]
fn a_store_that_is_restored_from_a_copy_gets_back_what_its_peer_has() {
    let (folder_a, folder_b, backup) = (folder(), folder(), folder());
    let a = alone(folder_a.path());
    a.write(&count(1));
    assert_eq!(a.end(), "");
    copy(folder_a.path(), backup.path());

    let a = alone(folder_a.path());
    let b = Region::start("b", "a", folder_b.path(), Some("run"));
    a.write(&count(10));
    bring_together(&a, &b);
    a.kill();
    let restored = alone(backup.path());
    restored.write(&count(100));
    bring_together(&restored, &b);
    assert_eq!(restored.values(), json!({"x": {"counter": 111}}));
    let said = restored.end();
    assert!(said.contains("is in use twice") || said.contains("older than"), "{said}");
}

/// A port that a region had was given to one of the same name, elsewhere.
#[test]
fn regions_of_different_runs_do_not_meet() {
    let (folder_a, folder_b) = (folder(), folder());
    let a = alone(folder_a.path());
    let b = Region::start("b", "a", folder_b.path(), Some("other"));
    for region in [&a, &b] {
        region.write(&count(1));
    }
    let path = format!("http://{}/run/v1/regions/a/sync", b.address);
    let refused = ureq::get(path).call().expect_err("is refused");
    assert!(refused.to_string().contains("404"), "{refused}");
    let path = format!("http://{}/v1/regions/a/sync", b.address);
    let refused = ureq::get(path).call().expect_err("is refused");
    assert!(refused.to_string().contains("404"), "{refused}");
    a.dial(&b, "run");
    b.dial(&a, "other");
    a.write(&count(1));
    assert_eq!(b.values(), json!({"x": {"counter": 1}}));
}

#[test]
fn only_a_supervised_node_has_its_links_cut_and_by_no_page_of_elsewhere() {
    let (folder_a, folder_b) = (folder(), folder());
    let link = json!({"url": null, "cut": true});
    let node = Region::start("a", "b", folder_a.path(), None);
    let (status, told) = node.put("/supervised/links/b", None, &link);
    assert_eq!((status, &told["error"]["code"]), (404, &json!("no-such-path")));
    node.write(&count(1));
    assert_eq!(node.get("/supervised/documents/global/cart")["error"]["code"], "no-such-path");

    let node = alone(folder_b.path());
    let (status, told) = node.put("/supervised/links/b", Some("https://evil.example"), &link);
    assert_eq!((status, &told["error"]["code"]), (403, &json!("origin")));
    let (status, told) = node.put("/supervised/links/c", None, &link);
    assert_eq!((status, &told["error"]["code"]), (404, &json!("no-such-region")));
    let (status, told) = node.put("/supervised/links/b", None, &json!({"cut": 1}));
    assert_eq!((status, &told["error"]["code"]), (400, &json!("malformed")));
}

#[test]
fn a_node_tells_how_many_bytes_went_over_each_link_and_whom_it_has_not_met() {
    let (folder_a, folder_b) = (folder(), folder());
    let a = alone(folder_a.path());
    let b = Region::start("b", "a", folder_b.path(), Some("run"));
    a.write(&count(1));
    let stands = |region: &Region| region.get("/v1/regions")["regions"][0].clone();
    let before = stands(&a);
    assert_eq!(before["unmet_documents"], json!(1));
    assert_eq!(before["lag"]["level"], json!("unknown"));
    assert_eq!(before["bytes"], json!({"sent": 0, "received": 0}));
    bring_together(&a, &b);
    until("each has met the other", || stands(&a)["unmet_documents"] == json!(0));
    until("nothing is under way", || {
        let (a, b) = (stands(&a), stands(&b));
        a["bytes"]["sent"] == b["bytes"]["received"] && a["bytes"]["received"] == b["bytes"]["sent"]
    });
    assert_ne!(stands(&a)["bytes"]["sent"], json!(0));
    assert_eq!(a.get(CART)["values"], b.get(CART)["values"]);
}

/// What a region says that is run with these words: its output and its errors, once it has ended or says
/// where it listens.
fn run(words: &[&str], ask: impl FnOnce(&str) -> Value) -> (String, Option<Value>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crdt-node"));
    command.args(["run", "--region", "a", "--listen", "127.0.0.1:0"]).args(words);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("reads");
    let asked = line.trim_end().strip_prefix("listening on ").map(ask);
    let _ended_already = child.kill();
    let said = child.wait_with_output().expect("ends");
    (String::from_utf8(said.stderr).expect("is text"), asked)
}

fn answered(mut answer: ureq::http::Response<ureq::Body>) -> Value {
    serde_json::from_slice(&answer.body_mut().read_to_vec().expect("reads")).expect("is JSON")
}

/// A node without a folder kept documents in memory, and answered that they were durable.
#[test]
fn a_node_in_memory_is_one_on_purpose_and_says_that_nothing_is_durable() {
    let (said, asked) = run(&[], |_| Value::Null);
    assert!(said.contains("--data FOLDER") && said.contains("--in-memory"), "{said}");
    assert_eq!(asked, None);
    let write = json!({"operations": count(1)}).to_string();
    let (_, told) = run(&["--in-memory"], |address| {
        let post = ureq::post(format!("http://{address}{CART}"));
        answered(post.header("content-type", "application/json").send(write).expect("answers"))
    });
    let told = told.expect("serves");
    assert_eq!((&told["done"], &told["durable"]["here"]), (&json!(false), &json!(false)));
}

/// Documents of a scope that was taken from a region stayed in its store without a word, and were listed.
#[test]
fn documents_of_a_scope_that_a_region_holds_no_longer_are_named_at_the_start() {
    let folder = folder();
    let data = folder.path().join("data");
    let node = Region::start("a", "b", &data, None);
    node.write(&count(1));
    node.kill();
    let config = folder.path().join("config.toml");
    fs::write(&config, "[scope.globl]").expect("writes");
    let words =
        ["--data", data.to_str().expect("text"), "--config", config.to_str().expect("text")];
    let list = |address: &str| {
        answered(ureq::get(format!("http://{address}/v1/documents")).call().expect("answers"))
    };
    let (said, listed) = run(&words, list);
    assert!(said.contains("1 documents of the scope global") && said.contains("cart"), "{said}");
    assert!(said.contains("crdt-node erase"), "{said}");
    assert_eq!(listed, Some(json!({"documents": []})));
    // They are there again with their scope.
    let (said, listed) = run(&words[..2], list);
    assert!(!said.contains("scope"), "{said}");
    assert_eq!(
        listed.map(|listed| listed["documents"][0]["document"].clone()),
        Some("cart".into())
    );
}

/// It was answered `ending`, try another region, and had been written.
#[test]
fn a_write_that_waits_for_another_region_is_answered_when_the_node_ends() {
    let folder = folder();
    let node = alone(folder.path());
    node.write(&count(1));
    let url = format!("http://{}{CART}", node.address);
    let write = json!({"operations": count(10), "durability": "1", "wait_ms": 30_000}).to_string();
    let waits = thread::spawn(move || {
        let post = ureq::post(url).header("content-type", "application/json");
        post.send(write).map(answered).map_err(|why| why.to_string())
    });
    until("it is written", || node.values() == json!({"x": {"counter": 11}}));
    assert_eq!(node.end(), "");
    let told = waits.join().expect("ends").expect("is answered");
    assert_eq!((&told["done"], &told["durable"]["here"]), (&json!(false), &json!(true)));
    assert_eq!(alone(folder.path()).values(), json!({"x": {"counter": 11}}));
}
