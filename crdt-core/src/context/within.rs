//! The bytes of a context of which another one is known: of dots that are all among others.

use super::CausalContext;
use crate::dotmap::live::{self, Live};
use crate::wire::{DecodeError, Reader, Writer};

impl CausalContext {
    /// Writes these dots, which are all among those of `whole`: for each replica of `whole` as runs
    /// of places or as one bit a dot, whichever is shorter. Dots that are not among those of
    /// `whole` are left out.
    ///
    /// Size: a byte for each replica of `whole` at least, and never more than a bit for each dot of
    /// it besides. Cost: O(runs of both).
    pub fn write_within(&self, whole: &Self, writer: &mut Writer) {
        for (replica, dots) in whole.entries() {
            live::write(dots, &self.get(replica).intersection(dots), writer);
        }
    }

    /// Reads what [`write_within`](CausalContext::write_within) wrote of the same `whole`.
    ///
    /// # Errors
    ///
    /// When the bytes are not what it writes, or hold more runs than the budget allows.
    pub fn read_within(whole: &Self, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut read = Self::new();
        for (replica, dots) in whole.entries() {
            let of_one = Live::read(dots, reader)?;
            read.push(replica, of_one.into_runs(dots, reader)?);
        }
        Ok(read)
    }
}
