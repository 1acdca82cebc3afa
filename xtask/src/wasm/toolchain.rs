//! Which compiler builds for WebAssembly: it needs the standard library for `wasm32-unknown-unknown`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::root;

use super::process::{output, run};

const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's compiler for its browsers, with the sources of the standard library, and a linker.
const DEBIAN: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library/Cargo.lock";
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-19";

/// What keeps the optimizer from making the module larger and no faster. It would put functions of up to 325, in its
/// own measure, into all their callers where the source says `#[inline]`, as most of the standard library does; and
/// it would unroll loops.
const SMALLER: &str = "-Cllvm-args=-inlinehint-threshold=75 -Cllvm-args=-unroll-threshold=10";

/// A compiler that can build for WebAssembly.
pub(super) enum Toolchain {
    /// The one that runs this, which has the standard library.
    Active,
    /// Debian's, with the standard library that was built from its sources into this folder.
    Debian { sysroot: PathBuf },
}

impl Toolchain {
    /// The active one if it can; otherwise what there is to be had. What the user has installed stays
    /// as it is, but for the target that rustup adds, which is told.
    pub(super) fn choose() -> Result<Self, String> {
        if active_has_target() {
            return Ok(Self::Active);
        }
        if env::var_os("CRDT_WASM_STD").is_some_and(|choice| choice == "debian") {
            return Self::debian();
        }
        println!("the compiler lacks {TARGET}: rustup target add {TARGET}");
        let added = Command::new("rustup").args(["target", "add", TARGET]).status();
        if added.is_ok_and(|status| status.success()) && active_has_target() {
            return Ok(Self::Active);
        }
        if Path::new("/etc/debian_version").exists() {
            return Self::debian();
        }
        Err(format!(
            "there is no standard library for {TARGET}: run `rustup target add {TARGET}`, or on Debian \
             install {} and set CRDT_WASM_STD=debian",
            DEBIAN.join(" ")
        ))
    }

    fn debian() -> Result<Self, String> {
        if ![DEBIAN_RUSTC, DEBIAN_SOURCES, DEBIAN_LINKER]
            .iter()
            .all(|file| Path::new(file).exists())
        {
            install_debian()?;
        }
        let version = output(Command::new(DEBIAN_RUSTC).arg("-vV"))?;
        let of = |key| version.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
        let commit: String = of("commit-hash: ").chars().take(9).collect();
        let name = format!("{}-{commit}-small", of("release: "));
        let sysroot = cache()?.join("crdt-wasm-std").join(name);
        if !sysroot.join(".done").exists() {
            build_std(&sysroot)?;
        }
        Ok(Self::Debian { sysroot })
    }

    /// The compiler's version, and where its standard library comes from.
    pub(super) fn describe(&self) -> Result<String, String> {
        match self {
            Self::Active => output(Command::new("rustc").arg("--version")),
            Self::Debian { .. } => output(Command::new(DEBIAN_RUSTC).arg("--version")),
        }
    }

    /// Cargo, set to build for WebAssembly into `target`. Paths of this machine are kept out of what it
    /// builds, so that the same sources give the same bytes anywhere.
    pub(super) fn cargo(&self, target: &Path) -> Result<Command, String> {
        let here = root().canonicalize().map_err(|error| format!("the workspace: {error}"))?;
        let flags = format!(
            "{SMALLER} --remap-path-prefix={}=/cargo --remap-path-prefix={}=/src",
            cargo_home()?.display(),
            here.display()
        );
        let (mut cargo, flags) = match self {
            Self::Active => (crate::cargo::cargo(), flags),
            Self::Debian { sysroot } => {
                let mut cargo = debian_cargo();
                cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
                (cargo, format!("{flags} --sysroot={}", sysroot.display()))
            }
        };
        cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags);
        cargo.args(["build", "--locked", "--target", TARGET, "--target-dir"]).arg(target);
        cargo.current_dir(here).env_remove("RUSTFLAGS");
        Ok(cargo)
    }
}

fn active_has_target() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(root());
    let libraries = output(&mut rustc)
        .map(PathBuf::from)
        .and_then(|folder| folder.read_dir().map_err(|error| error.to_string()));
    libraries.is_ok_and(|mut files| {
        files.any(|file| {
            file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libstd-"))
        })
    })
}

fn install_debian() -> Result<(), String> {
    let packages = DEBIAN.join(" ");
    let is_root = output(Command::new("id").arg("-u")).is_ok_and(|id| id == "0");
    if !is_root {
        return Err(format!("run as root: apt-get install --no-install-recommends {packages}"));
    }
    println!("installing {packages}");
    run(Command::new("apt-get").args(["update", "-qq"]))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "-qq", "--yes", "--no-install-recommends"]).args(DEBIAN);
    run(install.env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Cargo beside Debian's compiler, not the one that runs this, nor its compiler.
fn debian_cargo() -> Command {
    let mut cargo = Command::new("/usr/bin/cargo");
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("RUSTUP_") || name == "CARGO" {
            cargo.env_remove(name);
        }
    }
    let path = env::var("PATH").unwrap_or_default();
    cargo.env("RUSTC", DEBIAN_RUSTC).env("PATH", format!("/usr/bin:{path}"));
    cargo
}

/// Builds the standard library from an empty package, once for each version of the compiler.
fn build_std(sysroot: &Path) -> Result<(), String> {
    println!("building the standard library for {TARGET}, once: a minute");
    let failed = |error: std::io::Error| format!("{}: {error}", sysroot.display());
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    let empty = sysroot.join("empty");
    fs::create_dir_all(&libraries).map_err(failed)?;
    fs::create_dir_all(empty.join("src")).map_err(failed)?;
    fs::write(empty.join("src/lib.rs"), "").map_err(failed)?;
    let manifest = "[package]\nname = \"empty\"\nedition = \"2021\"\n\
                    [profile.release]\npanic = \"abort\"\nopt-level = \"z\"\n[workspace]\n";
    fs::write(empty.join("Cargo.toml"), manifest).map_err(failed)?;
    // With bitcode, so that it can be optimized together with what uses it.
    let flags = format!(
        "-Cembed-bitcode=yes --remap-path-prefix={}=/cargo --remap-path-prefix=/usr/lib/rustlib/src/rust=/rustc",
        cargo_home()?.display()
    );
    let mut cargo = debian_cargo();
    // The standard library's own feature, which has it sort and search in less code.
    cargo.args(["build", "--quiet", "--release", "--target", TARGET]);
    cargo.args(["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"]);
    cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags).env_remove("CARGO_TARGET_DIR");
    run(cargo.current_dir(&empty))?;
    let built = empty.join("target").join(TARGET).join("release/deps");
    for file in built.read_dir().map_err(failed)?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if file.path().extension().is_some_and(|end| end == "rlib") && !name.starts_with("libempty")
        {
            fs::copy(file.path(), libraries.join(name)).map_err(failed)?;
        }
    }
    fs::remove_dir_all(&empty).map_err(failed)?;
    fs::write(sysroot.join(".done"), "").map_err(failed)
}

fn cargo_home() -> Result<PathBuf, String> {
    env::var_os("CARGO_HOME").map(PathBuf::from).map_or_else(|| Ok(home()?.join(".cargo")), Ok)
}

fn cache() -> Result<PathBuf, String> {
    let given = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    given.map_or_else(|| Ok(home()?.join(".cache")), Ok)
}

fn home() -> Result<PathBuf, String> {
    env::home_dir().ok_or_else(|| "there is no home folder: set HOME".into())
}
