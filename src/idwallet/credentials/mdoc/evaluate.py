"""Judge a mobile document (ISO/IEC 18013-5 9.3.1 and 9.1.3).

The steps, in the order of the code:

1. find the issuer's key and judge the trust in it (9.3.1 step 1, Annex B);
2. judge the issuer's signature (step 2);
3. compare every element shown with its digest (step 3);
4. compare the document types (step 4);
5. judge the validity, the signer's own included (step 5);
6. judge what the device signed, and for which conversation (9.1.3);
7. judge whether the issuer's certificate or the document was taken back.

Independent steps all run; a dependent one says what it waits for.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import repeat
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet.codec.cbor import CborValue
from idwallet.codec.text import show
from idwallet.credentials.issuer import believes, issuer_trust
from idwallet.credentials.mdoc.binding import DeviceJudgement, Session
from idwallet.credentials.mdoc.items import Item, digests_of
from idwallet.credentials.mdoc.mso import MobileSecurityObject
from idwallet.credentials.mdoc.rows import made, shown_type, with_clauses
from idwallet.credentials.mdoc.structures import (
    Document,
    IssuerSigned,
)
from idwallet.credentials.required import Context, HeldBy
from idwallet.credentials.status import (
    Issued,
    judge_issuer_revocation,
    judge_status,
)
from idwallet.envelope.cose import signature_reason
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceUsed,
    Facts,
    Reason,
    check,
)
from idwallet.report.verdict import Answer, Given
from idwallet.trust.anchors import Purpose
from idwallet.trust.iaca import Standing, standing_of
from idwallet.trust.policy import SignerProfileRule
from idwallet.trust.signer import (
    SignerFound,
    SignerRefused,
    for_types,
    resolve_signer,
)

Elements = Mapping[str, Mapping[str, CborValue]]
"""Values by namespace and element identifier."""


class MdocVerdict(NamedTuple):
    """The checks of one document, and what they were about.

    `elements` are what the issuer signed of what was shown, `device_elements` what the
    device said by itself; both are unverified data unless every check passed.
    """

    checks: tuple[Check, ...]
    mso: MobileSecurityObject
    elements: Elements
    device_elements: Elements
    issuer: SignerFound | None = None
    valid_until: datetime | None = None
    evidence: tuple[EvidenceUsed, ...] = ()

    def __repr__(self) -> str:
        """Show the number of checks only."""
        return f"MdocVerdict(<{len(self.checks)} checks>)"


# As the type itself, in half of the time: no Python code runs.
_verdict: Final = partial(tuple.__new__, MdocVerdict)


class _Issued(NamedTuple):
    """What is judged where nothing was shown: as a `Document`, with no device."""

    doc_type: str
    issuer_signed: IssuerSigned
    device_signed: None = None


def unreadable(error: MalformedError | UnsupportedError, *, subject: str) -> Check:
    """Return what is said of a document, or a response, that cannot be read."""
    facts = {"what": error.what, "at": error.at}
    reason = fault_reason(error)
    said = check(CheckId.CREDENTIAL_FORMAT, reason, subject=subject, facts=facts)
    (found,) = with_clauses((said,))
    return found


def evaluate(
    document: Document, *, session: Session, context: Context, subject: str
) -> MdocVerdict:
    """Judge a document as shown to a reader; never raises because of it.

    `session` is the conversation that the device has to have signed for. `subject`
    names the document in the checks.
    """
    return _Judgement(document, context=context, subject=subject).run(session)


def evaluate_issued(
    issued: IssuerSigned, *, expected: HeldBy, context: Context, subject: str
) -> MdocVerdict:
    """Judge a document as issued to a holder; never raises because of it."""
    shown = _Issued(issued.mso.doc_type, issued)
    return _Judgement(shown, context=context, subject=subject).run(expected)


class _Judgement:
    """One document, one moment; collects checks."""

    __slots__ = (
        "_answer",
        "_believed",
        "_checks",
        "_context",
        "_elements",
        "_mso",
        "_say",
        "_shown",
    )

    def __init__(
        self, shown: Document | _Issued, *, context: Context, subject: str
    ) -> None:
        self._shown = shown
        self._mso = shown.issuer_signed.mso
        self._elements = _values(shown.issuer_signed.namespaces)
        self._context = context
        self._checks = Checks(subject)
        self._say = self._checks.say
        self._answer = self._checks.answers.append
        self._believed = False

    def run(self, expected: Session | HeldBy) -> MdocVerdict:
        checks, context = self._checks, self._context
        self._answer(_WELL_FORMED)
        signer = self._trust()
        place = len(checks.answers)
        self._digests()
        self._type()
        until = self._validity(signer)
        device, holder = self._shown.device_signed, None
        if device is not None and isinstance(expected, Session):
            holder = DeviceJudgement(
                device, self._mso, session=expected, policy=context.policy
            )
        # Now the two verifications, one after the other; see `DeviceJudgement`.
        authentic = self._signature(signer, place)
        if holder is not None:
            holder.conclude(checks)
        elif isinstance(expected, HeldBy):
            self._held(expected)
        issuer = signer if isinstance(signer, SignerFound) else None
        issued = Issued(issuer, authentic, self._believed)
        used = judge_issuer_revocation(issued, context=context, checks=checks)
        members = {} if self._mso.status is None else {"status": self._mso.status}
        used += judge_status(members, issued, context=context, checks=checks)
        return _verdict(
            (
                made(checks, issued.origins),
                self._mso,
                self._elements,
                {} if device is None else device.namespaces,
                issuer,
                until,
                used,
            )
        )

    # Steps 1 and 2.

    def _trust(self) -> SignerFound | SignerRefused:
        context, auth = self._context, self._shown.issuer_signed.auth
        signer = resolve_signer(
            auth.x5chain,
            kid=None,
            name=None,
            store=context.trust,
            purpose=_ISSUING,
            at=context.at,
            algorithms=context.policy.algorithms,
        )
        if isinstance(signer, SignerFound):
            signer = for_types(signer, (self._mso.doc_type,))
        said = issuer_trust(
            signer,
            context,
            signed=self._mso.validity.signed,
            message=auth.signing_input,
            subject=self._checks.subject,
        )
        self._believed = believes(said)
        if self._believed and isinstance(signer, SignerFound):
            against = self._profile(signer)
            if against is not None:
                reason, facts = against
                self._believed = reason is Reason.DEVIATIONS_ACCEPTED
                self._say(CheckId.ISSUER_TRUST, reason, facts=facts)
                return signer
        self._answer(said)
        return signer

    def _profile(self, signer: SignerFound) -> tuple[Reason, Facts] | None:
        """Return what speaks against a chain that validated (Annex B), if anything."""
        path = signer.path
        if path is None:
            return None
        standing = standing_of(path)
        against = self._place(standing)
        if against:
            facts = {"name": signer.name, "found": show(against)}
            return Reason.COUNTRY_MISMATCH, facts
        if not standing.deviations:
            return None
        what = ", ".join(each.value for each in standing.deviations)
        if self._context.policy.signer_profile is SignerProfileRule.ISO_18013_5:
            return Reason.CERTIFICATE_PROFILE, {"name": signer.name, "what": what}
        return Reason.DEVIATIONS_ACCEPTED, {
            "name": signer.name,
            "until": path.until,
            "what": what,
        }

    def _place(self, standing: Standing) -> str:
        """Return who is said to have issued it, where another one signed (B.1.4)."""
        against = self._another("issuing_country", standing.countries)
        if against or not standing.states:
            return against
        return self._another("issuing_jurisdiction", standing.states)

    def _another(self, element: str, of: frozenset[str]) -> str:
        """Return what an element says that is none of these.

        In every namespace that it was shown in, and not in the first alone: a signer of
        another country would put a namespace of its own before that of the standard,
        and what is read there would go unseen.
        """
        for elements in self._elements.values():
            if element in elements:
                said = elements[element]
                if not isinstance(said, str) or said.strip().casefold() not in of:
                    return str(said) or "?"
        return ""

    def _signature(self, signer: SignerFound | SignerRefused, place: int) -> bool:
        """Judge the issuer's signature, and answer at that place."""
        if signer.key is None:
            waits_for = (("waits_for", CheckId.ISSUER_TRUST.value),)
            waiting = (CheckId.ISSUER_SIGNATURE, Reason.WAITING, waits_for)
            self._checks.answers.insert(place, waiting)
            return False
        auth, allowed = self._shown.issuer_signed.auth, self._context.policy.algorithms
        reason = signature_reason(auth, key=signer.key, allowed=allowed)
        facts: Given = ()
        if reason is Reason.ALGORITHM_NOT_ALLOWED:
            facts = (("found", show(str(auth.header.algorithm))),)
        elif reason is Reason.KEY_UNUSABLE:
            facts = (("what", "the key does not do what the header names"),)
        answer = (CheckId.ISSUER_SIGNATURE, reason, facts)
        self._checks.answers.insert(place, _SIGNED if reason is _VALID else answer)
        return reason is _VALID

    # Steps 3 and 4.

    def _digests(self) -> None:
        """Compare every element with its digest; the first fault is told."""
        hashed = self._mso.hashed
        for namespace, items in self._shown.issuer_signed.namespaces.items():
            digests = self._mso.digests.get(namespace, _NO_DIGESTS)
            # Names that are one are one in what is shown.
            count = len(self._elements[namespace])
            fault = _fault_of(items, digests, hashed=hashed, names=count)
            if fault is not None:
                reason, number = fault
                facts = {"at": f"{show(namespace)}[{number}]"}
                self._say(CheckId.CREDENTIAL_DISCLOSURES, reason, facts=facts)
                return
        self._answer(_ALL_MATCH)

    def _type(self) -> None:
        found = ("found", shown_type(self._mso.doc_type))
        same = self._shown.doc_type == self._mso.doc_type
        self._answer((_TYPE, _ACCEPTED if same else Reason.MISMATCH, (found,)))

    # Step 5.

    def _validity(self, signer: SignerFound | SignerRefused) -> datetime | None:
        """Say whether it holds; return until when, None where it does not."""
        validity, at = self._mso.validity, self._context.at
        skew = self._context.policy.clock_skew
        reason, facts = _CURRENT, {"until": validity.valid_until}
        if at - skew > validity.valid_until:
            reason = Reason.EXPIRED
        elif at + skew < validity.valid_from:
            reason, facts = Reason.NOT_YET_VALID, {"since": validity.valid_from}
        elif _is_outside(signer, validity.signed):
            reason = Reason.SIGNED_OUTSIDE_CERTIFICATE
            facts = {"signed": validity.signed}
        elif validity.expected_update is not None and at > validity.expected_update:
            reason = Reason.UPDATE_OVERDUE
            facts = {"since": validity.expected_update, "until": validity.valid_until}
        self._answer((_VALIDITY, reason, tuple(facts.items())))
        return validity.valid_until if "until" in facts else None

    # Step 6, for a holder.

    def _held(self, expected: HeldBy) -> None:
        held = self._mso.device_key.thumbprint in expected.thumbprints
        reason = Reason.KEY_HELD if held else Reason.KEY_NOT_HELD
        self._say(CheckId.HOLDER_BINDING, reason)


# What most verifications say, ready made: Python 3.11 takes as long to look up a member
# of an Enum as to call a function.
_WELL_FORMED: Final[Answer] = (CheckId.CREDENTIAL_FORMAT, Reason.WELL_FORMED, ())
_SIGNED: Final[Answer] = (CheckId.ISSUER_SIGNATURE, Reason.VALID, ())
_ALL_MATCH: Final[Answer] = (CheckId.CREDENTIAL_DISCLOSURES, Reason.ALL_MATCH, ())
_TYPE: Final = CheckId.CREDENTIAL_TYPE
_VALIDITY: Final = CheckId.CREDENTIAL_VALIDITY
_ACCEPTED: Final = Reason.ACCEPTED
_CURRENT: Final = Reason.CURRENT
_VALID: Final = Reason.VALID
_ISSUING: Final = Purpose.ISSUE_CREDENTIALS

_NUMBER: Final = itemgetter(0)  # of an `Item`, without a step of Python
_ELEMENT: Final[Callable[[Item], tuple[str, CborValue]]] = itemgetter(2, 3)
_NOTHING: Final = repeat(b"")
_NO_DIGESTS: Final[Mapping[int, bytes]] = MappingProxyType({})


def _fault_of(
    items: tuple[Item, ...], digests: Mapping[int, bytes], *, hashed: str, names: int
) -> tuple[Reason, int] | None:
    """Return what is wrong with the items of a namespace, and with which one.

    `names` is how many elements they are of.
    """
    numbers = list(map(_NUMBER, items))
    if len(set(numbers)) == len(items) == names:
        expected = map(digests.get, numbers, _NOTHING)
        found = digests_of(items, hashed)
        # All digests of a document are of one length, and so are those beside them.
        if hmac.compare_digest(b"".join(found), b"".join(expected)):
            return None
    return _first_fault(items, digests, hashed=hashed)


def _first_fault(
    items: tuple[Item, ...], digests: Mapping[int, bytes], *, hashed: str
) -> tuple[Reason, int] | None:
    numbers: set[int] = set()
    names: set[str] = set()
    for n, item in enumerate(items):
        expected = digests.get(item.digest_id)
        if expected is None:
            # Of a namespace that the issuer did not sign there is no digest either.
            return Reason.NOT_REFERENCED, n
        if item.digest_id in numbers:
            return Reason.DIGEST_REPEATED, n
        if item.element in names:
            return Reason.NAME_REPEATED, n
        if not hmac.compare_digest(item.digest(hashed), expected):
            return Reason.INTEGRITY_MISMATCH, n
        numbers.add(item.digest_id)
        names.add(item.element)
    return None


def _is_outside(signer: SignerFound | SignerRefused, signed: datetime) -> bool:
    """Whether it was signed outside of the validity of its signer's certificate."""
    if not isinstance(signer, SignerFound) or signer.path is None:
        return False
    leaf = signer.path.leaf
    return not leaf.not_before <= signed <= leaf.not_after


def _values(namespaces: Mapping[str, tuple[Item, ...]]) -> Elements:
    return {
        namespace: dict(map(_ELEMENT, items)) for namespace, items in namespaces.items()
    }
