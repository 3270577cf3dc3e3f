"""From the entries of a list to anchors, and what was left out and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.codec.text import show
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.trust.anchors import Purpose, TrustAnchor, Validity
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.lists.structures import ListContent, ListedService, StatusPeriod
from idwallet.trust.lists.vical import IACA

_LOTE: Final = "http://uri.etsi.org/19602/SvcType"
_TSL: Final = "http://uri.etsi.org/TrstSvc/Svctype"
_MDL: Final = "http://trust.ec.europa.eu/lists/mDL/SvcType"

SERVICE_PURPOSES: Final[Mapping[str, Purpose]] = MappingProxyType(
    {
        # ETSI TS 119 602 Annexes D to I.
        f"{_LOTE}/PID/Issuance": Purpose.ISSUE_CREDENTIALS,
        f"{_LOTE}/PID/Revocation": Purpose.SIGN_STATUS_LISTS,
        f"{_LOTE}/WalletSolution/Issuance": Purpose.ATTEST_WALLETS,
        f"{_LOTE}/WalletSolution/Revocation": Purpose.SIGN_STATUS_LISTS,
        f"{_LOTE}/PubEAA/Issuance": Purpose.ISSUE_CREDENTIALS,
        f"{_LOTE}/PubEAA/Revocation": Purpose.SIGN_STATUS_LISTS,
        f"{_LOTE}/WRPAC/Issuance": Purpose.READ_CREDENTIALS,
        f"{_LOTE}/WRPRC/Issuance": Purpose.REGISTER_READERS,
        f"{_LOTE}/WRPRC/Revocation": Purpose.SIGN_STATUS_LISTS,
        # The European Commission's list of issuers of driving licences.
        f"{_MDL}/Issuance": Purpose.ISSUE_CREDENTIALS,
        f"{_MDL}/Revocation": Purpose.SIGN_STATUS_LISTS,
        # ETSI TS 119 612 clause 5.5.1, from version 2.3.1 on.
        f"{_TSL}/EAA/Q": Purpose.ISSUE_CREDENTIALS,
        f"{_TSL}/EAA/Pub-EAA": Purpose.ISSUE_CREDENTIALS,
        f"{_TSL}/EAA": Purpose.ISSUE_CREDENTIALS,
        IACA: Purpose.ISSUE_CREDENTIALS,
    }
)
"""What a service of each type is believed about; a type that is not here, nothing."""

_STATUS: Final = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus"

GRANTED: Final = frozenset(
    {
        f"{_STATUS}/granted",
        f"{_STATUS}/recognisedatnationallevel",
        # Before July 2016 (ETSI TS 119 612 Annex J).
        f"{_STATUS}/undersupervision",
        f"{_STATUS}/supervisionincessation",
        f"{_STATUS}/accredited",
        f"{_STATUS}/setbynationallaw",
        # ETSI TS 119 602 Annex H.
        "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/notified",
    }
)
"""The statuses under which a service is believed; every other is a no."""

_NEEDS_STATUS: Final = (f"{_LOTE}/PubEAA/", f"{_TSL}/")


class DropReason(StrEnum):
    """Why an entry, or one of its certificates, made no anchor."""

    FLAWED = "flawed"
    """The entry says something that this library must not pass over."""

    NOT_YET = "not_yet"
    """At the moment asked about it had no status yet."""

    NO_PURPOSE = "no_purpose"
    """Nothing here is believed on the word of a service of that type."""

    NOT_GRANTED = "not_granted"
    """Its status at the moment asked about is none under which it is believed."""

    NO_CERTIFICATE = "no_certificate"
    """It is identified by something else than a certificate."""

    UNREADABLE = "unreadable"
    """A certificate of it is none, or of a kind not read here."""

    WRONG_KEY = "wrong_key"
    """A certificate has another key identifier than the entry says."""

    MUST_NOT_CERTIFY = "must_not_certify"
    """It is a CA's certificate whose key must not sign certificates."""

    OUT_OF_DATE = "out_of_date"
    """The list itself is too old to say so at any moment of the period."""


class Dropped(NamedTuple):
    """What of a list made no anchor, and why; `operator` and `service` are safe."""

    operator: str
    service: str
    reason: DropReason
    what: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """The anchors of a list at a moment, and what was left out."""

    anchors: tuple[TrustAnchor, ...]
    dropped: tuple[Dropped, ...]


class _Drop(Exception):  # noqa: N818 - never leaves this module
    """Carries the reason out."""

    def __init__(self, reason: DropReason, what: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.what = what


class _Wanted(NamedTuple):
    """One certificate on its way to an anchor."""

    service: ListedService
    certificate: Certificate
    purpose: Purpose
    since: datetime
    until: datetime


def select_anchors(
    content: ListContent,
    *,
    at: datetime,
    until: datetime,
    purposes: Mapping[str, Purpose] = SERVICE_PURPOSES,
) -> Selection:
    """Return who is believed by a list at a moment, each bounded to its period.

    `until` bounds what the list says is so now; what it says of a closed period in the
    past stays. One certificate makes one anchor, for all the purposes of its services,
    within what all of them allow.

    Raises:
        UsageError: a moment has no zone.
    """
    require_aware(at, until)
    wanted: list[_Wanted] = []
    dropped: list[Dropped] = []
    for service in content.services:
        try:
            period, ends = _period(service, at=at)
            purpose = _purpose(period, purposes)
            since, last = _bounds(period, ends, content=content, until=until)
        except _Drop as drop:
            dropped.append(_dropped(service, drop))
            continue
        for der in service.certificates:
            try:
                certificate = _certificate(der, service)
                wanted.append(_Wanted(service, certificate, purpose, since, last))
            except _Drop as drop:
                dropped.append(_dropped(service, drop))
    return Selection(tuple(_anchors(wanted)), tuple(dropped))


def _dropped(service: ListedService, drop: _Drop) -> Dropped:
    return Dropped(show(service.operator), show(service.name), drop.reason, drop.what)


def _period(
    service: ListedService, *, at: datetime
) -> tuple[StatusPeriod, datetime | None]:
    """Return the period of a service at the moment, and when the next one began."""
    if service.flaw:
        raise _Drop(DropReason.FLAWED, service.flaw)
    if not service.certificates:
        raise _Drop(DropReason.NO_CERTIFICATE)
    ends = None
    for period in service.periods:
        if period.since is None or period.since <= at:
            return period, ends
        ends = period.since
    raise _Drop(DropReason.NOT_YET)


def _purpose(period: StatusPeriod, purposes: Mapping[str, Purpose]) -> Purpose:
    purpose = purposes.get(period.type)
    if purpose is None:
        raise _Drop(DropReason.NO_PURPOSE, show(period.type))
    status = period.status
    if status is None and period.type.startswith(_NEEDS_STATUS):
        raise _Drop(DropReason.NOT_GRANTED)
    if status is not None and status not in GRANTED:
        raise _Drop(DropReason.NOT_GRANTED, show(status))
    return purpose


def _bounds(
    period: StatusPeriod,
    ends: datetime | None,
    *,
    content: ListContent,
    until: datetime,
) -> tuple[datetime, datetime]:
    """Return from when until when an entry holds; both ends are included.

    What has no date is known from the list's issue on, and no earlier: clocks may
    differ by what they may.
    """
    since = period.since or content.issued - limits.CLOCK_SKEW_MAXIMUM
    last = until if ends is None else ends - timedelta(microseconds=1)
    if since > last:
        raise _Drop(DropReason.OUT_OF_DATE)
    return since, last


def _certificate(der: bytes, service: ListedService) -> Certificate:
    try:
        found = Certificate.from_der(der, at="list")
    except (MalformedError, UnsupportedError) as error:
        raise _Drop(DropReason.UNREADABLE, error.what) from None
    if service.key_id is not None and service.key_id != found.subject_key_id:
        raise _Drop(DropReason.WRONG_KEY)
    usage = found.key_usage
    if found.is_ca and usage is not None and KeyUsage.KEY_CERT_SIGN not in usage:
        raise _Drop(DropReason.MUST_NOT_CERTIFY)
    return found


def _anchors(wanted: Iterable[_Wanted]) -> Iterable[TrustAnchor]:
    by_der: dict[bytes, list[_Wanted]] = {}
    for each in wanted:
        by_der.setdefault(each.certificate.der, []).append(each)
    for same in by_der.values():
        since = max(each.since for each in same)
        until = min(each.until for each in same)
        if since <= until:
            yield _anchor(same, Validity(since, until))


def _anchor(same: list[_Wanted], validity: Validity) -> TrustAnchor:
    first = same[0]
    issuing = [each for each in same if each.purpose is Purpose.ISSUE_CREDENTIALS]
    types = [each.service.credential_types for each in issuing]
    return TrustAnchor(
        name=show(first.service.operator) or first.certificate.shown,
        purposes=frozenset(each.purpose for each in same),
        jurisdiction=first.service.jurisdiction,
        certificate=first.certificate,
        validity=validity,
        # One entry without types restricts nothing, so neither do all of them.
        credential_types=frozenset().union(*types) if all(types) else frozenset(),
    )
