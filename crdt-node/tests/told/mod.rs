//! What is logged, as whoever runs a node sees it.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use tracing::subscriber::DefaultGuard;

/// All lines of this thread, until it is dropped.
pub(crate) struct Told {
    lines: Lines,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody has panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn hear() -> Told {
    let lines = Lines::default();
    let written = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || written.clone());
    Told { lines, _guard: tracing::subscriber::set_default(subscriber.finish()) }
}

impl Told {
    pub(crate) fn count(&self, level: &str, words: &[&str]) -> usize {
        let all = self.to_string();
        let is_it =
            |line: &&str| line.contains(level) && words.iter().all(|word| line.contains(word));
        all.lines().filter(is_it).count()
    }

    pub(crate) fn has(&self, level: &str, words: &[&str]) -> bool {
        self.count(level, words) > 0
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines.0.lock().expect("nobody has panicked");
        f.write_str(&String::from_utf8_lossy(&lines))
    }
}
