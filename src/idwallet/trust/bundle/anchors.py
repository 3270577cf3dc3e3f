"""Trust anchors as a part of a bundle (bundle.md §5.1)."""

from collections.abc import Iterable, Iterator
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, write_cbor
from idwallet.codec.jcs import canonicalize
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.errors import MalformedError, UnsupportedError, UsageError
from idwallet.trust.anchor import (
    PinnedKey,
    Purpose,
    TrustAnchor,
    Validity,
    pinned_keys,
)
from idwallet.trust.bundle.members import (
    Members,
    is_country,
    read_map,
    seconds,
    sorted_values,
)
from idwallet.trust.bundle.structures import CLAUSE
from idwallet.trust.certificate import Certificate

_SECTION: Final = f"{CLAUSE} §5.1"


def write_anchors(anchors: Iterable[TrustAnchor]) -> bytes:
    """Return a part of anchors; their order does not matter.

    Raises:
        UsageError: there is none, or one that no reader takes.
    """
    listed = sorted(map(_write_anchor, anchors), key=write_cbor)
    data = write_cbor({"anchors": listed})
    try:
        read_anchors(data, at="anchors")
    except (MalformedError, UnsupportedError) as error:
        raise UsageError(f"no reader takes these anchors: {error}") from error
    return data


def read_anchors(data: bytes, *, at: str) -> tuple[TrustAnchor, ...]:
    """Read a part of anchors.

    Raises:
        LimitError: a bound of `idwallet.limits` is passed.
        MalformedError: it breaks docs/reference/bundle.md §5.1, or an anchor breaks a
            rule of `TrustAnchor`.
        UnsupportedError: a certificate or key is of a kind not read here, or a
            purpose is not known.
    """
    members = read_map(data, at=at, clause=_SECTION)
    listed = members.items("anchors", most=limits.TRUST_ANCHORS)
    members.done()
    written = [write_cbor(each) for each in listed]
    if written != sorted(set(written)):
        raise MalformedError("not sorted, or one twice", at=at, clause=_SECTION)
    return tuple(_anchors(listed, at=at))


def _anchors(listed: list[CborValue], *, at: str) -> Iterator[TrustAnchor]:
    for n, each in enumerate(listed):
        place = f"{at}/{n}"
        try:
            yield _read_anchor(Members(each, at=place, clause=_SECTION), at=place)
        except UsageError as error:
            # What a program must not do, an operator must not sign either.
            raise MalformedError(str(error), at=place, clause=_SECTION) from None


def _read_anchor(members: Members, *, at: str) -> TrustAnchor:
    made = TrustAnchor(
        name=members.text("name"),
        purposes=_purposes(members.texts("purposes"), at=f"{at}/purposes"),
        jurisdiction=members.country("jurisdiction"),
        issuer_names=frozenset(members.texts("issuer_names")),
        certificate=_certificate(members, at=at),
        keys=_keys(members, at=at),
        key_purposes=frozenset(members.texts("key_purposes")),
        validity=_validity(members),
        credential_types=frozenset(members.texts("credential_types")),
        distrusted_after=(
            members.moment("distrusted_after")
            if members.has("distrusted_after")
            else None
        ),
        successors=frozenset(
            members.digests("successors", most=limits.BUNDLE_SUCCESSORS)
        ),
        fetch_origins=frozenset(
            members.texts("fetch_origins", most=limits.FETCH_ORIGINS)
        ),
        dids=frozenset(
            members.texts("dids", most=limits.DID_DOCUMENTS_AT_HAND)
            if members.has("dids")
            else ()
        ),
    )
    members.done()
    return made


def _purposes(names: tuple[str, ...], *, at: str) -> frozenset[Purpose]:
    try:
        return frozenset(map(Purpose, names))
    except ValueError:
        raise UnsupportedError(
            "a purpose that this version does not know", at=at, clause=_SECTION
        ) from None


def _certificate(members: Members, *, at: str) -> Certificate | None:
    if not members.has("certificate"):
        return None
    der = members.octets("certificate", most=limits.CERTIFICATE_BYTES)
    return Certificate.from_der(der, at=f"{at}/certificate")


def _keys(members: Members, *, at: str) -> tuple[PinnedKey, ...]:
    if not members.has("jwks"):
        return ()
    return pinned_keys(members.octets("jwks", most=limits.JSON_BYTES), at=f"{at}/jwks")


def _validity(members: Members) -> Validity | None:
    if not members.has("since") and not members.has("until"):
        return None
    return Validity(members.moment("since"), members.moment("until"))


def _write_anchor(anchor: TrustAnchor) -> CborValue:
    if anchor.jurisdiction is not None and not is_country(anchor.jurisdiction):
        raise UsageError("the jurisdiction of an anchor is an ISO 3166 code")
    members: dict[CborKey, CborValue] = {
        "name": anchor.name,
        "purposes": sorted_values(each.value for each in anchor.purposes),
        "jurisdiction": anchor.jurisdiction,
        "issuer_names": sorted_values(anchor.issuer_names),
        "key_purposes": sorted_values(anchor.key_purposes),
        "credential_types": sorted_values(anchor.credential_types),
        "successors": list[CborValue](sorted(anchor.successors)),
        "fetch_origins": sorted_values(anchor.fetch_origins),
    }
    if anchor.certificate is not None:
        members["certificate"] = anchor.certificate.der
    if anchor.keys:
        members["jwks"] = canonicalize(_jwks(anchor))
    if anchor.dids:
        members["dids"] = sorted_values(anchor.dids)
    if anchor.validity is not None:
        members["since"] = seconds(anchor.validity.since)
        members["until"] = seconds(anchor.validity.until)
    if anchor.distrusted_after is not None:
        members["distrusted_after"] = seconds(anchor.distrusted_after)
    # What says nothing is left out, so that there is one form of it.
    return {name: each for name, each in members.items() if each not in (None, [])}


def _jwks(anchor: TrustAnchor) -> JsonObject:
    keys: list[JsonValue] = [
        {**each.key.to_jwk(), "kid": each.kid}
        for each in sorted(anchor.keys, key=lambda pin: pin.kid)
    ]
    return {"keys": keys}
