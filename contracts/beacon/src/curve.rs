//! Points of the curve y² = x³ + 3, and the map to it.

use alloy_primitives::{B256, U256};

use crate::field::Fp;

/// 3, the constant of the curve.
const B: Fp =
    Fp::constant([0x766463, 0x1c54760a, 0x8f6927a, 0x3e40c4d, 0x1fea4f2b, 0x17c6c26a, 0x157fe417, 0xf8056f9, 0x2958a2]);
/// −1/2.
const C2: Fp = Fp::constant([
    0x1801893, 0x16741caf, 0x1210393d, 0x10c48f5b, 0x57134df, 0x12cc7ff9, 0x1768ca9c, 0x498af45, 0x114e0c,
]);
/// The even root of −12.
const C3: Fp = Fp::constant([
    0x1b4a814f, 0x1d686287, 0x16a42cba, 0xbac1e79, 0x13fb16c, 0x1d850693, 0x1eba05b6, 0xc9dae1e, 0x1b5818,
]);
/// −16/3.
const C4: Fp = Fp::constant([
    0x68a0e4b, 0x171eba7c, 0xb55234f, 0x150690b3, 0xed0a792, 0x1ff392ca, 0x26922c2, 0x109d85a1, 0x2768eb,
]);

/// A point of the curve other than infinity. The curve has a prime order, so that every such point is of G1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    x: U256,
    y: U256,
}

impl Point {
    /// The point with these coordinates, if they are below the prime and there is one. Infinity, written (0, 0), is not on
    /// the curve.
    pub fn on_curve(x: U256, y: U256) -> Option<Self> {
        let (a, b) = (Fp::canonical(x)?, Fp::canonical(y)?);
        let right = a.squared().times(&a).plus(&B);
        b.squared().minus(&right).is_zero().then_some(Self { x, y })
    }

    /// The point that the map of Shallue and van de Woestijne gives `u` (RFC 9380, 6.6.1, with Z = 1); `u` below 4 p.
    ///
    /// Of three candidates for x, the first with a point is it; when the first two have none, the third has one.
    pub fn mapped(u: &Fp) -> Self {
        let double = u.plus(u);
        let four_squares = double.squared();
        let more = Fp::ONE.plus(&four_squares);
        let less = Fp::ONE.minus(&four_squares);
        let middle = C2.times(&more);
        // RFC 9380 divides by `less` and takes 1 / 0 for 0. By `more`, which is never 0, it divides too: −1 is no square.
        let is_whole = less.is_zero();
        let aside = if is_whole { Fp::ZERO } else { C3.times(u) };
        let with_point = |n: Fp| Some(Candidate::new(n, more)).filter(Candidate::has_point);
        let candidate = with_point(middle.minus(&aside)).or_else(|| with_point(middle.plus(&aside)));
        let (x, y) = candidate.unwrap_or_else(|| Candidate::third(is_whole, &more, &less)).point();
        let y = if y.is_odd() == u.is_odd() { y } else { Fp::ZERO.minus(&y) };
        Self { x: x.word(), y: y.word() }
    }

    /// x and y.
    pub fn words(&self) -> [B256; 2] {
        [self.x.into(), self.y.into()]
    }

    /// The 64 bytes of x and y.
    pub fn bytes(&self) -> [u8; 64] {
        let mut bytes = [0; 64];
        let (x, y) = bytes.split_at_mut(32);
        x.copy_from_slice(&self.x.to_be_bytes::<32>());
        y.copy_from_slice(&self.y.to_be_bytes::<32>());
        bytes
    }
}

/// A candidate for x as a fraction `n` / `d`, which is never divided out before it is known to be the one.
///
/// Its x³ + 3 is m / d³ with m = n³ + 3 d³, which is a square if m d is one.
struct Candidate {
    n: Fp,
    m: Fp,
    product: Fp,
}

impl Candidate {
    /// `n` below 7 p, `d` below 6 p and not 0.
    fn new(n: Fp, d: Fp) -> Self {
        let cubed = d.squared().times(&d);
        let m = n.squared().times(&n).plus(&B.times(&cubed));
        let product = m.times(&d);
        Self { n, m, product }
    }

    /// 1 + C4 · `more`² / `less`², or 1 where that would divide by 0.
    fn third(is_whole: bool, more: &Fp, less: &Fp) -> Self {
        if is_whole {
            return Self::new(Fp::ONE, Fp::ONE);
        }
        let squared = less.squared();
        Self::new(squared.plus(&C4.times(&more.squared())), squared)
    }

    /// Whether there is a point. None of this curve has y = 0, so that 0 does not come up.
    fn has_point(&self) -> bool {
        self.product.is_square()
    }

    /// x and a y, if there is a point. With s = 1 / √(m d), 1 / d is m s² and √(m / d³) is m s / d: one power gives both.
    fn point(&self) -> (Fp, Fp) {
        let root = self.product.inverse_root();
        let inverse = self.m.times(&root.squared());
        (self.n.times(&inverse), self.m.times(&root).times(&inverse))
    }
}
