//! A load on three regions that are killed one after the other.

use crate::running::{Demo, exists};

fn run(arguments: &[&str]) -> crate::running::Ended {
    let words = ["load"].iter().chain(arguments);
    Demo::start_with(words.map(Into::into).collect::<Vec<_>>().into_iter()).end()
}

#[test]
fn nothing_that_was_answered_as_durable_is_lost_over_kills() {
    let ended = run(&["--seconds", "4", "--kill-every", "1", "--callers", "2"]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.errors);
    assert!(ended.output.contains("answered as durable, and lost: 0"), "{}", ended.output);
    assert!(ended.output.matches(" is killed").count() > 1, "{}", ended.output);
    assert_eq!(
        ended.output.matches(" is killed").count(),
        ended.output.matches("holds what the others held").count(),
        "{}",
        ended.output
    );
    for told in ["operations per second", "reads ", "writes, durable here", "peak memory: "] {
        assert!(ended.output.contains(told), "{told}\n{}", ended.output);
    }
    assert!(ended.processes.iter().all(|process| !exists(*process)), "none is left");
    assert_eq!(ended.left_behind, 0, "its folder is removed");
}

#[test]
fn a_load_is_bounded_by_count_too() {
    let ended = run(&["--seconds", "600", "--operations", "200"]);
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.errors);
    let counted = ["reads", "writes, durable here", "writes, durable elsewhere"].map(|what| {
        let row = ended.row(what).trim_start().strip_prefix(what).expect("a row");
        row.split_whitespace().next().and_then(|word| word.parse::<u64>().ok()).expect("a count")
    });
    assert_eq!(counted.iter().sum::<u64>(), 200, "{}", ended.output);
}

#[test]
fn a_load_without_bounds_is_refused() {
    for option in ["--seconds", "--operations", "--callers", "--kill-every"] {
        let ended = run(&[option, "0"]);
        assert_eq!(ended.code, Some(2), "{option}: {}", ended.output);
    }
}
