"""Public keys as COSE_Key maps (RFC 9052, RFC 9053, RFC 8230, RFC 9964)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.crypto import kinds, spki
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.kinds import KeyKind
from idwallet.crypto.spki import KeyParts
from idwallet.errors import MalformedError, UnsupportedError

if TYPE_CHECKING:
    from idwallet.codec.cbor import CborKey, CborValue

CoseMap: TypeAlias = "Mapping[int, CborValue] | Mapping[CborKey, CborValue]"
"""A COSE_Key as read from CBOR, or as written."""

KTY: Final = 1
ALG: Final = 3
KEY_OPS: Final = 4
_CRV: Final = -1
_X: Final = -2
_Y: Final = -3
_N: Final = -1
_E: Final = -2
_PUB: Final = -1
_VERIFY: Final = 2
_OKP, _EC2, _RSA, _AKP = 1, 2, 3, 7
# Labels of private parts (RFC 9053 §7.1.1, §7.2; RFC 8230 §4; RFC 9964 §3).
_PRIVATE: Final = {
    _OKP: frozenset({-4}),
    _EC2: frozenset({-4}),
    _RSA: frozenset(range(-12, -2)),
    _AKP: frozenset({-2}),
}
_CURVES: Final = {
    (each.cose_kty, each.cose_name): each
    for each in kinds.KINDS
    if each.kty in ("EC", "OKP")
}
_BY_ALG: Final = {each.cose_name: each for each in kinds.KINDS if each.kty == "AKP"}
_EC_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "brainpoolP256r1": ec.BrainpoolP256R1(),
    "brainpoolP384r1": ec.BrainpoolP384R1(),
    "brainpoolP512r1": ec.BrainpoolP512R1(),
}
# Curves of the registry that nothing here verifies on, by name.
_OTHERS: Final[Mapping[int, str]] = {
    4: "X25519",
    5: "X448",
    7: "Ed448",
    8: "secp256k1",
    257: "brainpoolP320r1",
}


def read(key: CoseMap, *, at: str) -> tuple[KeyParts, frozenset[Algorithm]]:
    """Return the key and the algorithms that it may be used with.

    Raises:
        MalformedError: a private part, an algorithm or operation that does not fit,
            a value of the wrong type or length, a point off its curve.
        UnsupportedError: a key type or curve that is not in `kinds`.
    """
    point = _point_of(key)
    if point is not None:
        kind, raw = point
        parts = spki.from_raw(kind, raw, at=at, clause="RFC 9053 §7.1.1")
        return parts, kind.algorithms
    # True, 1 and 1.0 are one to Python: no label but an integer or text is one here.
    if not all(type(label) in (int, str) for label in key):
        raise MalformedError("label of a wrong type", at=at, clause="RFC 9052 §1.5")
    kty = key.get(KTY)
    if not isinstance(kty, int) or isinstance(kty, bool):
        raise MalformedError("no key type", at=f"{at}/1", clause="RFC 9052 §7.1")
    if kty not in _PRIVATE:
        raise UnsupportedError("key type", at=f"{at}/1", clause="RFC 9053 §7")
    if not _PRIVATE[kty].isdisjoint(key):
        raise MalformedError(
            "private part in a public key", at=at, clause="RFC 9052 §7"
        )
    kind = _kind(key, kty=kty, at=at)
    algorithms = _algorithms(key, kind=kind, at=at)
    return _parts(key, kind=kind, at=at), algorithms


_POINT: Final = [int] * 4
_POINT_LABELS: Final = frozenset({KTY, _CRV, _X, _Y})


def _point_of(key: CoseMap) -> tuple[KeyKind, bytes] | None:
    """Return kind and point of a key of a curve that says nothing more and no less.

    Nearly all device keys are such; whatever this takes, the long way takes alike.
    """
    if list(map(type, key)) != _POINT or not key.keys() >= _POINT_LABELS:
        return None
    kty, curve, x, y = map(key.get, (KTY, _CRV, _X, _Y))
    if type(kty) is not int or type(curve) is not int or kty != _EC2:
        return None
    kind = _CURVES.get((kty, curve))
    if kind is None or type(x) is not bytes or type(y) is not bytes:
        return None
    if len(x) != kind.size or len(y) != kind.size:
        return None
    return kind, x + y


def _kind(key: CoseMap, *, kty: int, at: str) -> KeyKind:
    if kty == _RSA:
        return kinds.RSA
    label = ALG if kty == _AKP else _CRV
    name = key.get(label)
    if not isinstance(name, int) or isinstance(name, bool):
        raise MalformedError(
            "no curve or algorithm", at=f"{at}/{label}", clause="RFC 9053 §7"
        )
    kind = _BY_ALG.get(name) if kty == _AKP else _CURVES.get((kty, name))
    if kind is None:
        what = _OTHERS.get(name, "curve or algorithm")
        raise UnsupportedError(what, at=f"{at}/{label}", clause="RFC 9053 §7.1")
    return kind


def _algorithms(key: CoseMap, *, kind: KeyKind, at: str) -> frozenset[Algorithm]:
    operations = key.get(KEY_OPS, [_VERIFY])
    if not isinstance(operations, list) or _VERIFY not in operations:
        raise MalformedError("key may not verify", at=f"{at}/4", clause="RFC 9052 §7.1")
    if ALG not in key:
        return kind.algorithms
    number = key[ALG]
    algorithm = (
        Algorithm.from_cose(number)
        if isinstance(number, int) and not isinstance(number, bool)
        else None
    )
    if algorithm is None or algorithm not in kind.algorithms:
        raise MalformedError(
            "algorithm does not fit the key", at=f"{at}/3", clause="RFC 9052 §7.1"
        )
    return frozenset((algorithm,))


def _parts(key: CoseMap, *, kind: KeyKind, at: str) -> KeyParts:
    if kind is kinds.RSA:
        return spki.from_rsa_numbers(
            _number(key, label=_N, at=at), _number(key, label=_E, at=at), at=at
        )
    if kind.kty == "AKP":
        raw = _octets(key, label=_PUB, size=kind.size, at=at)
        return spki.from_raw(kind, raw, at=at, clause="RFC 9964 §3")
    raw = _octets(key, label=_X, size=kind.size, at=at)
    if kind.kty == "OKP":
        return spki.from_raw(kind, raw, at=at, clause="RFC 9053 §7.2")
    sign = key.get(_Y)
    if isinstance(sign, bool):
        return _decompress(kind, raw, sign=sign, at=at)
    raw += _octets(key, label=_Y, size=kind.size, at=at)
    return spki.from_raw(kind, raw, at=at, clause="RFC 9053 §7.1.1")


def _decompress(kind: KeyKind, x: bytes, *, sign: bool, at: str) -> KeyParts:
    """Find the point from x and the sign of y (RFC 9053 7.1.1)."""
    point = (b"\x03" if sign else b"\x02") + x
    try:
        native = ec.EllipticCurvePublicKey.from_encoded_point(
            _EC_CURVES[kind.name], point
        )
    except ValueError as error:
        raise MalformedError(
            "not a point of the key's curve", at=at, clause="RFC 9053 §7.1.1"
        ) from error
    return spki.from_native(native, at=at)


def _octets(key: CoseMap, *, label: int, size: int, at: str) -> bytes:
    data = key.get(label)
    if not isinstance(data, bytes) or len(data) != size:
        raise MalformedError(
            "missing or of the wrong length", at=f"{at}/{label}", clause="RFC 9053 §7"
        )
    return data


def _number(key: CoseMap, *, label: int, at: str) -> int:
    data = key.get(label)
    if not isinstance(data, bytes) or not data or data[0] == 0:
        raise MalformedError(
            "not a number in shortest form", at=f"{at}/{label}", clause="RFC 8230 §4"
        )
    return int.from_bytes(data, "big")


def write(parts: KeyParts) -> "dict[int, CborValue]":
    """Return the labels that a COSE key thumbprint covers (RFC 9679 4)."""
    kind, der, native = parts
    if kind is kinds.RSA:
        modulus, exponent = spki.rsa_numbers(native)
        return {KTY: _RSA, _N: spki.shortest(modulus), _E: spki.shortest(exponent)}
    raw = der[len(kind.head) :]
    if kind.kty == "AKP":
        return {KTY: _AKP, ALG: kind.cose_name, _PUB: raw}
    written: dict[int, CborValue] = {
        KTY: kind.cose_kty,
        _CRV: kind.cose_name,
        _X: raw[: kind.size],
    }
    if kind.kty == "EC":
        written[_Y] = raw[kind.size :]
    return written
