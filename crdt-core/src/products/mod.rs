//! Products of lattices are lattices: `Option`, tuples and maps compose the types of the family,
//! and a user's own, without new code (Enes et al. 2019, appendix B).

mod map;
mod option;
mod tuple;

pub use map::MapDigest;
