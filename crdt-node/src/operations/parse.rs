//! One line, read.

use std::time::Duration;

use crdt_core::Timestamp;

use super::words::{self, Word};
use super::{Change, Kind, Operation, Reading, Statement, Subject, Value};

const LONGEST_PAUSE: u64 = 60;

/// The words that start a statement of the run as a whole.
pub(super) const KEYWORDS: [&str; 9] =
    ["regions", "sync", "cut", "heal", "kill", "stop", "start", "pause", "expect"];

/// Reads a line; `None` when it says nothing.
pub(super) fn statement(line: &str) -> Result<Option<Statement>, String> {
    let mut words = Words::split(line)?;
    let Some(first) = words.next() else { return Ok(None) };
    let statement = match &first {
        Word::Bare(text) if text.len() > 1 && text.ends_with(':') => {
            let region = region(Word::Bare(text[..text.len() - 1].into()))?;
            words.at_region(region)?
        }
        Word::Bare(text) if !KEYWORDS.contains(&text.as_str()) => {
            return Err(words.almost_at_region(text).unwrap_or_else(|| unknown(&first)));
        }
        Word::Bare(text) => words.everywhere(text)?,
        Word::Quoted(_) => return Err(unknown(&first)),
    };
    words.end()?;
    Ok(Some(statement))
}

/// Reads an operation without its region.
#[cfg(test)]
pub(crate) fn operation(text: &str) -> Result<Operation, String> {
    whole(text, Words::operation)
}

/// Reads what follows `expect`.
#[cfg(test)]
pub(crate) fn reading(text: &str) -> Result<Reading, String> {
    whole(text, Words::reading)
}

#[cfg(test)]
fn whole<T>(text: &str, read: impl Fn(&mut Words) -> Result<T, String>) -> Result<T, String> {
    let mut words = Words::split(text)?;
    let value = read(&mut words)?;
    words.end()?;
    Ok(value)
}

/// The words of a line that are not read yet.
struct Words {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
    /// How the line would be right, once it is known what it wants to say.
    usage: &'static str,
}

impl Words {
    fn split(line: &str) -> Result<Self, String> {
        let words = words::split(line)?.into_iter().peekable();
        Ok(Self { words, usage: "" })
    }

    fn next(&mut self) -> Option<Word> {
        self.words.next()
    }

    /// What follows `REGION:`.
    fn at_region(&mut self, region: String) -> Result<Statement, String> {
        if self.words.next_if(|word| word.is("expect")).is_some() {
            return Ok(Statement::Expect { region: Some(region), reading: self.reading()? });
        }
        Ok(Statement::Apply { region, operation: self.operation()? })
    }

    /// What is wrong with a line that says `REGION: …` but for the colon or the space.
    fn almost_at_region(&mut self, first: &str) -> Option<String> {
        let continues = |word: &str| word == "expect" || Kind::of_word(word).is_some();
        if let Some((region, rest)) = first.split_once(':') {
            return (!region.is_empty() && continues(rest))
                .then(|| format!("a space is missing after {region}:; write: {region}: {rest} …"));
        }
        match self.words.peek()? {
            Word::Bare(next) if next == ":" => {
                Some(format!("a space is too much before the colon; write: {first}: …"))
            }
            Word::Bare(next) if continues(next) => {
                Some(format!("a colon is missing after {first}; write: {first}: {next} …"))
            }
            _ => None,
        }
    }

    /// A statement of the run as a whole.
    fn everywhere(&mut self, keyword: &str) -> Result<Statement, String> {
        Ok(match keyword {
            "regions" => {
                self.usage = "regions NAME NAME …";
                let mut regions = vec![self.region()?, self.region()?];
                while let Some(word) = self.next() {
                    regions.push(region(word)?);
                }
                Statement::Regions(regions)
            }
            "sync" => {
                self.usage = "sync";
                Statement::Sync
            }
            "cut" => {
                self.usage = "cut REGION REGION";
                Statement::Cut(self.region()?, self.region()?)
            }
            "heal" => {
                self.usage = "heal, or heal REGION REGION";
                if self.words.peek().is_none() {
                    return Ok(Statement::Heal(None));
                }
                Statement::Heal(Some((self.region()?, self.region()?)))
            }
            "kill" => {
                self.usage = "kill REGION";
                Statement::Kill(self.region()?)
            }
            "stop" => {
                self.usage = "stop REGION";
                Statement::Stop(self.region()?)
            }
            "start" => {
                self.usage = "start REGION";
                Statement::Start(self.region()?)
            }
            "pause" => {
                self.usage = "pause SECONDS, at most 60";
                let seconds = self.number()?;
                if seconds > LONGEST_PAUSE {
                    return Err(self.wrong(&format!("{seconds} is too long")));
                }
                Statement::Pause(Duration::from_secs(seconds))
            }
            "expect" => Statement::Expect { region: None, reading: self.reading()? },
            other => return Err(unknown(&Word::Bare(other.into()))),
        })
    }

    fn operation(&mut self) -> Result<Operation, String> {
        let kind = self.kind()?;
        self.usage = match kind {
            Kind::Counter => "counter NAME += NUMBER",
            Kind::PnCounter => "pn-counter NAME += NUMBER, or -= NUMBER, or reset",
            Kind::GSet => "g-set NAME add ELEMENT …",
            Kind::OrSet => "or-set NAME add ELEMENT …, or remove ELEMENT …, or clear",
            Kind::Lww => "lww NAME = VALUE, or lww NAME = VALUE at MILLISECONDS",
            Kind::Mv => "mv NAME = VALUE, or resolve VALUE, or clear",
        };
        let name = self.text("a name")?;
        let verb = self.word("what to do with it")?;
        let Word::Bare(keyword) = &verb else {
            return Err(self.wrong(&format!("{verb} is not what can be done with it")));
        };
        let change = match (kind, keyword.as_str()) {
            (Kind::Counter, "+=") => Change::CounterAdd(self.number()?),
            (Kind::PnCounter, "+=") => Change::PnCounterAdd(self.number()?),
            (Kind::PnCounter, "-=") => Change::PnCounterSubtract(self.number()?),
            (Kind::PnCounter, "reset") => Change::PnCounterReset,
            (Kind::GSet, "add") => Change::GSetAdd(self.elements()?),
            (Kind::OrSet, "add") => Change::OrSetAdd(self.elements()?),
            (Kind::OrSet, "remove") => Change::OrSetRemove(self.elements()?),
            (Kind::OrSet, "clear") => Change::OrSetClear,
            (Kind::Lww, "=") => {
                let value = self.text("a value")?;
                let stamped = self.words.next_if(|word| word.is("at")).is_some();
                Change::LwwWrite { value, at: stamped.then(|| self.instant()).transpose()? }
            }
            (Kind::Mv, "=") => Change::MvWrite(self.text("a value")?),
            (Kind::Mv, "resolve") => Change::MvResolve(self.text("a value")?),
            (Kind::Mv, "clear") => Change::MvClear,
            _ => {
                let problem = unspaced(keyword);
                let other = || format!("{verb} is not what can be done with it");
                return Err(self.wrong(&problem.unwrap_or_else(other)));
            }
        };
        Ok(Operation { name, change })
    }

    fn reading(&mut self) -> Result<Reading, String> {
        let kind = self.kind()?;
        self.usage = match kind {
            Kind::Counter | Kind::PnCounter => "expect counter NAME = NUMBER (also pn-counter)",
            Kind::Lww => "expect lww NAME = VALUE, or = nothing",
            Kind::GSet | Kind::OrSet | Kind::Mv => {
                "expect or-set NAME = ELEMENT …, or = nothing (also g-set, mv)"
            }
        };
        let name = self.text("a name")?;
        let equals = self.word("=")?;
        if !equals.is("=") {
            let problem = if let Word::Bare(text) = &equals { unspaced(text) } else { None };
            let other = || format!("{equals} stands where = is missing");
            return Err(self.wrong(&problem.unwrap_or_else(other)));
        }
        let value = if kind.is_number() {
            let number: i128 = self.number()?;
            if kind == Kind::Counter && number < 0 {
                return Err(self.wrong(&format!("a counter only grows, so it is never {number}")));
            }
            Value::Number(number)
        } else if self.words.next_if(|word| word.is("nothing")).is_some() {
            Value::Texts([].into())
        } else if kind == Kind::Lww {
            Value::Texts([self.text("a value")?].into())
        } else {
            Value::Texts(self.elements()?.into_iter().collect())
        };
        Ok(Reading { subject: Subject { kind, name }, value })
    }

    fn kind(&mut self) -> Result<Kind, String> {
        let all = Kind::ALL.map(Kind::word).join(", ");
        let Some(word) = self.next() else {
            return Err(format!("a type is missing; it is one of {all}"));
        };
        let kind = if let Word::Bare(text) = &word { Kind::of_word(text) } else { None };
        kind.ok_or_else(|| format!("{word} is not a type; it is one of {all}"))
    }

    fn elements(&mut self) -> Result<Vec<String>, String> {
        let mut elements = vec![self.text("an element")?];
        elements.extend(std::iter::from_fn(|| self.next().map(Word::into_text)));
        Ok(elements)
    }

    fn number<N: std::str::FromStr>(&mut self) -> Result<N, String> {
        let word = self.word("a number")?;
        let Word::Bare(text) = &word else {
            return Err(self.wrong(&format!("{word} is a text, not a number")));
        };
        let wrong = || self.wrong(&format!("{word} is not a whole number that fits here"));
        if text.starts_with('+') { Err(wrong()) } else { text.parse().map_err(|_| wrong()) }
    }

    /// An instant, in milliseconds since 1970.
    fn instant(&mut self) -> Result<Timestamp, String> {
        let millis = self.number()?;
        let beyond = || self.wrong(&format!("{millis} ms is beyond the range of timestamps"));
        Timestamp::from_millis(millis).ok_or_else(beyond)
    }

    fn region(&mut self) -> Result<String, String> {
        let word = self.word("a region")?;
        region(word)
    }

    fn text(&mut self, what: &str) -> Result<String, String> {
        self.word(what).map(Word::into_text)
    }

    fn word(&mut self, what: &str) -> Result<Word, String> {
        self.next().ok_or_else(|| self.wrong(&format!("{what} is missing")))
    }

    fn end(&mut self) -> Result<(), String> {
        match self.next() {
            None => Ok(()),
            Some(word) => Err(self.wrong(&format!("{word} is too much"))),
        }
    }

    fn wrong(&self, problem: &str) -> String {
        format!("{problem}; write: {}", self.usage)
    }
}

/// A region's name is also the name of a folder, so it is kept to what is safe there.
fn region(word: Word) -> Result<String, String> {
    let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match word {
        Word::Bare(name) if name.len() <= 32 && name.chars().all(safe) => Ok(name),
        other => Err(format!(
            "{other} is no name for a region: up to 32 of a-z, 0-9 and -, without quotes"
        )),
    }
}

/// What is wrong with a word such as `+=1`.
fn unspaced(word: &str) -> Option<String> {
    let sign = ["+=", "-=", "="].into_iter().find(|sign| word.starts_with(sign))?;
    let rest = &word[sign.len()..];
    let runs_on = !rest.is_empty() && !rest.starts_with('=');
    runs_on.then(|| format!("a space is missing after {sign}"))
}

fn unknown(word: &Word) -> String {
    format!(
        "{word} starts no statement; one starts with a region and a colon (eu-west: …), or with \
         regions, sync, cut, heal, kill, stop, start, pause or expect"
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crdt_core::Timestamp;

    use super::{operation, reading, statement};
    use crate::operations::{Change, Kind, Operation, Reading, Statement, Subject, Value};

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().copied().map(String::from).collect()
    }

    #[test]
    fn every_operation_reads_and_reads_back() {
        let value = || String::from("Main St 1");
        for (line, change) in [
            ("counter x += 50", Change::CounterAdd(50)),
            ("pn-counter x += 100", Change::PnCounterAdd(100)),
            ("pn-counter x -= 18446744073709551615", Change::PnCounterSubtract(u64::MAX)),
            ("pn-counter x reset", Change::PnCounterReset),
            ("resettable x += 0", Change::PnCounterAdd(0)),
            ("g-set x add urgent billing", Change::GSetAdd(texts(&["urgent", "billing"]))),
            ("or-set x add \"a b\" add", Change::OrSetAdd(texts(&["a b", "add"]))),
            ("or-set x remove \"\\\"\"", Change::OrSetRemove(texts(&["\""]))),
            ("or-set x clear", Change::OrSetClear),
            ("lww x = \"Main St 1\"", Change::LwwWrite { value: value(), at: None }),
            (
                "lww x = at at 7",
                Change::LwwWrite { value: "at".into(), at: Timestamp::from_millis(7) },
            ),
            ("mv x = \"Main St 1\"", Change::MvWrite(value())),
            ("mv x resolve \"Main St 1\"", Change::MvResolve(value())),
            ("mv x clear", Change::MvClear),
        ] {
            let expected = Operation { name: "x".into(), change };
            assert_eq!(operation(line).as_ref(), Ok(&expected), "{line}");
            assert_eq!(operation(&expected.to_string()).as_ref(), Ok(&expected), "{expected}");
            let at_region = Statement::Apply { region: "eu-1".into(), operation: expected };
            assert_eq!(statement(&format!("eu-1: {line} # why")), Ok(Some(at_region)), "{line}");
        }
    }

    #[test]
    fn every_expectation_reads_and_reads_back() {
        for (line, kind, value) in [
            ("counter \"page views\" = 80", Kind::Counter, Value::Number(80)),
            ("pn-counter \"page views\" = -3", Kind::PnCounter, Value::Number(-3)),
            ("resettable \"page views\" = 0", Kind::PnCounter, Value::Number(0)),
            (
                "g-set \"page views\" = b a b",
                Kind::GSet,
                Value::Texts(texts(&["a", "b"]).into_iter().collect()),
            ),
            ("or-set \"page views\" = nothing", Kind::OrSet, Value::Texts([].into())),
            (
                "lww \"page views\" = \"nothing\"",
                Kind::Lww,
                Value::Texts(["nothing".into()].into()),
            ),
            ("mv \"page views\" = x", Kind::Mv, Value::Texts(["x".into()].into())),
        ] {
            let subject = Subject { kind, name: "page views".into() };
            let expected = Reading { subject, value };
            assert_eq!(reading(line).as_ref(), Ok(&expected), "{line}");
            assert_eq!(reading(&expected.to_string()).as_ref(), Ok(&expected), "{expected}");
            let everywhere = Statement::Expect { region: None, reading: expected.clone() };
            assert_eq!(statement(&format!("expect {line}")), Ok(Some(everywhere)));
            let there = Statement::Expect { region: Some("a".into()), reading: expected };
            assert_eq!(statement(&format!("a: expect {line}")), Ok(Some(there)));
        }
    }

    #[test]
    fn every_other_statement_reads() {
        let (a, b) = (|| String::from("a"), || String::from("b"));
        for (line, expected) in [
            ("regions a b", Some(Statement::Regions(vec![a(), b()]))),
            ("sync", Some(Statement::Sync)),
            ("cut a b", Some(Statement::Cut(a(), b()))),
            ("heal", Some(Statement::Heal(None))),
            ("heal a b", Some(Statement::Heal(Some((a(), b()))))),
            ("kill a", Some(Statement::Kill(a()))),
            ("stop a", Some(Statement::Stop(a()))),
            ("start a", Some(Statement::Start(a()))),
            ("pause 60", Some(Statement::Pause(Duration::from_secs(60)))),
            ("   # only a comment", None),
            ("", None),
        ] {
            assert_eq!(statement(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_says_what_would_be_right() {
        for (line, says) in [
            ("views += 50", "views starts no statement; one starts with a region and a colon"),
            ("\"sync\"", "\"sync\" starts no statement"),
            (": counter x += 1", ": starts no statement"),
            ("eu-west counter x += 1", "a colon is missing after eu-west; write: eu-west: counter"),
            ("eu-west:counter x += 1", "a space is missing after eu-west:; write: eu-west: count"),
            ("eu-west : counter x += 1", "a space is too much before the colon; write: eu-west:"),
            ("a: counter x +=1", "a space is missing after +=; write: counter NAME += NUMBER"),
            ("a: lww x =y", "a space is missing after =; write: lww NAME = VALUE"),
            ("expect counter x =80", "a space is missing after =; write: expect counter"),
            ("EU: counter x += 1", "EU is no name for a region: up to 32 of a-z"),
            ("a/b: sync", "a/b is no name for a region"),
            ("a:", "a type is missing; it is one of counter, pn-counter"),
            ("a: gcounter x += 1", "gcounter is not a type; it is one of counter, pn-counter"),
            ("a: counter", "a name is missing; write: counter NAME += NUMBER"),
            ("a: counter x", "what to do with it is missing; write: counter NAME"),
            ("a: counter x -= 1", "-= is not what can be done with it; write: counter NAME += "),
            ("a: counter x \"+=\" 1", "\"+=\" is not what can be done with it"),
            ("a: counter x +=", "a number is missing; write: counter NAME += NUMBER"),
            ("a: counter x += -1", "-1 is not a whole number that fits here; write: counter"),
            ("a: counter x += +1", "+1 is not a whole number"),
            ("a: counter x += 18446744073709551616", "is not a whole number that fits here"),
            ("a: counter x += \"1\"", "\"1\" is a text, not a number; write: counter"),
            ("a: counter x += 1 2", "2 is too much; write: counter NAME += NUMBER"),
            ("a: g-set x remove y", "remove is not what can be done with it; write: g-set NAME"),
            ("a: or-set x add", "an element is missing; write: or-set NAME add ELEMENT"),
            ("a: lww x Alice", "Alice is not what can be done with it; write: lww NAME = VALUE"),
            ("a: lww x = Alice Cooper", "Cooper is too much; write: lww NAME = VALUE"),
            ("a: lww x = Alice at noon", "noon is not a whole number that fits here"),
            ("a: lww x = A at 281474976710656", "281474976710656 ms is beyond the range of time"),
            ("a: mv x =", "a value is missing; write: mv NAME = VALUE"),
            ("expect", "a type is missing"),
            ("expect counter x", "= is missing; write: expect counter NAME = NUMBER"),
            ("expect counter x 80", "80 stands where = is missing; write: expect counter"),
            ("expect counter x = -3", "a counter only grows, so it is never -3; write: expect"),
            ("expect or-set x =", "an element is missing; write: expect or-set NAME"),
            ("expect or-set x = nothing more", "more is too much; write: expect or-set NAME"),
            ("expect lww x = a b", "b is too much; write: expect lww NAME = VALUE"),
            ("regions a", "a region is missing; write: regions NAME NAME …"),
            ("regions a \"b c\"", "\"b c\" is no name for a region"),
            ("sync a", "a is too much; write: sync"),
            ("cut a", "a region is missing; write: cut REGION REGION"),
            ("heal a", "a region is missing; write: heal, or heal REGION REGION"),
            ("kill", "a region is missing; write: kill REGION"),
            ("stop", "a region is missing; write: stop REGION"),
            ("start a b", "b is too much; write: start REGION"),
            ("pause", "a number is missing; write: pause SECONDS, at most 60"),
            ("pause 61", "61 is too long; write: pause SECONDS, at most 60"),
            ("pause 0.5", "0.5 is not a whole number that fits here; write: pause SECONDS"),
            ("a: mv x = \"open", "never closed"),
        ] {
            let problem = statement(line).expect_err(line);
            assert!(problem.contains(says), "{line}\n  says: {problem}\n  not:  {says}");
        }
    }
}
