//! The commands of this repository: `cargo xtask demo`, `cargo xtask test`, `cargo xtask simulate`,
//! `cargo xtask load`, `cargo xtask wasm`.

mod cargo;
mod demo;
mod load;
mod nats;
mod simulate;
mod test;
mod wasm;
mod workspace;

use std::env;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask demo                  three regions run until Ctrl-C, with a console in a browser
       cargo xtask demo --direct         the same with direct connections, also where there is a NATS server
       cargo xtask demo FILE             regions run over a file of operations, and converge
       cargo xtask demo --once           the same over the examples of crdt-node/operations/default.ops
       cargo xtask load                  three regions under load, killed one after the other; --help for more
       cargo xtask test [STEP …]         everything that has to hold, or the steps that are named
       cargo xtask test --list           the steps
       cargo xtask simulate --seeds N    replicas in a simulated world, N times; --help for more
       cargo xtask wasm                  the npm package, into crdt-wasm/dist
       cargo xtask wasm --report         its sizes and times beside those of its peers
       cargo xtask wasm --serve          builds it, and shows crdt-wasm/examples/cart on 127.0.0.1

FILE: see docs/DEMO.md.";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy()).collect();
    let mut words = words.iter().map(AsRef::as_ref);
    let is_ours = !matches!(words.clone().next(), Some("simulate" | "load"));
    if is_ours && words.clone().any(|word: &str| matches!(word, "--help" | "-h")) {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match words.next() {
        None | Some("help") => {
            println!("{USAGE}");
            ExitCode::SUCCESS
        }
        Some("demo") => demo::run(&arguments[1..]),
        Some("load") => load::run(&arguments[1..]),
        Some("simulate") => simulate::run(&arguments[1..]),
        Some("wasm") => wasm::run(&words.filter(|word| *word != "--").collect::<Vec<_>>()),
        Some("test") => test::run(&words.filter(|word| *word != "--").collect::<Vec<_>>()),
        Some(other) => misused(&format!("there is no command {other:?}")),
    }
}

/// Nothing was done: the command line is wrong.
fn misused(problem: &str) -> ExitCode {
    eprintln!("{problem}\n\n{USAGE}");
    ExitCode::from(2)
}
