//! Strong eventual consistency: after the network has healed, all replicas are equal.

use alloc::vec::Vec;

use super::{encoding, join};
use crate::laws::failure::Violation;
use crate::laws::trace::Sample;
use crate::laws::{Law, Model};
use crate::{Delta, Merge, Wire};

/// Every replica asks every other, by digest, what it lacks.
pub(in crate::laws) fn check<M: Model>(replicas: &[Sample<M::State>]) -> Result<(), Violation> {
    let all = replicas.iter().fold(M::State::default(), |all, replica| join(&all, &replica.state));
    let mut states: Vec<M::State> = replicas.iter().map(|replica| replica.state.clone()).collect();
    for here in 0..states.len() {
        for there in 0..states.len() {
            let answer = states[there].delta_since(&states[here].digest());
            states[here].merge(answer);
        }
    }
    if states.iter().all(|state| *state == all) {
        let bytes = all.encode();
        return states.iter().try_for_each(|state| {
            encoding::same::<M>("state", (state, &state.encode()), (&all, &bytes))
        });
    }
    let mut violation = Violation::of(Law::Convergence);
    for (before, after) in replicas.iter().zip(&states) {
        let name = &before.origin;
        violation = violation
            .with(alloc::format!("{name} before the exchange"), &before.state)
            .with(alloc::format!("{name} after it"), after);
    }
    Err(violation.with("merge of all states", &all))
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::check;
    use crate::laws::name::Name;
    use crate::laws::trace::{Origin, Sample};
    use crate::laws::{Author, Law, Model};
    use crate::wire::{DecodeError, Reader, Wire, Writer};
    use crate::{Delta, Merge};

    /// Keeps the first value that it sees.
    #[derive(Clone, Debug, Default, PartialEq)]
    struct First(u8);

    impl Merge for First {
        fn merge(&mut self, other: Self) -> bool {
            let first = self.0 == 0 && other.0 != 0;
            if first {
                self.0 = other.0;
            }
            first
        }
    }

    impl Delta for First {
        type Digest = bool;

        fn digest(&self) -> bool {
            self.0 != 0
        }

        fn delta_since(&self, has: &bool) -> Self {
            Self(if *has { 0 } else { self.0 })
        }

        fn is_bottom(&self) -> bool {
            self.0 == 0
        }
    }

    impl Wire for First {
        fn write_to(&self, writer: &mut Writer) {
            writer.byte(self.0);
        }

        fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            reader.byte().map(Self)
        }
    }

    struct Firsts;

    impl Model for Firsts {
        type State = First;
        type Operation = u8;
        type Observed = u8;

        fn apply(first: &mut First, _: &Author, value: &u8) -> First {
            first.merge(First(*value));
            first.clone()
        }

        fn observe(first: &First) -> u8 {
            first.0
        }
    }

    fn replicas(values: &[u8]) -> Vec<Sample<First>> {
        let places = values.iter().enumerate();
        let names = places.map(|(place, value)| (Origin::Replica(Name::of(place)), First(*value)));
        names.map(|(name, state)| Sample::new(name, state)).collect()
    }

    #[test]
    fn replicas_that_stay_apart_are_found() {
        let violation = check::<Firsts>(&replicas(&[1, 0, 2])).err();
        assert_eq!(violation.map(|found| found.law), Some(Law::Convergence));
    }

    #[test]
    fn replicas_that_come_together_pass() {
        assert!(check::<Firsts>(&replicas(&[0, 2, 0])).is_ok());
    }
}
