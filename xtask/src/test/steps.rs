//! What has to hold, cheapest first.

use std::process::Command;

use super::step::{Step, Work};
use super::{lock_files, no_std, package};
use crate::cargo::cargo;
use crate::wasm;
use crate::workspace::Workspace;

pub(super) fn all(workspace: &Workspace) -> Vec<Step> {
    let libraries: Vec<_> =
        workspace.libraries.iter().map(|library| library.name.clone()).collect();
    let bare = [packages(&libraries), words(&["--no-default-features"])].concat();
    let everything = words(&["--workspace", "--all-features"]);
    let default = words(&["--workspace"]);

    let mut steps = vec![
        commands(
            "format",
            "all files are formatted",
            [
                line(&["fmt", "--all", "--check"], &[], &[]),
                line(&["fmt", "--check", "--manifest-path", no_std::MANIFEST], &[], &[]),
            ],
        ),
        check("lock-files", "every dependency comes from the default registry", lock_files::check),
        check("no-std", "the libraries build and link without the standard library", no_std::check),
        commands("clippy", "no warnings, with all features", [clippy(&everything)]),
        commands("clippy-default", "no warnings, with the default features", [clippy(&default)]),
        commands("clippy-bare", "no warnings, libraries without features", [clippy(&bare)]),
        commands(
            "docs",
            "the documentation builds without warnings, with all features",
            [docs(&everything)],
        ),
        commands("test", "all tests, with all features", [test(&everything)]),
        commands(
            "test-default",
            "all tests of the libraries, with the default features",
            [test(&packages(&libraries))],
        ),
        commands("test-bare", "all tests of the libraries, without features", [test(&bare)]),
    ];
    for feature in workspace.features() {
        steps.extend(alone(workspace, &feature));
    }
    if workspace.has_benches {
        // In the profile and with the features of which everything below is built already.
        let words = words(&["--no-run", "--profile", "test", "--bench", "*"]);
        let line = line(&["bench"], &[words, everything].concat(), &[]);
        steps.push(commands("benches", "the benches compile", [line]));
    }
    steps.push(check("package", "every library can be published", package::check));
    steps.push(check(
        "wasm",
        "the npm package works in Node, in bundlers and in a browser",
        wasm::test,
    ));
    steps.push(check(
        "console",
        "the console of a node works in a browser, over three regions",
        wasm::test_console,
    ));
    steps
}

/// That everything compiles with one feature and no other, and, unless the feature brings the
/// standard library, that what it adds works without that as well.
fn alone(workspace: &Workspace, feature: &str) -> Vec<Step> {
    let with = workspace.libraries.iter().filter(|library| library.has(feature));
    let names: Vec<_> = with.clone().map(|library| library.name.clone()).collect();
    let only = words(&["--no-default-features", "--features", feature]);
    let selection = [packages(&names), only].concat();
    let mut steps = vec![commands(
        &format!("clippy-{feature}"),
        "no warnings, libraries with this feature alone",
        [clippy(&selection)],
    )];
    if !with.clone().any(|library| library.brings_std(feature)) {
        let mut tests: Vec<_> = with.flat_map(|library| library.tests_of(feature)).collect();
        tests.sort_unstable();
        tests.dedup();
        let targets = tests.into_iter().flat_map(|test| ["--test", test]);
        let targets: Vec<_> = ["--lib"].into_iter().chain(targets).map(String::from).collect();
        steps.push(commands(
            &format!("test-{feature}"),
            "tests of this feature, alone",
            [test(&[selection, targets].concat())],
        ));
    }
    steps
}

fn clippy(selection: &[String]) -> Command {
    line(&["clippy", "--all-targets"], selection, &["--", "-D", "warnings"])
}

fn docs(selection: &[String]) -> Command {
    let mut command = line(&["doc", "--no-deps"], selection, &[]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    command
}

fn test(selection: &[String]) -> Command {
    line(&["test", "--quiet"], selection, &[])
}

fn line(before: &[&str], selection: &[String], after: &[&str]) -> Command {
    let mut command = cargo();
    command.args(before).args(selection).args(after);
    command
}

fn packages(names: &[String]) -> Vec<String> {
    names.iter().flat_map(|name| ["--package".into(), name.clone()]).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().copied().map(String::from).collect()
}

fn commands(name: &str, what: &'static str, commands: impl Into<Vec<Command>>) -> Step {
    Step { name: name.into(), what, work: Work::Commands(commands.into()) }
}

fn check(name: &str, what: &'static str, check: fn() -> Result<(), String>) -> Step {
    Step { name: name.into(), what, work: Work::Check(check) }
}
