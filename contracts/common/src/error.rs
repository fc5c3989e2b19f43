//! The error enum of a contract.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, U256, aliases::U96};
use alloy_sol_types::{SolError, SolType};

/// The fields of an error as a tuple.
type Fields<E> = <<E as SolError>::Parameters<'static> as SolType>::RustType;

/// Selector and fields of an error that has only fields of one word each.
///
/// The general encoder writes every conversion out in full at every place; here each kind of field has one function for
/// the whole contract, which is worth some hundred bytes an error.
pub fn encode_error<E>(error: E) -> Vec<u8>
where
    E: SolError,
    Fields<E>: From<E> + FieldWords,
{
    let mut bytes = Vec::with_capacity(132);
    bytes.extend_from_slice(&E::SELECTOR);
    Fields::<E>::from(error).append(&mut bytes);
    bytes
}

/// A tuple of values of one word each.
pub trait FieldWords {
    /// Appends the word of each.
    fn append(self, bytes: &mut Vec<u8>);
}

/// A value of one word.
trait FieldWord {
    fn append(self, bytes: &mut Vec<u8>);
}

macro_rules! tuples {
    ($(($($field:ident),*))+) => {$(
        #[allow(private_bounds, reason = "nobody else has to add kinds of fields")]
        impl<$($field: FieldWord),*> FieldWords for ($($field,)*) {
            #[allow(non_snake_case, unused_variables, reason = "each value is named as its type")]
            fn append(self, bytes: &mut Vec<u8>) {
                let ($($field,)*) = self;
                $($field.append(bytes);)*
            }
        }
    )+};
}

tuples! { () (A) (A, B) (A, B, C) (A, B, C, D) }

macro_rules! small_integers {
    ($($kind:ty),+) => {$(
        impl FieldWord for $kind {
            fn append(self, bytes: &mut Vec<u8>) {
                append_u64(self.into(), bytes);
            }
        }
    )+};
}

small_integers!(u8, u16, u32, u64);

#[inline(never)]
fn append_u64(value: u64, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&[0; 24]);
    bytes.extend_from_slice(&value.to_be_bytes());
}

impl FieldWord for U96 {
    #[inline(never)]
    fn append(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&[0; 20]);
        bytes.extend_from_slice(&self.to_be_bytes::<12>());
    }
}

impl FieldWord for U256 {
    #[inline(never)]
    fn append(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.to_be_bytes::<32>());
    }
}

impl FieldWord for Address {
    #[inline(never)]
    fn append(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.into_word().as_slice());
    }
}

impl FieldWord for B256 {
    #[inline(never)]
    fn append(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.as_slice());
    }
}

/// Declares the flat error enum of a contract over `sol!` errors of linq-abi.
///
/// What the SDK's `SolidityError` derive does, in less code, with one thing more: the reasons of a callee travel on
/// unchanged, in `Passed`. A call that brought nothing becomes the error named after `else`, so that `?` lifts
/// everything. A contract that calls nobody leaves `else` out.
///
/// ```ignore
/// contract_errors! {
///     /// Why a call to the registry failed.
///     pub enum RegistryError {
///         NotJobs(RegistryNotJobs),
///         TokenFailed(RegistryTokenFailed),
///     }
///     else RegistryTokenFailed {}
/// }
/// ```
#[macro_export]
macro_rules! contract_errors {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $($variant:ident($error:ty)),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is the error of linq-abi that it wraps")]
        $vis enum $name {
            $($variant($error),)+
        }

        impl From<$name> for $crate::reexports::Vec<u8> {
            fn from(error: $name) -> Self {
                match error {
                    $($name::$variant(error) => $crate::reexports::encode_error(error),)+
                }
            }
        }

        $crate::contract_errors! { @shared $name $($variant($error)),+ }
    };
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $($variant:ident($error:ty)),+ $(,)? }
        else $silent:expr
    ) => {
        $(#[$meta])*
        #[derive(Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is the error of linq-abi that it wraps")]
        $vis enum $name {
            $($variant($error),)+
            /// The reason of a callee, as it gave it.
            Passed($crate::reexports::Vec<u8>),
        }

        impl From<$crate::CallFailure> for $name {
            fn from(failure: $crate::CallFailure) -> Self {
                match failure {
                    $crate::CallFailure::Reverted(reason) => Self::Passed(reason),
                    $crate::CallFailure::NoAnswer => $silent.into(),
                }
            }
        }

        impl From<$name> for $crate::reexports::Vec<u8> {
            fn from(error: $name) -> Self {
                match error {
                    $($name::$variant(error) => $crate::reexports::encode_error(error),)+
                    $name::Passed(reason) => reason,
                }
            }
        }

        $crate::contract_errors! { @shared $name $($variant($error)),+ }
    };
    (@shared $name:ident $($variant:ident($error:ty)),+) => {
        $(impl From<$error> for $name {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })+

        #[cfg(feature = "export-abi")]
        impl stylus_sdk::abi::export::internal::InnerTypes for $name {
            fn inner_types() -> $crate::reexports::Vec<stylus_sdk::abi::export::internal::InnerType> {
                use $crate::reexports::SolError;

                let mut errors = $crate::reexports::Vec::new();
                $(errors.push(stylus_sdk::abi::export::internal::InnerType {
                    name: ["error ", <$error>::SIGNATURE, ";"].concat().replace(',', ", "),
                    id: core::any::TypeId::of::<$error>(),
                });)+
                errors
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use linq_abi::{IEscrow, ILnqToken, IRegistry};
    use proptest::prelude::*;

    use super::*;

    fn agrees<E>(error: E) -> bool
    where
        E: SolError + Clone,
        Fields<E>: From<E> + FieldWords,
    {
        encode_error(error.clone()) == error.abi_encode()
    }

    proptest! {
        #[test]
        fn errors_are_encoded_as_the_general_encoder_does(
            account: [u8; 20], word: [u8; 32], wide: [u8; 12], provider: u32, long: u64, short: u16, byte: u8,
        ) {
            let (account, word) = (Address::from(account), B256::from(word));
            let (wide, value) = (U96::from_be_bytes(wide), U256::from_be_bytes(word.0));
            let all = [
                agrees(IRegistry::RegistryNotWired {}),
                agrees(IRegistry::RegistryNotOwner { provider, caller: account }),
                agrees(IRegistry::RegistryNotFree { amount: wide, free: wide }),
                agrees(IRegistry::RegistryTooManyUnbondings { provider, limit: byte }),
                agrees(IRegistry::RegistryNothingToWithdraw { provider, next: long }),
                agrees(IEscrow::EscrowAlreadyLocked { job: word }),
                agrees(IEscrow::EscrowBadFee { feeBps: short, limit: short }),
                agrees(ILnqToken::ERC20InsufficientBalance { sender: account, balance: value, needed: value }),
            ];
            prop_assert_eq!(all, [true; 8]);
        }
    }
}
