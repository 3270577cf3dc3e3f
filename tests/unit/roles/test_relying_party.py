"""Where answers go when nobody says so: to who the certificate names."""

from dataclasses import replace
from datetime import datetime

import pytest
from cryptography import x509

from idwallet import Query, RelyingParty
from idwallet.errors import UsageError
from idwallet.protocols.openid4vp.client import ClientIdPrefix
from idwallet.testing import CertificatePlan, Scene, TestIdentity, TestPki


def _reader(at: datetime, *names: str) -> TestIdentity:
    found = tuple(x509.DNSName(each) for each in names)

    def change(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, alternative_names=found)

    return TestPki(at=at).reader("till.example", change=change)


def test_answers_go_to_the_one_name_of_the_certificate(at: datetime) -> None:
    who = _reader(at, "till.example")
    party = RelyingParty(signer=who.signer, certificates=who.chain)
    assert party.answer_to == "https://till.example/answer"
    told = RelyingParty(
        signer=who.signer, certificates=who.chain, answer_to="https://a.example/b"
    )
    assert told.answer_to == "https://a.example/b"


def test_a_wallet_is_told_of_it_and_answers_there(at: datetime) -> None:
    scene = Scene(at=at)
    who = scene.reader_identity
    party = RelyingParty(signer=who.signer, certificates=who.chain)
    verifier = replace(scene.verifier, identity=party)
    request = verifier.request(Query.age_over(18), purpose="a sale", at=at)
    wallet = scene.new_wallet()
    wallet.add(scene.issue(), at=at)
    asked = wallet.read_request(request.message.raw, at=at)
    response = wallet.present(asked, wallet.match(asked).choose(), at=at)
    assert response.send_to == "https://shop.example/answer"


@pytest.mark.parametrize("names", [(), ("a.example", "b.example"), ("*.example",)])
def test_a_certificate_without_one_name_leaves_it_to_be_said(
    names: tuple[str, ...], at: datetime
) -> None:
    who = _reader(at, *names)
    with pytest.raises(UsageError, match="answer_to"):
        RelyingParty(signer=who.signer, certificates=who.chain)


def test_of_two_names_the_chosen_one_counts(at: datetime) -> None:
    who = _reader(at, "a.example", "b.example")
    party = RelyingParty(
        signer=who.signer,
        certificates=who.chain,
        prefix=ClientIdPrefix.X509_SAN_DNS,
        dns_name="b.example",
    )
    assert party.answer_to == "https://b.example/answer"


def test_a_party_that_wallets_pinned_says_where(at: datetime) -> None:
    who = _reader(at, "till.example")
    with pytest.raises(UsageError, match="answer_to"):
        RelyingParty(signer=who.signer, client_id="till")
    assert RelyingParty(signer=who.signer, client_id="till", answer_to="https://a/b")


def test_what_is_matched_without_a_moment_is_matched_as_of_the_reading(
    at: datetime,
) -> None:
    scene = Scene(at=at)
    wallet = scene.new_wallet()
    wallet.add(scene.issue(), at=at)
    asked = wallet.read_request(scene.request().message.raw, at=at)
    assert wallet.match(asked) == wallet.match(asked, at=at)
    late = at.replace(year=at.year + 1)
    assert not wallet.match(asked, at=late).found.is_satisfiable()
