//! Whole runs, with real processes.

use std::path::PathBuf;

use crate::running::{self, Demo, exists};

fn file(content: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("own.ops");
    std::fs::write(&path, content).expect("writes");
    (folder, path)
}

#[test]
fn the_default_file_ends_with_what_the_field_expects() {
    let ended = Demo::start_with(["demo".into(), "--once".into()].into_iter()).end();
    assert_eq!(ended.code, Some(0), "{}", ended.output);
    assert!(!ended.output.contains('✗'), "{}", ended.output);
    for (subject, value) in [
        ("counter \"page views\"", "102"),
        ("pn-counter \"likes\"", "97"),
        ("pn-counter \"visits today\"", "5"),
        ("g-set \"tags\"", "\"billing\" \"urgent\""),
        ("or-set \"cart\"", "\"A\" \"B\""),
        ("lww \"profile name\"", "\"Alicia\""),
        ("mv \"address\"", "\"2 Oak Avenue\""),
    ] {
        let row = ended.row(subject);
        assert_eq!(row.matches(value).count(), 3, "three regions read {value}: {row}");
    }
    assert!(ended.output.contains("after the last heal"), "{}", ended.output);
    assert!(ended.output.contains("all 3 regions are equal"), "{}", ended.output);
    assert!(ended.processes.iter().all(|process| !exists(*process)), "none is left");
    assert_eq!(ended.processes.len(), 4, "three, and the one that was started again");
    assert_eq!(ended.replicas.len(), 4, "each start has an id of its own");
}

#[test]
fn a_file_of_ones_own_names_its_regions_and_may_end_cut_and_killed() {
    let (_folder, path) = file(
        "regions berlin lima\n\
         cut berlin lima\n\
         berlin: mv note = ours\n\
         lima: mv note = theirs\n\
         berlin: expect mv note = ours\n\
         kill lima\n",
    );
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(0), "{}", ended.output);
    assert_eq!(ended.row("mv \"note\"").matches("\"ours\" \"theirs\"").count(), 2);
}

#[test]
fn no_byte_passes_a_cut() {
    let (_folder, path) = file(
        "regions a b\n\
         sync\n\
         cut a b\n\
         a: counter x += 1\n\
         b: counter x += 2\n\
         sync\n\
         a: expect counter x = 1\n\
         b: expect counter x = 2\n\
         heal\n\
         expect counter x = 3\n",
    );
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(0), "{}", ended.output);
    assert!(ended.output.contains("in 2 groups, are equal"), "{}", ended.output);
}

/// During the cut each region is equal to itself at once, which says nothing of all.
#[test]
fn the_time_until_all_are_equal_does_not_end_during_a_cut() {
    let (_folder, path) =
        file("regions a b\ncut a b\na: counter x += 1\na: expect counter x = 1\npause 1\n");
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(0), "{}", ended.output);
    let told = ended.output.lines().find(|line| line.contains("after the last operation"));
    let told = told.unwrap_or_else(|| panic!("no time is told: {}", ended.output));
    assert!(!told.contains("ms ") && !told.contains("µs "), "a second was paused: {told}");
}

#[test]
fn a_change_goes_around_a_cut_through_a_third_region() {
    let (_folder, path) = file(
        "regions a b c\n\
         cut a c\n\
         a: g-set tags add x\n\
         c: expect g-set tags = x\n",
    );
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(0), "{}", ended.output);
}

#[test]
fn an_expectation_that_fails_fails_the_run() {
    let (_folder, path) = file("eu-west: counter x += 1\nexpect counter x = 2\n");
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    let says = "line 2: in us-east, counter \"x\" = 1; expected was 2";
    assert!(ended.errors.contains(says), "{}", ended.errors);
}

#[test]
fn an_operation_that_a_region_refuses_stops_the_run() {
    let (_folder, path) = file("eu-west: lww x = y at 99999999999999\n");
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    assert!(ended.errors.contains("line 1 (eu-west: lww x = y"), "{}", ended.errors);
    assert!(ended.errors.contains("more than a minute in the future"), "{}", ended.errors);
    assert!(ended.processes.iter().all(|process| !exists(*process)), "none is left");
}

#[test]
fn bad_lines_are_named_and_nothing_is_started() {
    let (_folder, path) = file("eu-west: counter x += 1\n\neu-west: counter x + 1\nsink\n");
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(2));
    assert!(ended.errors.contains("line 3: + is not what can be done"), "{}", ended.errors);
    assert!(ended.errors.contains("line 4: sink starts no statement"), "{}", ended.errors);
    assert!(ended.errors.contains("Nothing was started."), "{}", ended.errors);
    assert_eq!(ended.output, "");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let (folder, path) = file("");
    std::fs::write(&path, b"sync\n\xff\n").expect("writes");
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(2));
    assert!(ended.errors.contains("own.ops: line 2 is not UTF-8"), "{}", ended.errors);

    for (name, says) in [("none.ops", "none.ops: No such file"), ("", ": Is a directory")] {
        let ended = Demo::start(&[&folder.path().join(name)]).end();
        assert_eq!(ended.code, Some(2));
        assert!(ended.errors.contains(says), "{}", ended.errors);
    }

    std::fs::write(&path, "# to be written\n").expect("writes");
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(2));
    assert!(ended.errors.contains("no line of it says what to do"), "{}", ended.errors);
}

#[test]
fn a_region_killed_by_hand_comes_back_and_the_run_converges() {
    let (_folder, path) = file(
        &[
            "eu-west: counter x += 1\nus-east: counter x += 10\n",
            &running::hold(),
            "us-east: counter x += 100\nexpect counter x = 111\n",
        ]
        .concat(),
    );
    let mut demo = Demo::start(&[&path]);
    demo.wait_for("us-east: counter x += 10");
    let victim = demo.process_of("us-east");
    running::signal("KILL", victim);
    let ended = demo.end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.errors);
    let says = format!("us-east (process {victim}) died, signal: 9");
    assert!(ended.output.contains(&says), "{}", ended.output);
    assert_eq!(ended.replicas.len(), 4, "it has a new id: {}", ended.output);
    assert!(ended.processes.iter().all(|process| !exists(*process)), "none is left");
}

#[test]
fn regions_killed_over_and_over_lose_and_repeat_nothing() {
    let round = |round: u64| {
        let hold = running::hold();
        format!("a: counter x += 1\nb: pn-counter y -= 1\na: lww round = {round}\n{hold}")
    };
    let rounds: String = (1..=6).map(round).collect();
    let expected = "expect counter x = 6\nexpect pn-counter y = -6\nexpect lww round = 6\n";
    let (_folder, path) = file(&["regions a b\n", &rounds, expected].concat());
    let mut demo = Demo::start(&[&path]);
    for kill in 1..=6 {
        demo.wait_for(&format!("lww round = {kill}"));
        running::signal("KILL", demo.process_of(if kill % 2 == 0 { "a" } else { "b" }));
    }
    let ended = demo.end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.errors);
    assert_eq!(ended.replicas.len(), 2 + 6, "{}", ended.output);
}

/// Its death was noticed while another region was asked something, and nobody started it again until
/// it was asked something itself. So who waited for it to be met waited for nothing.
#[test]
fn a_region_that_died_while_another_was_asked_stayed_dead_during_a_pause() {
    let hold = format!("a: counter x += 1 # {}\n", "wait ".repeat(1 << 16));
    let more = "a: counter x += 1\n".repeat(20);
    let text = format!("regions a b\n{hold}{hold}{more}pause 1\na: lww paused = yes\n");
    let (_folder, path) = file(&text);
    let mut demo = Demo::start(&[&path]);
    demo.wait_for("counter x += 1");
    running::signal("KILL", demo.process_of("b"));
    let ended = demo.end();
    assert_eq!(ended.code, Some(0), "{}", ended.errors);
    let place = |text| ended.output.find(text).expect("it is said");
    assert!(place("starting it again") < place("lww paused"), "it runs before the pause is over");
}

/// Every start reserved ten seconds above those that the one before had reserved. After some, the
/// peers refused what the region had stamped, and all that came with it.
#[test]
fn the_clock_of_a_region_killed_again_and_again_does_not_run_away() {
    let kill = |round| format!("kill b\nstart b\nb: lww status = {round}\n");
    let kills: String = (1..=14).map(kill).collect();
    let (_folder, path) = file(&["regions a b\n", &kills, "expect lww status = 14\n"].concat());
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.errors);
    assert!(!ended.errors.contains("refused"), "{}", ended.errors);
}

#[test]
fn control_c_leaves_no_process_and_no_folder() {
    for name in ["INT", "TERM"] {
        let (_folder, path) = file("eu-west: counter x += 1\npause 60\n");
        let mut demo = Demo::start(&[&path]);
        demo.wait_for("pause 60");
        running::signal(name, demo.id());
        let ended = demo.end();
        assert_eq!(ended.code, Some(130), "{}", ended.errors);
        assert!(ended.errors.contains("interrupted"), "{}", ended.errors);
        assert_eq!(ended.processes.len(), 3);
        assert!(ended.processes.iter().all(|process| !exists(*process)), "none is left");
        assert_eq!(ended.left_behind, 0, "its folder is removed");
    }
}

/// The regions hold the error output open: that it ends means that they have.
#[test]
fn a_supervisor_that_is_killed_takes_its_regions_along() {
    let (_folder, path) = file("pause 60\n");
    let mut demo = Demo::start(&[&path]);
    demo.wait_for("pause 60");
    running::signal("KILL", demo.id());
    let ended = demo.end();
    assert_eq!(ended.code, None);
    assert_eq!(ended.processes.len(), 3);
}

#[test]
fn who_asks_for_help_is_helped() {
    for arguments in [&["help"][..], &["--help"], &["demo", "--help"], &["demo", "-h"]] {
        let ended = Demo::start_with(arguments.iter().map(Into::into)).end();
        assert_eq!(ended.code, Some(0), "{arguments:?}");
        assert!(ended.output.contains("\nUsage: crdt-node "), "{}", ended.output);
    }
}

#[test]
fn a_wrong_command_line_says_what_is_right() {
    for (arguments, says) in [
        (&[][..], "A region of an active-active system"),
        (&["dmeo"], "error: unrecognized subcommand 'dmeo'"),
        (&["demo", ""], "error: a value is required for '[FILE]'"),
        (&["demo", "--fast"], "error: unexpected argument '--fast' found"),
        (&["demo", "--once", "a"], "error: the argument '--once' cannot be used with '[FILE]'"),
        (&["demo", "a", "b"], "error: unexpected argument 'b' found"),
        (&["run", "--region", "a"], "error: the following required arguments were not provided"),
    ] {
        let ended = Demo::start_with(arguments.iter().map(Into::into)).end();
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.errors.starts_with(says), "{}", ended.errors);
    }
}

#[test]
fn a_region_that_is_stopped_comes_back_under_its_id() {
    let (_folder, path) = file(
        "regions a b\n\
         a: counter x += 1\n\
         stop a\n\
         b: counter x += 10\n\
         start a\n\
         a: counter x += 100\n\
         expect counter x = 111\n",
    );
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.errors);
    assert!(ended.output.contains("has ended in good order"), "{}", ended.output);
    assert_eq!((ended.processes.len(), ended.replicas.len()), (3, 2), "{}", ended.output);
    assert_eq!(ended.errors, "");
}

#[test]
fn it_tells_who_was_behind_and_when_the_last_write_was_covered() {
    let (_folder, path) = file(
        "regions a b c\n\
         sync\n\
         cut a b\n\
         cut a c\n\
         a: g-set tags add x\n\
         a: counter x += 1\n\
         a: counter x += 1\n\
         heal\n",
    );
    let ended = Demo::start(&[&path]).end();
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.output, ended.errors);
    for told in [
        "b is behind a by 3 changes, ",
        "c is behind a by 3 changes, ",
        "the last write, in line 7 (a: counter x += 1), has the token ",
        "a           at once: it was written there",
        "a           -     none  none",
    ] {
        assert!(ended.output.contains(told), "{told}\n{}", ended.output);
    }
    assert!(!ended.output.contains("not yet"), "{}", ended.output);
}
