//! What decoding may use.

/// What one message may make its receiver hold.
///
/// Memory is proportional to the input anyway: every item takes at least one byte of it, but for
/// some that say nothing. The budget bounds the input, and the kinds of content that cost their
/// receiver more than their bytes do. It is for what comes from outside: what a program reads back
/// from its own store is [`unbounded`](Budget::unbounded).
///
/// # Examples
///
/// ```
/// use crdt_core::wire::{Budget, DecodeErrorKind, Wire};
///
/// let small = Budget::default().with_items(2);
/// let bytes = vec![1u64, 2, 3].encode();
/// let refused = Vec::<u64>::decode_within(&bytes, &small).unwrap_err();
/// assert_eq!(refused.kind(), &DecodeErrorKind::OverBudget("items"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    pub(super) bytes: usize,
    pub(super) items: usize,
    pub(super) replicas: usize,
    pub(super) runs: usize,
    pub(super) depth: usize,
}

impl Default for Budget {
    /// 64 MiB, 16,777,216 items, 1,048,576 replicas, 8,388,608 runs, 64 levels.
    fn default() -> Self {
        Self { bytes: 64 << 20, items: 1 << 24, replicas: 1 << 20, runs: 1 << 23, depth: 64 }
    }
}

impl Budget {
    /// No bounds but that of the stack, 1,024 levels: to read back what this program has written itself, from its own store.
    pub const fn unbounded() -> Self {
        Self {
            bytes: usize::MAX,
            items: usize::MAX,
            replicas: usize::MAX,
            runs: usize::MAX,
            depth: 1 << 10,
        }
    }

    /// At most this many bytes in the message.
    pub const fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// At most this many elements, entries and values, nested ones included.
    pub const fn with_items(self, items: usize) -> Self {
        Self { items, ..self }
    }

    /// At most this many different replica ids.
    pub const fn with_replicas(self, replicas: usize) -> Self {
        Self { replicas, ..self }
    }

    /// At most this many runs of dots: each hole in a causal context makes one more, and in a digest
    /// each gap between live dots.
    pub const fn with_runs(self, runs: usize) -> Self {
        Self { runs, ..self }
    }

    /// At most this many levels of values that contain values of their own type, as counted by
    /// [`Reader::nested`](super::Reader::nested).
    pub const fn with_depth(self, depth: usize) -> Self {
        Self { depth, ..self }
    }
}
