//! All lines together: whether each can be carried out where it stands.

use std::collections::BTreeSet;

use super::parse::KEYWORDS;
use super::{LineError, Plan, Statement, Step};

/// Every region runs a thread for every other one, so there are not too many.
const MOST_REGIONS: usize = 9;

/// Turns the lines into a plan.
pub(super) fn check(steps: Vec<Step>) -> Result<Plan, Vec<LineError>> {
    let mut regions: Vec<String> = Plan::DEFAULT_REGIONS.map(Into::into).into();
    let mut steps = steps.into_iter().peekable();
    if let Some(Step { line, statement: Statement::Regions(named), .. }) =
        steps.next_if(|step| matches!(step.statement, Statement::Regions(_)))
    {
        check_names(&named).map_err(|problem| vec![LineError { line, problem }])?;
        regions = named;
    }
    let steps: Vec<_> = steps.collect();
    let mut course = Course { regions: &regions, ended: BTreeSet::new(), cut: BTreeSet::new() };
    let errors: Vec<_> = steps
        .iter()
        .filter_map(|step| {
            let problem = course.follow(&step.statement).err()?;
            Some(LineError { line: step.line, problem })
        })
        .collect();
    if errors.is_empty() { Ok(Plan { regions, steps }) } else { Err(errors) }
}

fn check_names(names: &[String]) -> Result<(), String> {
    if names.len() > MOST_REGIONS {
        return Err(format!("{} regions are too many: at most {MOST_REGIONS}", names.len()));
    }
    if let Some(name) = names.iter().find(|name| KEYWORDS.contains(&name.as_str())) {
        return Err(format!("{name} starts a statement: name the region otherwise"));
    }
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        Some(twice) => Err(format!("{twice} is named twice")),
        None => Ok(()),
    }
}

/// Who does not run and what is cut at a line.
struct Course<'a> {
    regions: &'a [String],
    /// Killed or stopped, and not started since.
    ended: BTreeSet<&'a str>,
    cut: BTreeSet<[&'a str; 2]>,
}

impl<'a> Course<'a> {
    fn follow(&mut self, statement: &'a Statement) -> Result<(), String> {
        match statement {
            Statement::Regions(_) => {
                Err("regions are named once, before everything else: move this line up".into())
            }
            Statement::Apply { region, .. } | Statement::Expect { region: Some(region), .. } => {
                self.running(region)
            }
            Statement::Expect { region: None, .. } | Statement::Sync => {
                if self.ended.len() == self.regions.len() {
                    return Err("no region runs here: put a `start` before".into());
                }
                Ok(())
            }
            Statement::Pause(_) => Ok(()),
            Statement::Cut(a, b) => {
                let pair = self.pair(a, b)?;
                if !self.cut.insert(pair) {
                    return Err(format!("{a} and {b} are cut already"));
                }
                Ok(())
            }
            Statement::Heal(None) => {
                if self.cut.is_empty() {
                    return Err("nothing is cut here: put a cut before, or take this out".into());
                }
                self.cut.clear();
                Ok(())
            }
            Statement::Heal(Some((a, b))) => {
                let pair = self.pair(a, b)?;
                if !self.cut.remove(&pair) {
                    return Err(format!("{a} and {b} are not cut here: put a cut before"));
                }
                Ok(())
            }
            Statement::Kill(region) | Statement::Stop(region) => {
                self.running(region)?;
                self.ended.insert(region);
                Ok(())
            }
            Statement::Start(region) => {
                self.known(region)?;
                if !self.ended.remove(region.as_str()) {
                    return Err(format!(
                        "{region} runs already: start is for what was killed or stopped"
                    ));
                }
                Ok(())
            }
        }
    }

    fn pair(&self, a: &'a str, b: &'a str) -> Result<[&'a str; 2], String> {
        self.known(a)?;
        self.known(b)?;
        if a == b {
            return Err(format!("{a} is named twice: name two regions"));
        }
        Ok([a.min(b), a.max(b)])
    }

    fn running(&self, region: &str) -> Result<(), String> {
        self.known(region)?;
        if self.ended.contains(region) {
            return Err(format!("{region} does not run here: put `start {region}` before"));
        }
        Ok(())
    }

    fn known(&self, region: &str) -> Result<(), String> {
        if self.regions.iter().any(|known| known == region) {
            return Ok(());
        }
        let known = self.regions.join(", ");
        Err(format!(
            "there is no region {region}: the regions are {known}; a first line `regions …` names others"
        ))
    }
}

#[cfg(test)]
mod tests {
    use crate::operations::{Plan, PlanError};

    fn errors(text: &str) -> Vec<(usize, String)> {
        match Plan::parse(text) {
            Err(PlanError::Lines(errors)) => {
                errors.into_iter().map(|error| (error.line, error.problem)).collect()
            }
            other => panic!("{text}\nmust be refused by line, not: {other:?}"),
        }
    }

    #[test]
    fn a_file_may_name_its_regions() {
        let plan = Plan::parse("# two\nregions a b\ncut a b\nheal b a\n").expect("right");
        assert_eq!(plan.regions, ["a", "b"]);
        assert_eq!(plan.steps.iter().map(|step| step.line).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn a_file_that_names_no_regions_has_three() {
        assert_eq!(Plan::parse("sync").expect("right").regions, Plan::DEFAULT_REGIONS);
    }

    #[test]
    fn what_cannot_happen_where_it_stands_is_named_with_its_line() {
        for (text, line, says) in [
            ("regions a b a", 1, "a is named twice"),
            ("regions a b c d e f g h i j", 1, "10 regions are too many: at most 9"),
            ("regions sync cut", 1, "sync starts a statement: name the region otherwise"),
            ("sync\nregions a b", 2, "before everything else"),
            ("regions a b\nregions a b", 2, "named once"),
            ("x: counter y += 1", 1, "there is no region x: the regions are eu-west, us-east"),
            ("regions a b\n\na: counter y += 1\nc: expect counter y = 1", 4, "no region c"),
            ("cut eu-west nowhere", 1, "no region nowhere"),
            ("cut eu-west eu-west", 1, "name two regions"),
            ("regions a b\ncut a b\ncut b a", 3, "b and a are cut already"),
            ("heal", 1, "nothing is cut here"),
            ("regions a b\nheal a b", 2, "a and b are not cut here"),
            ("regions a b\nkill a\na: mv x = 1", 3, "a does not run here: put `start a`"),
            ("regions a b\nkill a\nkill a", 3, "a does not run here"),
            ("regions a b\nstop a\na: mv x = 1", 3, "a does not run here: put `start a`"),
            ("regions a b\nkill a\nkill b\nsync", 4, "no region runs here: put a `start` before"),
            ("regions a b\nkill a\nkill b\nexpect mv x = 1", 4, "no region runs here"),
            ("start eu-west", 1, "eu-west runs already"),
            ("sync\neu-west: lww x = y at 281474976710656", 2, "beyond the range of timestamps"),
            ("kill nowhere", 1, "no region nowhere"),
        ] {
            let errors = errors(text);
            assert_eq!(errors.len(), 1, "{text}: {errors:?}");
            assert_eq!(errors[0].0, line, "{text}");
            assert!(errors[0].1.contains(says), "{text}\n  says: {}", errors[0].1);
        }
    }

    #[test]
    fn every_bad_line_is_named() {
        let errors = errors("sync\nsink\neu-west: counter x += 1\npause\n");
        assert_eq!(errors.iter().map(|error| error.0).collect::<Vec<_>>(), [2, 4]);
    }
}
