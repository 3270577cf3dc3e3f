"""Presentations whose credential, or whose issuer, was taken back or cannot be told.

Each twin has the same evidence at hand but for the fault.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import ABSENT, Draft
from idwallet.testing.evidence import LIST, SIZE, crls, status_list, taken_at
from idwallet.trust.evidence import (
    CrlAtHand,
    EvidenceAtHand,
    StatusListAtHand,
)
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import Policy, RevocationRule, StatusRule

_STATUS, _ISSUER = CheckId.CREDENTIAL_STATUS, CheckId.ISSUER_REVOCATION
_INDEX: Final = 7
_DAY: Final = timedelta(days=1)

# What the entries of the scene's list say; every other entry is valid.
REVOKED, SUSPENDED, AGREED, RESERVED = 17, 18, 19, 20
ENTRIES: Final = ((REVOKED, 1), (SUSPENDED, 2), (AGREED, 3), (RESERVED, 4))

Forger = Callable[[Draft], None]


def _refer(made: Draft, index: int) -> None:
    entry: JsonObject = {"idx": index, "uri": LIST}
    made.payload = {**made.payload, "status": {"status_list": entry}}


def good_list(made: Draft) -> StatusListAtHand:
    """Return the list of the scene's issuer, as of the scene's moment."""
    return status_list(made.scene.issuer_identity, entries=ENTRIES, at=made.scene.at)


def listed(made: Draft) -> None:
    """Let the credential name a valid entry of a list that is at hand."""
    _refer(made, _INDEX)
    made.evidence = EvidenceAtHand(status_lists=[good_list(made)])


def _asking(index: int) -> Forger:
    return lambda made: _refer(made, index)


def _having(build: Callable[[Draft], StatusListAtHand | None]) -> Forger:
    def forge(made: Draft) -> None:
        found = build(made)
        lists = () if found is None else (found,)
        made.evidence = EvidenceAtHand(status_lists=lists)

    return forge


def _issued(**after: int) -> Callable[[Draft], StatusListAtHand]:
    def build(made: Draft) -> StatusListAtHand:
        at = made.scene.at + timedelta(**after)
        return status_list(made.scene.issuer_identity, entries=ENTRIES, at=at)

    return build


def _by_another(made: Draft) -> StatusListAtHand:
    other = made.scene.pki.issuer("https://library.example")
    return status_list(other, at=made.scene.at)


def _for_years(made: Draft) -> StatusListAtHand:
    at = made.scene.at - 8 * _DAY
    return status_list(made.scene.issuer_identity, at=at, life=365 * _DAY)


def _swapped(made: Draft) -> StatusListAtHand:
    other = status_list(made.scene.issuer_identity, uri=f"{LIST}/2", at=made.scene.at)
    return StatusListAtHand(uri=LIST, token=other.token, origin=other.origin)


def _taken_later(made: Draft) -> StatusListAtHand:
    at = made.scene.at
    issuer = made.scene.issuer_identity
    return status_list(issuer, entries=ENTRIES, at=at, taken=at + _DAY)


def _junk(made: Draft) -> StatusListAtHand:
    origin = taken_at(made.scene.at)
    return StatusListAtHand(uri=LIST, token=b"no list at all", origin=origin)


_R = Reason
STATUS_FORGERIES: Final = tuple(
    Forgery(f"status: {name}", _STATUS, reason, forge, prepare=listed)
    for name, reason, forge in (
        ("revoked", _R.REVOKED, _asking(REVOKED)),
        ("suspended", _R.SUSPENDED, _asking(SUSPENDED)),
        ("a value of its own", _R.APPLICATION_SPECIFIC, _asking(AGREED)),
        ("a value without meaning", _R.UNASSIGNED, _asking(RESERVED)),
        ("one past the end", _R.INDEX_OUT_OF_BOUNDS, _asking(SIZE)),
        ("far past the end", _R.INDEX_OUT_OF_BOUNDS, _asking(2**70)),
        ("no list at hand", _R.STATUS_LIST_NEEDED, _having(lambda _: None)),
        ("a list by another issuer", _R.LIST_REFUSED, _having(_by_another)),
        ("the list of another address", _R.LIST_REFUSED, _having(_swapped)),
        ("no list but junk", _R.LIST_REFUSED, _having(_junk)),
        ("an expired list", _R.LIST_EXPIRED, _having(_issued(days=-1))),
        ("a list without end", _R.LIST_STALE, _having(_for_years)),
        ("a list of tomorrow", _R.LIST_FROM_THE_FUTURE, _having(_issued(days=1))),
        ("a list taken tomorrow", _R.LIST_FROM_THE_FUTURE, _having(_taken_later)),
    )
)

KNOWN: Final[Policy] = replace(
    RETAIL, name="known issuers", revocation=RevocationRule.REQUIRED
)


def known(made: Draft) -> None:
    """Judge under a policy that wants to know, with CRLs by both CAs at hand."""
    _ask_again(made, KNOWN)
    made.evidence = EvidenceAtHand(crls=_of_scene(made))


def _ask_again(made: Draft, policy: Policy) -> None:
    verifier = made.scene.new_verifier(policy=policy)
    query = made.request.query
    made.request = verifier.request(query, purpose="a test", at=made.scene.at)


def _of_scene(made: Draft, **changes: object) -> tuple[CrlAtHand, ...]:
    given = {"at": made.scene.at, **changes}
    return crls(made.scene.issuer_identity, **given)  # type: ignore[arg-type]  # any


def _with_crls(choose: Callable[[Draft], tuple[CrlAtHand, ...]]) -> Forger:
    def forge(made: Draft) -> None:
        made.evidence = EvidenceAtHand(crls=choose(made))

    return forge


def _revoking(number: int, reason: ReasonFlags | None = None) -> Forger:
    return _with_crls(lambda made: _of_scene(made, revoked={number: reason}))


def _stranger_crls(made: Draft) -> tuple[CrlAtHand, ...]:
    """Take CRLs that another key signed under the same names."""
    stranger = type(made.scene.pki)(at=made.scene.at).issuer()
    real = _of_scene(made)
    forged = crls(stranger, at=made.scene.at)
    return tuple(
        CrlAtHand(der=theirs.der, origin=ours.origin)
        for ours, theirs in zip(real, forged, strict=True)
    )


REVOCATION_FORGERIES: Final = tuple(
    Forgery(f"issuer: {name}", _ISSUER, reason, forge, prepare=known)
    for name, reason, forge in (
        ("certificate revoked", _R.REVOKED, _revoking(0)),
        ("CA revoked", _R.REVOKED, _revoking(1, ReasonFlags.ca_compromise)),
        ("on hold", _R.ON_HOLD, _revoking(0, ReasonFlags.certificate_hold)),
        ("no CRL at hand", _R.UNKNOWN, _with_crls(lambda _: ())),
        (
            "no CRL about the CA",
            _R.UNKNOWN,
            _with_crls(lambda made: _of_scene(made)[:1]),
        ),
        ("CRLs by another key", _R.UNKNOWN, _with_crls(_stranger_crls)),
        (
            "old CRLs",
            _R.STALE,
            _with_crls(lambda made: _of_scene(made, at=made.scene.at - 2 * _DAY)),
        ),
        (
            "CRLs older than any may be",
            _R.STALE,
            _with_crls(
                lambda made: _of_scene(
                    made, at=made.scene.at - 8 * _DAY, life=365 * _DAY
                )
            ),
        ),
        (
            "CRLs of tomorrow",
            _R.CLOCK_BEFORE_EVIDENCE,
            _with_crls(lambda made: _of_scene(made, at=made.scene.at + _DAY)),
        ),
    )
)


def _status_wanted(made: Draft) -> None:
    """Judge under a policy that wants a status."""
    listed(made)
    policy = replace(RETAIL, name="listed", status=StatusRule.REQUIRED)
    _ask_again(made, policy)


def _no_status(made: Draft) -> None:
    made.payload = {**made.payload, "status": ABSENT}


def _stranger(made: Draft) -> None:
    made.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)


_OTHERS: Final = (
    Forgery(
        "status: none where one is wanted",
        _STATUS,
        _R.NO_STATUS,
        _no_status,
        prepare=_status_wanted,
    ),
    Forgery(
        "a stranger names a list that is at hand",
        CheckId.ISSUER_SIGNATURE,
        _R.INVALID,
        _stranger,
        prepare=listed,
    ),
)


def _anchors_of(made: Draft, after: timedelta) -> None:
    made.evidence = EvidenceAtHand(anchors=taken_at(made.scene.at + after))


_ANCHORS_OF_TOMORROW: Final = Forgery(
    "anchors of tomorrow",
    CheckId.ISSUER_TRUST,
    _R.ANCHORS_FROM_THE_FUTURE,
    lambda made: _anchors_of(made, _DAY),
    prepare=lambda made: _anchors_of(made, timedelta()),
)

TAKEN_BACK_FORGERIES: Final = (
    *STATUS_FORGERIES,
    *REVOCATION_FORGERIES,
    *_OTHERS,
    _ANCHORS_OF_TOMORROW,
)
