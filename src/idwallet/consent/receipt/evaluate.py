"""Whether a receipt is true: signed by who asked, about what the wallet itself did.

One engine, two doors: `evaluate_receipt` returns a verdict whatever the bytes are,
`verify_receipt` raises unless it passed.
"""

import hmac
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.moment import require_aware
from idwallet.codec.text import show
from idwallet.consent.occasion import AuthenticatedBy, ClaimsShown, Occasion
from idwallet.consent.receipt.structures import (
    TYP,
    Receipt,
    ReceiptOutcome,
    read_claims,
)
from idwallet.credentials.paths import ClaimPath, show_path
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import (
    Jws,
    read_compact,
    signature_facts,
    signature_reason,
)
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    fault_reason,
    require_passed,
)
from idwallet.report import (
    TABLE,
    CheckId,
    Checks,
    Facts,
    Outcome,
    Reason,
    Report,
    Required,
)
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.policy import Policy
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer

SUBJECT: Final = "receipt"
_AFTER_FORMAT: Final = (
    CheckId.RECEIPT_SIGNER,
    CheckId.RECEIPT_SIGNATURE,
    CheckId.RECEIPT_REQUEST,
    CheckId.RECEIPT_DISCLOSURE,
    CheckId.RECEIPT_PURPOSE,
    CheckId.RECEIPT_FRESHNESS,
)
REQUIRED: Final[Required] = frozenset(
    (each, SUBJECT) for each in (CheckId.RECEIPT_FORMAT, *_AFTER_FORMAT)
)
"""Without these no receipt passes."""


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """A receipt that passed: who asked signed it, about what the wallet itself did.

    Raises `VerificationError` when made with a report that did not pass.
    """

    report: Report
    receipt: Receipt
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        """Exist only with a passed report."""
        require_passed(self.report)


@dataclass(frozen=True, slots=True)
class UnverifiedReceipt:
    """A receipt that did not pass: a report and nothing else."""

    report: Report

    def __post_init__(self) -> None:
        """Refuse a report that passed."""
        if self.report.outcome is Outcome.PASSED:
            raise UsageError("a passed report belongs to a verified receipt")


def verify_receipt(
    token: str | bytes,
    *,
    about: Occasion,
    trust: TrustStore,
    policy: Policy,
    at: datetime,
) -> VerifiedReceipt:
    """Return a receipt that holds, or raise.

    `about` is what the wallet's ledger says of the occasion (`Entry.occasion`). `at` is
    the moment at which the signer must be trusted: for a receipt of long ago, the
    moment at which it came, which the ledger proves.

    Raises:
        VerificationFailed: a check failed: foreign, swapped, changed, about more than
            was shown, signed by somebody else; `report` says which.
        VerificationIndeterminate: something could not be decided.
        UsageError: `at` has no zone.
    """
    judged = evaluate_receipt(token, about=about, trust=trust, policy=policy, at=at)
    if isinstance(judged, UnverifiedReceipt):
        require_passed(judged.report)
        raise UsageError("a passed report belongs to a verified receipt")
    return judged


def evaluate_receipt(
    token: str | bytes,
    *,
    about: Occasion,
    trust: TrustStore,
    policy: Policy,
    at: datetime,
) -> VerifiedReceipt | UnverifiedReceipt:
    """Judge a receipt; whatever the bytes are, it returns. See `verify_receipt`.

    Raises:
        UsageError: `at` has no zone.
    """
    require_aware(at)
    judging = _Judging(about, _Context(trust, policy, at))
    receipt = judging.judge(token)
    report = judging.report()
    if report.outcome is not Outcome.PASSED or receipt is None:
        return UnverifiedReceipt(report)
    text = token if isinstance(token, str) else token.decode("ascii")
    return VerifiedReceipt(report, receipt, text)


class _Context(NamedTuple):
    trust: TrustStore
    policy: Policy
    at: datetime


class _Judging:
    """One receipt against one occasion; collects checks."""

    __slots__ = ("_about", "_checks", "_context")

    def __init__(self, about: Occasion, context: _Context) -> None:
        self._about = about
        self._context = context
        self._checks = Checks(SUBJECT)

    def report(self) -> Report:
        context = self._context
        return Report(
            checks=self._checks.made(),
            required=REQUIRED,
            at=context.at,
            policy=context.policy.name,
            anchors=context.trust.evidence.anchors,
        )

    def judge(self, token: str | bytes) -> Receipt | None:
        read = self._read(token)
        if read is None:
            for each in _AFTER_FORMAT:
                self._checks.wait(each, CheckId.RECEIPT_FORMAT)
            return None
        jws, receipt = read
        self._signed(jws, receipt)
        is_same = hmac.compare_digest(receipt.request, self._about.request)
        self._say(
            CheckId.RECEIPT_REQUEST, Reason.MATCHES if is_same else Reason.MISMATCH
        )
        if is_same:
            self._compare(receipt)
        else:
            # What it says of another occasion is compared with nothing.
            for each in (
                CheckId.RECEIPT_DISCLOSURE,
                CheckId.RECEIPT_PURPOSE,
                CheckId.RECEIPT_FRESHNESS,
            ):
                self._checks.wait(each, CheckId.RECEIPT_REQUEST)
        return receipt

    def _say(
        self, check_id: CheckId, reason: Reason, *, facts: Facts | None = None
    ) -> None:
        self._checks.say(check_id, reason, facts=facts)

    def _read(self, token: str | bytes) -> tuple[Jws, Receipt] | None:
        """Read the receipt; a token of another type is not looked into."""
        check_id = CheckId.RECEIPT_FORMAT
        try:
            jws = read_compact(
                token,
                at=SUBJECT,
                understood=frozenset(),
                max_bytes=limits.RECEIPT_BYTES,
            )
            if jws.header.typ != TYP:
                found: Facts = {"found": show(jws.header.typ or "no typ")}
                self._say(check_id, Reason.TYP_MISMATCH, facts=found)
                return None
            receipt = read_claims(jws, at=SUBJECT)
        except (MalformedError, UnsupportedError) as error:
            facts: Facts = {"what": error.what, "at": error.at}
            self._say(check_id, fault_reason(error), facts=facts)
            return None
        self._say(check_id, Reason.WELL_FORMED)
        return jws, receipt

    def _signed(self, jws: Jws, receipt: Receipt) -> None:
        key = self._signer(jws, receipt)
        if key is None:
            self._checks.wait(CheckId.RECEIPT_SIGNATURE, CheckId.RECEIPT_SIGNER)
            return
        reason = signature_reason(jws, key=key, allowed=self._context.policy.algorithms)
        facts = signature_facts(reason, jws)
        self._say(CheckId.RECEIPT_SIGNATURE, reason, facts=facts)

    def _signer(self, jws: Jws, receipt: Receipt) -> PublicKey | None:
        """Judge who signed, and return the key that the signature is judged by."""
        context, x5c = self._context, jws.header.x5c
        signer = resolve_signer(
            x5c,
            kid=None if x5c else jws.header.kid,
            name=None if x5c else receipt.issuer,
            store=context.trust,
            purpose=Purpose.READ_CREDENTIALS,
            at=context.at,
            algorithms=context.policy.algorithms,
        )
        check_id = CheckId.RECEIPT_SIGNER
        if isinstance(signer, SignerRefused):
            reason, facts = _refusal(signer)
            self._say(check_id, reason, facts=facts)
        elif not self._is_asker(signer, receipt):
            # Somebody who is trusted, and did not ask here.
            found = {"found": show(receipt.issuer)}
            self._say(check_id, Reason.MISMATCH, facts=found)
        else:
            self._say(check_id, signer.reason, facts={"name": signer.name})
        return signer.key

    def _is_asker(self, signer: SignerFound, receipt: Receipt) -> bool:
        """Whether it is the very certificate, or pinned key, that asked."""
        party = self._about.party
        if receipt.issuer != party.identifier:
            return False
        if signer.path is None:
            return party.authenticated is AuthenticatedBy.PINNED_KEY
        return signer.path.leaf.sha256.hex() == party.certificate

    def _compare(self, receipt: Receipt) -> None:
        self._disclosure(receipt)
        is_same = (receipt.purpose or "") == (self._about.purpose or "")
        self._say(
            CheckId.RECEIPT_PURPOSE, Reason.MATCHES if is_same else Reason.MISMATCH
        )
        skew, check_id = self._context.policy.clock_skew, CheckId.RECEIPT_FRESHNESS
        facts: Facts = {"signed": receipt.issued, "since": self._about.time}
        if receipt.issued > self._context.at + skew:
            self._say(check_id, Reason.FROM_THE_FUTURE, facts=facts)
        elif receipt.issued + skew < self._about.time:
            self._say(check_id, Reason.OUT_OF_ORDER, facts=facts)
        else:
            self._say(check_id, Reason.FRESH)

    def _disclosure(self, receipt: Receipt) -> None:
        check_id = CheckId.RECEIPT_DISCLOSURE
        if receipt.disclosed is None:
            declined = receipt.outcome is ReceiptOutcome.DECLINED
            if declined and self._about.shown:
                # The wallet showed something, and is told that it did not.
                missing = _named(_places(self._about.shown))
                self._say(check_id, Reason.LESS_THAN_SHOWN, facts={"paths": missing})
            else:
                self._say(check_id, Reason.NOT_KEPT)
            return
        said, shown = _places(receipt.disclosed), _places(self._about.shown)
        if said - shown:
            # Counted: of two credentials alike, both were shown.
            self._list(Reason.MORE_THAN_SHOWN, said - shown)
        elif shown - said:
            self._list(Reason.LESS_THAN_SHOWN, shown - said)
        else:
            self._say(check_id, Reason.MATCHES)

    def _list(self, reason: Reason, places: Counter["_Place"]) -> None:
        facts: Facts = {"paths": _named(places)}
        self._say(CheckId.RECEIPT_DISCLOSURE, reason, facts=facts)


_Place = tuple[str, str, str, ClaimPath]


def _places(shown: tuple[ClaimsShown, ...]) -> Counter[_Place]:
    """Count every claim that was seen, and () for each credential by itself."""
    return Counter(
        (each.query, each.format, each.credential_type, path)
        for each in shown
        for path in ((), *dict.fromkeys(each.paths))
    )


def _named(places: Counter[_Place]) -> tuple[str, ...]:
    paths = sorted({show_path(path) or show(kind) for *_, kind, path in places})
    return tuple(paths[: limits.REPORTED_PATHS])


def _refusal(refused: SignerRefused) -> tuple[Reason, Facts]:
    """Return the reason as this check has it: any fault of a chain is no path."""
    reason = refused.reason
    name = refused.facts.get("name", "?")
    if (CheckId.RECEIPT_SIGNER, reason) not in TABLE:
        return Reason.NO_TRUSTED_PATH, {"name": name}
    return reason, {**refused.facts}
