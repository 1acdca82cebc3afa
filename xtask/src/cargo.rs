//! Calls of cargo, at the root of the workspace.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the workspace: the one that cargo runs this for, also where several share what is built.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR");
    Path::new(&package.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into())).join("..")
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}=\"{}\"", name.to_str()?, value?.to_str()?)));
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    variables.chain(["cargo".into()]).chain(arguments).collect::<Vec<_>>().join(" ")
}
