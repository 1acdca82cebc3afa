//! The tables at the end.

use std::collections::BTreeMap;

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
    let rows = regions.iter().map(|from| {
        let cell = |to: &String| if from == to { "-".into() } else { sent(from, to).to_string() };
        std::iter::once(from.clone()).chain(regions.iter().map(cell)).collect()
    });
    table(std::iter::once(heading("bytes sent by", regions, "to ")).chain(rows))
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
    use super::{bytes, values};
    use crate::operations::parse_reading;

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
}
