"""Trusted lists in XML (ETSI TS 119 612)."""

from datetime import datetime
from typing import Final

from idwallet import limits
from idwallet.codec.xml import XmlElement, read_element
from idwallet.envelope.xmldsig import (
    Coverage,
    XmlSignature,
    judge_signature,
    read_moment,
    read_signatures,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Reason
from idwallet.trust.lists.fields import bounded_text, require_count, whole_number
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

_T: Final = "{http://uri.etsi.org/02231/v2#}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_S: Final = "ETSI TS 119 612"
# Versions 2.1.1 to 2.2.1 and 2.3.1 on (clause 5.3.1).
_VERSIONS: Final = frozenset({"5", "6"})


def open_etsi(data: bytes) -> OpenedList:
    """Take a signed trusted list apart, believing nothing.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it is no XML, or is not signed exactly once, right below its
            root (clause 5.7.1).
        UnsupportedError: the signature uses what is not in the closed lists.
    """
    found = [each for each in read_signatures(data, at="list") if each.is_below_root]
    if len(found) != 1:
        raise MalformedError("not one signature", at="list", clause=f"{_S} §5.7.1")
    (signature,) = found

    def judge(candidate: Candidate) -> Judged:
        return _judged(signature, candidate)

    return OpenedList(
        ListForm.TRUSTED_LIST,
        signature.certificates,
        signature.algorithm.rpartition("#")[2],
        judge,
        read_etsi,
    )


def _judged(signature: XmlSignature, candidate: Candidate) -> Judged:
    key, certificate, allowed = candidate
    found = judge_signature(
        signature, key=key, certificate=certificate, allowed=allowed
    )
    whole = [each for each in found.covered if each.coverage is Coverage.DOCUMENT]
    if found.reason is Reason.VALID and len(whole) != 1:
        return Judged(Reason.NOT_COVERED)
    what = "no signing certificate is named" if found.reason is Reason.ABSENT else ""
    return Judged(found.reason, whole[0].octets if whole else b"", what)


def read_etsi(data: bytes) -> ListContent:
    """Read a trusted list; who signed it is judged elsewhere.

    Raises:
        LimitError: a bound of `limits` is passed.
        MalformedError: it breaks clause 5.3 to 5.6.
        UnsupportedError: it has another version.
    """
    root = read_element(data, at="list")
    if root.name != f"{_T}TrustServiceStatusList":
        raise MalformedError("no trusted list", at="list", clause=f"{_S} §5.2.1")
    scheme = root.one(f"{_T}SchemeInformation", clause=f"{_S} §5.3")
    if _value(scheme, "TSLVersionIdentifier", section="§5.3.1") not in _VERSIONS:
        raise UnsupportedError("a version", at=scheme.at, clause=f"{_S} §5.3.1")
    number = scheme.one(f"{_T}TSLSequenceNumber", clause=f"{_S} §5.3.2")
    territory = _value(scheme, "SchemeTerritory", section="§5.3.10")
    return ListContent(
        form=ListForm.TRUSTED_LIST,
        operator=_named(scheme, "SchemeOperatorName", section="§5.3.4"),
        territory=territory,
        type=_value(scheme, "TSLType", section="§5.3.3"),
        sequence=_number(number),
        issued=read_moment(
            scheme.one(f"{_T}ListIssueDateTime", clause=f"{_S} §5.3.14"),
            clause=f"{_S} §5.3.14",
        ),
        next_update=_next_update(scheme),
        services=_services(root, country=jurisdiction(territory)),
        pointers=_pointers(scheme),
    )


def _value(within: XmlElement, name: str, *, section: str) -> str:
    clause = f"{_S} {section}"
    element = within.one(f"{_T}{name}", clause=clause)
    return bounded_text(element.value(clause=clause), at=element.at, clause=clause)


def _number(element: XmlElement) -> int:
    clause = f"{_S} §5.3.2"
    text = element.value(clause=clause)
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
        raise MalformedError("no number", at=element.at, clause=clause)
    return whole_number(int(text), at=element.at, clause=clause)


_DIGITS: Final = 19


def _next_update(scheme: XmlElement) -> datetime | None:
    """Return None for a closed list, which has the element and nothing in it."""
    clause = f"{_S} §5.3.15"
    element = scheme.one(f"{_T}NextUpdate", clause=clause)
    moment = element.maybe(f"{_T}dateTime", clause=clause)
    return None if moment is None else read_moment(moment, clause=clause)


def _named(within: XmlElement, name: str, *, section: str) -> str:
    """Return the English name, or the first: names come in several languages."""
    clause = f"{_S} {section}"
    holder = within.one(f"{_T}{name}", clause=clause)
    every = holder.all(f"{_T}Name")
    if not every:
        raise MalformedError("no name", at=holder.at, clause=clause)
    chosen = next((e for e in every if e.attributes.get(_LANG) == "en"), every[0])
    return bounded_text(chosen.value(clause=clause), at=chosen.at, clause=clause)


def _services(root: XmlElement, *, country: str | None) -> tuple[ListedService, ...]:
    clause = f"{_S} §5.4"
    holder = root.maybe(f"{_T}TrustServiceProviderList", clause=clause)
    found: list[ListedService] = []
    for provider in () if holder is None else holder.all(f"{_T}TrustServiceProvider"):
        info = provider.one(f"{_T}TSPInformation", clause=clause)
        operator = _named(info, "TSPName", section="§5.4.1")
        services = provider.one(f"{_T}TSPServices", clause=f"{_S} §5.4.6")
        for service in services.all(f"{_T}TSPService"):
            found.append(_service(service, operator=operator, country=country))
            require_count(
                len(found), limits.LISTED_SERVICES, at=service.at, clause=clause
            )
    return tuple(found)


def _service(
    service: XmlElement, *, operator: str, country: str | None
) -> ListedService:
    clause = f"{_S} §5.5"
    info = service.one(f"{_T}ServiceInformation", clause=clause)
    history = service.maybe(f"{_T}ServiceHistory", clause=f"{_S} §5.6")
    instances = () if history is None else history.all(f"{_T}ServiceHistoryInstance")
    require_count(
        len(instances), limits.LISTED_PERIODS, at=service.at, clause=f"{_S} §5.6"
    )
    periods = [_period(each) for each in (info, *instances)]
    # The standard wants them in descending order, and not every list keeps it.
    newest = sorted(periods, key=_since, reverse=True)
    return ListedService(
        operator=operator,
        name=_named(info, "ServiceName", section="§5.5.2"),
        periods=tuple(newest),
        certificates=_certificates(info),
        jurisdiction=country,
        flaw=_flaw(info) or ("" if newest == periods else _DISORDER),
    )


_DISORDER: Final = "its status history is not in order"


def _since(period: StatusPeriod) -> datetime:
    if period.since is None:  # `_period` gives each one
        raise MalformedError("no starting time", at="list", clause=f"{_S} §5.5.5")
    return period.since


def _period(info: XmlElement) -> StatusPeriod:
    time = info.one(f"{_T}StatusStartingTime", clause=f"{_S} §5.5.5")
    return StatusPeriod(
        _value(info, "ServiceTypeIdentifier", section="§5.5.1"),
        _value(info, "ServiceStatus", section="§5.5.4"),
        read_moment(time, clause=f"{_S} §5.5.5"),
    )


def _flaw(info: XmlElement) -> str:
    """Say what makes an entry unusable: what it calls critical is not known here."""
    holder = info.maybe(f"{_T}ServiceInformationExtensions", clause=f"{_S} §5.5.9")
    for each in () if holder is None else holder.all(f"{_T}Extension"):
        if each.attributes.get("Critical") in {"true", "1"}:
            return "a critical extension that is not known"
    return ""


def _certificates(info: XmlElement) -> tuple[bytes, ...]:
    clause = f"{_S} §5.5.3"
    identity = info.one(f"{_T}ServiceDigitalIdentity", clause=clause)
    return _identities((identity,))


def _identities(identities: tuple[XmlElement, ...]) -> tuple[bytes, ...]:
    clause = f"{_S} §5.5.3"
    found = [
        certificate.octets(clause=clause)
        for identity in identities
        for each in identity.all(f"{_T}DigitalId")
        for certificate in each.all(f"{_T}X509Certificate")
    ]
    require_count(len(found), limits.LISTED_CERTIFICATES, at="list", clause=clause)
    return tuple(dict.fromkeys(found))


def _pointers(scheme: XmlElement) -> tuple[ListPointer, ...]:
    clause = f"{_S} §5.3.13"
    holder = scheme.maybe(f"{_T}PointersToOtherTSL", clause=clause)
    found = () if holder is None else holder.all(f"{_T}OtherTSLPointer")
    require_count(len(found), limits.LISTED_POINTERS, at=scheme.at, clause=clause)
    return tuple(map(_pointer, found))


def _pointer(pointer: XmlElement) -> ListPointer:
    clause = f"{_S} §5.3.13"
    holder = pointer.maybe(f"{_T}ServiceDigitalIdentities", clause=clause)
    identities = () if holder is None else holder.all(f"{_T}ServiceDigitalIdentity")
    return ListPointer(
        location=_value(pointer, "TSLLocation", section="§5.3.13"),
        territory=_qualifier(pointer, f"{_T}SchemeTerritory"),
        type=_qualifier(pointer, f"{_T}TSLType"),
        certificates=_identities(identities),
    )


def _qualifier(pointer: XmlElement, name: str) -> str | None:
    """Return what the pointer says of the other list, if it says it once."""
    clause = f"{_S} §5.3.13"
    holder = pointer.maybe(f"{_T}AdditionalInformation", clause=clause)
    found = [
        element
        for other in (() if holder is None else holder.all(f"{_T}OtherInformation"))
        for element in other.all(name)
    ]
    if len(found) > 1:
        raise MalformedError("said twice", at=pointer.at, clause=clause)
    if not found:
        return None
    return bounded_text(found[0].value(clause=clause), at=found[0].at, clause=clause)
