//! The law kit is tested on types that are broken in the ways in which such types are: each must be
//! rejected, whatever the seed, within a bounded number of cases and by a law that says what is
//! wrong. Correct twins of all of them must pass.

mod adding_merge;
mod additions_reported_again;
mod admit_everything;
mod admit_shuns_echoes;
mod arrival_order_encoding;
mod both_have_it;
mod change_not_told;
mod change_only_if_reported;
mod content_of_what_was_seen;
mod context_decides;
mod dead_claims_nothing;
mod decode_ignores_what_follows;
mod delta_forgets_scattered_kills;
mod digest_misread;
mod digest_partly_written;
mod digest_without_live;
mod dot_minted_again;
mod early_removal_is_lost;
mod exhaustive;
mod forgetful_write;
mod full_context_on_answer;
mod full_context_on_write;
mod future_is_let_in;
mod hash_order_merge;
mod impatient_merge;
mod kill_log;
mod known_values_wait;
mod lenient_decode;
mod live_is_all_seen;
mod local_wins_tie;
mod max_only_context;
mod naming_drops_novelty;
mod novelty_dropped;
mod parts_named_by_key;
mod parts_without_the_dead;
mod renewal_skips_ahead;
mod report;
mod reset_that_comes_back;
mod restrict_forgets_the_dead;
mod toys;
mod waiting_kills_are_lost;
mod whole_state_as_delta;

use crdt_core::laws::{Config, Failure, Law, check, check_admit, check_observe};

use toys::or_set::{self, OrSetModel};
use toys::register::{self, RegisterModel};
use toys::tally::{self, TallyModel};
use toys::view::{self, ViewModel};

/// From every one of these seeds a broken type is rejected.
const SEEDS: u64 = 25;

/// Asserts that within `cases` cases a run is rejected by one of `laws`.
fn is_rejected(cases: usize, laws: &[Law], run: impl Fn(Config) -> Result<(), Failure>) {
    for seed in 0..SEEDS {
        let config = Config::new().with_seed(seed << 32).with_cases(cases).with_shrinks(0);
        let failure = run(config).expect_err("this type is broken");
        assert!(laws.contains(&failure.law()), "not one of {laws:?}: {failure}");
    }
}

/// Defines a test: a broken type is rejected within so many cases by one of these laws.
macro_rules! rejected {
    ($($name:ident: $model:ty, within $cases:literal, by $($law:ident)|+;)*) => {$(
        #[test]
        fn $name() {
            is_rejected($cases, &[$(Law::$law),+], |config| config.run::<$model>());
        }
    )*};
}

rejected! {
    max_only_context_is_rejected: OrSetModel<max_only_context::MaxOnlyContext>,
        within 20, by Idempotence | BottomIsIdentity | Commutativity | Associativity | OrderIndependence;
    full_context_on_write_is_rejected: OrSetModel<full_context_on_write::FullContextOnWrite>,
        within 20, by MutatorIsMerge;
    full_context_on_answer_is_rejected: OrSetModel<full_context_on_answer::FullContextOnAnswer>,
        within 20, by DeltaIsExact | DeltaIsContained | DeltaIsLeast;
    digest_without_live_is_rejected: OrSetModel<digest_without_live::DigestWithoutLive>,
        within 20, by DeltaIsExact;
    kill_log_by_dots_seen_is_rejected: kill_log::KillLogModel<kill_log::ByDotsSeen>,
        within 50, by DeltaIsExact | Convergence;
    kill_log_of_removals_only_is_rejected: kill_log::KillLogModel<kill_log::OfRemovalsOnly>,
        within 20, by DeltaIsExact;
    both_have_it_is_rejected: OrSetModel<both_have_it::BothHaveIt>,
        within 20, by MutatorIsMerge | Associativity;
    context_decides_is_rejected: OrSetModel<context_decides::ContextDecides>,
        within 20, by MutatorIsMerge | Commutativity;
    early_removal_is_lost_is_rejected: OrSetModel<early_removal_is_lost::EarlyRemovalIsLost>,
        within 20, by BottomIsIdentity | Commutativity | OrderIndependence;
    dot_minted_again_is_rejected: OrSetModel<dot_minted_again::DotMintedAgain>,
        within 20, by MutatorIsMerge;
    digest_misread_is_rejected: TallyModel<digest_misread::DigestMisread>,
        within 20, by DigestRoundTrip;
    digest_partly_written_is_rejected: TallyModel<digest_partly_written::DigestPartlyWritten>,
        within 20, by DigestSaysTheSame;
    delta_forgets_scattered_kills_is_rejected:
        OrSetModel<delta_forgets_scattered_kills::DeltaForgetsScatteredKills>,
        within 100, by DeltaIsExact;
    forgetful_write_is_rejected: OrSetModel<forgetful_write::ForgetfulWrite>,
        within 20, by MutatorIsMerge;
    local_wins_tie_is_rejected: RegisterModel<local_wins_tie::LocalWinsTie>,
        within 20, by Commutativity;
    arrival_order_encoding_is_rejected: arrival_order_encoding::ArrivalsModel,
        within 20, by Canonical;
    lenient_decode_is_rejected: TallyModel<lenient_decode::LenientDecode>,
        within 20, by OnlyCanonicalBytes;
    decode_ignores_what_follows_is_rejected:
        TallyModel<decode_ignores_what_follows::DecodeIgnoresWhatFollows>,
        within 20, by TrailingBytes | OnlyCanonicalBytes;
    whole_state_as_delta_is_rejected: TallyModel<whole_state_as_delta::WholeStateAsDelta>,
        within 20, by DeltaIsLeast;
    novelty_dropped_is_rejected: OrSetModel<novelty_dropped::NoveltyDropped>,
        within 20, by NovelIsLeast;
    hash_order_merge_is_rejected: hash_order_merge::NewcomersModel,
        within 20, by MutatorIsMerge | Commutativity | Associativity;
    change_not_told_is_rejected: OrSetModel<change_not_told::ChangeNotTold>,
        within 20, by ChangeIsTold;
    impatient_merge_is_rejected: OrSetModel<impatient_merge::ImpatientMerge>,
        within 20, by NoPanic;
    adding_merge_is_rejected: TallyModel<adding_merge::AddingMerge>,
        within 20, by MutatorIsMerge | Idempotence;
    restrict_forgets_the_dead_is_rejected: ViewModel<restrict_forgets_the_dead::RestrictForgetsTheDead>,
        within 20, by RestrictionSplits;
    live_is_all_seen_is_rejected: ViewModel<live_is_all_seen::LiveIsAllSeen>,
        within 20, by DeadIsDead | DotsSuffice;
    dead_claims_nothing_is_rejected: ViewModel<dead_claims_nothing::DeadClaimsNothing>,
        within 20, by DeadIsDead;
    content_of_what_was_seen_is_rejected: ViewModel<content_of_what_was_seen::ContentOfWhatWasSeen>,
        within 20, by ContentTells;
    parts_without_the_dead_is_rejected: ViewModel<parts_without_the_dead::PartsWithoutTheDead>,
        within 20, by PartsMakeTheWhole;
    parts_named_by_key_is_rejected: ViewModel<parts_named_by_key::PartsNamedByKey>,
        within 20, by PartsSuffice;
    naming_drops_novelty_is_rejected: ViewModel<naming_drops_novelty::NamingDropsNovelty>,
        within 20, by NamingMerges;
}

#[test]
fn admit_everything_is_rejected() {
    is_rejected(20, &[Law::LostWriteIsRefused], |config| {
        config.run_admit::<TallyModel<admit_everything::AdmitEverything>>()
    });
}

#[test]
fn admit_shuns_echoes_is_rejected() {
    is_rejected(20, &[Law::HonestIsAdmitted], |config| {
        config.run_admit::<TallyModel<admit_shuns_echoes::AdmitShunsEchoes>>()
    });
}

#[test]
fn waiting_kills_are_lost_is_rejected() {
    is_rejected(20, &[Law::SeparatedIsWhole], |config| {
        config.run_admit::<ViewModel<waiting_kills_are_lost::WaitingKillsAreLost>>()
    });
}

#[test]
fn future_is_let_in_is_rejected() {
    is_rejected(20, &[Law::SeparatedIsTimely], |config| {
        config.run_admit::<ViewModel<future_is_let_in::FutureIsLetIn>>()
    });
}

#[test]
fn known_values_wait_is_rejected() {
    is_rejected(20, &[Law::SeparatedIsNew], |config| {
        config.run_admit::<ViewModel<known_values_wait::KnownValuesWait>>()
    });
}

#[test]
fn renewal_skips_ahead_is_rejected() {
    is_rejected(20, &[Law::RenewedIsUnclaimed], |config| {
        config.run_admit::<ViewModel<renewal_skips_ahead::RenewalSkipsAhead>>()
    });
}

#[test]
fn additions_reported_again_is_rejected() {
    is_rejected(20, &[Law::ReportIsDifference], |config| {
        config.run_observe::<OrSetModel<additions_reported_again::AdditionsReportedAgain>>(elements)
    });
}

#[test]
fn change_only_if_reported_is_rejected() {
    is_rejected(20, &[Law::ObservedMergeAgrees], |config| {
        config.run_observe::<OrSetModel<change_only_if_reported::ChangeOnlyIfReported>>(elements)
    });
}

fn elements<D: or_set::Design>(set: &or_set::OrSet<D>) -> Vec<u8> {
    set.elements().into_iter().collect()
}

#[test]
fn correct_or_set_passes() {
    check::<OrSetModel<or_set::Correct>>();
    check_observe::<OrSetModel<or_set::Correct>>(elements);
}

#[test]
fn kill_log_by_kills_passes() {
    check::<kill_log::KillLogModel<kill_log::ByKills>>();
}

#[test]
fn correct_register_passes() {
    check::<RegisterModel<register::Correct>>();
}

#[test]
fn correct_tally_passes() {
    check::<TallyModel<tally::Correct>>();
    check_admit::<TallyModel<tally::Correct>>();
}

#[test]
fn correct_view_passes() {
    check::<ViewModel<view::Correct>>();
    check_admit::<ViewModel<view::Correct>>();
}
