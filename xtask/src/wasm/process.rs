//! Other programs, run to their end.

use std::process::Command;

/// Runs it, and fails if it does.
pub(super) fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| missing(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", shown(command))) }
}

/// What it prints, without the line's end.
pub(super) fn output(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| missing(command, &error))?;
    if !output.status.success() {
        let problem = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {}", shown(command), problem.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}

fn missing(command: &Command, error: &std::io::Error) -> String {
    format!("{} cannot be run: {error}", command.get_program().to_string_lossy())
}

fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
