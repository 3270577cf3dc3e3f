"""JSON Web Signatures that break their format."""

from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.documents.jades.content import BY_URI
from idwallet.report import Reason
from idwallet.testing.jades.shapes import (
    Forger,
    compact,
    entry,
    header,
    json,
    named,
    octets,
    reference,
    signer,
    stays,
    two,
    unencoded,
)

# --- the JWS --------------------------------------------------------------------------


def _twice(name: str) -> Forger:
    """Write one member of the object twice: readers differ in which one counts."""

    def change(octets: bytes) -> bytes:
        value = read_object(octets, at="draft")[name]
        return b'{"%b":"%b",%b' % (name.encode(), str(value).encode(), octets[1:])

    return octets(change)


def _twice_in_header(octets: bytes) -> bytes:
    return b'{"alg":"ES256",%b' % octets[1:]


def _in_both(entry: JsonObject) -> JsonObject:
    return {**entry, "header": {"kid": "other"}}


def _unprotected(**changes: JsonValue) -> Forger:
    return lambda made: made.first.unprotected.update(changes)


def _without_alg(octets: bytes) -> bytes:
    return octets.replace(b'"alg":"ES256",', b"")


def _both_forms(made: JsonObject) -> JsonObject:
    listed = made.get("signatures")
    first = listed[0] if isinstance(listed, list) else None
    return {**made, **first} if isinstance(first, dict) else made


def _empty(made: JsonObject) -> JsonObject:
    return {"payload": made["payload"], "signatures": []}


def _spaced(octets: bytes) -> bytes:
    return octets.replace(b".", b" .", 1)


def _padded(entry: JsonObject) -> JsonObject:
    return {**entry, "signature": f"{entry['signature']}=="}


def _respelled(entry: JsonObject) -> JsonObject:
    """Spell the signature otherwise: the last character has bits to spare."""
    text = str(entry["signature"])
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = last[(last.index(text[-1]) & ~3) + 1]
    return {**entry, "signature": text[:-1] + other}


_R = Reason
FORMATS: Final[tuple[tuple[str, Reason, Forger, Forger], ...]] = (
    ("junk", _R.MALFORMED, octets(lambda _: b"{junk"), stays),
    ("two parts", _R.MALFORMED, octets(lambda o: o[: o.rindex(b".")]), compact),
    ("four parts", _R.MALFORMED, octets(lambda o: o + b".AAAA"), compact),
    ("white space in it", _R.MALFORMED, octets(_spaced), compact),
    ("padding", _R.MALFORMED, entry(_padded), stays),
    ("a second spelling", _R.MALFORMED, entry(_respelled), stays),
    ("the payload twice", _R.MALFORMED, _twice("payload"), stays),
    ("the signature twice", _R.MALFORMED, _twice("signature"), stays),
    ("alg twice", _R.MALFORMED, signer(head=_twice_in_header), stays),
    (
        "a parameter in both headers",
        _R.MALFORMED,
        entry(_in_both),
        header(kid="one"),
    ),
    ("alg unprotected", _R.MALFORMED, _unprotected(alg="ES256"), stays),
    ("crit unprotected", _R.MALFORMED, _unprotected(crit=["x"]), stays),
    ("b64 unprotected", _R.MALFORMED, _unprotected(b64=False), stays),
    ("no alg", _R.MALFORMED, signer(head=_without_alg), stays),
    ("no signatures", _R.MALFORMED, json(_empty), two),
    ("general and flattened at once", _R.MALFORMED, json(_both_forms), two),
    (
        "an extension nobody knows",
        _R.UNSUPPORTED,
        header(crit=["new"], new=1),
        stays,
    ),
    ("crit without names", _R.MALFORMED, header(crit=[]), stays),
    ("crit that names alg", _R.MALFORMED, header(crit=["alg"]), stays),
    ("crit that names what is not there", _R.MALFORMED, header(crit=["exp"]), stays),
    (
        "crit that names a thing twice",
        _R.MALFORMED,
        header(crit=["b64"] * 2),
        unencoded,
    ),
    ("crit that is a text", _R.MALFORMED, header(crit="b64"), unencoded),
    ("b64 that crit does not name", _R.MALFORMED, header(crit=None), unencoded),
    ("b64 that is a text", _R.MALFORMED, header(b64="false"), unencoded),
    ("b64 that differs", _R.MALFORMED, unencoded, two),
    (
        "a policy that must be applied",
        _R.UNSUPPORTED,
        header(crit=["sigPId"]),
        header(sigPId={"id": {"id": "urn:oid:1.3.6.1.4.1.55555.7"}}),
    ),
    ("documents named in another way", _R.UNSUPPORTED, reference(mId="urn:x"), named),
    ("a digest nobody makes", _R.UNSUPPORTED, reference(hashM="MD5"), named),
    (
        "digests fewer than documents",
        _R.MALFORMED,
        reference(pars=["contract.txt", "annex.txt"]),
        named,
    ),
    (
        "documents in one piece",
        _R.UNSUPPORTED,
        reference(mId=BY_URI, pars=["a", "b"]),
        named,
    ),
    (
        "text beside clear elements",
        _R.MALFORMED,
        _unprotected(etsiU=["e30", {"sigTst": {}}]),
        stays,
    ),
    (
        "an element of two members",
        _R.MALFORMED,
        _unprotected(etsiU=[{"xVals": [], "rVals": {}}]),
        stays,
    ),
    ("an element that is no JSON", _R.MALFORMED, _unprotected(etsiU=["AAAA"]), stays),
    (
        "more elements than anybody looks at",
        _R.LIMIT_EXCEEDED,
        signer(elements=[("sigPSt", {})] * (limits.JADES_ELEMENTS + 1)),
        stays,
    ),
)
