//! Who can reach whom, and whether they agree.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::Failure;
use super::fleet::{Fleet, pair};

/// How long regions that reach each other may differ.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long regions may take to meet.
const MEETING: Duration = Duration::from_secs(5);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Waits until all regions that can reach each other, through others too, are equal; returns how
/// many such groups there are.
pub(super) fn wait(fleet: &mut Fleet<'_>) -> Result<usize, Failure> {
    let groups = groups(&fleet.running(), fleet.cuts());
    let deadline = Instant::now() + PATIENCE;
    for group in &groups {
        while !are_equal(fleet, group)? {
            if Instant::now() > deadline {
                return Err(Failure::new(format!(
                    "{} still differ after {} seconds",
                    group.join(", "),
                    PATIENCE.as_secs()
                )));
            }
            fleet.pause(PAUSE)?;
        }
    }
    Ok(groups.len())
}

/// Lets all regions meet that run and are not cut off from each other, so that each can tell from
/// then on how far behind the others are. Nothing else depends on it, so it is not waited for long.
pub(super) fn meet(fleet: &mut Fleet<'_>) -> Result<(), Failure> {
    let deadline = Instant::now() + MEETING;
    while !have_met(fleet)? && Instant::now() < deadline {
        fleet.pause(PAUSE)?;
    }
    Ok(())
}

fn have_met(fleet: &mut Fleet<'_>) -> Result<bool, Failure> {
    let running = fleet.running();
    for region in &running {
        let peers = fleet.status(region)?.peers;
        let strangers = peers.into_iter().filter(|(_, standing)| standing.behind.is_none());
        let names: Vec<String> = strangers.map(|(name, _)| name).collect();
        let is_cut = |name: &String| fleet.cuts().contains(&pair(region, name));
        if names.iter().any(|name| running.contains(name) && !is_cut(name)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Asked one after the other, regions that answer the same are equal to the merge of them all:
/// states only grow, and each holds what it wrote itself.
fn are_equal(fleet: &mut Fleet<'_>, group: &[String]) -> Result<bool, Failure> {
    let mut fingerprints = BTreeSet::new();
    for region in group {
        fingerprints.insert(fleet.status(region)?.fingerprint);
    }
    Ok(fingerprints.len() <= 1)
}

/// The connected components of the regions, whose edges are the pairs that are not cut.
fn groups(regions: &[String], cuts: &BTreeSet<[String; 2]>) -> Vec<Vec<String>> {
    let connected = |a: &String, b: &String| !cuts.contains(&pair(a, b));
    let mut left: Vec<String> = regions.to_vec();
    let mut groups = Vec::new();
    while let Some(first) = left.pop() {
        let mut group = vec![first];
        let mut looked_at = 0;
        while let Some(region) = group.get(looked_at).cloned() {
            let (reached, apart) = left.into_iter().partition(|other| connected(&region, other));
            left = apart;
            group.extend::<Vec<_>>(reached);
            looked_at += 1;
        }
        group.sort();
        groups.push(group);
    }
    groups.sort();
    groups
}

#[cfg(test)]
mod tests {
    use super::groups;

    fn grouped(cuts: &[[&str; 2]]) -> Vec<Vec<String>> {
        let regions = ["a", "b", "c", "d"].map(String::from);
        groups(&regions, &cuts.iter().map(|cut| cut.map(String::from)).collect())
    }

    #[test]
    fn who_is_reached_through_another_is_in_the_group() {
        assert_eq!(grouped(&[]).len(), 1);
        assert_eq!(grouped(&[["a", "b"], ["a", "c"], ["b", "c"]]).len(), 1, "d reaches all");
    }

    #[test]
    fn a_partition_makes_two_groups() {
        let cuts = [["a", "b"], ["a", "c"], ["b", "d"], ["c", "d"]];
        assert_eq!(grouped(&cuts), [["a", "d"], ["b", "c"]]);
    }
}
