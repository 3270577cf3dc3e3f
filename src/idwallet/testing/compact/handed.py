"""What a child hands to a parent's wallet, honestly and not; see `Forged`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from idwallet.codec import b64
from idwallet.credentials.compact.guardian import (
    Act,
    delegate,
    read_delegation,
    withdraw,
)
from idwallet.credentials.compact.issue import Compact, CompactShape
from idwallet.credentials.model import Credential
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import VerificationError
from idwallet.report import CheckId, Reason, Report
from idwallet.roles.holder import Holder
from idwallet.roles.wards import Delegated
from idwallet.testing.compact.draft import twelve_claims
from idwallet.testing.compact.family import CARD, HOUR, Person, issued, right_over
from idwallet.testing.corpus.forgery import Forged
from idwallet.testing.scene import Scene
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import DelegationRule, Policy

_DELEGATION: Final = CheckId.HOLDER_DELEGATION


class HandedDraft:
    """One delegation on its way into a parent's wallet; change it, then judge it."""

    def __init__(self, scene: Scene) -> None:
        """Make a child with a key, a parent with a right, and a stranger."""
        self.scene = scene
        self.child = SoftwareSigner.generate(Algorithm.ES256)
        self.stranger = SoftwareSigner.generate(Algorithm.ES256)
        self.parent = Person(scene)
        self.policy: Policy = WALLET
        self.guarded = self.child.public_key
        self.right_acts = ["age", "hotel"]
        self.right_life = 8 * HOUR
        self.has_right = True
        self.to = self.parent.key
        self.signer: Signer = self.child
        self.acts = [Act.AGE]
        self.since, self.until = scene.at, scene.at + HOUR
        self.content = Compact(CARD, twelve_claims())
        self.issuer = scene
        self.card_key = self.child.public_key
        self.card_life = 12 * HOUR
        self.later = timedelta()
        self.bend: Callable[[bytes], bytes] = bytes
        self.ended_by: Signer | None = None

    def delegation(self) -> bytes:
        """Return what the child signs."""
        return delegate(
            self.to,
            acts=self.acts,
            signer=self.signer,
            since=self.since,
            until=self.until,
        )

    def judge(self) -> Report | None:
        """Have the parent's wallet take it; None where it was taken."""
        self.parent.policy = self.policy
        wallet = self.parent.opened(self.scene.trust)
        if self.has_right:
            content = right_over(self.guarded, self.right_acts)
            self.parent.given(content, life=self.right_life)
        octets = self.delegation()
        at = self.scene.at + self.later
        self._end(wallet, octets)
        try:
            wallet.add_ward(Delegated(self._card(), octets), at=at)
        except VerificationError as error:
            return error.report
        return None

    def _card(self) -> Credential:
        made = issued(
            self.content, self.card_key, scene=self.issuer, life=self.card_life
        )
        octets = self.bend(b64.decode(made.raw, at="card"))
        return replace(made, raw=b64.encode(octets))

    def _end(self, wallet: Holder, octets: bytes) -> None:
        """Have the wallet take it once, and hear that it was taken back."""
        if self.ended_by is None:
            return
        at = self.scene.at
        wallet.add_ward(Delegated(self._card(), octets), at=at)
        statement = withdraw(read_delegation(octets, at="x"), signer=self.ended_by)
        wallet.heed(statement, at=at)


@dataclass(frozen=True, slots=True)
class HandedForgery(Forged[HandedDraft]):
    """A delegation that no wallet may keep; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[HandedDraft, HandedDraft]:
        """Return the valid one and the forged one."""
        return self.apart(lambda: HandedDraft(scene))


_Forger = Callable[[HandedDraft], None]


def _set(**values: object) -> _Forger:
    def forge(made: HandedDraft) -> None:
        for name, value in values.items():
            setattr(made, name, value)

    return forge


def _by_stranger(made: HandedDraft) -> None:
    made.signer = made.stranger


def _of_another_child(made: HandedDraft) -> None:
    made.guarded = made.stranger.public_key


def _to_a_third(made: HandedDraft) -> None:
    made.to = made.stranger.public_key


def _another_childs_card(made: HandedDraft) -> None:
    made.card_key = made.guarded = made.stranger.public_key


def _parents_own_card(made: HandedDraft) -> None:
    """The parent's own card in place of the child's: an adult's age for a child's."""
    made.card_key = made.parent.key


def _over(made: HandedDraft) -> None:
    made.later = HOUR + WALLET.clock_skew


def _not_begun(made: HandedDraft) -> None:
    made.since = made.scene.at + WALLET.clock_skew + timedelta(seconds=1)


def _taken_back(made: HandedDraft) -> None:
    made.ended_by = made.child


def _told_by_stranger(made: HandedDraft) -> None:
    made.ended_by = made.stranger


def _of_nobody(made: HandedDraft) -> None:
    made.issuer = Scene()


def _cut(octets: bytes) -> bytes:
    """Change a claim that the issuer signed only through the root."""
    place = octets.rindex(b"TEST")
    return octets[:place] + b"FAKE" + octets[place + 4 :]


_SINGLE: Final = Compact(
    CARD,
    {"age_over_18": True, "family_name": "Пример"},
    shape=CompactShape.SINGLE_PURPOSE,
)

_D: Final = _DELEGATION
HANDED_FORGERIES: Final = (
    HandedForgery("delegated by a stranger", _D, Reason.INVALID, _by_stranger),
    HandedForgery(
        "the parent's own card in the child's place",
        _D,
        Reason.INVALID,
        _parents_own_card,
    ),
    HandedForgery("another child's card", _D, Reason.INVALID, _another_childs_card),
    HandedForgery(
        "the right over another child", _D, Reason.NOT_GUARDIAN, _of_another_child
    ),
    HandedForgery("without a right", _D, Reason.NOT_GUARDIAN, _set(has_right=False)),
    HandedForgery("passed on to a third", _D, Reason.NOT_GUARDIAN, _to_a_third),
    HandedForgery(
        "an act that the right has not",
        _D,
        Reason.WIDER_THAN_RIGHT,
        _set(acts=[Act.AGE, Act.SCHOOL]),
    ),
    HandedForgery(
        "longer than the right",
        _D,
        Reason.WIDER_THAN_RIGHT,
        _set(right_life=timedelta(minutes=59)),
        _set(right_life=timedelta(minutes=60)),
    ),
    HandedForgery("over", _D, Reason.EXPIRED, _over),
    HandedForgery("not begun", _D, Reason.NOT_YET_VALID, _not_begun),
    HandedForgery("taken back", _D, Reason.REVOKED, _taken_back, _told_by_stranger),
    HandedForgery(
        "a card of which more would be seen",
        _D,
        Reason.CLAIM_NOT_ADMITTED,
        _set(acts=[Act.AGE]),
        _set(content=_SINGLE, acts=[Act.AGE, Act.HOTEL]),
    ),
    HandedForgery(
        "a wallet that answers for nobody",
        _D,
        Reason.NOT_AUTHORIZED,
        _set(policy=replace(WALLET, name="alone", delegation=DelegationRule.REFUSED)),
    ),
    HandedForgery(
        "a card by nobody who is known",
        CheckId.ISSUER_TRUST,
        Reason.NO_TRUSTED_PATH,
        _of_nobody,
    ),
    HandedForgery(
        "a claim that the issuer did not sign",
        CheckId.CREDENTIAL_DISCLOSURES,
        Reason.INTEGRITY_MISMATCH,
        _set(bend=_cut),
    ),
    HandedForgery(
        "a card that is over",
        CheckId.CREDENTIAL_VALIDITY,
        Reason.EXPIRED,
        _set(card_life=timedelta(minutes=1), later=timedelta(minutes=3)),
        _set(card_life=timedelta(hours=1), later=timedelta(minutes=3)),
    ),
)
"""Every delegation that no wallet may keep, by the check that it is about."""
