"""Public keys as JSON Web Keys (RFC 7517, RFC 7518, RFC 8037, RFC 9964)."""

from collections.abc import Mapping
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto import kinds, spki
from idwallet.crypto.algorithms import COSE_ONLY, Algorithm
from idwallet.crypto.kinds import KeyKind
from idwallet.crypto.spki import KeyParts
from idwallet.errors import MalformedError, UnsupportedError

# Private and symmetric members of every key type (RFC 7518 §6.2.2, §6.3.2, §6.4;
# RFC 8037 §2; RFC 9964 §3), whichever type the key claims to be: a secret that came
# as a public key has leaked, and a key that says two things is not one key.
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
_CURVES: Final = {
    (each.kty, each.name): each
    for each in kinds.KINDS
    if each.kty in ("EC", "OKP") and each.algorithms.isdisjoint(COSE_ONLY)
}
_AKP: Final = {each.name: each for each in kinds.KINDS if each.kty == "AKP"}
_SILENT: Final = frozenset({"use", "key_ops", "alg"})
_MISSING: Final = object()
_SECURITY: Final = "RFC 7517 §9.2"


def read(
    jwk: Mapping[str, JsonValue], *, at: str
) -> tuple[KeyParts, frozenset[Algorithm]]:
    """Return the key and the algorithms that it may be used with.

    Raises:
        MalformedError: a private member, a use other than signatures, an algorithm
            that does not fit, a value of the wrong length or spelling, a point off
            its curve.
        UnsupportedError: a key type or curve that is not in `kinds`.
    """
    if not _PRIVATE.isdisjoint(jwk):
        raise MalformedError("private member in a public key", at=at, clause=_SECURITY)
    try:
        kind = _CURVES[jwk["kty"], jwk["crv"]]  # type: ignore[index]
    except (KeyError, TypeError):
        return _read_other(jwk, at=at)
    plain = _SILENT.isdisjoint(jwk)
    algorithms = kind.algorithms if plain else _algorithms(jwk, kind=kind, at=at)
    if kind.kty != "EC":
        raw = _octets(jwk, names=("x",), size=kind.size, at=at)
        return spki.from_raw(kind, raw, at=at, clause="RFC 8037 §2"), algorithms
    raw = _octets(jwk, names=("x", "y"), size=kind.size, at=at)
    return spki.from_raw(kind, raw, at=at, clause="RFC 7518 §6.2.1"), algorithms


def _read_other(
    jwk: Mapping[str, JsonValue], *, at: str
) -> tuple[KeyParts, frozenset[Algorithm]]:
    kty = jwk.get("kty")
    if not isinstance(kty, str):
        raise MalformedError("no key type", at=f"{at}/kty", clause="RFC 7517 §4.1")
    if kty == "RSA":
        algorithms = _algorithms(jwk, kind=kinds.RSA, at=at)
        modulus = _number(jwk, name="n", at=at)
        exponent = _number(jwk, name="e", at=at)
        return spki.from_rsa_numbers(modulus, exponent, at=at), algorithms
    if kty == "AKP":
        return _read_akp(jwk, at=at)
    if kty in ("EC", "OKP") and not isinstance(jwk.get("crv"), str):
        raise MalformedError("no curve", at=f"{at}/crv", clause="RFC 7518 §6.2.1.1")
    raise UnsupportedError("key type or curve", at=at, clause="RFC 7518 §6.1")


def _read_akp(
    jwk: Mapping[str, JsonValue], *, at: str
) -> tuple[KeyParts, frozenset[Algorithm]]:
    name = jwk.get("alg")
    if not isinstance(name, str):
        raise MalformedError("no algorithm", at=f"{at}/alg", clause="RFC 9964 §3")
    kind = _AKP.get(name)
    if kind is None:
        raise UnsupportedError("algorithm", at=f"{at}/alg", clause="RFC 9964 §3")
    algorithms = _algorithms(jwk, kind=kind, at=at)
    raw = _octets(jwk, names=("pub",), size=kind.size, at=at)
    return spki.from_raw(kind, raw, at=at, clause="RFC 9964 §3"), algorithms


def _algorithms(
    jwk: Mapping[str, JsonValue], *, kind: KeyKind, at: str
) -> frozenset[Algorithm]:
    """Return what the key's own members leave of its kind's algorithms."""
    if jwk.get("use", "sig") != "sig":
        raise MalformedError(
            "key is not for signatures", at=f"{at}/use", clause="RFC 7517 §4.2"
        )
    if "key_ops" in jwk:
        _require_verify(jwk["key_ops"], at=f"{at}/key_ops")
    name = jwk.get("alg", _MISSING)
    if name is _MISSING:
        return kind.algorithms
    algorithm = Algorithm.from_jose(name) if isinstance(name, str) else None
    if algorithm is None or algorithm not in kind.algorithms:
        raise MalformedError(
            "algorithm does not fit the key", at=f"{at}/alg", clause="RFC 7517 §4.4"
        )
    return frozenset((algorithm,))


def _require_verify(operations: JsonValue, *, at: str) -> None:
    if not isinstance(operations, list) or "verify" not in operations:
        raise MalformedError("key may not verify", at=at, clause="RFC 7517 §4.3")
    seen = [each for each in operations if isinstance(each, str)]
    if len(seen) != len(operations) or len(set(seen)) != len(seen):
        raise MalformedError(
            "key operations are not distinct names", at=at, clause="RFC 7517 §4.3"
        )


def _octets(
    jwk: Mapping[str, JsonValue], *, names: tuple[str, ...], size: int, at: str
) -> bytes:
    """Decode members of exactly `size` octets each, leading zeros included."""
    octets = b""
    for name in names:
        text = jwk.get(name)
        if not isinstance(text, str):
            raise MalformedError(
                "missing member of the key", at=f"{at}/{name}", clause="RFC 7518 §6"
            )
        data = b64.decode(text, at=at, clause="RFC 7518 §6.2.1.2")
        if len(data) != size:
            raise MalformedError(
                "wrong length for the curve",
                at=f"{at}/{name}",
                clause="RFC 7518 §6.2.1.2",
            )
        octets += data
    return octets


def _number(jwk: Mapping[str, JsonValue], *, name: str, at: str) -> int:
    """Decode a Base64urlUInt: the shortest octets of a positive number."""
    text = jwk.get(name)
    if not isinstance(text, str):
        raise MalformedError(
            "missing member of the key", at=f"{at}/{name}", clause="RFC 7518 §6.3.1"
        )
    data = b64.decode(text, at=f"{at}/{name}", clause="RFC 7518 §2")
    if not data or data[0] == 0:
        raise MalformedError(
            "number is not in shortest form", at=f"{at}/{name}", clause="RFC 7518 §2"
        )
    return int.from_bytes(data, "big")


def write(parts: KeyParts) -> JsonObject:
    """Return the members that a JWK thumbprint covers, in its order (RFC 7638 3.2)."""
    kind, der, native = parts
    if kind is kinds.RSA:
        return _write_rsa(native)
    raw = der[len(kind.head) :]
    if kind.kty == "AKP":
        return {"alg": kind.name, "kty": "AKP", "pub": b64.encode(raw)}
    jwk: JsonObject = {
        "crv": kind.name,
        "kty": kind.kty,
        "x": b64.encode(raw[: kind.size]),
    }
    if kind.kty == "EC":
        jwk["y"] = b64.encode(raw[kind.size :])
    return jwk


def _write_rsa(native: spki.NativePublicKey) -> JsonObject:
    modulus, exponent = spki.rsa_numbers(native)
    return {
        "e": b64.encode(spki.shortest(exponent)),
        "kty": "RSA",
        "n": b64.encode(spki.shortest(modulus)),
    }
