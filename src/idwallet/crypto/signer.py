"""What signs: a key that is here, elsewhere, or in a store."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from idwallet.codec.der import INTEGER, DerError, Fields, read_integer, value
from idwallet.crypto.algorithms import ECDSA, Algorithm
from idwallet.crypto.keys import PublicKey, signature_matches
from idwallet.errors import SignerError, UnsupportedError, UsageError
from idwallet.ports import StoredKey


class Signer(Protocol):
    """Sign bytes with one key by one algorithm; knows no formats."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of every signature made here."""
        ...

    def sign(self, message: bytes, /) -> bytes:
        """Return the signature in JOSE form; ECDSA as r||s (RFC 7518 3.4).

        Raises:
            SignerUnavailable: the key's device or service is gone.
            SignerLocked: it wants a PIN or a fingerprint.
            SigningDeclined: the person or the device said no.
        """
        ...


class BatchSigner(Signer, Protocol):
    """A `Signer` that signs several messages by one confirmation of a person."""

    @property
    def at_once(self) -> int:
        """How many signatures one confirmation covers."""
        ...

    def sign_many(self, messages: Sequence[bytes], /) -> tuple[bytes, ...]:
        """Return the signature of each message, in their order; all or none.

        Raises:
            UsageError: there are none, or more than `at_once`.
            SignerError: see `Signer.sign`.
        """
        ...


@dataclass(frozen=True, slots=True)
class SigningTask:
    """What a key elsewhere has to sign; made by `TwoStepSigner.prepare`.

    `digest` is the digest that ECDSA and RSA sign, None where the algorithm signs the
    message itself (EdDSA, ML-DSA).
    """

    public_key: PublicKey
    algorithm: Algorithm
    message: bytes = field(repr=False)
    digest: bytes | None = field(repr=False)

    @property
    def to_sign(self) -> bytes:
        """The bytes that go to the key: the digest where there is one."""
        return self.message if self.digest is None else self.digest


class TwoStepSigner(Protocol):
    """Sign with a key that answers later or elsewhere: a card, a remote service."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs."""
        ...

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of every signature made here."""
        ...

    def prepare(self, message: bytes, /) -> SigningTask:
        """Return what the key has to sign."""
        ...

    def finish(self, task: SigningTask, signature: bytes) -> bytes:
        """Return the signature in JOSE form once it is seen to match the task.

        Raises:
            SignerError: it does not match: another key, another message, a fault.
        """
        ...


class RemoteKey:
    """A `TwoStepSigner` for any key of which only the public half is here."""

    __slots__ = ("_algorithm", "_public_key")

    def __init__(self, public_key: PublicKey, *, algorithm: Algorithm) -> None:
        """Pair the key with one of its algorithms.

        Raises:
            UsageError: the key cannot be used with that algorithm.
        """
        require_fit(public_key, algorithm)
        self._public_key = public_key
        self._algorithm = algorithm

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs."""
        return self._public_key

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of every signature made here."""
        return self._algorithm

    def prepare(self, message: bytes, /) -> SigningTask:
        """Return the digest to sign, or the message where there is no digest."""
        digest = digest_of(message, algorithm=self._algorithm)
        return SigningTask(self._public_key, self._algorithm, message, digest)

    def finish(self, task: SigningTask, signature: bytes) -> bytes:
        """Return the signature once it is seen to match the task.

        Raises:
            SignerError: the signature does not match the message and this key.
            UsageError: the task was prepared for another key.
        """
        if (task.public_key, task.algorithm) != (self._public_key, self._algorithm):
            raise UsageError("the task was prepared for another key")
        # A faulty or hostile device must not get a wrong signature into a document,
        # and a single faulty deterministic signature can give a key away.
        if not signature_matches(
            self._public_key,
            self._algorithm,
            signature=signature,
            message=task.message,
        ):
            raise SignerError("the signature does not match what was to be signed")
        return signature


class StoredKeySigner:
    """A `Signer` over a key of a `KeyStore`."""

    __slots__ = ("_algorithm", "_public_key", "_stored")

    def __init__(self, stored: StoredKey) -> None:
        """Read the public half and the algorithm's name.

        Raises:
            MalformedError: the store's public key is not one.
            UnsupportedError: the store names an algorithm that has no member here.
            UsageError: the algorithm does not fit the key.
        """
        name = stored.algorithm
        algorithm = Algorithm.from_name(name)
        if algorithm is None:
            raise UnsupportedError(
                "algorithm of the stored key", at="algorithm", clause="RFC 7518 §3.1"
            )
        self._public_key = PublicKey.from_spki(stored.spki, at="stored key")
        require_fit(self._public_key, algorithm)
        self._algorithm = algorithm
        self._stored = stored

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs."""
        return self._public_key

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of every signature made here."""
        return self._algorithm

    def sign(self, message: bytes, /) -> bytes:
        """Return the store's signature.

        Raises:
            SignerError: the store's answer is not a signature of this algorithm (DER
                instead of r||s, most likely), or the store's own reasons.
        """
        signature = self._stored.sign(message)
        size = self._algorithm.signature_bytes
        if size and len(signature) != size:
            raise SignerError("the key store answered with no JOSE signature")
        return signature


def digest_of(message: bytes, *, algorithm: Algorithm) -> bytes | None:
    """Return the digest that the algorithm signs, None if it signs the message."""
    if not algorithm.prehash:
        return None
    return hashlib.new(algorithm.prehash, message).digest()


def signature_forms(algorithm: Algorithm, signature: bytes) -> tuple[bytes, ...]:
    """Return what a signature of a card or a service may be in JOSE form.

    An ECDSA signature comes as two numbers (RFC 7518 3.4) or as DER (RFC 3279 2.2.3),
    and seldom do they say as which: whether a form matches the message tells.

    Raises:
        SignerError: it is in no form of that algorithm.
    """
    size = algorithm.signature_bytes
    forms = [signature] if size in {0, len(signature)} else []
    numbers = None if algorithm not in ECDSA else _numbers(signature, size // 2)
    if numbers is not None:
        forms.append(numbers)
    if not forms:
        raise SignerError("that is no signature of the key's algorithm")
    return tuple(forms)


def _numbers(der: bytes, half: int) -> bytes | None:
    try:
        fields = Fields(der)
        found = [read_integer(value(der, fields.one(INTEGER))) for _ in range(2)]
        fields.done()
        return b"".join(each.to_bytes(half) for each in found)
    except (DerError, OverflowError):
        return None


def require_fit(public_key: PublicKey, algorithm: Algorithm) -> None:
    """Return only if the key may be used with the algorithm.

    Raises:
        UsageError: it may not.
    """
    if algorithm not in public_key.algorithms:
        raise UsageError("the key cannot be used with that algorithm")
