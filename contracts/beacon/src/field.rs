//! Arithmetic modulo the prime of the curve's field.
//!
//! A number is kept in the form of Montgomery, times 2^261, as nine limbs of 29 bits. Products of such limbs can be summed in
//! a 64-bit word without a carry, which is what makes them cheap where a word is all there is; the columns are written out, so
//! that a product lives in locals alone. The README of this crate has what it costs, beside the precompile for powers.
//!
//! Numbers are reduced as late as possible. Each function says how large its operands may be, in multiples of the prime `p`:
//!
//! - a product takes operands below 8 p and is below 2 p: it is at most p + 64 p² / 2^261, and p is below 2^254;
//! - a sum is below the sum of its operands' bounds;
//! - a difference takes away less than 3 p, and is below its first operand plus 4 p.
//!
//! Nothing overflows: a column is at most nine products of the multiplication and nine of the reduction, each below 2^58 or, of
//! doubled limbs, 2^59 and half as many, and a carry below 2^35: less than 2^63.

use alloy_primitives::U256;

/// Bits of a limb.
const BITS: u32 = 29;
/// A limb of ones.
const MASK: u64 = (1 << BITS) - 1;

// The prime.
const P0: u64 = 0x187cfd47;
const P1: u64 = 0x10460b6;
const P2: u64 = 0x1c72a34f;
const P3: u64 = 0x2d522d0;
const P4: u64 = 0x1585d978;
const P5: u64 = 0x2db40c0;
const P6: u64 = 0xa6e141;
const P7: u64 = 0xe5c2634;
const P8: u64 = 0x30644e;
/// The prime as a word.
pub const PRIME: U256 =
    U256::from_limbs([0x3c208c16d87cfd47, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029]);
/// −1 / p modulo 2^29.
const MINUS_INVERSE: u64 = 0x4866389;
/// 2^522, a plain number's way into the form of Montgomery.
const INTO: Fp =
    Fp([0x59bac10, 0xd1503a3, 0x18016b8, 0x10ab0ca8, 0x2632639, 0x2c0169f, 0x169bfd53, 0x11869d4c, 0x2a11a6]);
/// 2^256 times that.
const INTO_HIGH: Fp =
    Fp([0xff8e86a, 0x7c648f0, 0xd256c51, 0xe144bb5, 0xfe5cb16, 0xe4726c0, 0x7f5c538, 0xf6c68cc, 0x43c5b]);
/// Four times the prime with a bit borrowed for every limb, so that no limb of a difference is below zero.
const FOUR_PRIMES: [u64; 9] =
    [0x21f3f51c, 0x241182da, 0x31ca8d3b, 0x2b548b42, 0x361765df, 0x2b6d0301, 0x229b8503, 0x397098cf, 0xc19138];

/// (p − 3) / 4 from its high end down: how often to square, and which odd power to multiply with then, as half of it. It begins
/// at power 3.
const ROOT_EXPONENT: [(u8, u8); 38] = [
    (10, 12),
    (8, 9),
    (5, 9),
    (4, 4),
    (4, 3),
    (9, 9),
    (7, 6),
    (10, 2),
    (7, 13),
    (1, 0),
    (7, 2),
    (10, 8),
    (6, 13),
    (5, 6),
    (8, 1),
    (11, 10),
    (1, 0),
    (9, 11),
    (6, 12),
    (5, 7),
    (10, 5),
    (6, 10),
    (7, 8),
    (5, 6),
    (7, 3),
    (6, 3),
    (7, 10),
    (7, 6),
    (6, 7),
    (5, 0),
    (10, 8),
    (1, 0),
    (9, 5),
    (6, 13),
    (9, 15),
    (7, 15),
    (5, 10),
    (4, 0),
];
/// The power that [`ROOT_EXPONENT`] begins at, as half of it.
const ROOT_BEGIN: usize = 1;

/// A number modulo the prime.
#[derive(Clone, Copy, Debug)]
pub struct Fp([u64; 9]);

/// Products of limbs, summed.
macro_rules! dot {
    ($a:ident $b:ident $(, $c:ident $d:ident)*) => {
        $a.wrapping_mul($b)$(.wrapping_add($c.wrapping_mul($d)))*
    };
}

/// Summands and products of limbs, summed.
macro_rules! sum {
    ($a:ident $(, $b:ident)* $(; $($c:ident $d:ident),*)?) => {
        $a$(.wrapping_add($b))*$($(.wrapping_add($c.wrapping_mul($d)))*)?
    };
}

impl Fp {
    /// 0.
    pub const ZERO: Self = Self([0; 9]);
    /// 1.
    pub const ONE: Self =
        Self([0x157ccc21, 0x141c2758, 0x185230d3, 0x14c0419, 0xaa36fb9, 0x1d4240ce, 0x11d54c07, 0x52ac7a8, 0xdc836]);

    /// A constant, by its limbs in the form of Montgomery.
    pub const fn constant(limbs: [u64; 9]) -> Self {
        Self(limbs)
    }

    /// A coordinate, unless it is no number below the prime.
    pub fn canonical(word: U256) -> Option<Self> {
        (word < PRIME).then(|| Self(split(word)).times(&INTO))
    }

    /// The rest of `high` · 2^256 + `low`, of which `high` is below 2^255. Below 4 p.
    pub fn wide(high: U256, low: U256) -> Self {
        Self(split(high)).times(&INTO_HIGH).plus(&Self(split(low)).times(&INTO))
    }

    /// The number as a word below the prime.
    pub fn word(&self) -> U256 {
        join(self.plain())
    }

    /// Whether the number, as a word below the prime, is odd.
    pub fn is_odd(&self) -> bool {
        let [low, ..] = self.plain();
        low & 1 != 0
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.plain() == [0; 9]
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        let mut limbs = self.0;
        for (limb, added) in limbs.iter_mut().zip(other.0) {
            *limb = limb.wrapping_add(added);
        }
        Self(carried(limbs))
    }

    /// The difference; `other` below 3 p.
    pub fn minus(&self, other: &Self) -> Self {
        let mut limbs = self.0;
        for ((limb, taken), borrowed) in limbs.iter_mut().zip(other.0).zip(FOUR_PRIMES) {
            *limb = limb.wrapping_add(borrowed).wrapping_sub(taken);
        }
        Self(carried(limbs))
    }

    /// The product, below 2 p; both below 8 p.
    #[inline(never)]
    pub fn times(&self, other: &Self) -> Self {
        reduced(product(&self.0, &other.0))
    }

    /// The square, below 2 p; the number below 8 p.
    #[inline(never)]
    pub fn squared(&self) -> Self {
        self.squared_inline()
    }

    #[inline(always)]
    fn squared_inline(&self) -> Self {
        reduced(square(&self.0))
    }

    /// One divided by the root of a square; of anything else and of 0, a number whose square is not one divided by it.
    /// Below 2 p; the number below 8 p.
    pub fn inverse_root(&self) -> Self {
        let square = self.squared();
        let mut odd_powers = [*self; 16];
        let mut last = *self;
        for power in odd_powers.iter_mut().skip(1) {
            last = last.times(&square);
            *power = last;
        }
        let power = |half: usize| odd_powers.get(half).copied().unwrap_or(Self::ZERO);
        let mut root = power(ROOT_BEGIN);
        for (squarings, half) in ROOT_EXPONENT {
            for _ in 0..squarings {
                root = root.squared_inline();
            }
            root = root.times(&power(half.into()));
        }
        root
    }

    /// Whether it is a square other than 0: the symbol of Jacobi, in a quarter of the gas that a root takes.
    pub fn is_square(&self) -> bool {
        jacobi(*self.word().as_limbs(), *PRIME.as_limbs())
    }

    /// The limbs out of the form of Montgomery, below the prime.
    fn plain(&self) -> [u64; 9] {
        let [l0, l1, l2, l3, l4, l5, l6, l7, l8] = self.0;
        // At most p: what is reduced is below (8 p + 2^261 p) / 2^261.
        let Self(limbs) = reduced([l0, l1, l2, l3, l4, l5, l6, l7, l8, 0, 0, 0, 0, 0, 0, 0, 0]);
        if limbs == [P0, P1, P2, P3, P4, P5, P6, P7, P8] { [0; 9] } else { limbs }
    }
}

/// Limbs of 29 bits again, from sums of few of them. What does not fit the last one stays in it.
#[inline(always)]
fn carried(mut limbs: [u64; 9]) -> [u64; 9] {
    let mut carry: u64 = 0;
    for limb in limbs.iter_mut().take(8) {
        let with = limb.wrapping_add(carry);
        *limb = with & MASK;
        carry = with >> BITS;
    }
    let [.., last] = &mut limbs;
    *last = last.wrapping_add(carry);
    limbs
}

/// The columns of a product.
#[inline(always)]
#[rustfmt::skip]
fn product(a: &[u64; 9], b: &[u64; 9]) -> [u64; 17] {
    let [a0, a1, a2, a3, a4, a5, a6, a7, a8] = *a;
    let [b0, b1, b2, b3, b4, b5, b6, b7, b8] = *b;
    [
        dot!(a0 b0),
        dot!(a0 b1, a1 b0),
        dot!(a0 b2, a1 b1, a2 b0),
        dot!(a0 b3, a1 b2, a2 b1, a3 b0),
        dot!(a0 b4, a1 b3, a2 b2, a3 b1, a4 b0),
        dot!(a0 b5, a1 b4, a2 b3, a3 b2, a4 b1, a5 b0),
        dot!(a0 b6, a1 b5, a2 b4, a3 b3, a4 b2, a5 b1, a6 b0),
        dot!(a0 b7, a1 b6, a2 b5, a3 b4, a4 b3, a5 b2, a6 b1, a7 b0),
        dot!(a0 b8, a1 b7, a2 b6, a3 b5, a4 b4, a5 b3, a6 b2, a7 b1, a8 b0),
        dot!(a1 b8, a2 b7, a3 b6, a4 b5, a5 b4, a6 b3, a7 b2, a8 b1),
        dot!(a2 b8, a3 b7, a4 b6, a5 b5, a6 b4, a7 b3, a8 b2),
        dot!(a3 b8, a4 b7, a5 b6, a6 b5, a7 b4, a8 b3),
        dot!(a4 b8, a5 b7, a6 b6, a7 b5, a8 b4),
        dot!(a5 b8, a6 b7, a7 b6, a8 b5),
        dot!(a6 b8, a7 b7, a8 b6),
        dot!(a7 b8, a8 b7),
        dot!(a8 b8),
    ]
}

/// The columns of a square: every product of two different limbs is there twice.
#[inline(always)]
#[rustfmt::skip]
fn square(a: &[u64; 9]) -> [u64; 17] {
    let [a0, a1, a2, a3, a4, a5, a6, a7, a8] = *a;
    let [d0, d1, d2, d3, d4, d5, d6, d7] = [a0 << 1, a1 << 1, a2 << 1, a3 << 1, a4 << 1, a5 << 1, a6 << 1, a7 << 1];
    [
        dot!(a0 a0),
        dot!(d0 a1),
        dot!(d0 a2, a1 a1),
        dot!(d0 a3, d1 a2),
        dot!(d0 a4, d1 a3, a2 a2),
        dot!(d0 a5, d1 a4, d2 a3),
        dot!(d0 a6, d1 a5, d2 a4, a3 a3),
        dot!(d0 a7, d1 a6, d2 a5, d3 a4),
        dot!(d0 a8, d1 a7, d2 a6, d3 a5, a4 a4),
        dot!(d1 a8, d2 a7, d3 a6, d4 a5),
        dot!(d2 a8, d3 a7, d4 a6, a5 a5),
        dot!(d3 a8, d4 a7, d5 a6),
        dot!(d4 a8, d5 a7, a6 a6),
        dot!(d5 a8, d6 a7),
        dot!(d6 a8, a7 a7),
        dot!(d7 a8),
        dot!(a8 a8),
    ]
}

/// Columns divided by 2^261: multiples of the prime make the lower nine zero, one after the other.
#[inline(always)]
#[rustfmt::skip]
fn reduced(columns: [u64; 17]) -> Fp {
    let [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15, t16] = columns;
    let carry = 0;
    let column = sum!(t0, carry);
    let m0 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m0 P0) >> BITS;
    let column = sum!(t1, carry; m0 P1);
    let m1 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m1 P0) >> BITS;
    let column = sum!(t2, carry; m0 P2, m1 P1);
    let m2 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m2 P0) >> BITS;
    let column = sum!(t3, carry; m0 P3, m1 P2, m2 P1);
    let m3 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m3 P0) >> BITS;
    let column = sum!(t4, carry; m0 P4, m1 P3, m2 P2, m3 P1);
    let m4 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m4 P0) >> BITS;
    let column = sum!(t5, carry; m0 P5, m1 P4, m2 P3, m3 P2, m4 P1);
    let m5 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m5 P0) >> BITS;
    let column = sum!(t6, carry; m0 P6, m1 P5, m2 P4, m3 P3, m4 P2, m5 P1);
    let m6 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m6 P0) >> BITS;
    let column = sum!(t7, carry; m0 P7, m1 P6, m2 P5, m3 P4, m4 P3, m5 P2, m6 P1);
    let m7 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m7 P0) >> BITS;
    let column = sum!(t8, carry; m0 P8, m1 P7, m2 P6, m3 P5, m4 P4, m5 P3, m6 P2, m7 P1);
    let m8 = column.wrapping_mul(MINUS_INVERSE) & MASK;
    let carry = sum!(column; m8 P0) >> BITS;
    let column = sum!(t9, carry; m1 P8, m2 P7, m3 P6, m4 P5, m5 P4, m6 P3, m7 P2, m8 P1);
    let (r0, carry) = (column & MASK, column >> BITS);
    let column = sum!(t10, carry; m2 P8, m3 P7, m4 P6, m5 P5, m6 P4, m7 P3, m8 P2);
    let (r1, carry) = (column & MASK, column >> BITS);
    let column = sum!(t11, carry; m3 P8, m4 P7, m5 P6, m6 P5, m7 P4, m8 P3);
    let (r2, carry) = (column & MASK, column >> BITS);
    let column = sum!(t12, carry; m4 P8, m5 P7, m6 P6, m7 P5, m8 P4);
    let (r3, carry) = (column & MASK, column >> BITS);
    let column = sum!(t13, carry; m5 P8, m6 P7, m7 P6, m8 P5);
    let (r4, carry) = (column & MASK, column >> BITS);
    let column = sum!(t14, carry; m6 P8, m7 P7, m8 P6);
    let (r5, carry) = (column & MASK, column >> BITS);
    let column = sum!(t15, carry; m7 P8, m8 P7);
    let (r6, carry) = (column & MASK, column >> BITS);
    let column = sum!(t16, carry; m8 P8);
    let (r7, carry) = (column & MASK, column >> BITS);
    Fp([r0, r1, r2, r3, r4, r5, r6, r7, carry])
}

/// Whether the symbol of Jacobi of `a` over the odd `n`, above it, is 1.
///
/// As the greatest common divisor is found without divisions: twos are taken out of `a`, the smaller of the two is taken from the
/// larger. Each pass takes a bit off the two at least, which have 512.
///
/// All of it lives in locals: an array would lie in memory, where each limb costs ten times as much to reach.
fn jacobi([mut a0, mut a1, mut a2, mut a3]: [u64; 4], [mut n0, mut n1, mut n2, mut n3]: [u64; 4]) -> bool {
    // In its lowest bit, whether the symbol so far is −1.
    let mut minus = 0;
    while a0 | a1 | a2 | a3 != 0 {
        if a0 == 0 {
            // 64 twos change nothing.
            (a0, a1, a2, a3) = (a1, a2, a3, 0);
            continue;
        }
        let twos = a0.trailing_zeros();
        // Two is no square modulo n that is 3 or 5 modulo 8.
        minus ^= u64::from(twos) & ((n0 >> 1) ^ (n0 >> 2));
        let up = 63 ^ twos;
        a0 = a0.wrapping_shr(twos) | (a1 << 1).wrapping_shl(up);
        a1 = a1.wrapping_shr(twos) | (a2 << 1).wrapping_shl(up);
        a2 = a2.wrapping_shr(twos) | (a3 << 1).wrapping_shl(up);
        a3 = a3.wrapping_shr(twos);
        let (d0, d1, d2, d3, is_below) = difference((a0, a1, a2, a3), (n0, n1, n2, n3));
        if is_below {
            // Two odd numbers change places at the cost of a sign, if both are 3 modulo 4.
            minus ^= (a0 >> 1) & (n0 >> 1);
            (n0, n1, n2, n3) = (a0, a1, a2, a3);
            (a0, a1, a2, a3, _) = difference((0, 0, 0, 0), (d0, d1, d2, d3));
        } else {
            (a0, a1, a2, a3) = (d0, d1, d2, d3);
        }
    }
    n0 == 1 && n1 | n2 | n3 == 0 && minus & 1 == 0
}

/// Four limbs, the lowest first.
type Limbs = (u64, u64, u64, u64);

/// The difference of two numbers modulo 2^256, and whether the first is the smaller one.
#[inline(always)]
fn difference((a0, a1, a2, a3): Limbs, (b0, b1, b2, b3): Limbs) -> (u64, u64, u64, u64, bool) {
    let (d0, borrow) = a0.borrowing_sub(b0, false);
    let (d1, borrow) = a1.borrowing_sub(b1, borrow);
    let (d2, borrow) = a2.borrowing_sub(b2, borrow);
    let (d3, borrow) = a3.borrowing_sub(b3, borrow);
    (d0, d1, d2, d3, borrow)
}

/// A word in limbs.
fn split(word: U256) -> [u64; 9] {
    let [a, b, c, d] = *word.as_limbs();
    [
        a & MASK,
        (a >> 29) & MASK,
        ((a >> 58) | (b << 6)) & MASK,
        (b >> 23) & MASK,
        ((b >> 52) | (c << 12)) & MASK,
        (c >> 17) & MASK,
        ((c >> 46) | (d << 18)) & MASK,
        (d >> 11) & MASK,
        d >> 40,
    ]
}

/// Limbs of a number below 2^256 as a word.
fn join(limbs: [u64; 9]) -> U256 {
    let [l0, l1, l2, l3, l4, l5, l6, l7, l8] = limbs;
    U256::from_limbs([
        l0 | (l1 << 29) | (l2 << 58),
        (l2 >> 6) | (l3 << 23) | (l4 << 52),
        (l4 >> 12) | (l5 << 17) | (l6 << 46),
        (l6 >> 18) | (l7 << 11) | (l8 << 40),
    ])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any number below the prime, those around its ends more often.
    fn number() -> impl Strategy<Value = U256> {
        prop_oneof![
            8 => any::<[u64; 4]>().prop_map(|limbs| U256::from_limbs(limbs) % PRIME),
            1 => (0..4u64).prop_map(U256::from),
            1 => (1..4u64).prop_map(|less| PRIME - U256::from(less)),
        ]
    }

    fn fp(word: U256) -> Fp {
        Fp::canonical(word).unwrap()
    }

    fn is_one(number: &Fp) -> bool {
        number.word() == U256::from(1)
    }

    /// The largest number that a function takes at its bound, which is the same as `word` modulo the prime.
    fn raised(word: U256, primes: u64) -> Fp {
        let mut raised = fp(word).0;
        let prime = [P0, P1, P2, P3, P4, P5, P6, P7, P8];
        for _ in 0..primes {
            for (limb, added) in raised.iter_mut().zip(prime) {
                *limb += added;
            }
        }
        Fp(carried(raised))
    }

    proptest! {
        #[test]
        fn words_come_back(a in number()) {
            prop_assert_eq!(fp(a).word(), a);
            prop_assert_eq!(fp(a).is_odd(), a.bit(0));
            prop_assert_eq!(join(split(a)), a);
        }

        #[test]
        fn it_reckons_as_the_library_does(a in number(), b in number(), more in 0..=6u64, less in 0..=1u64) {
            let (x, y) = (raised(a, more), raised(b, more));
            prop_assert_eq!(x.times(&y).word(), a.mul_mod(b, PRIME));
            prop_assert_eq!(x.squared().word(), a.mul_mod(a, PRIME));
            prop_assert_eq!(raised(a, less).plus(&raised(b, more)).word(), a.add_mod(b, PRIME));
            prop_assert_eq!(raised(a, more).minus(&raised(b, less)).word(), a.add_mod(PRIME - b, PRIME));
        }

        #[test]
        fn a_product_is_below_twice_the_prime(a in number(), b in number()) {
            for Fp(limbs) in [raised(a, 6).times(&raised(b, 6)), raised(a, 6).squared()] {
                prop_assert!(join(limbs) < PRIME << 1);
                prop_assert!(limbs.iter().take(8).all(|limb| *limb <= MASK));
            }
        }

        #[test]
        fn a_wide_number_is_its_rest(high: u128, low: [u64; 4]) {
            let (high, low) = (U256::from(high), U256::from_limbs(low));
            let power = U256::MAX % PRIME + U256::from(1);
            prop_assert_eq!(Fp::wide(high, low).word(), high.mul_mod(power, PRIME).add_mod(low, PRIME));
        }

        #[test]
        fn a_root_is_found_of_a_square_and_of_nothing_else(a in number()) {
            let (number, square) = (fp(a), fp(a).squared());
            let root = square.inverse_root();
            prop_assert_eq!(is_one(&root.squared().times(&square)), !a.is_zero());
            prop_assert_eq!(is_one(&root.times(&number).squared()), !a.is_zero());
            prop_assert_eq!(square.is_square(), !a.is_zero());
            // Minus one is no square modulo this prime.
            let other = Fp::ZERO.minus(&square);
            prop_assert!(!is_one(&other.inverse_root().squared().times(&other)));
            prop_assert!(!other.is_square());
        }

        #[test]
        fn a_square_is_known_as_one(a in number(), twos in 0..256usize) {
            for a in [a, (a << twos) % PRIME] {
                let number = fp(a);
                let has_root = is_one(&number.inverse_root().squared().times(&number));
                prop_assert_eq!(number.is_square(), has_root, "{}", a);
            }
        }
    }

    #[test]
    fn nothing_from_the_prime_on_is_a_coordinate() {
        assert!(Fp::canonical(PRIME - U256::from(1)).is_some());
        for word in [PRIME, PRIME + U256::from(1), U256::MAX] {
            assert!(Fp::canonical(word).is_none());
        }
    }

    #[test]
    fn zero_and_one_are_known_in_every_form() {
        for primes in 0..=6 {
            assert!(raised(U256::ZERO, primes).is_zero());
            assert_eq!(raised(U256::from(1), primes).word(), U256::from(1));
            assert!(!raised(U256::from(1), primes).is_zero());
        }
    }

    #[test]
    fn the_steps_of_the_exponent_are_the_exponent() {
        let begin = U256::from(2 * ROOT_BEGIN + 1);
        let exponent = ROOT_EXPONENT.into_iter().fold(begin, |exponent, (squarings, half)| {
            (exponent << usize::from(squarings)) + U256::from(2 * u64::from(half) + 1)
        });
        assert_eq!(exponent, (PRIME - U256::from(3)) / U256::from(4));
    }
}
