"""What the core asks of the outside world, as protocols over bytes.

An application may bring its own implementation of any of them; `idwallet.adapters`
holds ours. A port raises `PortError` (or a `SignerError`) when its input or output
fails, and nothing else. Later work adds ports beside these.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


class Use(StrEnum):
    """What a `ReplayGuard` knows about a response to a request."""

    FIRST = "first"
    SAME_AGAIN = "same_again"
    USED = "used"


class ReplayGuard(Protocol):
    """Remember which requests were answered, so that each is answered once."""

    def consume(
        self, request: bytes, response: bytes, *, until: datetime, at: datetime
    ) -> Use:
        """Take the request atomically and say whether this is its first response.

        Both arguments are SHA-256 digests. `FIRST`: nobody answered it before, and
        now this response did. `SAME_AGAIN`: the very same response came before and
        its verdict was never settled. `USED`: anything else. What is older than
        `until` may be forgotten: the request has expired by then.
        """
        ...

    def settle(self, request: bytes) -> bool:
        """Note atomically that the verdict is final; every later use is `USED`.

        Returns True for the one caller that settled it, False when it was settled
        already: of two readers of one response only one may let somebody in.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One sealed record of a `CredentialStore`: an opaque name and ciphertext."""

    name: str
    sealed: bytes


class CredentialStore(Protocol):
    """Keep sealed records. It sees ciphertext only: sealing happens above it."""

    def put(self, record: StoredRecord, /) -> None:
        """Store the record durably, replacing one of the same name."""
        ...

    def get(self, name: str, /) -> StoredRecord | None:
        """Return the record of that name, or None."""
        ...

    def records(self) -> Iterator[StoredRecord]:
        """Yield every record, ordered by name."""
        ...

    def delete(self, name: str, /) -> None:
        """Remove the record of that name; a name that is not there is no error."""
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
