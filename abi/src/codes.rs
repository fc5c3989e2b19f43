//! The numbered status codes that travel as `uint8`.

/// Where a slot stands, as [`IJobs::slot`](crate::IJobs::slotCall) reports it for the present second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum SlotState {
    /// Waiting for a provider, until `openUntil`.
    Open = 0,
    /// Taken; a cheaper take may still displace it, until `bidUntil`.
    Taken = 1,
    /// The provider works, until `due`.
    Running = 2,
    /// A result is in and may be accepted, ruled on or disputed, until `windowEnd`.
    Submitted = 3,
    /// The court decides.
    Disputed = 4,
    /// Settled; nothing follows.
    Closed = 5,
}

/// How a slot was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Outcome {
    /// Not closed yet.
    None = 0,
    /// Paid because the requester accepted.
    Accepted = 1,
    /// Paid because the window passed without a dispute.
    Undisputed = 2,
    /// Paid at once because the result has the expected hash.
    Expected = 3,
    /// Split as the judge ruled.
    Ruled = 4,
    /// Refunded: the requester cancelled while it was open.
    Cancelled = 5,
    /// Refunded: nobody took it in time.
    Expired = 6,
    /// Refunded: the last attempt was late.
    Late = 7,
    /// Refunded: the last provider said it was unable.
    Unable = 8,
    /// Disputed, and split where the claims met.
    Conceded = 9,
    /// Disputed, and split as the court found.
    Decided = 10,
    /// Disputed, and split without the court, which did not decide in time.
    Neutral = 11,
    /// Disputed with a lock too small for a jury: what was claimed burned, the rest went back.
    Forfeited = 12,
}

/// Why a piece of work leaves the registry's books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum WorkEnd {
    /// A result was paid in full or split; the share says how much of it was good.
    Settled = 0,
    /// A cheaper take displaced it before it began: no record, no slash.
    Displaced = 1,
    /// The provider gave it back in the first quarter: recorded, 1/16 of the lock unless taken from its standing offer.
    Unable = 2,
    /// No result in time, or given back after the first quarter: recorded, slashed as a share of 0.
    Late = 3,
}

/// What stands in the way of a provider and a piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Obstacle {
    /// Nothing: the provider is eligible.
    None = 0,
    /// No provider has the id.
    UnknownProvider = 1,
    /// The provider lacks features that the work needs.
    MissingFeatures = 2,
    /// The provider is in another region.
    WrongRegion = 3,
    /// Its capacity is too small, in use, or its GPUs are of another class.
    NoCapacity = 4,
    /// Its bonded stake is below the minimum for its capacity.
    BelowMinimum = 5,
    /// Its tier is lower than the work demands.
    TierTooLow = 6,
    /// Its tier does not go up to the posted price.
    PriceAboveTier = 7,
    /// It has too little free stake to lock.
    NotEnoughStake = 8,
    /// It has no standing offer, so that only its operator can take.
    OfferClosed = 9,
    /// The run, the window or the lock lies outside its standing offer.
    OutsideOffer = 10,
    /// The price is not what it quotes.
    NotTheQuote = 11,
    /// It quotes more than the posted price.
    QuoteAbovePrice = 12,
    /// It takes no work any more.
    Draining = 13,
}

/// How the share of a result was found, which says what of the lock is slashed and where that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// Nobody disputed: accepted, expected, or its window passed.
    Undisputed = 0,
    /// The claims met before the jury was drawn: an overclaim costs half.
    Conceded = 1,
    /// A jury voted: half of an overclaim's slash goes to the requester.
    Jury = 2,
    /// The judge that the terms name ruled: the whole slash burns.
    Judge = 3,
    /// Settled without the court, or no jury voted: nothing is slashed.
    Neutral = 4,
    /// Disputed with a lock too small for a jury: a quarter of it burns.
    Unheard = 5,
}

/// Whether a piece of work was disputed, and by whose claim the outcome lay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Trial {
    /// Not disputed.
    None = 0,
    /// The provider's claim, as the dispute opened, was the nearer one.
    Won = 1,
    /// The requester's was, or neither.
    Lost = 2,
}

/// What `step` does to a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Action {
    /// Nothing, now or later.
    None = 0,
    /// Nobody took it in time: the price goes back.
    Expire = 1,
    /// No result in time: it opens again, or the price goes back.
    Late = 2,
    /// Nobody objected in time: the result is paid.
    Pay = 3,
}

/// Where a round of a dispute stands, as [`ICourt::verdict`](crate::ICourt::verdictCall) reports the last one's for the
/// present second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CourtPhase {
    /// There is no such round.
    None = 0,
    /// A jury is ordered; the beacon's time lies ahead.
    Evidence = 1,
    /// Seats are drawn by the beacon's round.
    Drawing = 2,
    /// Jurors seal their votes.
    Commit = 3,
    /// The sealed votes are shown.
    Reveal = 4,
    /// A verdict stands; the next jury can be ordered.
    Appeal = 5,
    /// The verdict stands for good.
    Final = 6,
    /// The claims met before the beacon's time: there is no verdict.
    Cancelled = 7,
}

/// In whose name a jury was ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Side {
    /// Nobody's: the first one.
    None = 0,
    /// The requester's, who wants a lower share.
    Requester = 1,
    /// The provider's, who wants a higher one.
    Provider = 2,
}

macro_rules! numbered {
    ($name:ident: $($variant:ident),+) => {
        #[allow(clippy::as_conversions, reason = "nothing else gives the number of a variant in a const function")]
        impl $name {
            /// Every code in order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code numbered `number`, if there is one.
            pub const fn from_u8(number: u8) -> Option<Self> {
                $(if number == Self::$variant as u8 {
                    return Some(Self::$variant);
                })+
                None
            }

            /// Its number, as it travels and is stored.
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// Its name in lower-case words, for people and for logs.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant)),+
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                for (i, c) in self.name().chars().enumerate() {
                    if c.is_ascii_uppercase() && i > 0 {
                        f.write_str(" ")?;
                    }
                    core::fmt::Write::write_char(f, c.to_ascii_lowercase())?;
                }
                Ok(())
            }
        }
    };
}

numbered!(SlotState: Open, Taken, Running, Submitted, Disputed, Closed);
numbered!(
    Outcome: None, Accepted, Undisputed, Expected, Ruled, Cancelled, Expired, Late, Unable, Conceded, Decided, Neutral,
    Forfeited
);
numbered!(WorkEnd: Settled, Displaced, Unable, Late);
numbered!(
    Obstacle: None, UnknownProvider, MissingFeatures, WrongRegion, NoCapacity, BelowMinimum, TierTooLow, PriceAboveTier,
    NotEnoughStake, OfferClosed, OutsideOffer, NotTheQuote, QuoteAbovePrice, Draining
);
numbered!(Verdict: Undisputed, Conceded, Jury, Judge, Neutral, Unheard);
numbered!(Trial: None, Won, Lost);
numbered!(Action: None, Expire, Late, Pay);
numbered!(CourtPhase: None, Evidence, Drawing, Commit, Reveal, Appeal, Final, Cancelled);
numbered!(Side: None, Requester, Provider);
