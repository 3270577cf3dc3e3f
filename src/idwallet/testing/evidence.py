"""Evidence for tests: status lists and CRLs about whoever `TestPki` certified.

scene = Scene()
evidence = EvidenceAtHand(
status_lists=[status_list(scene.issuer_identity, entries=[(7, 1)])],
crls=crls(scene.issuer_identity, revoked={0: None}),
)
trust = scene.trust.with_evidence(evidence)
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.report import Origin
from idwallet.testing.pki import MOMENT, TestIdentity
from idwallet.testing.revocation.plans import CrlPlan, EntryPlan
from idwallet.trust.certificate import Certificate
from idwallet.trust.evidence import CrlAtHand, StatusListAtHand
from idwallet.trust.status_list import StatusListContent, issue_status_list
from idwallet.trust.status_list.bitmap import pack

LIST: Final = "https://issuer.example/status/7"
SIZE: Final = 1_000
_HOUR: Final = timedelta(hours=1)
_NOBODY: Final[Mapping[int, ReasonFlags | None]] = MappingProxyType({})


def taken_at(moment: datetime = MOMENT) -> Origin:
    """Return the origin of what a test bundle brought at that moment."""
    return Origin(taken=moment, source="bundle", digest="00" * 32, sequence=7)


def status_list(  # noqa: PLR0913 - each is what a list says
    by: TestIdentity,
    *,
    entries: Iterable[tuple[int, int]] = (),
    uri: str = LIST,
    size: int = SIZE,
    at: datetime = MOMENT,
    life: timedelta = 12 * _HOUR,
    ttl: timedelta = _HOUR,
    taken: datetime | None = None,
) -> StatusListAtHand:
    """Return a list of four-bit entries, all valid but those (index, status) given.

    It was issued at `at` and, unless told, taken then.
    """
    content = StatusListContent(
        uri=uri,
        bits=4,
        array=pack(entries, bits=4, size=size),
        expires=at + life,
        ttl=ttl,
    )
    token = issue_status_list(content, signer=by.signer, certificates=by.chain, at=at)
    return StatusListAtHand(uri=uri, token=token.encode(), origin=taken_at(taken or at))


def crls(
    about: TestIdentity,
    *,
    revoked: Mapping[int, ReasonFlags | None] = _NOBODY,
    at: datetime = MOMENT,
    life: timedelta = timedelta(days=1),
    since: datetime = MOMENT - 2 * timedelta(days=1),
) -> tuple[CrlAtHand, ...]:
    """Return a CRL by each CA above somebody, issued at `at`.

    `revoked` names certificates of the chain, 0 the leaf, and why each is revoked; it
    is `since` then, left out two days before `MOMENT`.
    """
    return tuple(
        CrlAtHand(
            der=CrlPlan(
                issuer=ca.name,
                signing_key=ca.key,
                authority_key_id=ca.identifier,
                this_update=at,
                next_update=at + life,
                entries=_entries(about.chain[n], revoked, number=n, since=since),
            ).to_der(),
            origin=taken_at(at),
        )
        for n, ca in enumerate(about.above)
    )


def _entries(
    der: bytes,
    revoked: Mapping[int, ReasonFlags | None],
    *,
    number: int,
    since: datetime,
) -> tuple[EntryPlan, ...]:
    if number not in revoked:
        return ()
    serial = Certificate.from_der(der, at="test chain").native.serial_number
    return (EntryPlan(serial=serial, reason=revoked[number], revoked_at=since),)
