"""Credentials of an answer, of whichever format: judged, matched and handed on."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.model import Format, VerifiedCredential, frozen_claims
from idwallet.credentials.paths import ClaimPath, show_path, telling
from idwallet.credentials.query import Candidate, CredentialQuery, requested_paths
from idwallet.credentials.sdjwt.evaluate import SdJwtVerdict
from idwallet.credentials.sdjwt.narrow import Narrowed, narrow
from idwallet.credentials.sdjwt.present import leaf_places, seen_places
from idwallet.crypto.keys import PublicKey
from idwallet.report import Check, CheckId, Facts, Reason, check
from idwallet.roles.compact_shown import CompactShown
from idwallet.roles.mdoc_shown import MdocShown

Verdict = SdJwtVerdict | MdocShown | CompactShown
"""What judging a credential came to."""


class Shown(NamedTuple):
    """One presentation of the answer."""

    query_id: str
    subject: str
    verdict: Verdict


def foreign(subject: str) -> SdJwtVerdict:
    """Return what a credential comes to whose format is not known here."""
    facts: Facts = {"what": "a format that cannot be verified", "at": subject}
    refused = check(
        CheckId.CREDENTIAL_FORMAT, Reason.UNSUPPORTED, subject=subject, facts=facts
    )
    return SdJwtVerdict((refused,))


def narrowed_of(verdict: Verdict, asked: CredentialQuery) -> Narrowed | None:
    """Return what may be handed on, None where nothing could be read."""
    if isinstance(verdict, MdocShown | CompactShown):
        return Narrowed(*verdict.narrow(requested_paths(asked, verdict.claims)))
    unpacked = verdict.unpacked
    if unpacked is None:
        return None
    return narrow(unpacked, requested_paths(asked, unpacked.positioned))


def unreadable(verdict: Verdict) -> CheckId | None:
    """Return the check that keeps the claims from being read, or None."""
    if isinstance(verdict, MdocShown | CompactShown):
        return CheckId.CREDENTIAL_FORMAT if verdict.verdict is None else None
    if verdict.sd_jwt is None:
        return CheckId.CREDENTIAL_FORMAT
    if verdict.unpacked is None:
        return CheckId.CREDENTIAL_DISCLOSURES
    return None if verdict.types else CheckId.CREDENTIAL_TYPE


def said_of(verdict: Verdict) -> Mapping[str, JsonValue] | None:
    """Return what the holder's key signed beside, None where it cannot be read.

    Mobile documents and compact credentials say nothing of a transaction: no type of
    one defines how.
    """
    return {} if isinstance(verdict, MdocShown | CompactShown) else verdict.said


def candidate_of(verdict: Verdict) -> Candidate:
    """Return a credential as a query is matched against it."""
    if isinstance(verdict, MdocShown | CompactShown):
        return verdict.candidate()
    issuer, unpacked = verdict.issuer, verdict.unpacked
    path = issuer.path if issuer is not None else None
    key_ids = () if path is None else path.authority_key_ids()
    signed = b"" if verdict.sd_jwt is None else verdict.sd_jwt.issuer_jwt.signing_input
    return Candidate(
        format=Format.SD_JWT_VC,
        types=verdict.types,
        claims={} if unpacked is None else unpacked.positioned,
        authority_key_ids=key_ids,
        holder_bound=True,
        # Not the signature: an ECDSA one can be turned into another that is valid.
        identity=hashlib.sha256(signed).digest(),
    )


def with_surplus(judged: Check, narrowed: dict[str, Narrowed]) -> Check:
    """Say which claims were shown beyond what was asked for, by path."""
    found = narrowed.get(judged.subject)
    if judged.reason is not Reason.ANSWERED or found is None or not found.surplus:
        return judged
    # Whoever presents decides how much it is: a report names no more than this.
    named = found.surplus[: limits.REPORTED_PATHS]
    return check(
        CheckId.PRESENTATION_QUERY,
        Reason.SURPLUS_WITHHELD,
        subject=judged.subject,
        facts={"paths": tuple(show_path(place) for place in named)},
    )


def handed_on(
    shown: list[Shown], narrowed: dict[str, Narrowed]
) -> tuple[VerifiedCredential, ...]:
    """Return what passed, with the claims that were asked for."""
    return tuple(
        VerifiedCredential(
            query_id=each.query_id,
            format=_format(each.verdict),
            credential_type=each.verdict.types[0],
            issuer=issuer.name,
            anchor=issuer.anchor.name,
            certificate=None if issuer.path is None else issuer.path.leaf.sha256.hex(),
            claims=frozen_claims(narrowed[each.subject].claims),
            valid_until=each.verdict.valid_until,
            extends=each.verdict.types[1:],
            disclosed=_seen(each.verdict),
            shown_by=_shown_by(each.verdict),
            acted_for=_acted_for(each.verdict),
        )
        for each in shown
        if (issuer := each.verdict.issuer) is not None
    )


def _seen(verdict: Verdict) -> tuple[ClaimPath, ...]:
    """Return where everything stood that was seen, asked for or not."""
    if isinstance(verdict, MdocShown | CompactShown):
        return telling(verdict.claims, leaf_places(verdict.claims))
    if verdict.unpacked is None:
        return ()
    return telling(verdict.unpacked.positioned, seen_places(verdict.unpacked))


def _shown_by(verdict: Verdict) -> JsonObject | PublicKey | None:
    """Return the key that it was shown with, None where it was shown without."""
    if isinstance(verdict, MdocShown):
        return None if verdict.verdict is None else verdict.verdict.mso.device_key
    if isinstance(verdict, CompactShown):
        return _compact_key(verdict)
    if verdict.said is None or verdict.unpacked is None:
        return None
    confirmation = verdict.unpacked.claims.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    return jwk if isinstance(jwk, dict) else None


def _compact_key(verdict: CompactShown) -> PublicKey | None:
    """Return the holder's key; of a child's card a guardian has none to be bound to."""
    found = verdict.verdict
    if found is None or not found.is_proven or verdict.guardian.child is not None:
        return None
    return found.credential.key


def _acted_for(verdict: Verdict) -> str | None:
    return verdict.guardian.child if isinstance(verdict, CompactShown) else None


def _format(verdict: Verdict) -> Format:
    if isinstance(verdict, CompactShown):
        return Format.COMPACT
    return Format.MDOC if isinstance(verdict, MdocShown) else Format.SD_JWT_VC
