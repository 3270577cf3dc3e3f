"""Public keys in as few octets as they have: points compressed, the rest as it is.

The length says the kind: no two kinds here have one length.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idwallet.crypto import kinds, spki
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.kinds import KeyKind
from idwallet.errors import MalformedError, UsageError

_CLAUSE: Final = "SEC 1 §2.3.4"
_MARKS: Final = (2, 3)
"""What a compressed point begins with (SEC 1 2.3.3)."""

_CURVES: Final[Mapping[int, tuple[ec.EllipticCurve, KeyKind]]] = MappingProxyType(
    {
        33: (ec.SECP256R1(), kinds.P256),
        49: (ec.SECP384R1(), kinds.P384),
        67: (ec.SECP521R1(), kinds.P521),
    }
)
_RAW: Final[Mapping[int, KeyKind]] = MappingProxyType(
    {
        kind.size: kind
        for kind in kinds.KINDS
        if kind.kty in {"OKP", "AKP"} and kind.head
    }
)
_SHORT: Final = frozenset({"P-256", "P-384", "P-521"})


def short_key(key: PublicKey) -> bytes:
    """Return the key in its shortest form.

    Raises:
        UsageError: it is an RSA key, or on a curve without such a form here.
    """
    if key.kind.name in _SHORT:
        native = cast("ec.EllipticCurvePublicKey", key.native)
        return native.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    if _RAW.get(key.kind.size) is not key.kind:
        raise UsageError("a key of that kind has no short form")
    return key.spki[len(key.kind.head) :]


def read_short_key(octets: bytes, *, at: str) -> PublicKey:
    """Read what `short_key` wrote.

    Raises:
        MalformedError: a length of no kind, or no point of its curve.
        UnsupportedError: a kind that is missing from this cryptography build.
    """
    found = _CURVES.get(len(octets))
    if found is not None:
        curve, named = found
        if octets[0] not in _MARKS:
            raise MalformedError("no compressed point", at=at, clause=_CLAUSE)
        try:
            native = ec.EllipticCurvePublicKey.from_encoded_point(curve, octets)
        except ValueError:
            raise MalformedError("not on its curve", at=at, clause=_CLAUSE) from None
        return PublicKey.on_curve(named, native)
    kind = _RAW.get(len(octets))
    if kind is None:
        raise MalformedError("a length of no key", at=at, clause=_CLAUSE)
    _, der, _ = spki.from_raw(kind, octets, at=at, clause=_CLAUSE)
    return PublicKey.from_spki(der, at=at)
