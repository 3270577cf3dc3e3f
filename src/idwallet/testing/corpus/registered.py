"""Readers whose certificate was taken back, or who show what they may not.

Each twin shows a registration, or has evidence at hand, that is in order.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from cryptography.x509 import ReasonFlags

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.envelope.jws import x5c_parameter
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.requests import Change, RequestForgery, asks
from idwallet.testing.draft import ABSENT, loose_json, loose_jws, overlaid
from idwallet.testing.evidence import crls, status_list, taken_at
from idwallet.testing.pki import Fault, TestIdentity
from idwallet.testing.registrations.draft import registration_claims
from idwallet.testing.registrations.scene import (
    BROKER,
    REVOKED,
    STATUS,
    access_plan,
    lister_plan,
    registrar_plan,
)
from idwallet.testing.request_draft import RequestDraft
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, StatusListAtHand
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy, RegistrationRule, RevocationRule
from idwallet.trust.relying_party.envelopes import TYP_JWT

_C, _R = CheckId, Reason
_DAY: Final = timedelta(days=1)
_HOST: Final = "shop.example"

REGISTERED: Final[Policy] = replace(
    WALLET, name="registered readers", registration=RegistrationRule.REQUIRED
)
KNOWN_READERS: Final[Policy] = replace(
    WALLET, name="known readers", revocation=RevocationRule.REQUIRED
)

Bend = Callable[[JsonObject], JsonObject]


# --- what they are registered for -----------------------------------------------------


def registration(
    made: RequestDraft, claims: JsonObject, *, by: TestIdentity | None = None
) -> str:
    """Return a registration certificate of the shop, with these claims on top."""
    registrar = by or made.scene.pki.issuer(
        "https://registrar.example", change=registrar_plan
    )
    header: JsonObject = {
        "alg": registrar.signer.algorithm.jose,
        "typ": TYP_JWT,
        "x5c": x5c_parameter(registrar.chain),
    }
    said = overlaid(registration_claims(made.scene.at), claims)
    return loose_jws(header, loose_json(said), signer=registrar.signer)


def show(made: RequestDraft, *tokens: JsonValue, **members: JsonValue) -> None:
    """Let the request show these registration certificates."""
    entries: list[JsonValue] = [
        overlaid({"format": "registration_cert", "data": token}, members)
        for token in tokens
    ]
    made.claims = {**made.claims, "verifier_info": entries}


def registered(made: RequestDraft) -> None:
    """Let the shop ask by its access certificate, and show its registration.

    The status list of the registrar is at hand, and revokes one of its entries.
    """
    shop = made.scene.pki.reader(_HOST, change=access_plan)
    made.signer, made.chain = shop.signer, shop.chain
    made.policy = REGISTERED
    lister = made.scene.pki.issuer("https://status.example", change=lister_plan)
    at_hand = status_list(lister, entries=[(REVOKED, 1)], uri=STATUS, at=made.scene.at)
    made.trust = made.scene.trust.with_evidence(_lists(at_hand))
    show(made, registration(made, {}))


def _lists(at_hand: StatusListAtHand) -> EvidenceAtHand:
    return EvidenceAtHand(status_lists=[at_hand])


def _showing(**claims: JsonValue) -> Change:
    return lambda made: show(made, registration(made, claims))


def _expired(made: RequestDraft) -> None:
    ended = made.scene.at - _DAY / 2
    show(made, registration(made, {"exp": int(ended.timestamp())}))


def _by_a_stranger(made: RequestDraft) -> None:
    pki = made.scene.pki
    fault = Fault.STRANGER_ROOT
    other = pki.issuer("https://registrar.example", fault=fault, change=registrar_plan)
    show(made, registration(made, {}, by=other))


def _of_a_shop(made: RequestDraft) -> None:
    """Ask by a certificate that is trusted, and is no access certificate."""
    shop = made.scene.pki.reader(_HOST)
    made.signer, made.chain = shop.signer, shop.chain


def _twice(made: RequestDraft) -> None:
    token = registration(made, {})
    show(made, token, token)


def _of_others_beside(made: RequestDraft) -> None:
    show(made, registration(made, {}), registration(made, {"sub": BROKER}))


def _bent(made: RequestDraft) -> None:
    token = registration(made, {})
    show(made, f"{token[:-2]}{'AA' if token[-2:] != 'AA' else 'BB'}")


_STATUS_OF_REVOKED: Final[JsonObject] = {"status_list": {"idx": REVOKED, "uri": STATUS}}

REGISTRATIONS: Final = tuple(
    RequestForgery(f"registration: {name}", check, reason, forge, registered)
    for name, check, reason, forge in (
        ("none", _C.READER_REGISTERED, _R.ABSENT, asks(verifier_info=ABSENT)),
        ("the same twice", _C.READER_REGISTERED, _R.REGISTRATION_REPEATED, _twice),
        (
            "that of another beside",
            _C.READER_REGISTERED,
            _R.REGISTRATION_REPEATED,
            _of_others_beside,
        ),
        (
            "beside no access certificate",
            _C.READER_REGISTERED,
            _R.CERTIFICATE_PROFILE,
            _of_a_shop,
        ),
        (
            "of another party",
            _C.REGISTRATION_SUBJECT,
            _R.MISMATCH,
            _showing(sub=BROKER),
        ),
        ("expired", _C.REGISTRATION_VALIDITY, _R.EXPIRED, _expired),
        (
            "revoked",
            _C.REGISTRATION_STATUS,
            _R.REVOKED,
            _showing(status=_STATUS_OF_REVOKED),
        ),
        (
            "by a stranger",
            _C.REGISTRATION_TRUST,
            _R.NO_TRUSTED_PATH,
            _by_a_stranger,
        ),
        ("signed by another", _C.REGISTRATION_SIGNATURE, _R.INVALID, _bent),
        (
            "for no entitlement",
            _C.REGISTRATION_FORMAT,
            _R.MALFORMED,
            _showing(entitlements=[]),
        ),
    )
)


# --- whether they still may -----------------------------------------------------------


def known(made: RequestDraft) -> None:
    """Judge under a policy that wants to know, with CRLs by both CAs at hand."""
    made.policy = KNOWN_READERS
    made.trust = made.scene.trust.with_evidence(EvidenceAtHand(crls=_of_reader(made)))


def _of_reader(made: RequestDraft, **changes: object) -> tuple[CrlAtHand, ...]:
    given = {"at": made.scene.at, **changes}
    return crls(made.scene.reader_identity, **given)  # type: ignore[arg-type]  # any


def _with_crls(choose: Callable[[RequestDraft], tuple[CrlAtHand, ...]]) -> Change:
    def forge(made: RequestDraft) -> None:
        evidence = EvidenceAtHand(crls=choose(made), anchors=taken_at(made.scene.at))
        made.trust = made.scene.trust.with_evidence(evidence)

    return forge


def _revoking(number: int, reason: ReasonFlags | None = None) -> Change:
    return _with_crls(lambda made: _of_reader(made, revoked={number: reason}))


READER_REVOCATIONS: Final = tuple(
    RequestForgery(f"reader: {name}", _C.READER_REVOCATION, reason, forge, known)
    for name, reason, forge in (
        ("certificate revoked", _R.REVOKED, _revoking(0)),
        ("CA revoked", _R.REVOKED, _revoking(1, ReasonFlags.ca_compromise)),
        ("on hold", _R.ON_HOLD, _revoking(0, ReasonFlags.certificate_hold)),
        ("no CRL at hand", _R.UNKNOWN, _with_crls(lambda _: ())),
        (
            "old CRLs",
            _R.STALE,
            _with_crls(lambda made: _of_reader(made, at=made.scene.at - 2 * _DAY)),
        ),
        (
            "CRLs of tomorrow",
            _R.CLOCK_BEFORE_EVIDENCE,
            _with_crls(lambda made: _of_reader(made, at=made.scene.at + _DAY)),
        ),
    )
)

ASKER_FORGERIES: Final = (*REGISTRATIONS, *READER_REVOCATIONS)
