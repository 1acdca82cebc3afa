//! The command line of the simulator. `cargo xtask simulate` reads it too, before anything is built.

/// The kinds of state that there are.
const KINDS: [&str; 7] = ["counters", "tags", "set", "texts", "crowd", "auction", "document"];

pub(crate) const USAGE: &str = "\
usage: cargo xtask simulate [--seeds N]      how many for each kind, 1,000 if not given
                            [--from SEED]    the first, 0 if not given
                            [--only KIND]    counters, tags, set, texts, crowd, auction or document
                            [--steps N]      of each run, 60 if not given
                            [--keep-going]   all failures, a line each, and not the first, made short
                            [--story]        every message of the failure too
                            [--counts]       the number of crashes, losses and the like, and of bytes sent";

/// What is asked of the simulator.
pub(crate) struct Options {
    pub(crate) seeds: u64,
    pub(crate) from: u64,
    pub(crate) steps: usize,
    pub(crate) only: Option<String>,
    pub(crate) keep_going: bool,
    pub(crate) story: bool,
    pub(crate) counts: bool,
}

/// Reads the words; `None` when they ask for help.
pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options {
        seeds: 1_000,
        from: 0,
        steps: 60,
        only: None,
        keep_going: false,
        story: false,
        counts: false,
    };
    while let Some(word) = words.next() {
        let mut number = || {
            let given = words.next().ok_or_else(|| format!("{word} needs a number"))?;
            given
                .parse::<u64>()
                .map_err(|_| format!("{word} needs a whole number, and not {given:?}"))
        };
        match &*word {
            "--seeds" => options.seeds = number()?,
            "--from" => options.from = number()?,
            "--steps" => {
                options.steps = usize::try_from(number()?).map_err(|error| error.to_string())?;
            }
            "--only" => {
                let kind = words.next().unwrap_or_default();
                if !KINDS.contains(&&*kind) {
                    return Err(format!("there is no kind {kind:?}"));
                }
                options.only = Some(kind);
            }
            "--story" => options.story = true,
            "--counts" => options.counts = true,
            "--help" | "-h" => return Ok(None),
            "--keep-going" => options.keep_going = true,
            _ => return Err(format!("{word:?} is not understood")),
        }
    }
    if options.seeds == 0 {
        return Err("without a seed nothing is run".into());
    }
    if options.steps == 0 {
        return Err("without a step nothing is run".into());
    }
    Ok(Some(options))
}
