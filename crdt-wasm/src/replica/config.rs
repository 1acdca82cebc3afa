//! What can be set of a replica.

use crdt_sync::Config;
use wasm_bindgen::prelude::*;

use crate::failure::{Result, throw};
use crate::values::millis;

/// [`Config`], set by name.
#[wasm_bindgen]
pub struct RawConfig(pub(super) Config);

#[wasm_bindgen]
impl RawConfig {
    /// Of a replica that persists what it writes, or of one that does not.
    #[wasm_bindgen(constructor)]
    pub fn new(durable: bool) -> Self {
        Self(if durable { Config::default() } else { Config::volatile() })
    }

    /// Sets one of the settings by its name in `ts/config.ts`.
    pub fn set(&mut self, name: &str, value: f64) -> Result<()> {
        let whole = millis(value);
        #[allow(clippy::cast_possible_truncation, reason = "sizes on this target fit in 32 bits")]
        let size = whole.min(usize::MAX as u64) as usize;
        let config = &mut self.0;
        match name {
            "maxMessage" => config.max_message = size,
            "maxTransfer" => config.max_transfer = size,
            "logBytes" => config.log_bytes = size,
            "forwardDelayMs" => config.forward_delay_ms = whole,
            "ackDelayMs" => config.ack_delay_ms = whole,
            "gossipMs" => config.gossip_ms = whole,
            "resendMs" => config.resend_ms = whole,
            "maxResendMs" => config.max_resend_ms = whole,
            "quietMs" => config.quiet_ms = whole,
            "lagWarnMs" => config.lag_warn_ms = whole,
            "lagCriticalMs" => config.lag_critical_ms = whole,
            "tokenLifeMs" => config.token_life_ms = whole,
            "quarantineHorizonMs" => config.quarantine_horizon_ms = whole,
            "quarantineItems" => config.quarantine_items = size,
            "quarantineBytes" => config.quarantine_bytes = size,
            _ => return Err(throw("option", &alloc::format!("there is no option {name:?}"))),
        }
        Ok(())
    }
}
