//! The code of every error of the family.

use crdt_core::wire::{DecodeError, DecodeErrorKind};
use crdt_core::{AdmitError, ClockError, ParseReplicaIdError, ParseTimestampError};
use crdt_counters::CounterOverflow;

use crate::failure::Coded;

impl Coded for AdmitError {
    fn code(&self) -> &'static str {
        match self {
            Self::FutureTimestamp { .. } => "from-the-future",
            _ => "id-in-use",
        }
    }
}

impl Coded for ClockError {
    fn code(&self) -> &'static str {
        match self {
            Self::JumpedAhead { .. } => "clock-jumped",
            _ => "clock",
        }
    }
}

impl Coded for CounterOverflow {
    fn code(&self) -> &'static str {
        "overflow"
    }
}

impl Coded for DecodeError {
    fn code(&self) -> &'static str {
        match self.kind() {
            DecodeErrorKind::UnknownVersion(_) => "version",
            _ => "malformed",
        }
    }
}

impl Coded for ParseReplicaIdError {
    fn code(&self) -> &'static str {
        "replica-id"
    }
}

impl Coded for ParseTimestampError {
    fn code(&self) -> &'static str {
        "timestamp"
    }
}

#[cfg(feature = "replica")]
mod of_replicas {
    use crdt_document::WriteError;
    use crdt_sync::{OpenError, ParseTokenError, ReceiveError, SnapshotError, TryWriteError};

    use crate::document::Stopped;
    use crate::failure::Coded;

    impl Coded for WriteError {
        fn code(&self) -> &'static str {
            match self {
                Self::CounterOverflow { .. } => "overflow",
                Self::GrowOnly { .. } => "grow-only",
                Self::Clock(error) => error.code(),
                _ => "id-used-up",
            }
        }
    }

    impl Coded for OpenError {
        fn code(&self) -> &'static str {
            "store"
        }
    }

    impl Coded for SnapshotError {
        fn code(&self) -> &'static str {
            match self {
                Self::Closed => "closed",
                Self::Oneself => "oneself",
                Self::Refused(error) => error.code(),
                Self::NeverMade { .. } => "id-in-use",
                _ => "store",
            }
        }
    }

    impl Coded for ParseTokenError {
        fn code(&self) -> &'static str {
            "token"
        }
    }

    impl Coded for TryWriteError<Stopped> {
        fn code(&self) -> &'static str {
            match self {
                Self::Write(crdt_sync::WriteError::Clock(error)) => error.code(),
                Self::Change(stopped) => stopped.code(),
                _ => "closed",
            }
        }
    }

    impl Coded for ReceiveError {
        fn code(&self) -> &'static str {
            match self {
                Self::Closed => "closed",
                Self::UnknownPeer => "unknown-peer",
                Self::TooLong { .. } | Self::ValueTooLong { .. } => "too-long",
                Self::Damaged => "damaged",
                Self::Version { .. } => "version",
                Self::Oneself => "oneself",
                Self::Refused(error) => error.code(),
                Self::Unexpected(_) => "unexpected",
                _ => "malformed",
            }
        }
    }
}
