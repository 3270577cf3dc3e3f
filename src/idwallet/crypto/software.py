"""Keys in this process's memory."""

import secrets
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, NoReturn, Self

from idwallet.codec.json import JsonValue
from idwallet.crypto import pkcs8, private
from idwallet.crypto.agreement import shared_secret
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.private import NativePrivateKey
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.crypto.signer import require_fit
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.ports import AskSecret, Random

Reopened = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of a module and its arguments: what opens a key again elsewhere."""


class SoftwareSigner:
    """A `Signer` whose private key is in memory; thread-safe.

    The key leaves it only encrypted. It cannot be pickled or copied, but for one that
    was opened by the address of its key: that is what travels, and a worker process
    opens the key itself.
    """

    __slots__ = ("_algorithm", "_native", "_public_key", "_reopened", "sign")

    def __init__(
        self, native: NativePrivateKey, /, *, algorithm: Algorithm | None = None
    ) -> None:
        """Wrap a private key object of the cryptography package.

        An RSA key signs with PS256 unless `algorithm` says RS256.

        Raises:
            UnsupportedError: a kind of key that does not sign here.
            UsageError: the algorithm does not fit the key.
        """
        if not isinstance(native, private.NATIVE):
            raise UnsupportedError("kind of private key", clause="RFC 5958 §2")
        public = PublicKey.from_native(native.public_key())
        if algorithm is None:
            algorithm = _usual(public)
        require_fit(public, algorithm)
        self._native = native
        self._public_key = public
        self._algorithm = algorithm
        self._reopened: Reopened | None = None
        self.sign = private.bind(native, algorithm=algorithm)

    def reopened_by(self, reopened: Reopened) -> Self:
        """Return itself, which now travels as that call and never as its key."""
        self._reopened = reopened
        return self

    @classmethod
    def generate(cls, algorithm: Algorithm) -> "SoftwareSigner":
        """Make a new key; RSA keys get 3072 bits.

        Raises:
            UnsupportedError: the cryptography build at hand lacks the algorithm.
        """
        return cls(private.make(algorithm), algorithm=algorithm)

    @classmethod
    def from_pem(
        cls,
        pem: bytes | str,
        *,
        ask_secret: AskSecret | None = None,
        algorithm: Algorithm | None = None,
    ) -> "SoftwareSigner":
        """Read the one private key of a PEM text (PKCS #8, SEC 1 or PKCS #1).

        Raises:
            MalformedError: no private key, more than one, or a broken one.
            UnsupportedError: a kind of key that does not sign here.
            SignerLocked: the key is encrypted, and the passphrase missing or wrong.
            UsageError: the algorithm does not fit the key.
        """
        native = pkcs8.read(pem, at="private key", ask_secret=ask_secret)
        return cls(native, algorithm=algorithm)

    @classmethod
    def from_jwk(
        cls, jwk: Mapping[str, JsonValue], /, *, algorithm: Algorithm | None = None
    ) -> "SoftwareSigner":
        """Read a private JWK; ``alg`` in it decides where the key leaves a choice.

        Raises:
            MalformedError: a part is missing, has the wrong length or does not fit.
            UnsupportedError: a kind of key that does not sign here.
            UsageError: `algorithm` does not fit the key.
        """
        native, public = private.from_jwk(jwk, at="private key")
        chosen = _usual(public) if algorithm is None else algorithm
        require_fit(public, chosen)
        return cls(native, algorithm=chosen)

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what this signs."""
        return self._public_key

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of every signature made here."""
        return self._algorithm

    def agree(self, peer: PublicKey, /) -> bytes:
        """Return the secret shared with another key; see `Agreement`.

        Raises:
            UnsupportedError: this key only signs.
            UsageError: the other key is on another curve.
        """
        return shared_secret(self._native, peer)

    def to_encrypted_pem(self, passphrase: bytes) -> str:
        """Return the key as PKCS #8, encrypted by PBES2 with 600,000 PBKDF2 rounds.

        Raises:
            UsageError: an empty passphrase.
        """
        return pkcs8.write_encrypted(
            self._native, passphrase=passphrase, random=secrets.token_bytes
        )

    def to_sealed(self, *, key: SealKey, context: bytes, random: Random) -> bytes:
        """Return the key and its algorithm, sealed for that context.

        Raises:
            UsageError: the random source is broken.
        """
        name = self._algorithm.jose.encode("ascii")
        plaintext = bytes((len(name),)) + name + pkcs8.to_der(self._native)
        return seal(plaintext, key=key, context=context, random=random)

    @classmethod
    def from_sealed(
        cls, sealed: bytes, *, key: SealKey, context: bytes, at: str
    ) -> "SoftwareSigner":
        """Open what `to_sealed` sealed with that key and context.

        Raises:
            MalformedError: another key, another context, or a changed record.
        """
        plaintext = unseal(sealed, key=key, context=context, at=at)
        end = 1 + int.from_bytes(plaintext[:1], "big")
        algorithm = Algorithm.from_name(plaintext[1:end].decode("latin-1"))
        if algorithm is None:
            raise MalformedError("not a sealed key", at=at, clause="RFC 7518 §3.1")
        return cls(pkcs8.from_der(plaintext[end:], at=at), algorithm=algorithm)

    def __repr__(self) -> str:
        """Name the algorithm only."""
        return f"<SoftwareSigner {self._algorithm.jose}>"

    def __reduce__(self) -> Reopened:
        """Travel as the address of the key where there is one, and never as the key.

        Raises:
            UsageError: there is none.
        """
        if self._reopened is None:
            raise UsageError("a private key cannot be pickled or copied")
        return self._reopened


def _usual(public: PublicKey) -> Algorithm:
    if len(public.algorithms) == 1:
        (only,) = public.algorithms
        return only
    return Algorithm.PS256


class SoftwareStoredKey:
    """A `ports.StoredKey` whose private key is in memory."""

    __slots__ = ("_signer",)

    def __init__(self, signer: SoftwareSigner) -> None:
        """Wrap the signer."""
        self._signer = signer

    @property
    def spki(self) -> bytes:
        """The public key as a DER SubjectPublicKeyInfo."""
        return self._signer.public_key.spki

    @property
    def algorithm(self) -> str:
        """The JOSE name of the algorithm."""
        return self._signer.algorithm.jose

    def sign(self, message: bytes, /) -> bytes:
        """Sign the message; ECDSA as r||s."""
        return self._signer.sign(message)

    def agree(self, peer: bytes, /) -> bytes:
        """Return the secret shared with the public key of that SPKI.

        Raises:
            MalformedError: it is no public key.
            UnsupportedError: this key only signs.
            UsageError: the other key is on another curve.
        """
        return self._signer.agree(PublicKey.from_spki(peer, at="peer"))

    def __repr__(self) -> str:
        """Name the algorithm only."""
        return f"<SoftwareStoredKey {self.algorithm}>"


class MemoryKeyStore:
    """A `ports.KeyStore` that forgets its keys with the process; thread-safe."""

    __slots__ = ("_keys", "_lock")

    def __init__(self) -> None:
        """Begin with no keys."""
        self._keys: dict[str, SoftwareStoredKey] = {}
        self._lock = Lock()

    def create(
        self,
        algorithm: str,
        attestation_nonce: bytes | None,  # noqa: ARG002 - memory attests nothing
    ) -> SoftwareStoredKey:
        """Make a key for the algorithm of that JOSE name; there is no attestation.

        Raises:
            UnsupportedError: no algorithm of that name.
        """
        signer = SoftwareSigner.generate(named(algorithm))
        stored = SoftwareStoredKey(signer)
        with self._lock:
            self._keys[signer.public_key.thumbprint] = stored
        return stored

    def get(self, thumbprint: str) -> SoftwareStoredKey | None:
        """Return the key of that RFC 7638 thumbprint, or None."""
        with self._lock:
            return self._keys.get(thumbprint)

    def delete(self, thumbprint: str) -> None:
        """Forget the key; a thumbprint that is not there is no error."""
        with self._lock:
            self._keys.pop(thumbprint, None)

    def __repr__(self) -> str:
        """Say how many keys there are."""
        return f"<MemoryKeyStore of {len(self._keys)} keys>"

    def __reduce__(self) -> NoReturn:
        """Refuse: private keys do not travel."""
        raise UsageError("a key store cannot be pickled or copied")


def named(algorithm: str) -> Algorithm:
    """Return the algorithm of that JOSE name.

    Raises:
        UnsupportedError: there is none.
    """
    found = Algorithm.from_name(algorithm)
    if found is None:
        raise UnsupportedError("algorithm", at="algorithm", clause="RFC 7518 §3.1")
    return found
