"""Keys, and where randomness and secrets come from."""

from typing import Protocol


class Random(Protocol):
    """A source of unpredictable bytes; `secrets.token_bytes` is one."""

    def __call__(self, size: int, /) -> bytes:
        """Return exactly `size` unpredictable bytes."""
        ...


class AskSecret(Protocol):
    """Ask a person, a file or a service for a PIN or passphrase.

    A secret is never an argument of our functions: it would stand in tracebacks,
    process lists and logs.
    """

    def __call__(self, prompt: str, /) -> str:
        """Return the secret; raise `SigningDeclined` when nobody gives it."""
        ...


class StoredKey(Protocol):
    """A private key that stays where it is."""

    @property
    def spki(self) -> bytes:
        """The public key as a DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7)."""
        ...

    @property
    def algorithm(self) -> str:
        """The JOSE name of the algorithm that the key signs with, as ``ES256``."""
        ...

    def sign(self, message: bytes, /) -> bytes:
        """Sign the message; ECDSA as r||s of fixed length (RFC 7518 3.4)."""
        ...


class AgreeingKey(StoredKey, Protocol):
    """A stored key that agrees on a secret with somebody else's key, too.

    Only a wallet that answers readers by a MAC (ISO/IEC 18013-5 9.1.3.5) asks for it;
    a store whose keys only sign leaves the method out.
    """

    def agree(self, peer: bytes, /) -> bytes:
        """Return the secret shared with the public key `peer`, which is DER (SPKI).

        It is the x coordinate alone (NIST SP 800-56A 5.7.1.2), not derived from.
        """
        ...


class KeyWrap(Protocol):
    """A key in the platform's key store, which wraps another key and never leaves it.

    Android's Keystore, the Secure Enclave, a TPM and a service for keys have one. It
    raises `SignerLocked` where the person has to unlock it, `SignerUnavailable` where
    it is not there.
    """

    def wrap(self, key: bytes, /) -> bytes:
        """Return the key encrypted and authenticated."""
        ...

    def unwrap(self, wrapped: bytes, /) -> bytes:
        """Return the key that was wrapped.

        Raises:
            WrongKey: it was wrapped with another key, or changed.
        """
        ...


class KeyStore(Protocol):
    """Make, find and delete private keys that never leave it."""

    def create(self, algorithm: str, attestation_nonce: bytes | None) -> StoredKey:
        """Make a key for the algorithm of that JOSE name.

        `attestation_nonce` goes into the platform's key attestation where there is
        one; a store without attestation ignores it.

        Raises:
            UnsupportedError: the store has no such algorithm.
        """
        ...

    def get(self, thumbprint: str) -> StoredKey | None:
        """Return the key of that RFC 7638 SHA-256 thumbprint (base64url), or None."""
        ...

    def delete(self, thumbprint: str) -> None:
        """Destroy the key; a thumbprint that is not there is no error."""
        ...
