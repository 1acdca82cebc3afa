//! `cargo xtask test`: everything that has to hold.

mod lock_files;
mod no_std;
mod package;
mod step;
mod steps;

use std::process::ExitCode;
use std::time::Instant;

use crate::misused;
use crate::workspace::Workspace;
use step::Step;

/// Runs the steps that are named, or all, and stops at the first that fails.
pub(crate) fn run(words: &[&str]) -> ExitCode {
    let steps = match Workspace::read() {
        Ok(workspace) => steps::all(&workspace),
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    if words.contains(&"--list") {
        for step in &steps {
            println!("{:18} {}", step.name, step.what);
        }
        return ExitCode::SUCCESS;
    }
    if let Some(unknown) = words.iter().find(|word| steps.iter().all(|step| step.name != **word)) {
        return misused(&format!(
            "there is no step {unknown:?}; `cargo xtask test --list` lists them"
        ));
    }
    let chosen = |step: &&Step| words.is_empty() || words.contains(&step.name.as_str());
    let chosen: Vec<_> = steps.iter().filter(chosen).collect();
    for (number, step) in (1..).zip(&chosen) {
        println!("\n[{number}/{}] {}: {}", chosen.len(), step.name, step.what);
        let begun = Instant::now();
        if let Err(problem) = step.run() {
            eprintln!("\nstep {} failed: {problem}", step.name);
            println!("{} passed, 1 failed", number - 1);
            return ExitCode::FAILURE;
        }
        println!("    {} held, after {:.0?}", step.name, begun.elapsed());
    }
    println!("\n{} passed, 0 failed", chosen.len());
    ExitCode::SUCCESS
}
