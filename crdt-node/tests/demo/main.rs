//! The demo, with real processes: over a file of operations, and until Ctrl-C.

#![cfg(unix)]

mod file;
mod live;
mod running;
