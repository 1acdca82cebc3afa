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
            let passed = number - 1;
            let left: Vec<_> = chosen[number..].iter().map(|step| step.name.as_str()).collect();
            println!("{passed} passed, 1 failed, {}", not_run(&left));
            return ExitCode::FAILURE;
        }
        println!("    {} held, after {:.0?}", step.name, begun.elapsed());
    }
    println!("\n{} passed, 0 failed", chosen.len());
    ExitCode::SUCCESS
}

/// What a failure has left out.
fn not_run(steps: &[&str]) -> String {
    match steps {
        [] => "0 not run".into(),
        steps => format!("{} not run: {}", steps.len(), steps.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::not_run;

    #[test]
    fn what_was_not_run_is_named() {
        assert_eq!(not_run(&[]), "0 not run");
        assert_eq!(not_run(&["clippy", "test"]), "2 not run: clippy, test");
    }
}
