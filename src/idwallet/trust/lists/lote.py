"""Lists of trusted entities in JSON (ETSI TS 119 602)."""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.envelope.jws import (
    names_certificate,
    read_compact,
    signature_facts,
    signature_reason,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Reason
from idwallet.trust.lists.fields import (
    bounded_text,
    require_count,
    utc_moment,
    whole_number,
)
from idwallet.trust.lists.structures import (
    Candidate,
    Judged,
    ListContent,
    ListedService,
    ListForm,
    ListPointer,
    OpenedList,
    StatusPeriod,
    jurisdiction,
)

_S: Final = "ETSI TS 119 602"
_JADES: Final = "ETSI TS 119 182-1"
# What JAdES adds to the header and this reader acts on, or need not: the time that the
# signer claims proves nothing here.
_UNDERSTOOD: Final = frozenset({"b64", "sigT", "iat"})
_VERSION: Final = 1


def open_lote(data: bytes) -> OpenedList:
    """Take a signed list of trusted entities apart, believing nothing.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it is no compact JWS.
        UnsupportedError: it calls critical what is not known here.
    """
    if len(data) > limits.LOTE_BYTES:
        raise LimitError("list too long", at="list", clause="idwallet limits")
    jws = read_compact(
        data.strip(),
        at="list",
        understood=_UNDERSTOOD,
        max_bytes=limits.LOTE_BYTES,
    )

    def judge(candidate: Candidate) -> Judged:
        key, certificate, allowed = candidate
        reason = signature_reason(jws, key=key, allowed=allowed)
        if reason is not Reason.VALID:
            return Judged(reason, what=signature_facts(reason, jws).get("what", ""))
        if certificate is None or not names_certificate(jws, certificate):
            # TS 119 182-1 clause 5.1.7: what names a certificate names the signer's.
            return Judged(Reason.MISMATCH)
        return Judged(reason, jws.payload)

    return OpenedList(
        ListForm.LOTE, jws.header.x5c, jws.header.algorithm, judge, read_lote
    )


def read_lote(data: bytes) -> ListContent:
    """Read a list of trusted entities; who signed it is judged elsewhere.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it breaks clause 6.
        UnsupportedError: it has another version, or an extension that is critical.
    """
    document = read_object(data, at="list", clause=_S, max_bytes=limits.LOTE_BYTES)
    lote = _object(document.get("LoTE"), at="/LoTE")
    scheme = _object(
        lote.get("ListAndSchemeInformation"), at="/LoTE/ListAndSchemeInformation"
    )
    at = "/LoTE/ListAndSchemeInformation"
    version = scheme.get("LoTEVersionIdentifier")
    if version != _VERSION or type(version) is not int:
        raise UnsupportedError("a version", at=at, clause=f"{_S} §6.3.1")
    _require_no_critical(scheme.get("SchemeExtensions"), at=at)
    territory = _maybe_text(scheme, "SchemeTerritory", at=at, section="§6.3.10")
    return ListContent(
        form=ListForm.LOTE,
        operator=_named(scheme, "SchemeOperatorName", at=at, section="§6.3.4"),
        territory=territory,
        type=_maybe_text(scheme, "LoTEType", at=at, section="§6.3.3"),
        sequence=whole_number(
            scheme.get("LoTESequenceNumber"),
            at=f"{at}/LoTESequenceNumber",
            clause=f"{_S} §6.3.2",
        ),
        issued=utc_moment(
            scheme.get("ListIssueDateTime"),
            at=f"{at}/ListIssueDateTime",
            clause=f"{_S} §6.3.14",
        ),
        next_update=_next_update(scheme, at=f"{at}/NextUpdate"),
        services=tuple(_services(lote, country=jurisdiction(territory))),
        pointers=tuple(_pointers(scheme, at=at)),
    )


def _next_update(scheme: JsonObject, *, at: str) -> datetime | None:
    """Return None for a closed list, which says null; to say nothing is a fault."""
    if "NextUpdate" in scheme and scheme["NextUpdate"] is None:
        return None
    return utc_moment(scheme.get("NextUpdate"), at=at, clause=f"{_S} §6.3.15")


def _object(value: JsonValue, *, at: str) -> JsonObject:
    if not isinstance(value, dict):
        raise MalformedError("no object", at=at, clause=f"{_S} §6")
    return value


def _list(value: JsonValue, *, at: str) -> list[JsonValue]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError("no list", at=at, clause=f"{_S} §6")
    return value


def _maybe_text(within: JsonObject, name: str, *, at: str, section: str) -> str | None:
    if name not in within:
        return None
    clause = f"{_S} {section}"
    return bounded_text(within[name], at=f"{at}/{name}", clause=clause)


def _named(within: JsonObject, name: str, *, at: str, section: str) -> str:
    """Return the English name, or the first: names come in several languages."""
    place, clause = f"{at}/{name}", f"{_S} {section}"
    every = [_object(each, at=place) for each in _list(within.get(name), at=place)]
    if not every:
        raise MalformedError("no name", at=place, clause=clause)
    chosen = next((each for each in every if each.get("lang") == "en"), every[0])
    return bounded_text(chosen.get("value"), at=place, clause=clause)


def _require_no_critical(extensions: JsonValue, *, at: str) -> None:
    """Refuse a list with a critical extension: none is known here (clause 6.3.17)."""
    if _has_critical(extensions, at=at):
        raise UnsupportedError("a critical extension", at=at, clause=f"{_S} §6.3.17")


def _has_critical(extensions: JsonValue, *, at: str) -> bool:
    return any(
        isinstance(each, dict) and (each.get("critical") or each.get("Critical"))
        for each in _list(extensions, at=at)
    )


def _services(lote: JsonObject, *, country: str | None) -> Iterator[ListedService]:
    place = "/LoTE/TrustedEntitiesList"
    count = 0
    for n, value in enumerate(_list(lote.get("TrustedEntitiesList"), at=place)):
        at = f"{place}/{n}"
        entity = _object(value, at=at)
        info = _object(
            entity.get("TrustedEntityInformation"), at=f"{at}/TrustedEntityInformation"
        )
        operator = _named(info, "TEName", at=at, section="§6.5.1")
        for service in _list(entity.get("TrustedEntityServices"), at=at):
            count += 1
            require_count(count, limits.LISTED_SERVICES, at=at, clause=f"{_S} §6.6")
            yield _service(
                _object(service, at=at), operator=operator, country=country, at=at
            )


def _service(
    service: JsonObject, *, operator: str, country: str | None, at: str
) -> ListedService:
    place = f"{at}/ServiceInformation"
    info = _object(service.get("ServiceInformation"), at=place)
    history = _list(service.get("ServiceHistory"), at=at)
    require_count(len(history), limits.LISTED_PERIODS, at=at, clause=f"{_S} §6.7")
    periods = [_period(_object(each, at=place), at=place) for each in (info, *history)]
    is_critical = _has_critical(info.get("ServiceInformationExtensions"), at=place)
    return ListedService(
        operator=operator,
        name=_named(info, "ServiceName", at=place, section="§6.6.2"),
        periods=tuple(periods),
        certificates=_certificates(info.get("ServiceDigitalIdentity"), at=place),
        jurisdiction=country,
        flaw="a critical extension that is not known" if is_critical else "",
    )


def _period(info: JsonObject, *, at: str) -> StatusPeriod:
    since = info.get("StatusStartingTime")
    return StatusPeriod(
        _maybe_text(info, "ServiceTypeIdentifier", at=at, section="§6.6.1") or "",
        _maybe_text(info, "ServiceStatus", at=at, section="§6.6.4"),
        None if since is None else utc_moment(since, at=at, clause=f"{_S} §6.6.5"),
    )


def _certificates(identity: JsonValue, *, at: str) -> tuple[bytes, ...]:
    place = f"{at}/ServiceDigitalIdentity/X509Certificates"
    holder = _object(identity, at=f"{at}/ServiceDigitalIdentity")
    every = _list(holder.get("X509Certificates"), at=place)
    require_count(
        len(every), limits.LISTED_CERTIFICATES, at=place, clause=f"{_S} §6.6.3"
    )
    found = [_octets(_object(each, at=place).get("val"), at=place) for each in every]
    return tuple(dict.fromkeys(found))


def _octets(value: JsonValue, *, at: str) -> bytes:
    clause = f"{_S} §6.6.3"
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except ValueError:  # it is no cause: it may hold the text
        pass
    raise MalformedError("not base64", at=at, clause=clause)


def _pointers(scheme: JsonObject, *, at: str) -> Iterator[ListPointer]:
    place, clause = f"{at}/PointersToOtherLoTE", f"{_S} §6.3.13"
    every = _list(scheme.get("PointersToOtherLoTE"), at=place)
    require_count(len(every), limits.LISTED_POINTERS, at=place, clause=clause)
    for value in every:
        pointer = _object(value, at=place)
        identities = _list(pointer.get("ServiceDigitalIdentities"), at=place)
        qualifiers = _list(pointer.get("LoTEQualifiers"), at=place)
        first = _object(qualifiers[0], at=place) if qualifiers else {}
        require_count(
            len(identities), limits.LISTED_CERTIFICATES, at=place, clause=clause
        )
        yield ListPointer(
            location=bounded_text(pointer.get("LoTELocation"), at=place, clause=clause),
            territory=_maybe_text(
                first, "SchemeTerritory", at=place, section="§6.3.13"
            ),
            type=_maybe_text(first, "LoTEType", at=place, section="§6.3.13"),
            certificates=tuple(
                der for each in identities for der in _certificates(each, at=place)
            ),
        )
