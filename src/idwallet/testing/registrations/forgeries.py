"""Forged registrations, each with its valid twin."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import BundleNeeded, CheckId, Origin, Reason
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.draft import ABSENT
from idwallet.testing.pki import Fault
from idwallet.testing.registrations.draft import RegistrationDraft, registration_draft
from idwallet.testing.registrations.scene import (
    BROKER,
    REVOKED,
    SHOP,
    SIZE,
    STATUS,
    SUSPENDED,
    RegistrationScene,
)
from idwallet.trust.evidence import EvidenceAtHand, Renewal
from idwallet.trust.relying_party.envelopes import TYP_JWT

Forger = Callable[[RegistrationDraft], None]


@dataclass(frozen=True, slots=True)
class RegistrationForgery(Forged[RegistrationDraft]):
    """One thing wrong with a registration; see `Forged`."""

    def twins(
        self, scene: RegistrationScene
    ) -> tuple[RegistrationDraft, RegistrationDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: registration_draft(scene))


def _claim(name: str, value: JsonValue) -> Forger:
    def forge(made: RegistrationDraft) -> None:
        made.claims = {**made.claims, name: value}

    return forge


def _header(changes: JsonObject) -> Forger:
    def forge(made: RegistrationDraft) -> None:
        made.header = changes

    return forge


def _at(name: str, **after: int) -> Forger:
    def forge(made: RegistrationDraft) -> None:
        moment = made.scene.at + timedelta(**after)
        made.claims = {**made.claims, name: int(moment.timestamp())}

    return forge


def _status(index: JsonValue, uri: str = STATUS) -> Forger:
    return _claim("status", {"status_list": {"idx": index, "uri": uri}})


def _certified(fault: Fault) -> Forger:
    def forge(made: RegistrationDraft) -> None:
        who = made.scene.registrar_with(fault)
        made.signer, made.chain = who.signer, who.chain

    return forge


def _another_key(made: RegistrationDraft) -> None:
    made.signer = SoftwareSigner.generate(Algorithm.ES256)


def _by_the_shop(made: RegistrationDraft) -> None:
    made.signer, made.chain = made.scene.shop.signer, made.scene.shop.chain


def _big_certificate(made: RegistrationDraft) -> None:
    made.chain = (bytes(limits.CERTIFICATE_BYTES + 1), *made.chain)


def _by_intermediary(made: RegistrationDraft) -> None:
    made.claims = {"sub": BROKER, "intermediary": {"sub": SHOP, "sname": "TEST"}}


def _cwt(made: RegistrationDraft) -> None:
    made.is_cwt = True


def _later(made: RegistrationDraft) -> None:
    made.rules = replace(made.rules, at=made.scene.at + timedelta(hours=13))


def _undated(made: RegistrationDraft) -> None:
    made.claims = {**made.claims, "exp": ABSENT}


def _entry(**members: JsonValue) -> Forger:
    usual: JsonObject = {"format": "dc+sd-jwt", "meta": {}}
    return _claim("credentials", [{**usual, **members}])


def _replaced(old: str, new: str) -> Forger:
    def forge(made: RegistrationDraft) -> None:
        made.bend = lambda token: token.replace(old, new, 1)

    return forge


_R = Reason


def _anchors(
    taken: timedelta, *, due: timedelta | None = None
) -> Callable[[RegistrationDraft], None]:
    """Have the anchors out of a bundle of another moment, due so long after it."""

    def change(made: RegistrationDraft) -> None:
        moment = made.scene.at + taken
        need = BundleNeeded("idwallet TEST registrars", 1)
        origin = Origin(taken=moment, source="bundle", digest="00" * 32, sequence=1)
        evidence = EvidenceAtHand(
            status_lists=made.rules.trust.evidence.status_lists,
            anchors=origin,
            renewal=None if due is None else Renewal(moment + due, need),
        )
        trust = made.rules.trust.with_evidence(evidence)
        made.rules = replace(made.rules, trust=trust)

    return change


_FORMAT, _TRUST = CheckId.REGISTRATION_FORMAT, CheckId.REGISTRATION_TRUST
_SIGNATURE, _VALIDITY = CheckId.REGISTRATION_SIGNATURE, CheckId.REGISTRATION_VALIDITY
_SUBJECT, _STATUS = CheckId.REGISTRATION_SUBJECT, CheckId.REGISTRATION_STATUS
_Case = RegistrationForgery

REGISTRATION_FORGERIES: Final = (
    _Case(
        "anchors of tomorrow",
        _TRUST,
        _R.ANCHORS_FROM_THE_FUTURE,
        _anchors(timedelta(days=1)),
    ),
    _Case(
        "anchors that were to be renewed",
        _TRUST,
        _R.ANCHORS_STALE,
        _anchors(timedelta(days=-30), due=timedelta(days=1)),
        _anchors(timedelta(days=-30), due=timedelta(days=30)),
    ),
    _Case("no token", _FORMAT, _R.MALFORMED, _replaced(".", "")),
    _Case("no subject", _FORMAT, _R.MALFORMED, _claim("sub", ABSENT)),
    _Case("a subject that is an object", _FORMAT, _R.MALFORMED, _claim("sub", {})),
    _Case("no name", _FORMAT, _R.MALFORMED, _claim("name", " ")),
    _Case("no issue date", _FORMAT, _R.MALFORMED, _claim("iat", ABSENT)),
    _Case("an expiry in a text", _FORMAT, _R.MALFORMED, _claim("exp", "never")),
    _Case("valid for two years", _FORMAT, _R.MALFORMED, _at("exp", days=730)),
    _Case("no entitlements", _FORMAT, _R.MALFORMED, _claim("entitlements", [])),
    _Case(
        "an entitlement of its own",
        _FORMAT,
        _R.MALFORMED,
        _claim("entitlements", ["https://shop.example/Entitlement/All"]),
    ),
    _Case("an index in a text", _FORMAT, _R.MALFORMED, _status("4")),
    _Case("an index that is true", _FORMAT, _R.MALFORMED, _status(index=True)),
    _Case("an empty claims path", _FORMAT, _R.MALFORMED, _entry(claim=[{"path": []}])),
    _Case(
        "a negative step", _FORMAT, _R.MALFORMED, _entry(claim=[{"path": ["a", -1]}])
    ),
    _Case("meta in a text", _FORMAT, _R.MALFORMED, _entry(meta="all")),
    _Case(
        "claims by both names",
        _FORMAT,
        _R.MALFORMED,
        _entry(claim=[{"path": ["a"]}], claims=[{"path": ["b"]}]),
        _entry(claim=[{"path": ["a"]}]),
    ),
    _Case(
        "claims without number",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        _entry(claim=[{"path": ["a"]}] * (limits.REGISTERED_CLAIMS + 1)),
    ),
    _Case(
        "a text without end",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        _claim("name", "a" * (limits.URI_CHARACTERS + 1)),
    ),
    _Case(
        "an extension nobody knows",
        _FORMAT,
        _R.UNSUPPORTED,
        _header({"crit": ["sigX"], "sigX": 1}),
        _header({"crit": ["sigT"], "sigT": "2026-11-24T12:00:00Z"}),
    ),
    _Case("typ JWT", _FORMAT, _R.TYP_MISMATCH, _header({"typ": "JWT"})),
    _Case(
        "typ of another scheme", _FORMAT, _R.TYP_MISMATCH, _header({"typ": "rc-rp+jwt"})
    ),
    _Case(
        "typ of a JWT in a CWT",
        _FORMAT,
        _R.TYP_MISMATCH,
        _header({"typ": TYP_JWT}),
        _cwt,
    ),
    _Case("signed by the shop itself", _TRUST, _R.NO_TRUSTED_PATH, _by_the_shop),
    _Case("no certificate", _TRUST, _R.NO_KEY_MATERIAL, _header({"x5c": ABSENT})),
    _Case(
        "an expired registrar",
        _TRUST,
        _R.CERTIFICATE_EXPIRED,
        _certified(Fault.LEAF_EXPIRED),
    ),
    _Case(
        "a registrar of tomorrow",
        _TRUST,
        _R.CERTIFICATE_NOT_YET_VALID,
        _certified(Fault.LEAF_NOT_YET_VALID),
    ),
    _Case(
        "a signer of code",
        _TRUST,
        _R.CERTIFICATE_PROFILE,
        _certified(Fault.LEAF_FOR_CODE),
    ),
    _Case(
        "a registrar under another root",
        _TRUST,
        _R.NO_TRUSTED_PATH,
        _certified(Fault.STRANGER_ROOT),
    ),
    _Case("a certificate too long", _TRUST, _R.BUDGET_EXCEEDED, _big_certificate, _cwt),
    _Case(
        "a registrar that is a CA",
        _TRUST,
        _R.CERTIFICATE_PROFILE,
        _certified(Fault.LEAF_IS_CA),
    ),
    _Case("signed with another key", _SIGNATURE, _R.INVALID, _another_key),
    _Case("a CWT signed with another key", _SIGNATURE, _R.INVALID, _another_key, _cwt),
    _Case(
        "HMAC named", _SIGNATURE, _R.ALGORITHM_NOT_ALLOWED, _header({"alg": "HS256"})
    ),
    _Case(
        "another curve named", _SIGNATURE, _R.KEY_UNUSABLE, _header({"alg": "ES384"})
    ),
    _Case(
        "another certificate named",
        _SIGNATURE,
        _R.MISMATCH,
        _header({"x5t#S256": "A" * 43}),
    ),
    _Case("expired", _VALIDITY, _R.EXPIRED, _at("exp", hours=-1)),
    _Case("issued tomorrow", _VALIDITY, _R.FROM_THE_FUTURE, _at("iat", days=1)),
    _Case("two years old", _VALIDITY, _R.TOO_OLD, _at("iat", days=-700), _undated),
    _Case("of another party", _SUBJECT, _R.MISMATCH, _claim("sub", BROKER)),
    _Case(
        "of a party in small letters",
        _SUBJECT,
        _R.MISMATCH,
        _claim("sub", SHOP.lower()),
    ),
    _Case(
        "by another intermediary",
        _SUBJECT,
        _R.MISMATCH,
        _claim("intermediary", {"sub": "VATXX-1", "sname": "TEST"}),
        _by_intermediary,
    ),
    _Case("revoked", _STATUS, _R.REVOKED, _status(REVOKED)),
    _Case("suspended", _STATUS, _R.SUSPENDED, _status(SUSPENDED)),
    _Case("past the end of the list", _STATUS, _R.INDEX_OUT_OF_BOUNDS, _status(SIZE)),
    _Case("without a status", _STATUS, _R.NO_STATUS, _claim("status", ABSENT)),
    _Case(
        "on a list that is not at hand",
        _STATUS,
        _R.STATUS_LIST_NEEDED,
        _status(4, STATUS + "0"),
    ),
    _Case("on a list that expired", _STATUS, _R.LIST_REFUSED, _later),
)
"""Every forged registration."""
