//! The command line.

use std::env;
use std::path::Path;
use std::process::ExitCode;

use crdt_node::operations::{Plan, PlanError};
use crdt_node::supervisor::Failure;
use crdt_node::{region, supervisor};

const USAGE: &str = "\
usage: crdt-node demo [FILE]             run three regions over a file of operations
       crdt-node region RUN NAME FOLDER  run one region, for a supervisor at its standard input

RUN: any word; regions meet those to which the same was given, and no others.
FILE: see docs/OPERATIONS.md; without one, the examples of crdt-node/operations/default.ops run.
Exit status of a demo: 0 when the regions converged and every expectation held, 1 when not,
2 when nothing was started because the command or the file is wrong, 130 when interrupted.";

/// Nothing was started: the command line or the file is wrong.
const MISUSED: u8 = 2;
/// What shells say of a program that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    match words[..] {
        ["help" | "--help" | "-h"] | ["demo" | "region", "--help" | "-h"] => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        ["demo"] => demo(Plan::parse(Plan::DEFAULT), "the default file"),
        ["demo", ""] => misused("the name of the file is empty"),
        ["demo", option, ..] if option.starts_with('-') => {
            misused(&format!("a demo has no option {option}"))
        }
        ["demo", _] => {
            let path = Path::new(&arguments[1]);
            demo(Plan::read(path), &path.display().to_string())
        }
        ["region", run, name, _] => match region::run(run, name, Path::new(&arguments[3])) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{name}: {error}");
                ExitCode::FAILURE
            }
        },
        [] => misused("what to do is missing"),
        ["demo", ..] => misused("a demo runs one file"),
        ["region", ..] => misused("a region has a run, a name and a folder"),
        [other, ..] => misused(&format!("there is no command {other:?}")),
    }
}

fn misused(problem: &str) -> ExitCode {
    eprintln!("{problem}\n\n{USAGE}");
    ExitCode::from(MISUSED)
}

fn demo(plan: Result<Plan, PlanError>, file: &str) -> ExitCode {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error @ PlanError::Unreadable(_)) => {
            eprintln!("{error}\nNothing was started.");
            return ExitCode::from(MISUSED);
        }
        Err(error) => {
            eprintln!("{file} cannot be run:\n{error}\nNothing was started.");
            return ExitCode::from(MISUSED);
        }
    };
    match supervisor::run(&plan, &mut std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Interrupted) => {
            eprintln!("interrupted; every region was ended");
            ExitCode::from(INTERRUPTED)
        }
        Err(failure) => {
            eprintln!("failed: {failure}");
            ExitCode::FAILURE
        }
    }
}
