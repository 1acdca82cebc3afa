//! Where canonical bytes are taken apart.

use super::dictionary::Dictionary;
use super::{Budget, DecodeError, DecodeErrorKind, VERSION};
use crate::ReplicaId;

/// So many items may take no byte at all.
const WITHOUT_BYTES: usize = 1 << 16;

/// The bytes of one message, being read.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    budget: Budget,
    /// How many items may still come, whatever the budget.
    items: usize,
    /// The greatest length that can be honest.
    longest: usize,
    replicas: Dictionary,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], budget: &Budget) -> Result<Self, DecodeError> {
        let longest = bytes.len().max(WITHOUT_BYTES);
        let mut reader = Self {
            bytes,
            offset: 0,
            budget: *budget,
            items: budget.items.min(longest),
            longest,
            replicas: Dictionary::default(),
        };
        if bytes.len() > budget.bytes {
            return Err(reader.error(DecodeErrorKind::OverBudget("bytes")));
        }
        match reader.byte()? {
            VERSION => Ok(reader),
            version => Err(DecodeError::new(DecodeErrorKind::UnknownVersion(version), 0)),
        }
    }

    /// A message whose dictionary begins with ids that both ends have agreed on, as
    /// [`Writer::with_replicas`](super::Writer::with_replicas) writes it.
    ///
    /// # Errors
    ///
    /// When the message is longer than the budget allows, or of an unknown version.
    pub fn with_replicas(
        bytes: &'a [u8],
        budget: &Budget,
        agreed: &[ReplicaId],
    ) -> Result<Self, DecodeError> {
        let mut reader = Self::new(bytes, budget)?;
        // What was agreed on is not this message's to pay for.
        reader.budget.replicas = reader.budget.replicas.saturating_add(agreed.len());
        reader.replicas = Dictionary::of(agreed);
        Ok(reader)
    }

    /// The dictionary so far: the ids agreed on, then those mentioned besides.
    pub fn replicas(&self) -> &[ReplicaId] {
        self.replicas.ids()
    }

    /// Ends the message.
    ///
    /// # Errors
    ///
    /// When bytes follow.
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.offset == self.bytes.len() {
            Ok(())
        } else {
            Err(self.error(DecodeErrorKind::TrailingBytes))
        }
    }

    /// An error of this kind at the present place.
    pub fn error(&self, kind: DecodeErrorKind) -> DecodeError {
        DecodeError::new(kind, self.offset)
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.offset
    }

    /// One byte.
    ///
    /// # Errors
    ///
    /// When there is none left.
    pub fn byte(&mut self) -> Result<u8, DecodeError> {
        self.raw(1).map(|byte| byte[0])
    }

    /// The next `len` bytes as they are.
    ///
    /// # Errors
    ///
    /// When there are not so many left.
    pub fn raw(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let rest = &self.bytes[self.offset..];
        let Some(taken) = rest.get(..len) else {
            return Err(self.error(DecodeErrorKind::UnexpectedEnd));
        };
        self.offset += len;
        Ok(taken)
    }

    /// The next `N` bytes as they are.
    ///
    /// # Errors
    ///
    /// When there are not so many left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let mut array = [0; N];
        array.copy_from_slice(self.raw(N)?);
        Ok(array)
    }

    /// A number as [`Writer::varint`](super::Writer::varint) writes it.
    ///
    /// # Errors
    ///
    /// When it is truncated, longer than it needs to be, or above `u64::MAX`.
    pub fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(self.error(DecodeErrorKind::OutOfRange));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return if byte == 0 && shift > 0 {
                    Err(self.error(DecodeErrorKind::NonMinimalInteger))
                } else {
                    Ok(value)
                };
            }
        }
        Err(self.error(DecodeErrorKind::OutOfRange))
    }

    /// A length that follows. Items take a byte at least, but for those that say nothing (`()`), of
    /// which a message may hold 65,536; so a length above both is refused before anything is
    /// allocated for it.
    ///
    /// # Errors
    ///
    /// When the length is above the number of bytes in the message, and above 65,536.
    pub fn length(&mut self) -> Result<usize, DecodeError> {
        let length = self.varint()?;
        usize::try_from(length)
            .ok()
            .filter(|length| *length <= self.longest)
            .ok_or_else(|| self.error(DecodeErrorKind::UnexpectedEnd))
    }

    /// The number of items that follow, taken from the budget.
    ///
    /// # Errors
    ///
    /// As [`length`](Reader::length), and when it is above what is left of the budget.
    pub fn count(&mut self) -> Result<usize, DecodeError> {
        let count = self.length()?;
        self.charge_items(count)?;
        Ok(count)
    }

    /// Reads a value inside one of its own type, one level deeper: to be used wherever a type
    /// contains itself, so that no message can fill the stack.
    ///
    /// ```
    /// use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
    ///
    /// #[derive(Debug, PartialEq)]
    /// struct Tree(Vec<Tree>);
    ///
    /// impl Wire for Tree {
    ///     fn write_to(&self, writer: &mut Writer) {
    ///         self.0.write_to(writer);
    ///     }
    ///     fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
    ///         reader.nested(Vec::read_from).map(Tree)
    ///     }
    /// }
    ///
    /// let tree = Tree(vec![Tree(vec![]), Tree(vec![Tree(vec![])])]);
    /// assert_eq!(Tree::decode(&tree.encode())?, tree);
    ///
    /// let endless = [1; 100_000];
    /// let refused = Tree::decode(&endless).unwrap_err();
    /// assert_eq!(refused.kind(), &DecodeErrorKind::OverBudget("levels"));
    /// # Ok::<(), DecodeError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When there are more levels than the budget allows, or `read` fails.
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let Some(left) = self.budget.depth.checked_sub(1) else {
            return Err(self.error(DecodeErrorKind::OverBudget("levels")));
        };
        self.budget.depth = left;
        let value = read(self);
        self.budget.depth = left + 1;
        value
    }

    /// Takes `count` items from the budget.
    pub(crate) fn charge_items(&mut self, count: usize) -> Result<(), DecodeError> {
        match self.items.checked_sub(count) {
            Some(left) => {
                self.items = left;
                Ok(())
            }
            None if self.budget.items < self.longest => {
                Err(self.error(DecodeErrorKind::OverBudget("items")))
            }
            None => Err(self.error(DecodeErrorKind::UnexpectedEnd)),
        }
    }

    /// Takes `count` runs from the budget.
    pub(crate) fn charge_runs(&mut self, count: usize) -> Result<(), DecodeError> {
        match self.budget.runs.checked_sub(count) {
            Some(left) => self.budget.runs = left,
            None => return Err(self.error(DecodeErrorKind::OverBudget("runs"))),
        }
        Ok(())
    }

    /// A replica id as [`Writer::replica`](super::Writer::replica) writes it.
    ///
    /// # Errors
    ///
    /// When it is written out a second time, or refers to one not yet named.
    pub fn replica(&mut self) -> Result<ReplicaId, DecodeError> {
        match self.varint()? {
            0 => {
                let id = ReplicaId::from_bytes(self.array()?);
                if self.replicas.ids().len() == self.budget.replicas {
                    return Err(self.error(DecodeErrorKind::OverBudget("replicas")));
                }
                if self.replicas.place(id).is_some() {
                    return Err(self.error(DecodeErrorKind::RepeatedReplica));
                }
                self.replicas.mention(id);
                Ok(id)
            }
            place => usize::try_from(place - 1)
                .ok()
                .and_then(|place| self.replicas.ids().get(place).copied())
                .ok_or_else(|| self.error(DecodeErrorKind::UnknownReplica)),
        }
    }
}
