"""A wallet whose owner answers for a child.

The child's card never stands among the cards of the wallet: it is matched by
`match_ward` alone, for a request that is about the child, and shown with what was
delegated beside it, so that whoever sees it sees who acted for whom. What is judged
when it is added, the delegation with its end and its width, is judged again before each
answer, and once more by the verifier.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from idwallet.codec.moment import require_aware
from idwallet.consent.purpose import Earlier
from idwallet.credentials.compact.evaluate_guardian import (
    Acted,
    Handed,
    acts_of,
    evaluate_handed,
    is_guardian,
    judge_acting,
)
from idwallet.credentials.compact.guardian import (
    GUARDIAN,
    Delegation,
)
from idwallet.credentials.compact.structures import IssuedCompact
from idwallet.credentials.model import Format
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.errors import (
    UsageError,
    VerificationIndeterminate,
    require_passed,
)
from idwallet.report import CheckId, Report
from idwallet.roles.asked import Asked, Choice, Match
from idwallet.roles.delegating import Delegating
from idwallet.roles.held.compact import issued_of
from idwallet.roles.matching import Matching
from idwallet.roles.record import HeldCredential
from idwallet.roles.wards import (
    ActingRecord,
    Delegated,
    KeptWard,
    Ward,
)

_SUBJECT: Final = "credential"
_NAME: Final = "acting"


class Guarding(Delegating, Matching):
    """What a wallet does for a child; `Holder` is one and has the rest."""

    __slots__ = ()

    def guardian_key(self, right: HeldCredential) -> PublicKey:
        """Return the key that a child delegates to: that of a right in this wallet.

        A right is a compact credential of the type ``urn:idwallet:guardian:1``; `add`
        takes it as any other.

        Raises:
            UsageError: it is no right.
        """
        if right.format is not Format.COMPACT or right.credential_type != GUARDIAN:
            raise UsageError(f"a guardian's right is a compact {GUARDIAN}")
        return issued_of(right.raw, at="right").credential.key

    def add_ward(self, delegated: Delegated, *, at: datetime) -> Ward:
        """Verify the card of a child and what was delegated over it; store it, sealed.

        The right behind it has to be in the wallet already. What was kept of the same
        child is replaced; what is over is dropped.

        Raises:
            VerificationFailed: a check failed: the card is forged; or, by the check
                ``holder.delegation``, it was delegated by another card, for another
                child than the right names, further than the right goes, or to nobody
                yet or any more; or, by ``holder.binding``, to a key that is not here.
            VerificationIndeterminate: something could not be decided.
            MalformedError, LimitError, UnsupportedError: it cannot be read.
            UsageError: `at` has no zone, or more than `limits.WARDS`, or than fits
                into a wallet.
            PortError: the store failed; nothing was stored.
        """
        require_aware(at)
        kept = KeptWard(self._random(16).hex(), "", (), delegated)
        issued, delegation = kept.opened()
        handed = self._judged_ward(issued, delegation, at=at)
        report = self._told(handed, at=at)
        require_passed(report)
        issuer = handed.card.issuer
        if issuer is None:
            raise VerificationIndeterminate(report)
        ids = () if issuer.path is None else issuer.path.authority_key_ids()
        kept = kept._replace(issuer=issuer.name, authority_key_ids=ids)
        child = issued.credential.key

        def with_it(was: ActingRecord) -> ActingRecord:
            others = (e for e in was.wards if e.opened()[0].credential.key != child)
            return was._replace(wards=(*others, kept))

        self._delegations.change(with_it, at=at)
        return self._ward(kept)

    def _judged_ward(
        self, issued: IssuedCompact, delegation: Delegation, *, at: datetime
    ) -> Handed:
        child = issued.credential
        right = self._right(child.key, delegation)
        # Of a single-purpose card all claims are shown, so all have to be delegated.
        claims = tuple(child.single or ())
        acted = Acted(
            child,
            delegation,
            None if right is None else right.credential,
            claims,
            self._delegations.record().statements,
        )
        context = Context(self._trust, self._policy, at)
        return evaluate_handed(issued, acted, context=context, subject=_SUBJECT)

    def _told(self, handed: Handed, *, at: datetime) -> Report:
        return Report(
            checks=handed.checks,
            required=handed.required,
            at=at,
            policy=self._policy.name,
            evidence=handed.evidence,
            anchors=self._trust.evidence.anchors,
        )

    def wards(self) -> tuple[Ward, ...]:
        """Return the children for whom this wallet answers.

        What is over stands there until something else is added: `match_ward` says so.

        Raises:
            MalformedError, PortError: see `Vault.get`.
        """
        return tuple(map(self._ward, self._delegations.record().wards))

    def _ward(self, kept: KeptWard) -> Ward:
        issued, delegation = kept.opened()
        return kept.ward(self._right(issued.credential.key, delegation))

    def _right(self, child: PublicKey, delegation: Delegation) -> IssuedCompact | None:
        """Return the right of whom was delegated to; of several one that goes so far.

        It is sought anew each time: it may have been renewed, or deleted.
        """
        found = [
            issued_of(each.raw, at="right")
            for each in self._cabinet.holding().credentials
            if each.format is Format.COMPACT
            and each.credential_type == GUARDIAN
            and each.thumbprint == delegation.guardian.thumbprint
        ]
        found = [each for each in found if is_guardian(each.credential, child)]

        def fitness(each: IssuedCompact) -> tuple[bool, bool, datetime]:
            until = each.credential.valid_until
            wide = delegation.acts <= acts_of(each.credential)
            return wide, delegation.until <= until, until

        held = self._keys.get(delegation.guardian.thumbprint) is not None
        return max(found, key=fitness) if found and held else None

    def match_ward(
        self,
        asked: Asked,
        ward: Ward,
        *,
        at: datetime,
        earlier: Earlier | None = None,
    ) -> Match:
        """Find what of a child's card answers the request, of what was delegated.

        Nothing of the wallet's owner is looked at. The rest is as of `match`; what is
        chosen of it is answered by `present_qr` and `present` as anything else, and
        the ledger says for whom.

        Raises:
            VerificationFailed: the delegation is over or was taken back, or its right
                is gone: the report says which (``holder.delegation``).
            VerificationIndeterminate: whether it was taken back is not known.
            UsageError: `at` has no zone, or the child is not in this wallet.
            MalformedError, PortError: see `credentials`.
        """
        require_aware(at)
        self._require_ward(ward, (), at=at)
        candidates = (ward.candidate(),)
        return self._match(
            asked, (ward,), candidates=candidates, at=at, earlier=earlier
        )

    def _acting_for(self, choice: Choice, *, at: datetime) -> str | None:
        wards = [e.credential for e in choice.shown if isinstance(e.credential, Ward)]
        if not wards:
            return None
        if len(choice.shown) != 1:
            # Else whoever reads the answer takes all of it to be about one person.
            raise UsageError("an answer for a child shows the child's card alone")
        (ward,), (shown,) = wards, choice.shown
        claims = dict.fromkeys(str(path[0]) for path in shown.reveals)
        self._require_ward(ward, claims, at=at)
        return ward.pseudonym

    def _require_ward(self, ward: Ward, claims: Iterable[str], *, at: datetime) -> None:
        """Return only if the delegation holds for these claims, now and here."""
        record = self._delegations.record()
        kept = next((each for each in record.wards if each.name == ward.name), None)
        if kept is None or self._ward(kept) != ward:
            raise UsageError("the wallet has no such child, or has it otherwise now")
        made = judge_acting(
            ward.acted(claims, withdrawn=record.statements),
            context=Context(self._trust, self._policy, at),
            subject=_SUBJECT,
        )
        required = frozenset({(CheckId.HOLDER_DELEGATION, _SUBJECT)})
        anchors = self._trust.evidence.anchors
        require_passed(
            Report(
                (made.check,),
                required,
                at,
                self._policy.name,
                evidence=made.evidence,
                anchors=anchors,
            )
        )
