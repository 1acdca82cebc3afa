//! What lets two replicas find out in few bytes how their states differ.
//!
//! A [digest](crate::Delta::digest) answers in one round and costs O(runs) or O(n) bytes. Two states
//! that agree in most can do with far fewer in a few rounds, if their type offers one of two things:
//!
//! - [`Dotted`]: it is a view of one causal map. What was seen differs by contexts; what died of
//!   what both have seen is found by a hash of the content, and if that differs by the dots.
//! - [`Decompose`]: it can be taken apart into named parts whose join it is (the *join
//!   decomposition* of Enes, Almeida, Baquero, Leitão 2019, section III). Which names one side has
//!   and the other lacks is what a sketch finds (Yang, Gilad, Alizadeh 2024).
//!
//! Both are optional. A type says that it has one by [`Delta::dots`](crate::Delta::dots) or
//! [`Delta::parts`](crate::Delta::parts), whose default is `None`; then digests are exchanged.

use alloc::vec::Vec;

use crate::wire::{Wire, Writer};
use crate::{CausalContext, ContentKey, Delta};

/// A causal type: a view of one [`DotMap`](crate::DotMap). What differs is found by dots.
pub trait Dotted: Delta {
    /// Every dot that this state has seen.
    fn seen(&self) -> &CausalContext;

    /// The dots that are live. Cost: O(live dots / 64 + runs).
    fn live(&self) -> CausalContext;

    /// The least state that knows of just these dots what `self` knows: the live ones with their
    /// entries, the others as dead. Dots that `self` has not seen are left out.
    ///
    /// Cost: O(runs of both), and the entries copied.
    fn restrict(&self, dots: &CausalContext) -> Self;

    /// Writes what [`restrict`](Dotted::restrict) returns, without making it: a change, of which the
    /// dots are known.
    ///
    /// Cost: O(runs of both), and the entries written.
    fn write_restricted(&self, dots: &CausalContext, writer: &mut Writer)
    where
        Self: Wire,
    {
        self.restrict(dots).write_to(writer);
    }

    /// The message of what [`write_restricted`](Dotted::write_restricted) writes.
    fn encode_restricted(&self, dots: &CausalContext) -> Vec<u8>
    where
        Self: Wire,
    {
        let mut writer = Writer::with_replicas(&[]);
        self.write_restricted(dots, &mut writer);
        writer.into_bytes()
    }

    /// The state that knows of these dots that they are dead, and nothing else.
    fn dead(dots: CausalContext) -> Self;

    /// A keyed hash of the live entries among `dots`, their dots, keys and values. Two states have
    /// the same just when the same of these dots are live in both, with the same content, up to
    /// collisions that nobody can choose who does not know the key.
    ///
    /// Cost: O(runs), and the encoding of those entries.
    fn content(&self, key: ContentKey, dots: &CausalContext) -> u128;
}

/// A type that can take itself apart: named parts whose join it is.
pub trait Decompose: Delta {
    /// Calls `each` with the name of every part, in any order: 64 bits, hashed under `key`.
    ///
    /// Under one key equal states name equal parts; a state that has seen a part of another either
    /// names it too or has seen more than it. Two parts of one state may share a name by chance:
    /// then they are taken together.
    ///
    /// Cost: O(n); it encodes the state once.
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64));

    /// The join of the parts whose names are wanted. A peer that lacks just those has everything
    /// of this state once it has merged them.
    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self;
}

/// [`Dotted`] as a value, so that [`Delta`] can offer it without asking for it.
pub struct Dots<S> {
    seen: fn(&S) -> &CausalContext,
    live: fn(&S) -> CausalContext,
    restrict: fn(&S, &CausalContext) -> S,
    dead: fn(CausalContext) -> S,
    content: fn(&S, ContentKey, &CausalContext) -> u128,
}

impl<S> Dots<S> {
    /// The dots of a type that is [`Dotted`].
    pub const fn of() -> Self
    where
        S: Dotted,
    {
        Self {
            seen: S::seen,
            live: S::live,
            restrict: S::restrict,
            dead: S::dead,
            content: S::content,
        }
    }

    /// [`Dotted::seen`].
    pub fn seen<'a>(&self, state: &'a S) -> &'a CausalContext {
        (self.seen)(state)
    }

    /// [`Dotted::live`].
    pub fn live(&self, state: &S) -> CausalContext {
        (self.live)(state)
    }

    /// [`Dotted::restrict`].
    pub fn restrict(&self, state: &S, dots: &CausalContext) -> S {
        (self.restrict)(state, dots)
    }

    /// [`Dotted::dead`].
    pub fn dead(&self, dots: CausalContext) -> S {
        (self.dead)(dots)
    }

    /// [`Dotted::content`].
    pub fn content(&self, state: &S, key: ContentKey, dots: &CausalContext) -> u128 {
        (self.content)(state, key, dots)
    }
}

/// [`Decompose`] as a value, so that [`Delta`] can offer it without asking for it.
pub struct Parts<S> {
    name: fn(&S, ContentKey, &mut dyn FnMut(u64)),
    take: fn(&S, ContentKey, &dyn Fn(u64) -> bool) -> S,
}

impl<S> Parts<S> {
    /// The parts of a type that is [`Decompose`].
    pub const fn of() -> Self
    where
        S: Decompose,
    {
        Self { name: S::name_parts, take: S::take_parts }
    }

    /// Parts that are named and taken by these functions: for products, whose components may or
    /// may not have parts.
    pub const fn new(
        name: fn(&S, ContentKey, &mut dyn FnMut(u64)),
        take: fn(&S, ContentKey, &dyn Fn(u64) -> bool) -> S,
    ) -> Self {
        Self { name, take }
    }

    /// [`Decompose::name_parts`].
    pub fn name(&self, state: &S, key: ContentKey, each: &mut dyn FnMut(u64)) {
        (self.name)(state, key, each);
    }

    /// [`Decompose::take_parts`].
    pub fn take(&self, state: &S, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> S {
        (self.take)(state, key, wanted)
    }
}

macro_rules! copied {
    ($($record:ident),*) => {$(
        impl<S> Clone for $record<S> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<S> Copy for $record<S> {}

        impl<S> core::fmt::Debug for $record<S> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(stringify!($record))
            }
        }
    )*};
}

copied!(Dots, Parts);
