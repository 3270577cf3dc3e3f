from datetime import timedelta

from idwallet.envelope.jws import x5c_parameter
from idwallet.protocols.openid4vp import ClientIdPrefix, client_id_of
from idwallet.protocols.openid4vp.evaluate import evaluate_request
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.evidence import taken_at
from idwallet.testing.pki import Fault
from idwallet.trust.evidence import EvidenceAtHand
from idwallet.trust.policies import WALLET
from tests.checks.requests import HOST, judged, pki, request


def test_a_verifier_that_a_trusted_authority_certifies_passes() -> None:
    check = judged(request(), CheckId.READER_AUTHORISED)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.TRUSTED)


def test_a_verifier_that_a_stranger_certifies_fails() -> None:
    who = pki().reader(HOST, fault=Fault.STRANGER_ROOT)
    token = request(head={"x5c": x5c_parameter(who.chain)}, by=who.signer)
    check = judged(token, CheckId.READER_AUTHORISED)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.NO_TRUSTED_PATH)


def test_a_verifier_under_the_name_of_another_fails() -> None:
    other = pki().reader("bank.example")
    client_id = client_id_of(other.certificate, ClientIdPrefix.X509_HASH)
    check = judged(request({"client_id": client_id}), CheckId.READER_AUTHORISED)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.CLIENT_ID_MISMATCH)


def test_an_answer_that_would_go_elsewhere_fails() -> None:
    token = request({"response_uri": "https://bank.example/"})
    check = judged(token, CheckId.READER_AUTHORISED)
    assert check.outcome is Outcome.FAILED
    assert check.reason is Reason.RESPONSE_URI_MISMATCH


def test_an_address_that_cannot_be_read_leaves_it_open() -> None:
    token = request({"response_uri": "http://till.example/"})
    check = judged(token, CheckId.READER_AUTHORISED)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.REQUEST_FORMAT


def test_a_wallet_whose_clock_stands_before_its_anchors_cannot_tell_who_asks() -> None:
    for days, outcome in ((0, Outcome.PASSED), (1, Outcome.INDETERMINATE)):
        taken = taken_at(pki().at + timedelta(days=days))
        trust = pki().store().with_evidence(EvidenceAtHand(anchors=taken))
        verdict = evaluate_request(request(), trust=trust, policy=WALLET, at=pki().at)
        (check,) = [e for e in verdict.checks if e.id is CheckId.READER_AUTHORISED]
        assert check.outcome is outcome
    assert check.reason is Reason.ANCHORS_FROM_THE_FUTURE
    assert verdict.request is None
