//! The program of a NATS server, for regions that have one each.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace::Workspace;

/// Debian's package, and where it has the program.
const PACKAGE: &str = "nats-server";
const PROGRAM: &str = "usr/sbin/nats-server";

/// The program that is installed; or else Debian's, which is unpacked among what is built, so that nothing
/// is installed. The error says why there is none.
pub(crate) fn server() -> Result<PathBuf, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Not in the path of everybody, but executable by everybody.
    let places = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    if let Some(program) = places.map(|place| place.join(PACKAGE)).find(|file| file.is_file()) {
        return Ok(program);
    }
    let folder = Workspace::read()?.target.join(PACKAGE);
    let program = folder.join(PROGRAM);
    if !program.is_file() {
        if !Path::new("/etc/debian_version").exists() {
            return Err(format!("there is no {PACKAGE}: install it"));
        }
        unpack(&folder).map_err(|problem| format!("there is no {PACKAGE}: {problem}"))?;
    }
    Ok(program)
}

/// Needs no rights but to write the folder; where no list of packages is there yet, those of root.
fn unpack(folder: &Path) -> Result<(), String> {
    eprintln!("Fetching Debian's {PACKAGE} into {}.", folder.display());
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let quietly = |command: &mut Command| {
        let ended = command.current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        ended.status().is_ok_and(|status| status.success())
    };
    let download = || quietly(Command::new("apt-get").args(["download", PACKAGE]));
    let update = || quietly(Command::new("apt-get").args(["update", "-qq"]));
    let is_there = download() || update() && download();
    if !is_there {
        return Err(format!("`apt-get download {PACKAGE}` does not work here: install it"));
    }
    let files = folder.read_dir().map_err(|error| error.to_string())?.flatten();
    let is_package = |path: &PathBuf| path.extension().is_some_and(|end| end == "deb");
    let package = files.map(|file| file.path()).find(is_package);
    let package = package.ok_or_else(|| "nothing was fetched".to_owned())?;
    if quietly(Command::new("dpkg-deb").arg("-x").arg(package).arg(".")) {
        Ok(())
    } else {
        Err("what was fetched cannot be unpacked".into())
    }
}
