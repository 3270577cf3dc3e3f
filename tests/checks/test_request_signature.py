from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.report import CheckId, Outcome, Reason
from tests.checks.requests import judged, request


def test_a_request_signed_by_the_leafs_key_passes() -> None:
    check = judged(request(), CheckId.REQUEST_SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.PASSED, Reason.VALID)


def test_a_request_signed_by_another_key_fails() -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    check = judged(request(by=stranger), CheckId.REQUEST_SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.FAILED, Reason.INVALID)


def test_a_request_of_a_client_without_a_key_leaves_it_open() -> None:
    token = request({"client_id": "nobody"})
    check = judged(token, CheckId.REQUEST_SIGNATURE)
    assert (check.outcome, check.reason) == (Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.READER_AUTHORISED
