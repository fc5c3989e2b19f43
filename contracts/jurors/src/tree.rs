//! The weights of all jurors, day by day, and draws from them.
//!
//! A tree of nodes with seven children. A node of level 0 holds the weights of seven jurors by number, one of level `n` the
//! sums of seven nodes of level `n − 1`. There are as many levels as the jurors need; the topmost has one node, which
//! gains another above it when it is full.
//!
//! **As of the start of a day.** A node carries the UTC day of its last change. What it holds is true from the start of the
//! day after that one on; for the starts of earlier days there are its versions. The first change of a day moves the word
//! as it was to the history, with the day of its own last change, and every further change of that day changes the word
//! in place. So a draw from the start of a day reads, of every node, the last version whose day lies before: changes of
//! the day itself, and all later ones, are in words that it passes over. A node that has no such version did not exist
//! then, and one that stood above all others later is passed over downwards in the same way.
//!
//! Nothing here knows of storage: [`Nodes`] does, and the tests have another one.

use alloy_primitives::B256;
use linq_common::{Amount, OutOfRange, div_down};
use stylus_sdk::crypto;

/// Children of a node.
pub const CHILDREN: usize = 7;
/// The same as a number.
const WIDTH: u32 = 7;
/// How often a seat is tried before it stays empty.
const TRIES: u8 = 16;

/// The word of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The UTC day of its last change; 0 for a node that was never written.
    pub day: u16,
    /// How many words it has in the history, numbered from 0, the oldest first.
    pub versions: u16,
    /// What lies below each child.
    pub sums: [u32; CHILDREN],
}

impl Node {
    /// What lies below one child.
    fn sum(&self, child: u32) -> u32 {
        usize::try_from(child).ok().and_then(|child| self.sums.get(child)).copied().unwrap_or_default()
    }

    /// What lies below all of them. It is less than there are LNQ.
    fn total(&self) -> u32 {
        self.sums.iter().fold(0, |total, sum| total.saturating_add(*sum))
    }

    /// The child that `point` falls on when all that lies below is counted through, and where in it.
    fn child_at(&self, mut point: u32) -> Option<(u32, u32)> {
        for (child, sum) in (0..).zip(self.sums) {
            match point.checked_sub(sum) {
                Some(rest) => point = rest,
                None => return Some((child, point)),
            }
        }
        None
    }

    /// Replaces `before`, a part of what lies below one child, with `after`.
    fn change(&mut self, child: u32, before: u32, after: u32) -> Result<(), OutOfRange> {
        let sum = usize::try_from(child).ok().and_then(|child| self.sums.get_mut(child)).ok_or(OutOfRange)?;
        *sum = sum.checked_sub(before).and_then(|rest| rest.checked_add(after)).ok_or(OutOfRange)?;
        Ok(())
    }
}

/// Where a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// 0 for nodes whose children are jurors.
    pub level: u8,
    /// Which one of its level.
    pub index: u32,
}

impl Place {
    /// The node and the child that are the leaf of a juror.
    fn of(juror: u32) -> (Self, u32) {
        let leaf = juror.saturating_sub(1);
        (Self { level: 0, index: leaf.div_euclid(WIDTH) }, leaf.rem_euclid(WIDTH))
    }

    /// The node above, and which of its children this is.
    fn up(self) -> (Self, u32) {
        let above = Self { level: self.level.saturating_add(1), index: self.index.div_euclid(WIDTH) };
        (above, self.index.rem_euclid(WIDTH))
    }

    /// A node below; none below level 0.
    fn down(self, child: u32) -> Option<Self> {
        let index = self.index.checked_mul(WIDTH)?.checked_add(child)?;
        Some(Self { level: self.level.checked_sub(1)?, index })
    }
}

/// Where nodes are kept.
pub trait Nodes {
    /// A node as it is.
    fn node(&self, place: Place) -> Node;

    /// Replaces a node.
    fn set_node(&mut self, place: Place, node: &Node);

    /// A node as it was.
    fn old(&self, place: Place, version: u16) -> Node;

    /// Keeps a node as it was.
    fn set_old(&mut self, place: Place, version: u16, node: &Node);
}

/// What stake weighs: its whole LNQ.
pub fn weight_of(stake: Amount) -> Result<u32, OutOfRange> {
    // In two steps, since a divisor has 32 bits here.
    let billionths = div_down(stake.units(), BILLION);
    u32::try_from(div_down(billionths, BILLION)).map_err(|_| OutOfRange)
}

/// The root of the base units of an LNQ.
const BILLION: core::num::NonZeroU32 = match core::num::NonZeroU32::new(1_000_000_000) {
    Some(billion) => billion,
    None => core::num::NonZeroU32::MIN,
};
const _: () = assert!(1_000_000_000_u128 * 1_000_000_000 == Amount::LNQ.units(), "two steps are not an LNQ");

/// Lets one of `jurors` weigh `weight` from the day after `today` on. The last of them may be new.
pub fn set_weight<N: Nodes>(nodes: &mut N, jurors: u32, juror: u32, weight: u32, today: u16) -> Result<(), OutOfRange> {
    let (mut place, mut child) = Place::of(juror);
    let before = nodes.node(place).sum(child);
    if weight == before {
        return Ok(());
    }
    let top = top_of(jurors);
    loop {
        let mut node = open(nodes, place, today);
        node.change(child, before, weight)?;
        nodes.set_node(place, &node);
        if place.level >= top {
            return Ok(());
        }
        (place, child) = place.up();
    }
}

/// The weight of all jurors at the start of `day`.
pub fn total<N: Nodes>(nodes: &N, jurors: u32, day: u16) -> u32 {
    root(nodes, jurors, day).map_or(0, |(_, node)| node.total())
}

/// What one juror weighed at the start of `day`.
pub fn weight<N: Nodes>(nodes: &N, juror: u32, day: u16) -> u32 {
    let (place, child) = Place::of(juror);
    // Juror 0 is nobody, not the one before the first.
    if juror == 0 { 0 } else { as_of(nodes, place, day).map_or(0, |node| node.sum(child)) }
}

/// The level of the topmost node when there are `jurors`.
fn top_of(jurors: u32) -> u8 {
    let (mut top, mut last) = (0, jurors.saturating_sub(1).div_euclid(WIDTH));
    while last > 0 {
        last = last.div_euclid(WIDTH);
        top = u8::saturating_add(top, 1);
    }
    top
}

/// A node to be changed `today`, after what it was is in the history.
fn open<N: Nodes>(nodes: &mut N, place: Place, today: u16) -> Node {
    let mut node = nodes.node(place);
    if node.day == 0 {
        // The first node of a level stands above all jurors there were, who now lie below its first child.
        let below = Place { index: 0, ..place }.down(0).filter(|_| place.index == 0);
        let under_first = below.map_or(0, |below| nodes.node(below).total());
        node.sums = [under_first, 0, 0, 0, 0, 0, 0];
    } else if node.day < today {
        nodes.set_old(place, node.versions, &node);
        node.versions = node.versions.saturating_add(1);
    }
    node.day = today;
    node
}

/// A node at the start of `day`; none if it did not exist by then.
fn as_of<N: Nodes>(nodes: &N, place: Place, day: u16) -> Option<Node> {
    let node = nodes.node(place);
    if node.day < day {
        return (node.day > 0).then_some(node);
    }
    // There is at most one version a day, so that no more than this many can be of `day` or later.
    let later = node.day.saturating_sub(day);
    let mut past = node.versions;
    let mut first = past.saturating_sub(later).saturating_sub(1);
    let mut found = None;
    while first < past {
        let middle = first.saturating_add(past.saturating_sub(first).div_euclid(2));
        let old = nodes.old(place, middle);
        if old.day < day {
            found = Some(old);
            first = middle.saturating_add(1);
        } else {
            past = middle;
        }
    }
    found
}

/// The topmost node at the start of `day`; none if there were no jurors by then.
fn root<N: Nodes>(nodes: &N, jurors: u32, day: u16) -> Option<(Place, Node)> {
    (0..=top_of(jurors)).rev().find_map(|level| {
        let place = Place { level, index: 0 };
        as_of(nodes, place, day).map(|node| (place, node))
    })
}

/// The draw of a jury.
pub struct Draw<'a, N> {
    nodes: &'a N,
    day: u16,
    seed: B256,
    least: u32,
    /// None where nobody weighed anything.
    top: Option<Top>,
}

struct Top {
    place: Place,
    node: Node,
    total: core::num::NonZeroU32,
}

impl<'a, N: Nodes> Draw<'a, N> {
    /// By `seed` from the weights of `jurors` at the start of `day`, of whom those that weighed `least` can sit.
    pub fn new(nodes: &'a N, jurors: u32, day: u16, seed: B256, least: u32) -> Self {
        let top = root(nodes, jurors, day).and_then(|(place, node)| {
            let total = core::num::NonZeroU32::new(node.total())?;
            Some(Top { place, node, total })
        });
        Self { nodes, day, seed, least, top }
    }

    /// Who sits in a seat, or 0.
    pub fn seat(&self, seat: u8) -> u32 {
        let drawn = self.top.as_ref().and_then(|top| (0..TRIES).find_map(|attempt| self.attempt(top, seat, attempt)));
        drawn.unwrap_or_default()
    }

    /// The juror that one try falls on, if it weighed enough.
    fn attempt(&self, top: &Top, seat: u8, attempt: u8) -> Option<u32> {
        // Of 256 bits, the remainder by 32 favours nobody by more than one part in 2^224.
        let hash = crypto::keccak([self.seed.as_slice(), &[seat, attempt]].concat());
        self.juror_at(top, remainder(&hash, top.total))
    }

    /// The juror that `point` falls on when all weights are counted through, if it weighed enough.
    fn juror_at(&self, top: &Top, mut point: u32) -> Option<u32> {
        let (mut place, mut node) = (top.place, top.node);
        loop {
            let (child, rest) = node.child_at(point)?;
            // What is too light as a whole has no part that is heavy enough.
            if node.sum(child) < self.least {
                return None;
            }
            let Some(below) = place.down(child) else {
                return place.index.checked_mul(WIDTH)?.checked_add(child)?.checked_add(1);
            };
            (place, node, point) = (below, as_of(self.nodes, below, self.day)?, rest);
        }
    }
}

/// `word` mod `divisor`.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "a remainder by 32 bits has no more; with 32 bits behind it there are 64"
)]
fn remainder(word: &B256, divisor: core::num::NonZeroU32) -> u32 {
    let divisor = core::num::NonZeroU64::from(divisor);
    let parts = word.as_chunks::<4>().0.iter().map(|part| u64::from(u32::from_be_bytes(*part)));
    parts.fold(0, |remainder, part| ((remainder << 32) | part) % divisor) as u32
}

#[cfg(test)]
mod tests;
