//! The laws by name.

use core::fmt;

macro_rules! laws {
    ($($(#[$meta:meta])* $law:ident = $sentence:literal,)*) => {
        /// A law of the kit. Its `Display` says it in a sentence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[allow(clippy::doc_markdown, reason = "the sentences are printed as plain text")]
        pub enum Law {
            $(#[doc = $sentence] $law,)*
        }

        impl Law {
            /// All of them: those of [`check`](super::check) in the order in which they are
            /// checked, then those of [`check_admit`](super::check_admit) and
            /// [`check_observe`](super::check_observe).
            pub const ALL: &'static [Self] = &[$(Self::$law),*];
        }

        impl fmt::Display for Law {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$law => $sentence,)*
                })
            }
        }
    };
}

laws! {
    NoPanic = "no operation, merge, delta or decoding panics on a reachable state",
    MutatorIsMerge = "a mutator changes the state as merging the delta it returns would have",
    RoundTrip = "decoding what a state encodes to yields an equal state",
    Canonical = "states are equal exactly when their bytes are equal",
    Truncation = "every proper prefix of a message is refused",
    TrailingBytes = "a message with further bytes after its end is refused",
    OnlyCanonicalBytes = "bytes that are decoded at all are those that encoding would write",
    Idempotence = "merging a state with itself changes nothing: a ⊔ a = a",
    BottomIsIdentity = "merging with the bottom state changes nothing: a ⊔ ⊥ = ⊥ ⊔ a = a",
    BottomIsRecognized = "is_bottom tells exactly whether a state equals Default::default()",
    Commutativity = "merging is commutative: a ⊔ b = b ⊔ a",
    Associativity = "merging is associative: (a ⊔ b) ⊔ c = a ⊔ (b ⊔ c)",
    ChangeIsTold = "merge returns true exactly when it changed the state",
    MergeRefAgrees = "merge_ref does and returns what merge does and returns",
    OrderIndependence = "merging the same deltas in another order yields the same state",
    EqualIsSeenEqual = "equal states are observed to be equal",
    DigestRoundTrip = "a digest is decoded from its bytes, and encodes to them again",
    DigestSaysTheSame = "a digest that has travelled as bytes has the same answer",
    DeltaIsExact = "delta_since is exact: p ⊔ s.delta_since(p.digest()) = p ⊔ s",
    DeltaIsContained = "delta_since adds nothing to its state: s ⊔ s.delta_since(p.digest()) = s",
    DeltaLeavesNothing = "after merging a delta_since nothing is left to send",
    DeltaForNothing = "for a peer that has nothing, delta_since is the whole state",
    DeltaForItself = "for a peer that has the same state, delta_since is bottom",
    DeltaIsLeast = "delta_since is least: every x with p ⊔ x = p ⊔ s includes it",
    NovelIsLeast = "merge_novel returns what delta_since would have: just what was novel",
    NovelMerges = "merge_novel merges as merge does",
    NamingMerges = "merge_naming merges as merge_novel does, and names nothing where nothing changed",
    RestrictionSplits = "restricted to some dots and to the others, a state is the join of the two",
    DeadIsDead = "the state that knows of dots as dead is any state restricted to dead dots",
    DotsSuffice = "what p has not seen of s, and what of p is dead in s, make p ⊔ s of p",
    ContentTells = "of dots in common, two states know the same exactly when their content is equal",
    PartsMakeTheWhole = "the join of all parts is the state, and that of none is bottom",
    PartsAreNamedAlike = "equal states name their parts alike",
    PartsSuffice = "the parts of s that p does not name make p ⊔ s of p",
    Sequential = "one replica alone observes what the sequential specification says",
    Convergence = "once the network has healed, all replicas equal the merge of all states",
    HonestIsAdmitted = "admit lets pass whatever an honest peer sends",
    LostWriteIsRefused = "admit refuses, at a restored copy, a write of its id that the copy lacks",
    SeparatedIsWhole = "what may be merged now and what waits join to what came in",
    SeparatedIsTimely = "what may be merged now has no timestamp too far ahead, and what waits has",
    SeparatedIsNew = "what waits is something that the state lacks",
    RenewedIsUnclaimed = "what is written anew is no longer claimed of the old id, beyond the mark",
    RenewedIsTold = "after writing anew, the delta of it adds nothing",
    ObservedMergeAgrees = "merge_observed does and returns what merge does and returns",
    NothingToReport = "where merge_observed changes nothing it reports nothing",
    AppearedIsReportedFirst = "merge_observed reports what appears before what vanishes",
    ReportIsDifference = "merge_observed reports the difference between before and after",
}
