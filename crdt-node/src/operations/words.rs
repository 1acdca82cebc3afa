//! A line as words.

use std::fmt;

/// One word of a line. In quotes it may hold spaces, and is never a keyword.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Bare(String),
    Quoted(String),
}

impl Word {
    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Bare(text) if text == keyword)
    }

    pub(super) fn into_text(self) -> String {
        match self {
            Self::Bare(text) | Self::Quoted(text) => text,
        }
    }
}

/// As it was written.
impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare(text) => f.write_str(text),
            Self::Quoted(text) => Quoted(text).fmt(f),
        }
    }
}

/// A text in quotes, so that it reads back as one word.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', r"\\").replace('"', "\\\""))
    }
}

/// Splits a line at its spaces. A word that starts with `#` starts a comment.
pub(super) fn split(line: &str) -> Result<Vec<Word>, String> {
    if let Some(control) = line.chars().find(|c| c.is_control() && *c != '\t') {
        return Err(format!("{} is a control character: take it out", control.escape_unicode()));
    }
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside)?,
            None => bare(rest)?,
        };
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

fn bare(text: &str) -> Result<(Word, &str), String> {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    if word.contains('"') {
        return Err(format!(
            "{word} has a quote in its middle: put the whole word in quotes, and \\\" for a quote inside"
        ));
    }
    Ok((Word::Bare(word.into()), rest))
}

/// What follows an opening quote.
fn quoted(text: &str) -> Result<(Word, &str), String> {
    let mut word = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                let rest = &text[at + 1..];
                if rest.starts_with(|next: char| !next.is_whitespace()) {
                    return Err(format!("put a space after {}", Quoted(&word)));
                }
                return Ok((Word::Quoted(word), rest));
            }
            '\\' => match characters.next() {
                Some((_, escaped @ ('"' | '\\'))) => word.push(escaped),
                _ => return Err("in quotes, \\ stands only before \" and \\".into()),
            },
            other => word.push(other),
        }
    }
    Err(format!("the quote before {text} is never closed: put a \" at the end of the word"))
}

#[cfg(test)]
mod tests {
    use super::{Quoted, Word, split};

    fn words(line: &str) -> Vec<Word> {
        split(line).expect("splits")
    }

    #[test]
    fn spaces_split_and_quotes_hold_together() {
        let expected = [
            Word::Bare("eu-west:".into()),
            Word::Bare("lww".into()),
            Word::Quoted("full name".into()),
            Word::Bare("=".into()),
            Word::Quoted(String::new()),
        ];
        assert_eq!(words("  eu-west:\tlww \"full name\" = \"\" "), expected);
    }

    #[test]
    fn a_comment_starts_a_word_and_stays_out_of_quotes() {
        assert_eq!(words("# all of it"), []);
        assert_eq!(words("sync # the rest"), [Word::Bare("sync".into())]);
        assert_eq!(words("C# \"# no\""), [Word::Bare("C#".into()), Word::Quoted("# no".into())]);
    }

    #[test]
    fn what_is_quoted_reads_back() {
        for text in ["", "a b", r"C:\", "say \"hi\"", "nothing", "# x", "東京"] {
            assert_eq!(words(&Quoted(text).to_string()), [Word::Quoted(text.into())]);
        }
    }

    #[test]
    fn what_cannot_be_split_says_how_it_can() {
        for (line, says) in [
            ("\"open", "never closed"),
            ("a\"b", "quote in its middle"),
            ("\"a\"b", "put a space after \"a\""),
            (r#""\n""#, r#"stands only before " and \"#),
            ("a\u{7}", r"\u{7} is a control character"),
        ] {
            let problem = split(line).unwrap_err();
            assert!(problem.contains(says), "{line}: {problem}");
        }
    }
}
