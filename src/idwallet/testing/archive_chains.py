"""Forged archives: chains with a gap, and what they do not keep."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.envelope.cms import read_signed_data, with_material
from idwallet.report import CheckId, Reason
from idwallet.testing.archive_draft import (
    ArchiveDraft,
    IndexDraft,
    Round,
    lists_about,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.authorities import document_signer
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TimestampDraft
from idwallet.trust.evidence import content_of

Forger = Callable[[ArchiveDraft], None]
_DAY: Final = timedelta(days=1)
_STAMP: Final = CheckId.TIMESTAMP_TRUST
_R = Reason


# --- chains of them -------------------------------------------------------------------


def _renewed(year: float, *, by: int, until: float) -> Forger:
    """Add another round in a year, and judge in a later one."""

    def prepare(made: ArchiveDraft) -> None:
        here = made.scene
        held = (made.rounds[0].by, here.authorities[by])
        known = lists_about(here, *held, year=year)
        made.rounds.append(Round(here.authorities[by], here.years(year), known))
        made.at = here.years(until)
        made.known = lists_about(here, here.authorities[by], year=until)

    return prepare


_KEPT: Final = _renewed(5, by=2, until=9)


def _in_time(made: ArchiveDraft) -> None:
    """Have nothing but the first archive timestamp depend on when it was renewed."""
    here = made.scene
    made.authority = here.authorities[1]
    _KEPT(made)


def _gap(made: ArchiveDraft) -> None:
    made.rounds[0].by = made.scene.authorities[0]


def _revoked_between(since: float) -> Forger:
    """Revoke the first authority in a year, and say so when it is judged."""

    def change(made: ArchiveDraft) -> None:
        here = made.scene
        told = crls(
            made.rounds[0].by,
            revoked={0: ReasonFlags.key_compromise},
            at=made.at,
            since=here.years(since),
        )
        made.known = (*made.known, *told)

    return change


def _early(made: ArchiveDraft, *, year: float) -> None:
    """Renew in year 2 and a half, with evidence of a year about the first authority.

    What else the archive keeps does not depend on that.
    """
    here = made.scene
    made.authority, made.rounds[0].by = here.authorities[1], here.authorities[0]
    _renewed(2.5, by=2, until=7)(made)
    others = lists_about(here, *here.authorities[1:3], year=2.5)
    own = lists_about(here, here.authorities[0], year=year)
    made.rounds[1].known = (*own, *others)


def _revoked_late(made: ArchiveDraft) -> None:
    """Lose the first authority's key after that."""
    _early(made, year=2.5)
    _revoked_between(2.75)(made)


def _dated_before(made: ArchiveDraft) -> None:
    """Renew with evidence that was some hours old by then."""
    _early(made, year=2.499)


def _own_evidence(made: ArchiveDraft) -> tuple[bytes, ...]:
    about = lists_about(made.scene, made.scene.authorities[0], year=2.499)
    return tuple(content_of(each.der) for each in about)


def _not_covered(made: ArchiveDraft) -> None:
    """Bring that evidence after the last timestamp."""
    own, last = _own_evidence(made), made.rounds[1]
    last.known = tuple(each for each in last.known if content_of(each.der) not in own)
    made.after = lambda message: with_material(
        read_signed_data(message, at="draft"), crls=own
    )


def _left_out(made: ArchiveDraft) -> None:
    """Name everything in the last index but that evidence."""
    own = {hashlib.sha256(each).digest() for each in _own_evidence(made)}

    def change(index: IndexDraft) -> None:
        index.revocations = [each for each in index.revocations if each not in own]

    made.rounds[1].index = change


def _backwards(made: ArchiveDraft) -> None:
    """Have the one that covers the other say an earlier moment."""
    here = made.scene
    first, last = made.rounds
    first.moment = here.years(0.5)
    last.moment = here.years(0.2)


def _both_at_once(made: ArchiveDraft) -> None:
    here = made.scene
    made.rounds.append(Round(here.authorities[1], here.years(0.6)))
    made.rounds[0].moment = here.years(0.5)
    made.at = here.years(0.7)
    made.known = lists_about(here, *here.everybody, year=0.7)


def _stamped_later(made: ArchiveDraft) -> None:
    """Put a signature timestamp below the archive that says a later moment."""
    here = made.scene

    def later(stamp: TimestampDraft) -> None:
        stamp.moment = here.years(0.55)

    made.stamps = [*made.stamps, later]


def _too_many(made: ArchiveDraft) -> None:
    made.rounds = made.rounds * (limits.ARCHIVE_TIMESTAMPS + 1)


# --- what it keeps --------------------------------------------------------------------


@lru_cache(maxsize=4)
def _short_lived(scene: ArchiveScene) -> TestIdentity:
    """Certify a signer under two CAs that end in year 3."""

    def ends(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, not_after=scene.years(3))

    return document_signer(
        scene.pki,
        "https://short.example",
        change=ends,
        ca_change=ends,
        intermediates=2,
    )


def _of_a_ca_that_ended(made: ArchiveDraft) -> None:
    here = made.scene
    made.signer = _short_lived(here)
    made.rounds[0].known = (
        *made.rounds[0].known,
        *crls(made.signer, at=here.at),
    )
    made.at = here.years(4)
    made.known = lists_about(here, made.rounds[0].by, year=4)


def _evidence_afterwards(made: ArchiveDraft) -> None:
    """Bring the signer's evidence after the archive timestamp, dated before."""
    here = made.scene
    own = [content_of(each.der) for each in crls(made.signer, at=here.at)]
    made.rounds[0].known = lists_about(here, *here.everybody)
    made.after = lambda message: with_material(
        read_signed_data(message, at="draft"), crls=own
    )


def _chain_not_covered(made: ArchiveDraft) -> None:
    """Leave the certificates out of the index."""
    made.rounds[0].index = lambda index: index.certificates.clear()


def _revoked_before(made: ArchiveDraft) -> None:
    known = crls(made.signer, revoked={0: ReasonFlags.key_compromise}, at=made.scene.at)
    others = [each for each in made.scene.everybody if each is not made.signer]
    made.rounds[0].known = (*lists_about(made.scene, *others), *known)


def _in_year_seven(made: ArchiveDraft) -> None:
    made.at = made.scene.years(7)
    made.known = lists_about(made.scene, made.rounds[0].by, year=7)


@lru_cache(maxsize=4)
def _by_rsa(scene: ArchiveScene) -> TestIdentity:
    return document_signer(scene.pki, "https://rsa.example", algorithm=Algorithm.RS256)


def _ended(year: float) -> Forger:
    def change(made: ArchiveDraft) -> None:
        until = {Algorithm.RS256: made.scene.years(year)}
        made.policy = replace(made.policy, name="dated", algorithm_until=until)

    return change


def _signed_by_rsa(made: ArchiveDraft) -> None:
    made.signer = _by_rsa(made.scene)
    made.rounds[0].known = (
        *made.rounds[0].known,
        *crls(made.signer, at=made.scene.at),
    )
    _in_year_seven(made)
    _ended(1)(made)


CHAIN_FORGERIES: Final[tuple[Forged[ArchiveDraft], ...]] = (
    Forged(
        "archive: renewed too late",
        _STAMP,
        _R.CERTIFICATE_EXPIRED,
        _gap,
        prepare=_in_time,
    ),
    Forged(
        "archive: an authority revoked before the next one stamped",
        _STAMP,
        _R.REVOKED,
        _revoked_between(2.25),
        prepare=_revoked_late,
    ),
    Forged(
        "archive: evidence brought after the last timestamp",
        _STAMP,
        _R.STALE,
        _not_covered,
        prepare=_dated_before,
    ),
    Forged(
        "archive: evidence that the last index leaves out",
        _STAMP,
        _R.STALE,
        _left_out,
        prepare=_dated_before,
    ),
    Forged(
        "archive: in the wrong order",
        _STAMP,
        _R.OUT_OF_ORDER,
        _backwards,
        prepare=_both_at_once,
    ),
    Forged(
        "archive: a timestamp younger than what covers it",
        _STAMP,
        _R.OUT_OF_ORDER,
        _stamped_later,
        prepare=_both_at_once,
    ),
    Forged(
        "archive: too many",
        CheckId.DOCUMENT_FORMAT,
        _R.LIMIT_EXCEEDED,
        _too_many,
    ),
    Forged(
        "archive: no document",
        CheckId.DOCUMENT_INTEGRITY,
        _R.NOT_AT_HAND,
        lambda made: setattr(made, "document", None),
    ),
    Forged(
        "archive: evidence of a CA that ended, brought afterwards",
        CheckId.SIGNER_REVOCATION,
        _R.UNKNOWN,
        _evidence_afterwards,
        prepare=_of_a_ca_that_ended,
    ),
    Forged(
        "archive: a CA that ended, which nothing proves to have been there",
        CheckId.SIGNER_TRUST,
        _R.CERTIFICATE_EXPIRED,
        _chain_not_covered,
        prepare=_of_a_ca_that_ended,
    ),
    Forged(
        "archive: a signer revoked before",
        CheckId.SIGNER_REVOCATION,
        _R.REVOKED,
        _revoked_before,
        prepare=_in_year_seven,
    ),
    Forged(
        "archive: an algorithm that ended before the signature",
        CheckId.SIGNER_SIGNATURE,
        _R.ALGORITHM_NOT_ALLOWED,
        _ended(-1),
        prepare=_signed_by_rsa,
    ),
)
"""Every archive here that keeps something not."""
