"""Judge an SD-JWT VC: every refusal rule of RFC 9901 section 7 and of SD-JWT VC.

The steps, in the order of the code:

1. split the text and read the issuer-signed JWT (4, 8);
2. find the issuer's key and judge the trust in it (7.1 step 2.b, SD-JWT VC 2.5);
3. judge the issuer's signature (7.1 step 2);
4. put the disclosures in place (7.1 steps 3 to 5);
5. judge type, validity and type metadata on the processed payload;
6. judge the key binding JWT and the holder's presence (7.3);
7. judge whether the issuer's certificate or the credential was taken back.

Independent steps all run; a dependent one says what it waits for.
"""

from datetime import datetime
from typing import Final, NamedTuple

from idwallet.codec.json import JsonObject, read_object
from idwallet.codec.numeric_date import numeric_date
from idwallet.codec.text import show
from idwallet.credentials.issuer import believes, issuer_trust, within_profile
from idwallet.credentials.required import Context, Expected, HeldBy
from idwallet.credentials.sdjwt.key_binding import HolderJudgement
from idwallet.credentials.sdjwt.metadata import (
    NO_TYPES,
    TypeMetadataSet,
    judge_type,
)
from idwallet.credentials.sdjwt.structures import (
    TYP,
    SdJwt,
    claimed_types,
    read_sd_jwt,
    read_types,
)
from idwallet.credentials.sdjwt.unpack import DisclosureFault, Unpacked, unpack
from idwallet.credentials.sdjwt.validity import judge_validity
from idwallet.credentials.status import (
    Issued,
    judge_issuer_revocation,
    judge_status,
)
from idwallet.envelope.jws import VALID, signature_facts, signature_reason
from idwallet.errors import MalformedError, UnsupportedError, fault_reason
from idwallet.profiles import SdJwtVcVersion
from idwallet.report import (
    Check,
    CheckId,
    Checks,
    EvidenceUsed,
    Reason,
    check,
)
from idwallet.report.verdict import Answer, Given
from idwallet.trust.anchors import Purpose
from idwallet.trust.policy import MetadataRule
from idwallet.trust.signer import (
    SignerFound,
    SignerRefused,
    for_types,
    resolve_signer,
)


class SdJwtVerdict(NamedTuple):
    """The checks of one SD-JWT VC, and what they were about.

    `claims`, `sd_jwt` and `unpacked` are unverified data unless every check passed;
    `idwallet.roles` decides that and hands on nothing before. `types` are the
    credential's own type and what else it is known as, nearest first. `evidence` is
    what was looked at beside the trust anchors, `said` what the key binding says, None
    where there is none that can be read.
    """

    checks: tuple[Check, ...]
    sd_jwt: SdJwt | None = None
    unpacked: Unpacked | None = None
    types: tuple[str, ...] = ()
    issuer: SignerFound | None = None
    valid_until: datetime | None = None
    evidence: tuple[EvidenceUsed, ...] = ()
    said: JsonObject | None = None

    def __repr__(self) -> str:
        """Show the number of checks only."""
        return f"SdJwtVerdict(<{len(self.checks)} checks>)"


def evaluate(
    text: str | bytes,
    *,
    expected: Expected | HeldBy,
    context: Context,
    subject: str,
    types: TypeMetadataSet = NO_TYPES,
) -> SdJwtVerdict:
    """Judge an SD-JWT VC as shown to a verifier or as issued to a holder.

    Never raises because of `text`. `subject` names the credential in the checks;
    `types` are the type metadata documents at hand.
    """
    try:
        sd_jwt = read_sd_jwt(text)
        payload = read_object(
            sd_jwt.issuer_jwt.payload, at="payload", clause="RFC 9901 §4.1"
        )
    except (MalformedError, UnsupportedError) as error:
        refused = check(
            CheckId.CREDENTIAL_FORMAT,
            fault_reason(error),
            subject=subject,
            facts={"what": error.what, "at": error.at},
        )
        return SdJwtVerdict((refused,))
    checks = Checks(subject)
    checks.answers.append(_WELL_FORMED)
    judgement = _Judgement(sd_jwt, payload, context=context, checks=checks)
    return judgement.run(expected, types)


class _Judgement:
    """One credential, one moment; collects checks."""

    __slots__ = (
        "_answer",
        "_believed",
        "_checks",
        "_context",
        "_now",
        "_payload",
        "_say",
        "_sd_jwt",
    )

    def __init__(
        self, sd_jwt: SdJwt, payload: JsonObject, *, context: Context, checks: Checks
    ) -> None:
        self._sd_jwt = sd_jwt
        self._payload = payload
        self._context = context
        self._checks = checks
        self._say = checks.say
        self._answer = checks.answers.append
        self._now = context.at.timestamp()
        self._believed = False

    def run(self, expected: Expected | HeldBy, known: TypeMetadataSet) -> SdJwtVerdict:
        checks, context = self._checks, self._context
        signer = self._trust()
        place = len(checks.answers)
        unpacked = self._disclosures()
        types: tuple[str, ...] = ()
        until: datetime | None = None
        if unpacked is None:
            for each in _OF_CLAIMS:
                checks.wait(each, CheckId.CREDENTIAL_DISCLOSURES)
        else:
            types = self._type(unpacked, known)
            policy, now = context.policy, self._now
            validity, until = judge_validity(
                unpacked.claims, expected=expected, policy=policy, now=now
            )
            self._answer(validity)
        holder = HolderJudgement(
            self._sd_jwt,
            self._payload,
            expected=expected,
            policy=context.policy,
            now=self._now,
            checks=checks,
        )
        binding = holder.read()
        signature = self._signature(signer)
        checks.answers.insert(place, signature)
        holder.conclude(binding)
        issuer = signer if isinstance(signer, SignerFound) else None
        issued = Issued(issuer, signature[1] is VALID, self._believed)
        used = judge_issuer_revocation(issued, context=context, checks=checks)
        if unpacked is not None:
            claims = unpacked.claims
            used += judge_status(claims, issued, context=context, checks=checks)
        made = checks.made(issued.origins)
        said = None if binding is None else binding.said
        return SdJwtVerdict(
            made, self._sd_jwt, unpacked, types, issuer, until, used, said
        )

    # Steps 2 and 3.

    def _trust(self) -> SignerFound | SignerRefused | None:
        context, header = self._context, self._sd_jwt.issuer_jwt.header
        name = self._payload.get("iss")
        if not isinstance(name, str) and "iss" in self._payload:
            self._say(
                CheckId.ISSUER_TRUST,
                Reason.NAME_NOT_REGISTERED,
                facts={"found": "iss is no string", "name": ""},
            )
            return None
        signer = resolve_signer(
            header.x5c,
            kid=header.kid,
            name=name if isinstance(name, str) else None,
            store=context.trust,
            purpose=_ISSUING,
            at=context.at,
            algorithms=context.policy.algorithms,
        )
        signer = within_profile(signer, x5c=header.x5c, context=context)
        if isinstance(signer, SignerFound) and signer.anchor.credential_types:
            signer = for_types(signer, claimed_types(self._payload))
        said = issuer_trust(
            signer,
            context,
            signed=numeric_date(self._payload.get("iat")),
            message=self._sd_jwt.issuer_jwt.signing_input,
            subject=self._checks.subject,
        )
        self._believed = believes(said)
        self._checks.answers.append(said)
        return signer

    def _signature(self, signer: SignerFound | SignerRefused | None) -> Answer:
        if signer is None or signer.key is None:
            waits_for = (("waits_for", CheckId.ISSUER_TRUST.value),)
            return CheckId.ISSUER_SIGNATURE, Reason.WAITING, waits_for
        jws, allowed = self._sd_jwt.issuer_jwt, self._context.policy.algorithms
        reason = signature_reason(jws, key=signer.key, allowed=allowed)
        if reason is VALID:
            return _SIGNED
        facts = tuple(signature_facts(reason, jws).items())
        return CheckId.ISSUER_SIGNATURE, reason, facts

    # Step 4.

    def _disclosures(self) -> Unpacked | None:
        try:
            unpacked, _ = unpack(self._payload, self._sd_jwt.disclosures)
        except DisclosureFault as fault:
            self._say(CheckId.CREDENTIAL_DISCLOSURES, fault.reason, facts=fault.facts)
            return None
        self._answer(_ALL_MATCH)
        return unpacked

    # Step 5.

    def _type(self, unpacked: Unpacked, known: TypeMetadataSet) -> tuple[str, ...]:
        """Return what types the credential is of, nearest first; none if unknown.

        Those that the metadata extends are among them.
        """
        typ = self._sd_jwt.issuer_jwt.header.typ
        policy = self._context.policy
        types: tuple[str, ...] = ()
        shown: Given = ()
        try:
            types = read_types(unpacked.claims, policy.profile.sd_jwt_vc)
        except MalformedError as error:
            facts = {"what": error.what, "at": error.at}
            self._say(CheckId.CREDENTIAL_TYPE, Reason.MALFORMED, facts=facts)
        else:
            if types:
                shown = (("found", show(types[0])),)
            if typ != TYP and not self._is_old_typ(typ):
                facts = {"found": show(typ or "no typ")}
                self._say(CheckId.CREDENTIAL_TYPE, Reason.TYP_MISMATCH, facts=facts)
            elif not types:
                self._say(CheckId.CREDENTIAL_TYPE, Reason.TYPE_ABSENT)
            else:
                self._answer((_TYPE, _ACCEPTED, shown))
        if not types:
            self._checks.wait(CheckId.CREDENTIAL_METADATA, CheckId.CREDENTIAL_TYPE)
        elif (
            types[0] not in known.by_vct
            and policy.metadata is _METADATA_IF_PRESENT
            and "vct#integrity" not in unpacked.claims
        ):
            self._answer((_METADATA, _NOT_AT_HAND_ACCEPTED, shown))
        else:
            types = self._metadata(types, unpacked, known=known)
        return types

    def _is_old_typ(self, typ: str | None) -> bool:
        # Draft 13 section 2.2.1 recommends to accept the earlier name for a
        # transitional time; the text is gone since draft 19.
        version = self._context.policy.profile.sd_jwt_vc
        return typ == "vc+sd-jwt" and version is SdJwtVcVersion.DRAFT_13

    def _metadata(
        self, types: tuple[str, ...], unpacked: Unpacked, *, known: TypeMetadataSet
    ) -> tuple[str, ...]:
        """Return the types once more, with those that the metadata extends."""
        judged, extended = judge_type(
            unpacked,
            vct=types[0],
            types=known,
            rule=self._context.policy.metadata,
            subject=self._checks.subject,
        )
        self._checks.add(judged)
        return tuple(dict.fromkeys((*types, *extended)))


# What most verifications say and ask, ready made: Python 3.11 takes as long to look up
# a member of an Enum as to call a function.
_SIGNED: Final[Answer] = (CheckId.ISSUER_SIGNATURE, Reason.VALID, ())
_WELL_FORMED: Final[Answer] = (CheckId.CREDENTIAL_FORMAT, Reason.WELL_FORMED, ())
_ALL_MATCH: Final[Answer] = (CheckId.CREDENTIAL_DISCLOSURES, Reason.ALL_MATCH, ())
_TYPE: Final = CheckId.CREDENTIAL_TYPE
_METADATA: Final = CheckId.CREDENTIAL_METADATA
_ACCEPTED: Final = Reason.ACCEPTED
_NOT_AT_HAND_ACCEPTED: Final = Reason.NOT_AT_HAND_ACCEPTED
_ISSUING: Final = Purpose.ISSUE_CREDENTIALS
_METADATA_IF_PRESENT: Final = MetadataRule.IF_PRESENT

_OF_CLAIMS: Final = (
    CheckId.CREDENTIAL_TYPE,
    CheckId.CREDENTIAL_METADATA,
    CheckId.CREDENTIAL_VALIDITY,
    CheckId.CREDENTIAL_STATUS,
)
