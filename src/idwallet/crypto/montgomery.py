"""Keys that only agree: X25519 and X448 (RFC 7748), as COSE_Key (RFC 9053 7.2).

They sign nothing and so are no `PublicKey`; a session may be keyed by them
(ISO/IEC 18013-5 9.1.1.2, Table 22).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from cryptography.hazmat.primitives.asymmetric.x448 import (
    X448PrivateKey,
    X448PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)

from idwallet.crypto.cose_key import CoseMap
from idwallet.errors import MalformedError, UnsupportedError, UsageError

if TYPE_CHECKING:
    from idwallet.codec.cbor import CborValue

_Private: TypeAlias = X25519PrivateKey | X448PrivateKey
_KTY, _CRV, _X, _D = 1, -1, -2, -4
_OKP: Final = 1
_CURVES: Final[Mapping[str, tuple[int, int]]] = {"X25519": (4, 32), "X448": (5, 56)}
_NAMES: Final = {number: name for name, (number, _) in _CURVES.items()}
_CLAUSE: Final = "RFC 9053 §7.2"


@dataclass(frozen=True, slots=True)
class MontgomeryPublic:
    """The public half: the curve by its name, and the coordinate."""

    curve: str
    raw: bytes = field(repr=False)

    def to_cose(self) -> "dict[int, CborValue]":
        """Return the COSE_Key, in the order of its encoding."""
        return {_KTY: _OKP, _CRV: _CURVES[self.curve][0], _X: self.raw}

    @classmethod
    def from_cose(cls, key: CoseMap, *, at: str) -> "MontgomeryPublic | None":
        """Read a COSE_Key; None where it is of another kind.

        Raises:
            MalformedError: it is private, or of another length.
        """
        curve = key.get(_CRV)
        kty = key.get(_KTY)
        if type(kty) is not int or kty != _OKP or type(curve) is not int:
            return None
        if curve not in _NAMES:
            return None
        name, raw = _NAMES[curve], key.get(_X)
        if _D in key:
            raise MalformedError(
                "private part in a public key", at=at, clause="RFC 9052 §7"
            )
        if not isinstance(raw, bytes) or len(raw) != _CURVES[name][1]:
            raise MalformedError(
                "missing or of the wrong length", at=f"{at}/-2", clause=_CLAUSE
            )
        return cls(name, raw)


class MontgomeryKey:
    """A key for one session, made in memory and never written out."""

    __slots__ = ("_native", "public_key")

    public_key: MontgomeryPublic

    def __init__(self, native: _Private, /) -> None:
        """Wrap a private key object of the cryptography package."""
        curve = "X25519" if isinstance(native, X25519PrivateKey) else "X448"
        self._native = native
        self.public_key = MontgomeryPublic(
            curve, native.public_key().public_bytes_raw()
        )

    @classmethod
    def generate(cls, curve: str) -> "MontgomeryKey":
        """Make a new key on ``X25519`` or ``X448``.

        Raises:
            UnsupportedError: another curve.
        """
        if curve not in _CURVES:
            raise UnsupportedError("a curve without agreement", clause=_CLAUSE)
        if curve == "X25519":
            return cls(X25519PrivateKey.generate())
        return cls(X448PrivateKey.generate())

    def agree(self, peer: MontgomeryPublic, /) -> bytes:
        """Return the shared secret, which is to be derived from and never used.

        Raises:
            UsageError: the peer's key is on another curve.
            MalformedError: it is of a small order: the secret would be zero for
                everybody (RFC 7748 6.1).
        """
        if peer.curve != self.public_key.curve:
            raise UsageError("two keys agree on one curve")
        try:
            if isinstance(self._native, X25519PrivateKey):
                return self._native.exchange(
                    X25519PublicKey.from_public_bytes(peer.raw)
                )
            return self._native.exchange(X448PublicKey.from_public_bytes(peer.raw))
        except ValueError:
            raise MalformedError(
                "a key of a small order", at="key", clause="RFC 7748 §6"
            ) from None

    def __repr__(self) -> str:
        """Show nothing but the curve."""
        return f"<MontgomeryKey {self.public_key.curve}>"

    def __reduce__(self) -> NoReturn:
        """Refuse: a private key does not travel."""
        raise UsageError("a private key cannot be pickled or copied")
