"""A compact credential as it is issued and shown, every step of it open to change."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from idwallet.codec.cbor import CborValue, read_cbor, write_cbor
from idwallet.credentials.compact import tree
from idwallet.credentials.compact.bound_to import hint_of, holder_aad
from idwallet.credentials.compact.evaluate import evaluate, unreadable
from idwallet.credentials.compact.holder import Bound
from idwallet.credentials.compact.issue import (
    Compact,
    CompactLife,
    CompactShape,
    compact_signer,
    item_of,
    payload_of,
)
from idwallet.credentials.compact.person import parts_of
from idwallet.credentials.compact.present import Addressed
from idwallet.credentials.compact.structures import (
    ISSUER_AAD,
    read_proof,
)
from idwallet.credentials.mdoc.members import a_list
from idwallet.credentials.presence import PersonVerified
from idwallet.credentials.required import (
    SHOWN_COMPACT,
    SHOWN_ONE_WAY,
    Context,
    required_of,
)
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import CoseForm, Sign1Signer, TagForm
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Check, CheckId, Report
from idwallet.testing.pki import MOMENT, TestPki
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import OneWayRule, Policy

SUBJECT: Final = "card"
KID: Final = "test-7"
TILL: Final = "x509_san_dns:shop.example#till-3"
OTHER_TILL: Final = "x509_san_dns:shop.example#till-4"
WINDOW: Final = timedelta(seconds=30)
_FORM: Final = CoseForm(TagForm.UNTAGGED)
Parts = list[CborValue]


def stays(_: object) -> None:
    """Change nothing."""


def twelve_claims() -> dict[str, str | bool | int]:
    """Return twelve claims of an invented person, what is asked most coming first."""
    return {
        "age_over_18": True,
        "family_name": "Образцова",
        "given_name": "Анна",
        "birth_date": "1990-05-17",
        "sex": 2,
        "nationality": "XX",
        "document_number": "X0000017",
        "issuing_country": "XX",
        "issuing_authority": "TEST",
        "age_over_21": True,
        "age_over_65": False,
        "resident_city": "Примерск",
    }


class CompactScene:
    """An issuer whose key is pinned, another one, and somebody's phone; for tests."""

    def __init__(self, *, at: datetime = MOMENT, seed: bytes | None = None) -> None:
        """Make their keys."""
        self.at = at
        self.pki = TestPki(at=at, seed=seed)
        self.issuer = SoftwareSigner.generate(Algorithm.ES256)
        self.holder = SoftwareSigner.generate(Algorithm.ES256)
        self.stranger = SoftwareSigner.generate(Algorithm.ES256)
        self.policy: Policy = RETAIL

    def anchor(self, signer: Signer | None = None, *, kid: str = KID) -> TrustAnchor:
        """Return an anchor that pins the issuer's key, or another one."""
        key = (signer or self.issuer).public_key
        return TrustAnchor(
            name="idwallet TEST issuer",
            purposes=frozenset({Purpose.ISSUE_CREDENTIALS}),
            issuer_names=frozenset({"https://issuer.example"}),
            keys=(PinnedKey(kid, key),),
        )

    def store(self) -> TrustStore:
        """Return a store that believes the issuer's pinned key, and the test root."""
        return TrustStore([self.anchor(), self.pki.anchor()])


@dataclass(slots=True)
class CompactDraft:
    """Everything about one showing; change any of it before `proof`.

    `on_payload`, `on_credential`, `on_shown`, `on_proof` and `on_envelope` change the
    CBOR at each step: before the issuer signs, after it signed, what is shown, before
    the holder signs, after it signed; `on_octets` the whole.
    """

    scene: CompactScene
    content: Compact
    life: CompactLife
    shown: tuple[str, ...]
    to: Addressed
    moment: datetime
    bound: Bound
    trust: TrustStore
    policy: Policy
    at: datetime
    issuer: Signer
    key: Signer
    signed_by: Signer
    kid: bytes = KID.encode()
    chain: tuple[bytes, ...] = ()
    aad: bytes = ISSUER_AAD
    hints: tuple[CborValue, CborValue] | None = None
    person: PersonVerified = PersonVerified.NONE
    on_payload: Callable[[Parts], object] = stays
    on_credential: Callable[[Parts], object] = stays
    on_shown: Callable[[Parts], object] = stays
    on_proof: Callable[[Parts], object] = stays
    on_envelope: Callable[[Parts], object] = stays
    on_octets: Callable[[bytes], bytes] = bytes
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(tree.SIZE))

    def proof(self) -> bytes:
        """Return the proof."""
        payload = self._payload()
        by = compact_signer(self.issuer, kid=self.kid, chain=self.chain)
        credential = a_list(
            by.sign_value(payload, external_aad=self.aad), at="credential"
        )
        self.on_credential(credential)
        parts: Parts = [
            int(self.moment.timestamp()),
            *self._hints(),
            credential,
            self._shown(payload),
            *parts_of(self.person),
        ]
        self.on_proof(parts)
        holder = Sign1Signer(self.signed_by, form=_FORM)
        aad = holder_aad(self.to.audience, self.to.nonce)
        made = holder.sign_value(write_cbor(parts), external_aad=aad)
        signed = a_list(made, at="proof")
        self.on_envelope(signed)
        return self.on_octets(write_cbor(signed))

    def items(self) -> list[bytes]:
        """Return every claim as it is hashed."""
        return [item_of(name, value) for name, value in self.content.claims.items()]

    def _payload(self) -> bytes:
        made = payload_of(
            self.content,
            life=self.life,
            key=self.key.public_key,
            random=lambda _: self.seed,
        )
        parts = a_list(read_cbor(made.signed, at="payload"), at="payload")
        self.on_payload(parts)
        return write_cbor(parts)

    def _hints(self) -> tuple[CborValue, CborValue]:
        if self.hints is not None:
            return self.hints
        return (
            None if self.to.audience is None else hint_of(self.to.audience),
            None if self.to.nonce is None else hint_of(self.to.nonce),
        )

    def _shown(self, payload: bytes) -> CborValue:
        if self.content.shape is CompactShape.SINGLE_PURPOSE:
            return None
        items, names = self.items(), list(self.content.claims)
        places = [n for n, name in enumerate(names) if name in self.shown]
        bits = sum(1 << place for place in places)
        context = tree.context_of(payload[: -1 - tree.SIZE])
        blocks = tree.blocks_for(context, items, seed=self.seed, shown=bits)
        parts: Parts = [bits, blocks, b"".join(items[place] for place in places)]
        self.on_shown(parts)
        return parts

    def judge(self) -> Report:
        """Judge the proof as whoever it is shown to would."""
        context = Context(self.trust, self.policy, self.at)
        try:
            proof = read_proof(self.proof(), at=SUBJECT)
        except (MalformedError, UnsupportedError) as error:
            return self._report((unreadable(error, subject=SUBJECT),))
        verdict = evaluate(proof, bound=self.bound, context=context, subject=SUBJECT)
        return self._report(verdict.checks)

    def _report(self, checks: tuple[Check, ...]) -> Report:
        one_way = self.bound.nonce is None
        wanted = SHOWN_ONE_WAY if one_way else SHOWN_COMPACT
        asked = tuple(e for e in wanted if e is not CheckId.PRESENTATION_QUERY)
        return Report(checks, required_of(asked, SUBJECT), self.at, self.policy.name)


def compact_draft(scene: CompactScene) -> CompactDraft:
    """Return a showing that passes: one claim of twelve, for a till's printed code."""
    return CompactDraft(
        scene=scene,
        content=Compact("national-id", twelve_claims()),
        life=CompactLife(scene.at - timedelta(hours=1), 600),
        shown=("age_over_18",),
        to=Addressed(TILL),
        moment=scene.at,
        bound=Bound(TILL, None, WINDOW),
        trust=scene.store(),
        policy=scene.policy,
        at=scene.at,
        issuer=scene.issuer,
        key=scene.holder,
        signed_by=scene.holder,
    )


def single_draft(scene: CompactScene) -> CompactDraft:
    """Return one of the single-purpose shape that passes."""
    made = compact_draft(scene)
    made.content = Compact(
        "age-proof", {"age_over_18": True}, shape=CompactShape.SINGLE_PURPOSE
    )
    return made


def asked_draft(scene: CompactScene) -> CompactDraft:
    """Return an answer to a question that passes."""
    made = compact_draft(scene)
    nonce = secrets.token_hex(16)
    made.to = Addressed(TILL, nonce)
    made.bound = Bound(TILL, nonce, made.policy.key_binding_age)
    return made


def lenient(scene: CompactScene) -> Policy:
    """Return the policy that takes codes bound to nobody."""
    return replace(scene.policy, name="unbound", one_way=OneWayRule.UNBOUND_ACCEPTED)
