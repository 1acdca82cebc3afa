//! The join: per cell the maximum.

use core::mem;

use smallvec::SmallVec;

use super::{INLINE, Tallies};

impl<const COLUMNS: usize> Tallies<COLUMNS> {
    /// Joins `other`, keeping whichever allocation is the larger.
    pub(crate) fn merge(&mut self, mut other: Self) -> bool {
        if other.ids.len() > self.ids.len() {
            mem::swap(self, &mut other);
            self.merge_ref(&other);
            // The longer of two states has a row that the shorter lacks.
            return true;
        }
        self.merge_ref(&other)
    }

    /// Joins `other`; tells whether anything rose.
    ///
    /// Cost: one scan for the same replicas; O(d log replicas) for `d` rows that are known here;
    /// new rows move those after them, all in one pass.
    pub(crate) fn merge_ref(&mut self, other: &Self) -> bool {
        if self.ids == other.ids {
            let columns = self.columns.iter_mut().zip(&other.columns);
            return columns.fold(false, |risen, (mine, theirs)| raise_all(mine, theirs) | risen);
        }
        let (risen, absent) = self.raise_known(other);
        self.insert(&absent, other);
        risen || !absent.is_empty()
    }

    /// Raises the rows that both have; returns the others, with the places where they belong.
    fn raise_known(&mut self, other: &Self) -> (bool, SmallVec<[Absent; INLINE]>) {
        let mut risen = false;
        let mut absent = SmallVec::new();
        let mut from = 0;
        for (theirs, id) in other.ids.iter().enumerate() {
            match self.search(from, *id) {
                Ok(place) => {
                    for (mine, column) in self.columns.iter_mut().zip(&other.columns) {
                        risen |= raise(&mut mine[place], column[theirs]);
                    }
                    from = place + 1;
                }
                Err(place) => {
                    absent.push(Absent { theirs, place });
                    from = place;
                }
            }
        }
        (risen, absent)
    }

    /// Inserts rows of `other`, from the last to the first, so that every row moves once.
    fn insert(&mut self, absent: &[Absent], other: &Self) {
        if absent.is_empty() {
            return;
        }
        insert_all(&mut self.ids, absent, &other.ids);
        for (mine, theirs) in self.columns.iter_mut().zip(&other.columns) {
            insert_all(mine, absent, theirs);
        }
    }
}

/// A row that is in the other state only.
struct Absent {
    /// Its place there.
    theirs: usize,
    /// The place here of the first row after it.
    place: usize,
}

/// Raises each of `mine` to its partner in `theirs`. Without a branch, so that it is done several
/// at a time.
fn raise_all(mine: &mut [u64], theirs: &[u64]) -> bool {
    let mut risen = 0;
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        let greater = (*mine).max(*theirs);
        risen |= greater ^ *mine;
        *mine = greater;
    }
    risen != 0
}

fn raise(mine: &mut u64, theirs: u64) -> bool {
    let risen = theirs > *mine;
    *mine = theirs.max(*mine);
    risen
}

fn insert_all<T: Copy>(mine: &mut SmallVec<[T; INLINE]>, absent: &[Absent], theirs: &[T])
where
    [T; INLINE]: smallvec::Array<Item = T>,
{
    let mut end = mine.len();
    let Some(filler) = absent.first().map(|row| theirs[row.theirs]) else { return };
    mine.resize(end + absent.len(), filler);
    for (before, row) in absent.iter().enumerate().rev() {
        mine.copy_within(row.place..end, row.place + before + 1);
        mine[row.place + before] = theirs[row.theirs];
        end = row.place;
    }
}
