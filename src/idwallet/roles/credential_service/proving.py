"""Which keys a wallet proves, or has attested, for what it asks to be issued."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from idwallet.codec.json import read_object
from idwallet.credentials.possession import HolderKey, ProvenKey, prove_possession
from idwallet.credentials.required import Context
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jws import Jws, read_compact
from idwallet.errors import (
    MalformedError,
    UnsupportedError,
    UsageError,
    VerificationFailed,
)
from idwallet.protocols.oauth.errors import OAuthError
from idwallet.protocols.openid4vci import key_attestation
from idwallet.protocols.openid4vci.credential import (
    CredentialCode,
    CredentialRequest,
    ProofKind,
)
from idwallet.protocols.openid4vci.key_attestation import (
    KeyAttestation,
    judge_key_attestation,
)
from idwallet.protocols.openid4vci.metadata import ProofType
from idwallet.roles.credential_service.desk import Desk
from idwallet.roles.credential_service.tickets import Kind

BindableKey = ProvenKey | HolderKey


class Proven(NamedTuple):
    """The keys to issue to, none for what is bound to no key; what is attested."""

    keys: Sequence[BindableKey] = ()
    attestation: KeyAttestation | None = None


class _Asked(NamedTuple):
    """What proofs are judged against."""

    desk: Desk
    proof_type: ProofType
    challenge: str
    at: datetime


def proven_keys(
    desk: Desk, asked: CredentialRequest, *, name: str, at: datetime
) -> Proven:
    """Return the keys that the proofs prove: all of them, or none is issued for.

    Raises:
        OAuthError: a proof is missing, superfluous, of another kind, or not accepted;
            its challenge is not one of ours, or was used (section 13.8).
    """
    kinds = desk.metadata.configurations[name].proofs
    if not kinds:
        if asked.proofs:
            # Whoever sends a proof means to have it bound: an unbound one is no answer.
            raise _refused()
        return Proven()
    proof_type = kinds.get(asked.proof_kind.value)
    if proof_type is None or len(asked.proofs) > desk.metadata.batch_size:
        raise _refused()  # before the work of judging them
    challenges = {_challenge(each) for each in asked.proofs}
    (challenge,) = challenges if len(challenges) == 1 else (None,)
    if challenge is None:
        raise _refused()
    known = desk.tickets.read(Kind.NONCE, challenge, at=at)
    if known is None:
        raise _refused(CredentialCode.INVALID_NONCE)
    found = _keys(asked, _Asked(desk, proof_type, challenge, at))
    thumbprints = {each.key.thumbprint for each in found.keys}
    if not len(thumbprints) == len(found.keys) <= desk.metadata.batch_size:
        raise _refused()
    if not desk.once(known.slot("used"), until=known.until, at=at):
        # A proof that came before, from whoever saw it (section 13.8).
        raise _refused(CredentialCode.INVALID_NONCE)
    return found


def _challenge(proof: str) -> str | None:
    """Return the challenge that a proof names; whether it is one is judged later."""
    try:
        claims = read_object(_opened(proof).payload, at="proof")
    except (MalformedError, UnsupportedError):
        return None
    found = claims.get("nonce")
    return found if isinstance(found, str) else None


def _opened(proof: str) -> Jws:
    return read_compact(proof, at="proof", understood=frozenset())


def _keys(asked: CredentialRequest, about: _Asked) -> Proven:
    if asked.proof_kind is ProofKind.ATTESTATION:
        (only,) = asked.proofs
        attestation = _attested(only, about, expires=False)
        return Proven(_vouched(attestation, attestation.keys), attestation)
    if not about.proof_type.attested:
        return Proven([_prove(each, about, named=None) for each in asked.proofs])
    return _attested_proofs(asked.proofs, about)


def _attested_proofs(proofs: Sequence[str], about: _Asked) -> Proven:
    """Return the keys of proofs that hold a key attestation each (Appendix F.1).

    One proof brings all the keys that its attestation names: they are of one key store,
    and the provider says so. Several bring their own keys, attested together.
    """
    keys: list[BindableKey] = []
    attestation: KeyAttestation | None = None
    for each in proofs:
        header = _opened(each).header
        text, kid = header.parameters.get(key_attestation.HEADER), header.kid
        if not isinstance(text, str):
            raise _refused()
        attestation = _attested(text, about, expires=True)
        named = None if kid is None else attestation.named(kid)
        one = _prove(each, about, named=named)
        if not attestation.holds(one.key):
            raise _refused()
        keys.append(one)
    if attestation is None or not all(attestation.holds(e.key) for e in keys):
        # The application is told of one, which has to speak for every key.
        raise _refused()
    if len(keys) == 1:
        own = keys[0].key.thumbprint
        others = [each for each in attestation.keys if each.thumbprint != own]
        keys += _vouched(attestation, others)
    return Proven(keys, attestation)


def _attested(text: str, about: _Asked, *, expires: bool) -> KeyAttestation:
    desk = about.desk
    if desk.trust is None:
        raise _refused()
    try:
        return judge_key_attestation(
            text,
            about.proof_type,
            nonce=about.challenge,
            context=Context(desk.trust, desk.rules.policy, about.at),
            expires=expires,
            status=desk.rules.attestation_status,
        )
    except (MalformedError, UnsupportedError) as error:
        raise _refused() from error


def _vouched(
    attestation: KeyAttestation, keys: Sequence[PublicKey]
) -> list[BindableKey]:
    reason = f"attested by {attestation.provider.name}"
    return [HolderKey.unproven(each, reason=reason) for each in keys]


def _prove(proof: str, about: _Asked, *, named: PublicKey | None) -> ProvenKey:
    desk = about.desk
    if _opened(proof).header.algorithm not in about.proof_type.algorithms:
        raise _refused()  # Appendix F.1: one of those that the metadata name
    try:
        return prove_possession(
            proof,
            audience=desk.metadata.issuer,
            nonce=about.challenge,
            at=about.at,
            policy=desk.rules.policy,
            named=named,
        )
    except (VerificationFailed, UnsupportedError, UsageError) as error:
        raise _refused() from error


def _refused(code: CredentialCode = CredentialCode.INVALID_PROOF) -> OAuthError:
    return OAuthError(f"refused: {code.value}", code)
