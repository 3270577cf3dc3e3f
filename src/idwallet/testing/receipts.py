"""Receipts as a verifier signs them, or with any one thing wrong.

draft = receipt_draft(ReceiptScene())
draft.report()                           # passes
draft.claims["purpose"] = "something else"
draft.report()                           # receipt.purpose failed
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.consent.occasion import (
    AuthenticatedBy,
    ClaimsShown,
    Occasion,
    Party,
)
from idwallet.consent.receipt import (
    Promise,
    Receipt,
    ReceiptOutcome,
    evaluate_receipt,
)
from idwallet.consent.receipt.structures import IDENTITY_BYTES, TYP
from idwallet.crypto.signer import Signer
from idwallet.envelope.jws import x5c_parameter
from idwallet.report import CheckId, Reason, Report
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.draft import Bend, loose_json, loose_jws, overlaid, unchanged
from idwallet.testing.pki import Fault, TestIdentity, TestPki
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import WALLET

SHOP: Final = "x509_hash:idwallet-TEST-shop"
KIOSK: Final = "https://kiosk.example"
PURPOSE: Final = "age-restricted sale"
REQUEST: Final = hashlib.sha256(b"a test request").digest()
_HOUR: Final = timedelta(hours=1)


class ReceiptScene:
    """A shop that asked, a wallet that answered, and a root that certifies both."""

    def __init__(self, *, seed: bytes | None = None) -> None:
        """Certify the shop and its neighbour."""
        self.pki = TestPki(seed=seed)
        self.at = self.pki.at
        self.shop = self.pki.reader("shop.example")
        self.neighbour = self.pki.reader("neighbour.example")
        self.trust = self.pki.store()

    def occasion(self) -> Occasion:
        """Return what the wallet wrote down when it answered."""
        party = Party(
            "Test Shop",
            SHOP,
            AuthenticatedBy.CERTIFICATE,
            "idwallet TEST root",
            self.shop.certificate.sha256.hex(),
        )
        shown = ClaimsShown(
            "age",
            "dc+sd-jwt",
            "urn:eudi:pid:1",
            (("age_equal_or_over", "18"), ("nationalities", 0)),
        )
        return Occasion(party, REQUEST, self.at, PURPOSE, (shown,))

    def receipt(self) -> Receipt:
        """Return the shop's true word about that."""
        return Receipt(
            issuer=SHOP,
            issued=self.at,
            identity=bytes(IDENTITY_BYTES),
            request=REQUEST,
            outcome=ReceiptOutcome.ACCEPTED,
            retention=Promise(kept=True, until=self.at + _HOUR, basis="a test law"),
            disclosed=self.occasion().shown,
            purpose=PURPOSE,
        )


@dataclass
class ReceiptDraft:
    """One receipt in the making, valid until something is changed.

    `claims` and `header` overlay what is built, and a value of `draft.ABSENT` takes a
    member out. `about` is what the wallet's ledger says.
    """

    scene: ReceiptScene
    signer: Signer
    chain: tuple[bytes, ...]
    about: Occasion
    trust: TrustStore
    at: datetime
    receipt: Receipt
    claims: JsonObject = field(default_factory=dict)
    header: JsonObject = field(default_factory=dict)
    bend: Bend = unchanged

    def token(self) -> str:
        """Sign, and return the receipt."""
        header: JsonObject = {"alg": self.signer.algorithm.jose, "typ": TYP}
        if self.chain:
            header["x5c"] = x5c_parameter(list(self.chain))
        body = overlaid(self.receipt.to_claims(), self.claims)
        return self.bend(
            loose_jws(
                overlaid(header, self.header), loose_json(body), signer=self.signer
            )
        )

    def report(self) -> Report:
        """Judge it as the wallet would."""
        return evaluate_receipt(
            self.token(), about=self.about, trust=self.trust, policy=WALLET, at=self.at
        ).report

    def sign_as(self, who: TestIdentity) -> None:
        """Have somebody else sign it."""
        self.signer, self.chain = who.signer, who.chain


def receipt_draft(scene: ReceiptScene) -> ReceiptDraft:
    """Return a receipt that holds."""
    return ReceiptDraft(
        scene,
        scene.shop.signer,
        scene.shop.chain,
        scene.occasion(),
        scene.trust,
        scene.at,
        scene.receipt(),
    )


Forger = Callable[[ReceiptDraft], None]


def _claim(name: str, value: JsonValue) -> Forger:
    def forge(made: ReceiptDraft) -> None:
        made.claims[name] = value

    return forge


def _header(name: str, value: JsonValue) -> Forger:
    def forge(made: ReceiptDraft) -> None:
        made.header[name] = value

    return forge


def _bend(bend: Bend) -> Forger:
    def forge(made: ReceiptDraft) -> None:
        made.bend = bend

    return forge


def _flipped(token: str) -> str:
    head, _, signature = token.rpartition(".")
    other = "B" if signature[0] == "A" else "A"
    return f"{head}.{other}{signature[1:]}"


def _other_body(made: ReceiptDraft) -> None:
    """Put the claims of a better promise under the signature of this one."""

    def bend(token: str) -> str:
        head, _, signature = token.split(".")
        better = replace(made.receipt, issued=made.receipt.issued + _HOUR / 120)
        return f"{head}.{b64.encode(loose_json(better.to_claims()))}.{signature}"

    made.bend = bend


def _neighbour(made: ReceiptDraft) -> None:
    made.sign_as(made.scene.neighbour)


def _foreign_name(made: ReceiptDraft) -> None:
    made.receipt = replace(made.receipt, issuer="x509_hash:somebody-else")


def _renewed(made: ReceiptDraft) -> None:
    """Sign with another certificate of the same name."""
    made.sign_as(made.scene.pki.reader("shop.example"))


def _faulty(fault: Fault) -> Forger:
    def forge(made: ReceiptDraft) -> None:
        who = made.scene.pki.reader("shop.example", fault=fault)
        made.sign_as(who)
        party = replace(made.about.party, certificate=who.certificate.sha256.hex())
        made.about = replace(made.about, party=party)

    return forge


def _key_alone(made: ReceiptDraft) -> None:
    made.chain = ()


def _pinned(made: ReceiptDraft) -> None:
    """Have the wallet know the shop by a pinned key."""
    key = PinnedKey("1", made.signer.public_key)
    anchor = TrustAnchor(
        name="a test kiosk",
        purposes=frozenset({Purpose.READ_CREDENTIALS}),
        issuer_names=frozenset({KIOSK}),
        keys=(key,),
    )
    made.trust, made.chain = TrustStore([anchor]), ()
    made.header["kid"] = "1"
    made.receipt = replace(made.receipt, issuer=KIOSK)
    party = Party("a test kiosk", KIOSK, AuthenticatedBy.PINNED_KEY)
    made.about = replace(made.about, party=party)


def _paths(*paths: tuple[str | int, ...]) -> Forger:
    def forge(made: ReceiptDraft) -> None:
        (shown,) = made.about.shown
        said = (replace(shown, paths=paths),)
        made.receipt = replace(made.receipt, disclosed=said)

    return forge


def _another_type(made: ReceiptDraft) -> None:
    (shown,) = made.about.shown
    said = (replace(shown, credential_type="urn:eudi:mdl:1"),)
    made.receipt = replace(made.receipt, disclosed=said)


def _one_credential_more(made: ReceiptDraft) -> None:
    (shown,) = made.about.shown
    said = (shown, replace(shown, query="more", paths=()))
    made.receipt = replace(made.receipt, disclosed=said)


def _said_declined(made: ReceiptDraft) -> None:
    made.receipt = replace(
        made.receipt,
        outcome=ReceiptOutcome.DECLINED,
        disclosed=None,
        retention=Promise(kept=False),
    )


def _issued(moved: timedelta) -> Forger:
    def forge(made: ReceiptDraft) -> None:
        made.receipt = replace(made.receipt, issued=made.receipt.issued + moved)

    return forge


_AGE: Final = ("age_equal_or_over", "18")
_FIRST: Final = ("nationalities", 0)
_C, _R = CheckId, Reason


def _all_of(
    check_id: CheckId, reason: Reason, *named: tuple[str, Forger]
) -> tuple[Forged[ReceiptDraft], ...]:
    return tuple(
        Forged(f"receipt: {name}", check_id, reason, forge) for name, forge in named
    )


RECEIPT_FORGERIES: Final = (
    *_all_of(
        _C.RECEIPT_FORMAT,
        _R.MALFORMED,
        ("no token at all", _bend(lambda _: "receipt")),
        ("a claim more", _claim("also", 1)),
        ("an outcome that is none", _claim("outcome", "perhaps")),
        ("a short digest", _claim("request", "AAAA")),
        ("kept without a word of what", _claim("retention", {})),
        ("a path that is none", _claim("disclosed", [{"query": "age"}])),
    ),
    *_all_of(
        _C.RECEIPT_FORMAT,
        _R.LIMIT_EXCEEDED,
        ("huge", _bend(lambda token: token + "A" * 300_000)),
        ("a purpose without end", _claim("purpose", "x" * 5_000)),
    ),
    *_all_of(
        _C.RECEIPT_FORMAT,
        _R.UNSUPPORTED,
        (
            "a critical extension",
            lambda made: made.header.update(crit=["b64"], b64=True),
        ),
    ),
    *_all_of(
        _C.RECEIPT_FORMAT,
        _R.TYP_MISMATCH,
        ("a token of another type", _header("typ", "oauth-authz-req+jwt")),
    ),
    *_all_of(
        _C.RECEIPT_SIGNER,
        _R.MISMATCH,
        ("signed by a neighbour", _neighbour),
        ("in another's name", _foreign_name),
        ("signed by a later certificate", _renewed),
    ),
    *_all_of(
        _C.RECEIPT_SIGNER,
        _R.NO_TRUSTED_PATH,
        ("signed by a stranger", _faulty(Fault.STRANGER_ROOT)),
        ("signed by a certificate for something else", _faulty(Fault.LEAF_FOR_CODE)),
    ),
    *_all_of(
        _C.RECEIPT_SIGNER,
        _R.CERTIFICATE_EXPIRED,
        ("signed by an expired certificate", _faulty(Fault.LEAF_EXPIRED)),
    ),
    *_all_of(
        _C.RECEIPT_SIGNER,
        _R.KEY_NOT_PINNED,
        ("by a key that nobody knows", _key_alone),
    ),
    Forged(
        "receipt: by a kid that nobody pinned",
        _C.RECEIPT_SIGNER,
        _R.KEY_NOT_PINNED,
        _header("kid", "2"),
        _pinned,
    ),
    *_all_of(
        _C.RECEIPT_SIGNATURE,
        _R.INVALID,
        ("another signature", _bend(_flipped)),
        ("another promise under the signature", _other_body),
    ),
    *_all_of(
        _C.RECEIPT_SIGNATURE,
        _R.ALGORITHM_NOT_ALLOWED,
        ("signed by none", _header("alg", "none")),
        ("signed by a shared secret", _header("alg", "HS256")),
    ),
    *_all_of(
        _C.RECEIPT_SIGNATURE,
        _R.KEY_UNUSABLE,
        ("an algorithm of another key", _header("alg", "ES384")),
    ),
    *_all_of(
        _C.RECEIPT_REQUEST,
        _R.MISMATCH,
        ("about another request", _claim("request", b64.encode(bytes(32)))),
    ),
    *_all_of(
        _C.RECEIPT_DISCLOSURE,
        _R.MORE_THAN_SHOWN,
        ("a claim that was not shown", _paths(_AGE, _FIRST, ("family_name",))),
        ("one element more", _paths(_AGE, _FIRST, ("nationalities", 1))),
        ("the whole of what was shown in part", _paths(_AGE, _FIRST, ("address",))),
        ("a document of another type", _another_type),
        ("one document more", _one_credential_more),
    ),
    *_all_of(
        _C.RECEIPT_DISCLOSURE,
        _R.LESS_THAN_SHOWN,
        ("a claim is kept quiet", _paths(_AGE)),
        ("said to have been declined", _said_declined),
    ),
    *_all_of(
        _C.RECEIPT_PURPOSE,
        _R.MISMATCH,
        ("another purpose", _claim("purpose", "advertising")),
        ("a purpose in other letters", _claim("purpose", PURPOSE.upper())),
    ),
    *_all_of(
        _C.RECEIPT_FRESHNESS,
        _R.FROM_THE_FUTURE,
        ("of tomorrow", _issued(24 * _HOUR)),
    ),
    *_all_of(
        _C.RECEIPT_FRESHNESS,
        _R.OUT_OF_ORDER,
        ("signed before anything was shown", _issued(-_HOUR)),
    ),
)
"""Every forged receipt there is here; each one's twin is `receipt_draft`, prepared."""
