"""The whole story through the public names: issue, hold, ask, show, verify, explain."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from idwallet import (
    Holder,
    Issuer,
    MemoryReplay,
    Outcome,
    Query,
    RelyingParty,
    SdJwtVc,
    SealKey,
    SoftwareKeyStore,
    SqlStore,
    TrustStore,
    VerificationFailed,
    Verifier,
    evaluate_presentation,
    explain,
    make_proof,
    policies,
    prove_possession,
    verify_presentation,
)
from idwallet.codec.json import JsonObject
from idwallet.crypto.signer import StoredKeySigner
from idwallet.roles.verifier import PresentationRequest
from idwallet.testing.pki import TestIdentity, TestPki

pytestmark = pytest.mark.smoke

ISSUER = "https://issuer.example"
PID = "urn:eudi:pid:1"


class Story:
    """Three parties that share nothing but a trust anchor."""

    def __init__(self, folder: Path, *, at: datetime) -> None:
        pki = TestPki(at=at)
        self.at = at
        self.authority: TestIdentity = pki.issuer(ISSUER)
        self.shop: TestIdentity = pki.reader("till.example")
        self.trust: TrustStore = pki.store(issuer_names=[ISSUER])
        seal = SealKey.generate(secrets.token_bytes)
        self.keys = SoftwareKeyStore(folder / "keys", seal)
        self.wallet = Holder(
            store=SqlStore(f"sqlite:///{folder}/wallet.db"),
            seal=seal,
            keys=self.keys,
            trust=self.trust,
        )
        self.till = Verifier(
            identity=RelyingParty(
                signer=self.shop.signer,
                certificates=self.shop.chain,
                answer_to="https://till.example/answer",
            ),
            policy=policies.RETAIL,
            replay=MemoryReplay(),
        )

    def issue(self, claims: JsonObject) -> None:
        nonce = secrets.token_urlsafe(16)
        signer = StoredKeySigner(self.keys.create("ES256", None))
        proof = make_proof(signer, audience=ISSUER, nonce=nonce, at=self.at)
        issuer = Issuer(signer=self.authority.signer, certificates=self.authority.chain)
        credential = issuer.issue(
            SdJwtVc(vct=PID, claims=claims),
            holder_key=prove_possession(
                proof, audience=ISSUER, nonce=nonce, at=self.at
            ),
            valid_until=self.at + timedelta(days=90),
            at=self.at,
        )
        self.wallet.add(credential, at=self.at)

    def answer(self, query: Query) -> tuple[PresentationRequest, str]:
        request = self.till.request(query, purpose="age-restricted-sale", at=self.at)
        asked = self.wallet.read_request(request.message.to_uri(), at=self.at)
        choice = self.wallet.match(asked, at=self.at).choose()
        return request, self.wallet.present(asked, choice, at=self.at).body


@pytest.fixture
def story(tmp_path: Path, at: datetime) -> Story:
    return Story(tmp_path, at=at)


def test_one_fact_is_proven_and_nothing_else_arrives(story: Story) -> None:
    story.issue({"family_name": "Ivanova", "age_equal_or_over": {"18": True}})
    request, body = story.answer(Query.age_over(18))
    verified = verify_presentation(
        body, request=request, trust=story.trust, at=story.at
    )
    assert verified.report.outcome is Outcome.PASSED
    assert "Ivanova" not in body
    assert "family_name" not in verified.credentials[0].claims


def test_the_same_answer_proves_nothing_a_second_time(story: Story) -> None:
    story.issue({"age_equal_or_over": {"18": True}})
    request, body = story.answer(Query.age_over(18))
    verify_presentation(body, request=request, trust=story.trust, at=story.at)
    with pytest.raises(VerificationFailed) as refused:
        verify_presentation(body, request=request, trust=story.trust, at=story.at)
    assert {each.id.value for each in refused.value.report.failed()} == {
        "presentation.replay"
    }


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_stranger_is_refused_in_the_readers_language(
    story: Story, lang: str, at: datetime
) -> None:
    story.issue({"age_equal_or_over": {"18": True}})
    request, body = story.answer(Query.age_over(18))
    others = TestPki(at=at).store(issuer_names=[ISSUER])
    judged = evaluate_presentation(body, request=request, trust=others, at=at)
    assert judged.report.outcome is Outcome.FAILED
    assert not hasattr(judged, "credentials")
    assert str(explain(judged.report, lang=lang, reader="clerk"))
