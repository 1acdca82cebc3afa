//! The tables at the end.

use std::collections::BTreeMap;
use std::time::Duration;

use super::client::Behind;
use crate::operations::{Reading, Subject, Value};

/// A cell longer than this is cut short.
const WIDEST: usize = 40;

/// One line for each value, one column for each region.
pub(super) fn values(regions: &[String], values: &[Vec<Reading>]) -> String {
    let mut by_subject: BTreeMap<&Subject, Vec<Option<&Value>>> = BTreeMap::new();
    for (column, readings) in values.iter().enumerate() {
        for reading in readings {
            let row = by_subject.entry(&reading.subject);
            row.or_insert_with(|| vec![None; values.len()])[column] = Some(&reading.value);
        }
    }
    let rows = by_subject.into_iter().map(|(subject, values)| {
        let cell = |value: Option<&Value>| {
            value.map_or_else(|| Value::unwritten(subject.kind).to_string(), Value::to_string)
        };
        let cells = values.into_iter().map(cell);
        std::iter::once(subject.to_string()).chain(cells).collect()
    });
    if rows.len() == 0 {
        return "  no values".into();
    }
    table(std::iter::once(heading("value", regions, "")).chain(rows))
}

/// One line for each sender, one column for each receiver.
pub(super) fn bytes(regions: &[String], sent: impl Fn(&str, &str) -> u64) -> String {
    pairs("bytes sent by", "to ", regions, |from, to| sent(from, to).to_string())
}

/// One line for each region that is ahead, one column for each that is behind.
pub(super) fn lags(regions: &[String], behind: impl Fn(&str, &str) -> Option<Behind>) -> String {
    let cell = |from: &str, to: &str| behind(from, to).map_or_else(|| "not met".into(), lag);
    pairs("lag behind", "of ", regions, cell)
}

/// How far behind a region is, in words.
pub(super) fn lag(Behind { changes, bytes, age_ms }: Behind) -> String {
    match changes {
        0 => "none".into(),
        1 => format!("1 change, {bytes} bytes, {age_ms} ms"),
        _ => format!("{changes} changes, {bytes} bytes, {age_ms} ms"),
    }
}

/// One line for each region, with when it covered a token.
pub(super) fn covered(regions: &[String], after: impl Fn(&str) -> Option<Duration>) -> String {
    let rows = regions.iter().map(|region| {
        let cell = match after(region) {
            Some(Duration::ZERO) => "at once: it was written there".into(),
            Some(after) => format!("{after:.1?}"),
            None => "not yet".into(),
        };
        vec![region.clone(), cell]
    });
    table(std::iter::once(vec!["covered in".into(), "after".into()]).chain(rows))
}

/// One line for each region, one column for each other.
fn pairs(
    first: &str,
    before: &str,
    regions: &[String],
    cell: impl Fn(&str, &str) -> String,
) -> String {
    let rows = regions.iter().map(|from| {
        let cell = |to: &String| if from == to { "-".into() } else { cell(from, to) };
        std::iter::once(from.clone()).chain(regions.iter().map(cell)).collect()
    });
    table(std::iter::once(heading(first, regions, before)).chain(rows))
}

fn heading(first: &str, regions: &[String], before: &str) -> Vec<String> {
    let columns = regions.iter().map(|region| format!("{before}{region}"));
    std::iter::once(first.to_owned()).chain(columns).collect()
}

fn table(rows: impl Iterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> =
        rows.map(|row| row.iter().map(|cell| shortened(cell)).collect()).collect();
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn shortened(cell: &str) -> String {
    if cell.chars().count() <= WIDEST {
        return cell.into();
    }
    cell.chars().take(WIDEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{bytes, covered, lags, values};
    use crate::operations::parse_reading;
    use crate::supervisor::client::Behind;

    #[test]
    fn values_stand_beside_each_other() {
        let read = |text: &str| parse_reading(text).expect("reads");
        let regions = ["a".into(), "eu-west".into()];
        let long = format!("lww n = {}", "x".repeat(50));
        let there = vec![read("counter views = 80"), read("or-set cart = A B"), read(&long)];
        let shown = values(&regions, &[there, vec![read("counter views = 7")]]);
        let expected = format!(
            "  value            a                                         eu-west\n  \
               counter \"views\"  80                                        7\n  \
               or-set \"cart\"    \"A\" \"B\"                                   nothing\n  \
               lww \"n\"          \"{}…  nothing",
            "x".repeat(38)
        );
        assert_eq!(shown, expected);
    }

    #[test]
    fn where_nothing_was_written_there_are_no_values() {
        assert_eq!(values(&["a".into(), "b".into()], &[vec![], vec![]]), "  no values");
    }

    #[test]
    fn bytes_stand_by_sender_and_receiver() {
        let regions = ["a".into(), "b".into()];
        let shown = bytes(&regions, |from, _| if from == "a" { 12 } else { 3 });
        assert_eq!(
            shown,
            "  bytes sent by  to a  to b\n  a              -     12\n  b              3     -"
        );
    }

    #[test]
    fn lags_stand_by_who_is_ahead_and_who_is_behind() {
        let regions = ["a".into(), "b".into()];
        let behind = |from: &str, _: &str| {
            let changes = u64::from(from == "a");
            (from == "a").then_some(Behind { changes, bytes: 20, age_ms: 3 })
        };
        assert_eq!(
            lags(&regions, behind),
            "  lag behind  of a     of b\n  \
               a           -        1 change, 20 bytes, 3 ms\n  \
               b           not met  -"
        );
    }

    #[test]
    fn a_token_is_covered_at_once_later_or_not_yet() {
        let regions = ["a".into(), "b".into(), "c".into()];
        let after = |region: &str| match region {
            "a" => Some(Duration::ZERO),
            "b" => Some(Duration::from_micros(1_250)),
            _ => None,
        };
        assert_eq!(
            covered(&regions, after),
            "  covered in  after\n  \
               a           at once: it was written there\n  \
               b           1.2ms\n  \
               c           not yet"
        );
    }
}
