//! What a failure says.

use std::env;
use std::process::Command;

use crdt_core::laws::{Config, Failure, Law, Model};

use super::forgetful_write::ForgetfulWrite;
use super::impatient_merge::ImpatientMerge;
use super::kill_log::{ByDotsSeen, KillLogModel};
use super::local_wins_tie::LocalWinsTie;
use super::toys::or_set::{Correct, OrSetModel};
use super::toys::register::RegisterModel;

fn failure<M: Model>(config: Config) -> Failure {
    config.run::<M>().expect_err("this type is broken")
}

#[test]
fn says_the_law_the_states_the_schedule_and_the_seed() {
    let report = failure::<RegisterModel<LocalWinsTie>>(Config::new()).to_string();
    let expected = "\
broken law Commutativity: merging is commutative: a ⊔ b = b ⊔ a

  a (delta #2) = Some((1.0, …000a, 0))
  b (delta #1) = Some((1.0, …000b, 0))
  a ⊔ b        = Some((1.0, …000a, 0))
  b ⊔ a        = Some((1.0, …000b, 0))

schedule (";
    assert!(report.starts_with(expected), "{report}");
    let expected = "simpler ones tried):
  1. B writes false: delta #1
  2. A writes false: delta #2

repeat it with
  CRDT_SEED=4354685564936845354 CRDT_CASES=1";
    assert!(report.ends_with(expected), "{report}");
}

/// The counter-example of rule 3 of the design, found by the kit: add, add again, remove, and the
/// second delta is lost.
#[test]
fn schedules_shrink_to_what_matters() {
    let failure = failure::<KillLogModel<ByDotsSeen>>(Config::new());
    let [add, again, remove] = failure.schedule() else { panic!("three steps: {failure}") };
    let writer = &add[..1];
    assert!(add.contains(" writes Add(") && again.contains(" writes Add("), "{failure}");
    assert!(remove.contains(" writes Remove("), "{failure}");
    assert!(again.starts_with(writer) && remove.starts_with(writer), "{failure}");
    assert!(failure.to_string().contains("s (delta #1 ⊔ #2)"), "{failure}");
}

#[test]
fn panic_is_reported_with_the_schedule_up_to_it() {
    let failure = failure::<OrSetModel<ImpatientMerge>>(Config::new());
    assert_eq!(failure.law(), Law::NoPanic);
    assert!(failure.to_string().contains("it panicked with = a delta is missing"), "{failure}");
    assert!(failure.schedule().len() >= 2, "{failure}");
}

#[test]
fn same_seed_same_report() {
    let config = Config::new().with_seed(7);
    let reports = [(); 2].map(|()| failure::<OrSetModel<ForgetfulWrite>>(config).to_string());
    assert_eq!(reports[0], reports[1]);
}

#[test]
fn seed_in_the_report_repeats_it_in_one_case() {
    let found = failure::<OrSetModel<ForgetfulWrite>>(Config::new().with_seed(7));
    let again = Config::new().with_seed(found.seed()).with_cases(1);
    let again = failure::<OrSetModel<ForgetfulWrite>>(again);
    assert_eq!((again.law(), again.schedule()), (found.law(), found.schedule()));
}

#[test]
#[should_panic(expected = "broken law MutatorIsMerge: a mutator changes the state as merging")]
fn check_panics_with_the_report() {
    Config::new().check::<OrSetModel<ForgetfulWrite>>();
}

#[test]
fn no_case_no_failure() {
    assert_eq!(Config::new().with_cases(0).run::<OrSetModel<ForgetfulWrite>>(), Ok(()));
    assert_eq!(Config::new().with_steps(0).with_cases(9).run::<OrSetModel<Correct>>(), Ok(()));
}

/// Run by the next test, in a process of its own.
#[test]
fn prints_what_the_environment_asks_for() {
    let config = Config::from_env().with_cases(50).with_seed(1);
    if let Err(failure) = config.run::<OrSetModel<ForgetfulWrite>>() {
        println!("{failure}");
        assert_eq!(failure.law(), Law::MutatorIsMerge);
    }
}

#[test]
fn environment_decides_over_the_code() {
    let found = failure::<OrSetModel<ForgetfulWrite>>(Config::new().with_seed(7));
    let printed = |variables: &[(&str, String)]| {
        let this_test = env::current_exe().expect("a running test");
        let mut child = Command::new(this_test);
        child.args(["--exact", "report::prints_what_the_environment_asks_for", "--nocapture"]);
        child.env_remove("CRDT_SEED").env_remove("CRDT_CASES").envs(variables.iter().cloned());
        String::from_utf8(child.output().expect("runs").stdout).expect("text")
    };
    let seed = ("CRDT_SEED", found.seed().to_string());
    let repeated = printed(&[seed, ("CRDT_CASES", "1".into())]);
    assert!(repeated.contains("(case 1 of 1, "), "{repeated}");
    assert!(repeated.contains(&format!("CRDT_SEED={} CRDT_CASES=1", found.seed())), "{repeated}");
    assert!(printed(&[]).contains(" of 50, "));
}
