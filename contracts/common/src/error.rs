//! The error enum of a contract.

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
