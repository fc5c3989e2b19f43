//! The sealing key: whoever has its secret half opens what was sealed to the provider.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use alloy::primitives::B256;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::error::{Error, Result};
use crate::units::parse_word;

/// The public half of the key whose secret half is in a file. Makes both where there is no such file.
pub(super) fn public_key(file: &Path) -> Result<B256> {
    let secret = match std::fs::read_to_string(file) {
        Ok(text) => read(file, &text)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(file)?,
        Err(error) => return Err(Error::signing(format!("cannot read {}: {error}", file.display()))),
    };
    Ok(B256::from(PublicKey::from(&StaticSecret::from(secret.0)).to_bytes()))
}

fn read(file: &Path, text: &str) -> Result<B256> {
    let readable = std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
    if readable {
        return Err(Error::signing(format!("{} can be read by others", file.display()))
            .hint("it opens every secret that is sealed to the provider: take their rights away with chmod 600"));
    }
    // What the text is instead is not told: it may be a key all the same.
    parse_word(text.trim()).map_err(|_| {
        Error::signing(format!("{} holds no sealing key", file.display()))
            .hint("it is `0x` and 64 hexadecimal digits; name another file, and one is made")
    })
}

fn make(file: &Path) -> Result<B256> {
    let secret = B256::random();
    crate::files::write_secret(file, format!("{secret}\n").as_bytes())?;
    Ok(secret)
}

/// Fails for a key to which everybody finds the same shared secret: what is sealed to it, everybody opens.
pub(super) fn require_sound(key: B256) -> Result<()> {
    let anybody = StaticSecret::from(B256::repeat_byte(1).0);
    if key.is_zero() || anybody.diffie_hellman(&PublicKey::from(key.0)).was_contributory() {
        return Ok(());
    }
    Err(Error::usage(format!("{key} is a sealing key that everybody can open"))
        .hint("give the public half of an X25519 key, or --sealing-key-file to have one made"))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::b256;

    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_key_is_made_once_and_kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys/sealing");
        let key = public_key(&file).unwrap();
        assert_eq!(public_key(&file).unwrap(), key);
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_ne!(public_key(&folder.path().join("other")).unwrap(), key);
        require_sound(key).unwrap();
    }

    #[test]
    fn a_public_key_is_that_of_the_standard() {
        // RFC 7748, section 6.1: Alice's.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alice");
        let secret = b"0x77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
        crate::files::write_secret(&file, secret).unwrap();
        let expected = b256!("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        assert_eq!(public_key(&file).unwrap(), expected);
    }

    #[test]
    fn a_key_that_others_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (open, strange) = (folder.path().join("open"), folder.path().join("strange"));
        crate::files::write(&open, format!("{}\n", B256::repeat_byte(7)).as_bytes()).unwrap();
        let error = public_key(&open).unwrap_err();
        assert!(error.to_string().contains("can be read by others"), "{error}");
        crate::files::write_secret(&strange, b"hunter2").unwrap();
        let error = public_key(&strange).unwrap_err();
        assert_eq!(error.kind(), Kind::Signing);
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }

    #[test]
    fn a_key_that_everybody_opens_is_refused() {
        // Of orders 1, 2, 4 and 8.
        for point in [
            b256!("0100000000000000000000000000000000000000000000000000000000000000"),
            b256!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
            b256!("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
            b256!("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
        ] {
            assert_eq!(require_sound(point).unwrap_err().kind(), Kind::Usage);
        }
        require_sound(B256::ZERO).unwrap();
    }
}
