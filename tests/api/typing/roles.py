"""Used, never run: what cannot be left out, cannot be left out."""

from datetime import datetime

from idwallet import (
    Credential,
    HolderKey,
    Issuer,
    MemoryReplay,
    ProvenKey,
    Query,
    RelyingParty,
    SdJwtVc,
    SqlReplay,
    TrustStore,
    Unverified,
    VerifiedPresentation,
    Verifier,
    evaluate_presentation,
    explain,
    now,
    policies,
    verify_presentation,
)


def a_till(identity: RelyingParty) -> Verifier:
    return Verifier(identity=identity, policy=policies.RETAIL, replay=MemoryReplay())


def a_chain_of_tills(identity: RelyingParty) -> Verifier:
    guard = SqlReplay("sqlite:///till.db")
    return Verifier(identity=identity, policy=policies.RETAIL, replay=guard)


def an_age(till: Verifier, body: bytes, trust: TrustStore) -> VerifiedPresentation:
    request = till.request(Query.age_over(18), purpose="age-restricted-sale", at=now())
    return verify_presentation(body, request=request, trust=trust, at=now())


def a_verdict(
    till: Verifier, body: bytes, trust: TrustStore
) -> VerifiedPresentation | Unverified:
    request = till.request(Query.age_over(18), purpose="age-restricted-sale", at=now())
    judged = evaluate_presentation(body, request=request, trust=trust, at=now())
    str(explain(judged.report, lang="ru", reader="clerk"))
    return judged


def a_credential(
    issuer: Issuer, content: SdJwtVc, holder_key: ProvenKey | HolderKey, until: datetime
) -> Credential:
    return issuer.issue(content, holder_key=holder_key, valid_until=until, at=now())


def no_replay_guard(identity: RelyingParty) -> None:
    Verifier(identity=identity, policy=policies.RETAIL)  # type: ignore[call-arg]


def no_policy(identity: RelyingParty) -> None:
    Verifier(identity=identity, replay=MemoryReplay())  # type: ignore[call-arg]


def no_request(body: bytes, trust: TrustStore) -> None:
    verify_presentation(body, request=None, trust=trust, at=now())  # type: ignore[arg-type]


def no_trust(till: Verifier, body: bytes) -> None:
    request = till.request(Query.age_over(18), purpose="sale", at=now())
    verify_presentation(body, request=request, at=now())  # type: ignore[call-arg]


def no_time(till: Verifier, body: bytes, trust: TrustStore) -> None:
    request = till.request(Query.age_over(18), purpose="sale", at=now())
    verify_presentation(body, request=request, trust=trust)  # type: ignore[call-arg]


def claims_of_what_was_not_verified(judged: Unverified) -> object:
    return judged.credentials  # type: ignore[attr-defined]


def a_key_nobody_proved(issuer: Issuer, content: SdJwtVc, jwk: dict[str, str]) -> None:
    issuer.issue(content, holder_key=jwk, valid_until=now(), at=now())  # type: ignore[arg-type]


def a_language_we_do_not_speak(judged: Unverified) -> None:
    explain(judged.report, lang="la")  # type: ignore[arg-type]
