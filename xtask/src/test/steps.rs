//! What has to hold, cheapest first.

use std::process::Command;

use super::step::{Step, Work};
use super::{lock_files, no_std, package};
use crate::cargo::cargo;
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
        commands("test-default", "all tests, with the default features", [test(&default)]),
        commands("test-bare", "tests of the libraries without features", [test(&bare)]),
    ];
    for feature in workspace.features() {
        let with: Vec<_> =
            workspace.libraries.iter().filter(|l| l.features.contains(&feature)).collect();
        let with: Vec<_> = with.into_iter().map(|library| library.name.clone()).collect();
        let only = words(&["--no-default-features", "--features", &feature]);
        let line = test(&[packages(&with), only].concat());
        let name = format!("test-{feature}");
        steps.push(commands(&name, "tests of the libraries with this feature alone", [line]));
    }
    if !workspace.benches.is_empty() {
        // In the profile that is built already: that they compile is what is asked.
        let line =
            line(&["bench", "--no-run", "--profile", "dev"], &packages(&workspace.benches), &[]);
        steps.push(commands("benches", "the benches compile", [line]));
    }
    steps.push(check("package", "every library can be published", package::check));
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
