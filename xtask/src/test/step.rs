//! One thing that has to hold.

use std::process::Command;

use crate::cargo::shown;

pub(super) struct Step {
    pub(super) name: String,
    pub(super) what: &'static str,
    pub(super) work: Work,
}

pub(super) enum Work {
    /// Each has to succeed.
    Commands(Vec<Command>),
    /// It says what is wrong.
    Check(fn() -> Result<(), String>),
}

impl Step {
    pub(super) fn run(&self) -> Result<(), String> {
        match &self.work {
            Work::Check(check) => check(),
            Work::Commands(commands) => commands.iter().try_for_each(execute),
        }
    }
}

pub(super) fn execute(command: &Command) -> Result<(), String> {
    println!("    {}", shown(command));
    let mut again = Command::new(command.get_program());
    again.args(command.get_args());
    again.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    again.current_dir(crate::cargo::root());
    let status = again.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{}`, {status}", shown(command))) }
}
