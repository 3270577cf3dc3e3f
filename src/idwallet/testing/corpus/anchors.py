"""Credentials and requests under anchors that may no longer be relied on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.report import BundleNeeded, CheckId, Origin, Reason
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.corpus.requests import RequestForgery
from idwallet.testing.draft import Draft
from idwallet.testing.request_draft import RequestDraft
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import EvidenceAtHand, Renewal

_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=30)

Change = Callable[[TrustStore, datetime], TrustStore]


def _lost(after: timedelta) -> Change:
    """Return what lets every anchor have lost its keys, so long after the moment."""

    def change(trust: TrustStore, at: datetime) -> TrustStore:
        anchors = [replace(e, distrusted_after=at + after) for e in trust.anchors]
        return TrustStore(anchors)

    return change


def _taken(ago: timedelta, *, due: timedelta) -> Change:
    """Return what lets the anchors be of a bundle that was issued so long ago."""

    def change(trust: TrustStore, at: datetime) -> TrustStore:
        need = BundleNeeded("idwallet TEST shops", 1)
        taken = Origin(taken=at - ago, source="bundle", digest="00" * 32, sequence=1)
        renewal = Renewal(at - ago + due, need)
        return trust.with_evidence(EvidenceAtHand(anchors=taken, renewal=renewal))

    return change


_CASES: Final[tuple[tuple[str, Reason, Change, Change], ...]] = (
    (
        "anchors whose keys were lost",
        Reason.SIGNED_AFTER_DISTRUST,
        _lost(-_DAY),
        lambda trust, _: trust,
    ),
    (
        "anchors whose keys are to be lost",
        Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN,
        _lost(_DAY),
        lambda trust, _: trust,
    ),
    (
        "anchors that were to be renewed",
        Reason.ANCHORS_STALE,
        _taken(_MONTH, due=_DAY),
        _taken(_MONTH, due=_MONTH),
    ),
)


def _of_presentation(change: Change) -> Callable[[Draft], None]:
    def forge(made: Draft) -> None:
        made.trust = change(made.scene.trust, made.scene.at)

    return forge


def _of_request(change: Change) -> Callable[[RequestDraft], None]:
    def forge(made: RequestDraft) -> None:
        made.trust = change(made.scene.trust, made.scene.at)

    return forge


def lose_keys(made: Draft, ago: timedelta) -> None:
    """Let the keys have been lost so long ago; the credential says that it is older."""
    made.trust = _lost(-ago)(made.scene.trust, made.scene.at)
    signed = made.scene.at - ago - 2 * _DAY
    made.payload = {**made.payload, "iat": int(signed.timestamp())}


def _proven(ago: timedelta) -> Callable[[Draft], None]:
    """Let a proof be at hand, taken so long ago, that the credential existed."""

    def forge(made: Draft) -> None:
        lose_keys(made, _DAY)
        made.proven = made.scene.at - ago

    return forge


_UNPROVEN: Final = tuple(
    Forgery(
        f"signed before the keys were lost, and {name}",
        CheckId.ISSUER_TRUST,
        Reason.SIGNED_BEFORE_DISTRUST_UNPROVEN,
        forge,
        _proven(2 * _DAY),
    )
    for name, forge in (
        ("no proof", lambda made: setattr(made, "proven", None)),
        ("proven too late", _proven(_DAY / 2)),
        ("proven as of the loss", _proven(_DAY)),
    )
)

ANCHOR_FORGERIES: Final = (
    *(
        Forgery(
            name,
            CheckId.ISSUER_TRUST,
            reason,
            _of_presentation(change),
            _of_presentation(before),
        )
        for name, reason, change, before in _CASES
    ),
    *_UNPROVEN,
)

READER_ANCHOR_FORGERIES: Final = tuple(
    RequestForgery(
        name,
        CheckId.READER_AUTHORISED,
        reason,
        _of_request(change),
        _of_request(before),
    )
    for name, reason, change, before in _CASES
)
