//! The demo, with real processes: over a file of operations, until Ctrl-C, and under load.

#![cfg(unix)]

mod file;
mod live;
mod load;
mod running;
