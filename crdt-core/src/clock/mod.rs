//! The hybrid logical clock of Kulkarni, Demirbas, Madappa, Avva and Leone (OPODIS 2014).

mod hybrid;
mod plausible;
mod reading;
mod timestamp;

pub use hybrid::{Clock, ClockError};
pub use reading::Reading;
pub use timestamp::{ParseTimestampError, Timestamp};
