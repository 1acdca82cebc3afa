//! What is sampled once a second, and what is logged of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crdt_sync::Level;
use tokio::time::{MissedTickBehavior, interval};

use super::alarm::Alarm;
use crate::engine::{Engine, Region};
use crate::store::Store;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(1);

/// Samples what there is, until the engine ends or this is dropped, and logs when a region has lagged for
/// a while: a warning above a second, an error above five, and when it is back.
///
/// Cost: once a second O(documents), and O(changes that a region lacks) in those of which it lacks some.
pub async fn watch(engine: Engine, store: Arc<dyn Store>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alarms: BTreeMap<String, Alarm> = BTreeMap::new();
    loop {
        ticks.tick().await;
        let Ok(figures) = engine.figures().await else { return };
        engine.metrics().sample(&figures, store.size().ok());
        for region in &figures.regions {
            let alarm = alarms.entry(region.name.clone()).or_default();
            if let Some(level) = alarm.sample(region.level) {
                say(region, level);
            }
        }
    }
}

fn say(Region { name, positions, bytes, age, is_connected, .. }: &Region, level: Level) {
    let age_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
    match level {
        Level::Fine => tracing::info!(region = name, age_ms, "the region has caught up"),
        Level::Warn => tracing::warn!(
            region = name,
            age_ms,
            changes = positions,
            bytes,
            connected = is_connected,
            "the region lags for more than a second"
        ),
        Level::Critical => tracing::error!(
            region = name,
            age_ms,
            changes = positions,
            bytes,
            connected = is_connected,
            "the region lags for more than five seconds"
        ),
    }
}
