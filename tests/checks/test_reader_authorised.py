from idwallet.envelope.jws import x5c_parameter
from idwallet.protocols.openid4vp import ClientIdPrefix, client_id_of
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.pki import Fault
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
