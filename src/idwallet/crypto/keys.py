"""Public keys that verify signatures."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PublicKey,
    MLDSA65PublicKey,
    MLDSA87PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from idwallet.codec import b64
from idwallet.codec.ecdsa import ecdsa_value
from idwallet.codec.json import JsonObject, JsonValue, write_json
from idwallet.codec.pem import read_pem
from idwallet.crypto import cose_key, jwk, spki
from idwallet.crypto.algorithms import COSE_ONLY, Algorithm
from idwallet.crypto.cose_key import CoseMap
from idwallet.crypto.kinds import KeyKind
from idwallet.crypto.spki import KeyParts, NativePublicKey
from idwallet.errors import MalformedError, UnsupportedError

if TYPE_CHECKING:
    from idwallet.codec.cbor import CborValue


class PublicKey:
    """A public key of one kind, checked when it was made; immutable, thread-safe.

    `native` is the cryptography object, `spki` the one DER SubjectPublicKeyInfo that
    equality and hash go by, `algorithms` what the key may be used with: what its kind
    allows, narrowed by ``alg`` where the encoding named one.
    """

    __slots__ = ("_thumbprint", "algorithms", "kind", "native", "spki")

    algorithms: frozenset[Algorithm]
    kind: KeyKind
    native: NativePublicKey
    spki: bytes
    _thumbprint: str

    @classmethod
    def from_jwk(cls, jwk_: Mapping[str, JsonValue], /, *, at: str) -> "PublicKey":
        """Read a public JWK; members that say nothing about the key are ignored.

        Raises:
            MalformedError: the key is private, symmetric, not for signatures, or
                breaks its encoding; `at` with the member's name says where.
            UnsupportedError: a key type or curve that this library does not verify.
        """
        parts, algorithms = jwk.read(jwk_, at=at)
        return cls._of(parts, algorithms)

    @classmethod
    def from_cose(cls, key: CoseMap, /, *, at: str) -> "PublicKey":
        """Read a public COSE_Key (RFC 9052 7).

        Raises:
            MalformedError: as for `from_jwk`.
            UnsupportedError: a key type or curve that this library does not verify.
        """
        parts, algorithms = cose_key.read(key, at=at)
        return cls._of(parts, algorithms)

    @classmethod
    def from_point(cls, kind: KeyKind, point: bytes, *, at: str) -> "PublicKey":
        """Read the coordinates x and y of a key of a curve, each of the curve's size.

        For whoever took a COSE_Key apart that says nothing else (RFC 9053 7.1.1).

        Raises:
            MalformedError: no point of the curve.
            UnsupportedError: a curve that this build of `cryptography` has not.
        """
        parts = spki.from_raw(kind, point, at=at, clause="RFC 9053 §7.1.1")
        return cls._of(parts, kind.algorithms)

    @classmethod
    def from_spki(cls, der: bytes, *, at: str) -> "PublicKey":
        """Read a DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7).

        Raises:
            MalformedError: not such a structure, or a key outside the bounds.
            UnsupportedError: a kind of key that this library does not verify.
        """
        parts = spki.from_der(der, at=at)
        return cls._of(parts, parts[0].algorithms)

    @classmethod
    def from_pem(cls, pem: bytes | str, *, at: str) -> "PublicKey":
        """Read the one ``PUBLIC KEY`` block of a PEM text (RFC 7468 13).

        Raises:
            MalformedError: another number or kind of blocks; else as `from_spki`.
            UnsupportedError: a kind of key that this library does not verify.
        """
        blocks = read_pem(pem, at=at)
        if len(blocks) != 1 or blocks[0].label != "PUBLIC KEY":
            raise MalformedError(
                "not one PUBLIC KEY block", at=at, clause="RFC 7468 §13"
            )
        return cls.from_spki(blocks[0].der, at=at)

    @classmethod
    def from_native(cls, key: object, /) -> "PublicKey":
        """Wrap a key object of the cryptography package.

        Raises:
            MalformedError: a key outside the bounds, as a short RSA modulus.
            UnsupportedError: a kind of key that this library does not verify.
        """
        parts = spki.from_native(key, at="key")
        return cls._of(parts, parts[0].algorithms)

    @classmethod
    def on_curve(
        cls, kind: KeyKind, native: ec.EllipticCurvePublicKey, /
    ) -> "PublicKey":
        """Wrap a point that `cryptography` loaded on the curve of that kind.

        Its `spki` is written when somebody asks for it: a key that is used for one
        signature never is.
        """
        key = cls.__new__(cls)
        _set_kind(key, kind)
        _set_native(key, native)
        _set_algorithms(key, kind.algorithms)
        return key

    def __getattr__(self, name: str) -> bytes:
        """Write the `spki` that nobody has asked for before."""
        if name != "spki":
            raise AttributeError(name)
        der = spki.written(self.native)
        _set_spki(self, der)
        return der

    @classmethod
    def _of(cls, parts: KeyParts, algorithms: frozenset[Algorithm]) -> "PublicKey":
        key = cls.__new__(cls)
        kind, der, native = parts
        _set_kind(key, kind)
        _set_spki(key, der)
        _set_native(key, native)
        _set_algorithms(key, algorithms)
        return key

    def __init__(self) -> None:
        """Refuse: a key without an encoding has not been checked."""
        raise TypeError("a PublicKey is made by from_jwk, from_spki, from_cose, ...")

    @property
    def thumbprint(self) -> str:
        """The JWK thumbprint: SHA-256, base64url (RFC 7638).

        A key on a Brainpool curve, which has no JWK, has one all the same, with the
        curve's name in RFC 5639.
        """
        try:
            return self._thumbprint
        except AttributeError:
            covered = write_json(jwk.write(self._parts))
            thumbprint = b64.encode(sha256(covered).digest())
            _set_thumbprint(self, thumbprint)
            return thumbprint

    def to_jwk(self) -> JsonObject:
        """Return the public JWK, with ``alg`` only where the key needs or has one.

        Raises:
            UnsupportedError: the key is on a curve that JWK has no name for.
        """
        if not COSE_ONLY.isdisjoint(self.algorithms):
            raise UnsupportedError(
                f"{self.kind.name} has no name in JWK", clause="RFC 7518 §6.2.1.1"
            )
        written = jwk.write(self._parts)
        if self.algorithms != self.kind.algorithms:
            written["alg"] = self._only_algorithm().jose
        return written

    def to_cose(self) -> "dict[int, CborValue]":
        """Return the public COSE_Key, with ``alg`` as `to_jwk` has it."""
        written = cose_key.write(self._parts)
        if self.algorithms != self.kind.algorithms:
            written[cose_key.ALG] = self._only_algorithm().cose
        return written

    @property
    def _parts(self) -> KeyParts:
        return self.kind, self.spki, self.native

    def _only_algorithm(self) -> Algorithm:
        (algorithm,) = self.algorithms
        return algorithm

    def __eq__(self, other: object) -> bool:
        """Compare the keys themselves, whatever encoding they came in."""
        if not isinstance(other, PublicKey):
            return NotImplemented
        return self.spki == other.spki

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.spki)

    def __repr__(self) -> str:
        """Name the kind only: a holder's key is an identifier of a person."""
        return f"<PublicKey {self.kind.name}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as JWK members, which keep a narrowed algorithm, or as they can."""
        if not COSE_ONLY.isdisjoint(self.algorithms):
            return _reread, (self.spki,)
        return _rebuild, (self.to_jwk(),)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: keys do not change."""
        raise AttributeError(f"PublicKey is immutable: {name}")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: keys do not change."""
        raise AttributeError(f"PublicKey is immutable: {name}")


# The slots' own setters pass by the refusal above, in half of the time that
# object.__setattr__ takes: a holder's key is new at every verification.
_Set = Callable[[PublicKey, object], None]
_set_kind: Final[_Set] = vars(PublicKey)["kind"].__set__
_set_spki: Final[_Set] = vars(PublicKey)["spki"].__set__
_set_native: Final[_Set] = vars(PublicKey)["native"].__set__
_set_algorithms: Final[_Set] = vars(PublicKey)["algorithms"].__set__
_set_thumbprint: Final[_Set] = vars(PublicKey)["_thumbprint"].__set__


def _rebuild(written: JsonObject) -> PublicKey:
    return PublicKey.from_jwk(written, at="pickle")


def _reread(der: bytes) -> PublicKey:
    return PublicKey.from_spki(der, at="pickle")


def signature_matches(
    key: PublicKey, algorithm: Algorithm, *, signature: bytes, message: bytes
) -> bool:
    """Say whether the signature over the message was made with the key's other half.

    ECDSA signatures are r||s of exactly twice the field's length (RFC 7518 3.4); any
    other length is False, as is an algorithm that the key may not be used with.
    """
    if algorithm not in key.algorithms:
        return False
    try:
        return _MATCH[algorithm](key.native, signature=signature, message=message)
    except InvalidSignature:
        return False


class _Match(Protocol):
    """True, or `InvalidSignature`; False where a length alone decides."""

    def __call__(
        self, native: NativePublicKey, /, *, signature: bytes, message: bytes
    ) -> bool: ...


def _ecdsa(size: int, digest: hashes.HashAlgorithm) -> _Match:
    scheme = ec.ECDSA(digest)
    length = 2 * size

    def match(native: Any, *, signature: bytes, message: bytes) -> bool:
        if len(signature) != length:
            return False
        native.verify(ecdsa_value(signature), message, scheme)
        return True

    return match


def _rsa(scheme: padding.AsymmetricPadding) -> _Match:
    digest = hashes.SHA256()

    def match(native: NativePublicKey, *, signature: bytes, message: bytes) -> bool:
        cast("RSAPublicKey", native).verify(signature, message, scheme, digest)
        return True

    return match


def _itself(native: NativePublicKey, *, signature: bytes, message: bytes) -> bool:
    """Match an algorithm that signs the message and not a digest of it."""
    cast(
        "Ed25519PublicKey | MLDSA44PublicKey | MLDSA65PublicKey | MLDSA87PublicKey",
        native,
    ).verify(signature, message)
    return True


# RFC 7518 §3.5: the salt is as long as the digest, and no other length is PS256.
_PSS: Final = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
_MATCH: Final[Mapping[Algorithm, _Match]] = {
    Algorithm.ES256: _ecdsa(32, hashes.SHA256()),
    Algorithm.ES384: _ecdsa(48, hashes.SHA384()),
    Algorithm.ES512: _ecdsa(66, hashes.SHA512()),
    Algorithm.EDDSA: _itself,
    Algorithm.PS256: _rsa(_PSS),
    Algorithm.RS256: _rsa(padding.PKCS1v15()),
    Algorithm.ML_DSA_44: _itself,
    Algorithm.ML_DSA_65: _itself,
    Algorithm.ML_DSA_87: _itself,
    Algorithm.ESB256: _ecdsa(32, hashes.SHA256()),
    Algorithm.ESB384: _ecdsa(48, hashes.SHA384()),
    Algorithm.ESB512: _ecdsa(64, hashes.SHA512()),
}
