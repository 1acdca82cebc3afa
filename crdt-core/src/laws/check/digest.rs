//! A digest travels: what arrives asks for what was asked.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::laws::failure::Violation;
use crate::laws::trace::Sample;
use crate::laws::{Law, Model};
use crate::{Delta, Wire};

type Digest<M> = <<M as Model>::State as Delta>::Digest;

/// The digest of a state, and what the peer gets of it.
pub(in crate::laws) struct Asked<D> {
    sent: D,
    bytes: Vec<u8>,
    arrived: D,
}

impl<D: Wire> Asked<D> {
    /// Two digests of one state may differ, as by a key that is drawn anew; this one is decoded
    /// from its own bytes.
    pub(in crate::laws) fn by<M: Model>(p: &Sample<M::State>) -> Result<Self, Violation>
    where
        M::State: Delta<Digest = D>,
    {
        let sent = p.state.digest();
        let bytes = sent.encode();
        let arrived = decoded::<M>(&bytes).map_err(|found| found.with_sample("p", p))?;
        let again = arrived.encode();
        if again != bytes {
            return Err(Violation::of(Law::DigestRoundTrip)
                .with_sample("p", p)
                .with("bytes of p.digest()", &bytes)
                .with("bytes of it decoded", &again));
        }
        Ok(Self { sent, bytes, arrived })
    }

    /// What `s` sends in answer to the digest that arrived.
    pub(in crate::laws) fn answered_by<M: Model>(
        &self,
        p: &Sample<M::State>,
        s: &Sample<M::State>,
    ) -> Result<M::State, Violation>
    where
        M::State: Delta<Digest = D>,
    {
        let answer = s.state.delta_since(&self.arrived);
        let unsent = s.state.delta_since(&self.sent);
        if answer != unsent {
            return Err(Violation::of(Law::DigestSaysTheSame)
                .with_sample("p", p)
                .with_sample("s", s)
                .with("bytes of p.digest()", &self.bytes)
                .with("s.delta_since(p.digest())", &unsent)
                .with("and of the digest decoded", &answer));
        }
        Ok(answer)
    }
}

/// What arrives of a digest.
pub(in crate::laws) fn decoded<M: Model>(bytes: &[u8]) -> Result<Digest<M>, Violation> {
    Digest::<M>::decode(bytes).map_err(|error| {
        Violation::of(Law::DigestRoundTrip)
            .with("bytes of a digest", &bytes)
            .with_text("refused", error.to_string())
    })
}
