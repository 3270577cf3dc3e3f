"""What stands unsigned in a JAdES signature: the array ``etsiU``.

(ETSI TS 119 182-1 V1.2.1, clause 5.3.) Its elements are base64url text, which is what
is written here, or clear JSON; never both in one array. Whoever carried a signature may
have written them: nothing in them is believed for being there.
"""

import binascii
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.documents.judging.material import Material
from idwallet.errors import LimitError, MalformedError

_TS: Final = "TS 119 182-1"
ETSI_U: Final = "etsiU"


class Element(NamedTuple):
    """One element: its name, what it holds, and its base64url text as it came.

    `text` is None where the element stands in clear.
    """

    name: str
    value: JsonValue
    text: bytes | None
    at: str

    def __repr__(self) -> str:
        """Name it."""
        return f"Element({self.name!r})"


def read_elements(
    unprotected: Mapping[str, JsonValue], *, at: str
) -> tuple[Element, ...]:
    """Return the elements of ``etsiU`` in their order; none where there is none.

    Raises:
        LimitError: there are more than `limits.JADES_ELEMENTS`.
        MalformedError: it is no array of elements of one kind (5.3.1).
    """
    if ETSI_U not in unprotected:
        return ()
    place, clause = f"{at}/header/{ETSI_U}", f"{_TS} §5.3.1"
    listed = unprotected[ETSI_U]
    if not isinstance(listed, list):
        raise MalformedError("not an array", at=place, clause=clause)
    if len(listed) > limits.JADES_ELEMENTS:
        raise LimitError("too many elements", at=place, clause="idwallet limits")
    if len({isinstance(each, str) for each in listed}) > 1:
        raise MalformedError("text beside clear elements", at=place, clause=clause)
    return tuple(_element(each, f"{place}/{n}") for n, each in enumerate(listed))


def _element(value: JsonValue, at: str) -> Element:
    clause, text = f"{_TS} §5.3.1", None
    if isinstance(value, str):
        octets = b64.decode(value, at=at, clause=clause)
        text = value.encode("ascii")
        value = read_object(octets, at=at, clause=clause, max_bytes=limits.JADES_BYTES)
    if not isinstance(value, dict) or len(value) != 1:
        raise MalformedError("not an object of one member", at=at, clause=clause)
    ((name, held),) = value.items()
    return Element(name, held, text, at)


def element_text(name: str, value: JsonValue) -> str:
    """Return an element as base64url text, as it is written into ``etsiU``."""
    return b64.encode(write_json({name: value}))


# --- timestamps -----------------------------------------------------------------------


def stamp_value(token: bytes) -> JsonObject:
    """Return a timestamp token (RFC 3161, DER) as a ``tstContainer`` (5.4.3.3)."""
    return {"tstTokens": [_object_of(token)]}


def tokens(element: Element) -> tuple[bytes, ...]:
    """Return the timestamp tokens of a ``tstContainer`` (5.4.3.3), DER.

    Raises:
        LimitError: there are more than `limits.SIGNATURE_TIMESTAMPS`.
        MalformedError: it is none, or holds tokens of another kind than RFC 3161, which
            no baseline signature does (6.3).
    """
    clause, place = f"{_TS} §5.4.3.3", f"{element.at}/{element.name}/tstTokens"
    listed = _member(element.value, "tstTokens")
    if not isinstance(listed, list) or not listed:
        raise MalformedError("no timestamps", at=place, clause=clause)
    if len(listed) > limits.SIGNATURE_TIMESTAMPS:
        raise LimitError("too many timestamps", at=place, clause="idwallet limits")
    if any(_member(each, "type") is not None for each in listed):
        raise MalformedError("no token of RFC 3161", at=place, clause=f"{_TS} §6.3")
    return tuple(_der(each, f"{place}/{n}") for n, each in enumerate(listed))


def token_count(element: Element) -> int:
    """Return how many timestamps an element holds, as far as can be seen."""
    listed = _member(element.value, "tstTokens")
    return len(listed) if isinstance(listed, list) else 0


# --- validation material --------------------------------------------------------------


def values_of(material: Material) -> tuple[tuple[str, JsonValue], ...]:
    """Return material as the elements ``xVals`` and ``rVals`` (5.3.5.2, 5.3.5.3)."""
    made: list[tuple[str, JsonValue]] = []
    certificates, revocation = _certificate_values(material), _revocation(material)
    if certificates:
        made.append(("xVals", certificates))
    if revocation:
        made.append(("rVals", revocation))
    return tuple(made)


def stamp_values_of(material: Material) -> JsonObject:
    """Return material about timestamps as the element ``tstVD`` (5.3.6.1)."""
    made: JsonObject = {}
    certificates, revocation = _certificate_values(material), _revocation(material)
    if certificates:
        made["xVals"] = certificates
    if revocation:
        made["rVals"] = revocation
    return made


def _certificate_values(material: Material) -> list[JsonValue]:
    return [{"x509Cert": _object_of(each)} for each in material.certificates]


def _revocation(material: Material) -> JsonObject:
    made: JsonObject = {}
    if material.crls:
        made["crlVals"] = [_object_of(each) for each in material.crls]
    if material.responses:
        made["ocspVals"] = [_object_of(each) for each in material.responses]
    return made


def material_of(elements: Sequence[Element]) -> Material:
    """Return the certificates, CRLs and OCSP responses that elements carry.

    Values of other kinds say nothing here.

    Raises:
        MalformedError: an element is not of its form (5.3.5, 5.3.6.1).
    """
    certificates: list[bytes] = []
    crls: list[bytes] = []
    responses: list[bytes] = []
    for each in elements:
        held = _both(each)
        certificates += _ders(held.certificates, inside="x509Cert", at=each.at)
        crls += _ders(_member(held.revocation, "crlVals"), at=each.at)
        responses += _ders(_member(held.revocation, "ocspVals"), at=each.at)
    return Material(tuple(certificates), tuple(crls), tuple(responses))


class _Held(NamedTuple):
    certificates: JsonValue
    revocation: JsonValue


def _both(element: Element) -> _Held:
    name, value = element.name, element.value
    if name in {"xVals", "axVals"}:
        return _Held(value, None)
    if name in {"rVals", "arVals"}:
        return _Held(None, value)
    if name in {"tstVD", "anyValData"}:
        return _Held(_member(value, "xVals"), _member(value, "rVals"))
    return _Held(None, None)


def _ders(listed: JsonValue, *, at: str, inside: str | None = None) -> Iterator[bytes]:
    """Yield the octets of ``pkiOb`` objects, each in a member `inside` if named."""
    if listed is None:
        return
    if not isinstance(listed, list):
        raise MalformedError("not an array of values", at=at, clause=f"{_TS} §5.3.5")
    for each in listed:
        held = each if inside is None else _member(each, inside)
        if held is not None:
            yield _der(held, at)


# --- octets ---------------------------------------------------------------------------


def _object_of(der: bytes) -> JsonObject:
    """Return octets as a ``pkiOb`` (5.4.2): base64, unlike all else in a JWS."""
    return {"val": b64encode(der).decode("ascii")}


def _der(value: JsonValue, at: str) -> bytes:
    text = _member(value, "val")
    if not isinstance(text, str):
        raise MalformedError("no val", at=at, clause=f"{_TS} §5.4.2")
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:  # it would hold the text
        raise MalformedError("not base64", at=at, clause="RFC 4648 §4") from None


def _member(value: JsonValue, name: str) -> JsonValue:
    return value.get(name) if isinstance(value, dict) else None
