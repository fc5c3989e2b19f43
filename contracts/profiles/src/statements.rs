//! What is said of a provider, by whom, and what anyone may read.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use linq_abi::{
    IProfiles::{
        ProfilesBadSelfTest, ProfilesMetadataTooLong, ProfilesNotOperator, ProfilesNotOwner, ProfilesUnknownProvider,
        SelfTestPublished,
    },
    IRegistry,
    wire::Uri,
};
use linq_common::{DAY_SECS, Timestamp, log, view};
use linq_records::words::{Operator, Owner, Record};
use stylus_sdk::prelude::*;

use crate::{
    Profiles, ProfilesError, Statement, Validity,
    logs::{SET_TOPICS, set},
};

/// Most bytes of metadata.
pub const MAX_METADATA: u16 = 256;

/// How long a self-test is valid at most: a machine that nobody measures any more is not vouched for.
pub const MAX_VALIDITY_SECS: u32 = 90 * DAY_SECS;

/// What providers say of themselves.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Statements {
    /// Replaces the sealing key and the metadata of a provider.
    ///
    /// Who:   its owner. Not its operator, whose key is hot: a thief would have secrets sealed to himself.
    /// Needs: a key that the provider alone can open, or zero for none; a URI of printable characters, or nothing.
    /// Does:  stores both, with the second.
    /// Emits: `ProfileSet`.
    /// Fails: `ProfilesUnknownProvider`; `ProfilesNotOwner`; `ProfilesMetadataTooLong`; a reason of the registry passes
    ///        through, `ProfilesRegistryFailed` without one.
    /// Units: bytes.
    /// Note:  a key is 32 bytes, whatever they are. Whoever seals must refuse one that leads to a shared secret of zero.
    fn set_profile(&mut self, provider: u32, sealing_key: B256, metadata: Uri) -> Result<(), ProfilesError>;

    /// Publishes the hash of a benchmark report, or takes it back with two zeros.
    ///
    /// Who:   the owner; the operator, which runs on the machine that is measured.
    /// Needs: a report that counts from now on, for [`MAX_VALIDITY_SECS`] at most.
    /// Does:  stores both; a report before it is forgotten.
    /// Emits: `SelfTestPublished`.
    /// Fails: `ProfilesUnknownProvider`; `ProfilesNotOperator`; `ProfilesBadSelfTest`; a reason of the registry passes
    ///        through, `ProfilesRegistryFailed` without one.
    /// Units: SHA-256 of the report; unix seconds.
    fn publish_self_test(&mut self, provider: u32, report: B256, valid_until: u64) -> Result<(), ProfilesError>;

    /// The sealing key, the metadata, when both were stated, the hash of the report, and until when it is valid: what the
    /// present owner stated. All zero and empty where it stated nothing.
    ///
    /// Fails: `ProfilesUnknownProvider`; a reason of the registry passes through, `ProfilesRegistryFailed` without one.
    /// Units: unix seconds.
    /// Note:  a report whose time has passed is still told; whoever reads it compares.
    fn profile(&self, id: u32) -> Result<(B256, Uri, u64, B256, u64), ProfilesError>;
}

#[public]
impl Statements for Profiles {
    fn set_profile(&mut self, provider: u32, sealing_key: B256, metadata: Uri) -> Result<(), ProfilesError> {
        let (caller, owner) = (self.vm().msg_sender(), self.owner(provider)?);
        if caller != owner {
            return Err(ProfilesNotOwner { provider, caller }.into());
        }
        let metadata_length = short_length(&metadata)?;
        let before = self.statements.getter(provider.into()).get();
        let statement = Statement { owner, at: self.now(), metadata_length };

        self.sealing_keys.setter(provider.into()).set(sealing_key);
        self.store_metadata(provider, &metadata, before.metadata_length);
        self.statements.setter(provider.into()).set(&statement);

        self.vm().emit_log(&set(provider, sealing_key, &metadata), SET_TOPICS);
        Ok(())
    }

    fn publish_self_test(&mut self, provider: u32, report: B256, valid_until: u64) -> Result<(), ProfilesError> {
        let (caller, owner) = (self.vm().msg_sender(), self.owner(provider)?);
        if caller != owner && !self.ask::<Operator>(provider)?.is(caller) {
            return Err(ProfilesNotOperator { provider, caller }.into());
        }
        let validity = if report.is_zero() && valid_until == 0 {
            Validity::default()
        } else {
            Validity { owner, until: self.sound_end(report, valid_until)? }
        };

        self.reports.setter(provider.into()).set(report);
        self.validities.setter(provider.into()).set(&validity);

        log(self.vm(), &SelfTestPublished { provider, report, validUntil: valid_until });
        Ok(())
    }

    fn profile(&self, id: u32) -> Result<(B256, Uri, u64, B256, u64), ProfilesError> {
        let owner = self.owner(id)?;
        let stated = self.statements.getter(id.into()).get();
        let (sealing_key, stated) = if stated.owner == owner {
            (self.sealing_keys.get(id.into()), stated)
        } else {
            (B256::ZERO, Statement::default())
        };
        let tested = self.validities.getter(id.into()).get();
        let (report, tested) = if tested.owner == owner {
            (self.reports.get(id.into()), tested)
        } else {
            (B256::ZERO, Validity::default())
        };
        let metadata = self.metadata(id, stated.metadata_length);
        Ok((sealing_key, metadata, stated.at.secs(), report, tested.until.secs()))
    }
}

impl Profiles {
    /// The owner of a provider that exists.
    fn owner(&self, provider: u32) -> Result<Address, ProfilesError> {
        let owner = self.ask::<Owner>(provider)?.address;
        if owner.is_zero() { Err(ProfilesUnknownProvider { provider }.into()) } else { Ok(owner) }
    }

    /// A word of a provider, from the registry.
    fn ask<T: Record>(&self, provider: u32) -> Result<T, ProfilesError> {
        let arguments = (provider, T::KIND, 0u16);
        let word: B256 = view::<IRegistry::recordCall, _, _, _>(self, self.registry.get(), &arguments)?;
        Ok(T::from_word(&word))
    }

    /// Until when a report is valid, if that lies ahead and not too far.
    fn sound_end(&self, report: B256, valid_until: u64) -> Result<Timestamp, ProfilesBadSelfTest> {
        let now = self.now();
        let latest = now.plus(MAX_VALIDITY_SECS).unwrap_or(Timestamp::MAX);
        let end = Timestamp::new_clipped(valid_until);
        if report.is_zero() || end <= now || valid_until > latest.secs() {
            return Err(ProfilesBadSelfTest { validUntil: valid_until, latest: latest.secs() });
        }
        Ok(end)
    }

    fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }
}

/// The length of metadata that are short enough.
fn short_length(metadata: &Uri) -> Result<u16, ProfilesMetadataTooLong> {
    let too_long = |length| ProfilesMetadataTooLong { length, limit: MAX_METADATA.into() };
    let length = u32::try_from(metadata.length()).map_err(|_| too_long(u32::MAX))?;
    match u16::try_from(length) {
        Ok(short) if short <= MAX_METADATA => Ok(short),
        _ => Err(too_long(length)),
    }
}
