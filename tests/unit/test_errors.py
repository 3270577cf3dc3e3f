import copy
import pickle
from datetime import UTC, datetime

import pytest

from idwallet import errors
from idwallet.errors import (
    BatchEmpty,
    IdWalletError,
    LimitError,
    MalformedError,
    OlderCopy,
    PortError,
    ProtocolError,
    SignerError,
    SignerLocked,
    SignerUnavailable,
    SigningDeclined,
    UnsupportedError,
    UsageError,
    VerificationError,
    VerificationFailed,
    VerificationIndeterminate,
    WrongKey,
    fault_reason,
    require_passed,
)
from idwallet.report import Check, CheckId, Reason, Report, check

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PASSED = check(CheckId.ISSUER_SIGNATURE, Reason.VALID, subject="pid")
FAILED = check(CheckId.PRESENTATION_NONCE, Reason.MISMATCH, subject="pid")
UNDECIDED = check(CheckId.HOLDER_PRESENCE, Reason.NOT_ESTABLISHED, subject="pid")


def _report(*checks: Check, also: tuple[tuple[CheckId, str], ...] = ()) -> Report:
    required = frozenset([*((each.id, each.subject) for each in checks), *also])
    return Report(checks, required, AT, "retail")


EVERY_ERROR = [
    UsageError("an empty trust store trusts nobody"),
    MalformedError("digest repeated", at="/_sd/3", clause="RFC 9901 §7.1"),
    LimitError("too deep", at="/a/b", clause="RFC 8259"),
    WrongKey("another key", at="wallet", clause="idwallet vault 1"),
    OlderCopy("brought back", at="wallet", clause="idwallet vault 1"),
    UnsupportedError("hash algorithm", at="/_sd_alg", clause="RFC 9901 §4.1.1"),
    UnsupportedError("no such algorithm"),
    VerificationError(_report(FAILED)),
    VerificationFailed(_report(FAILED)),
    VerificationIndeterminate(_report(UNDECIDED)),
    SignerError("no"),
    SignerUnavailable("no token"),
    SignerLocked("wrong PIN"),
    SigningDeclined("the person said no"),
    ProtocolError("no nonce", reply={"error": "invalid_request"}),
    BatchEmpty("card"),
    PortError("the disk is full"),
]


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_every_error_has_one_root_and_survives_copying_and_travel(
    error: IdWalletError,
) -> None:
    assert isinstance(error, IdWalletError)
    for made in (
        pickle.loads(pickle.dumps(error)),
        copy.copy(error),
        copy.deepcopy(error),
    ):
        assert type(made) is type(error)
        assert str(made) == str(error)
        assert vars(made) == vars(error)


def test_every_error_of_the_module_is_among_those_tested() -> None:
    kinds = {
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, IdWalletError)
    }
    assert kinds - {IdWalletError} == {type(error) for error in EVERY_ERROR}


def test_the_tree_is_the_documented_one() -> None:
    tree = {
        UsageError: (IdWalletError, ValueError),
        MalformedError: (IdWalletError,),
        LimitError: (MalformedError,),
        UnsupportedError: (IdWalletError,),
        VerificationError: (IdWalletError,),
        VerificationFailed: (VerificationError,),
        VerificationIndeterminate: (VerificationError,),
        SignerError: (IdWalletError,),
        SignerUnavailable: (SignerError,),
        SignerLocked: (SignerError,),
        SigningDeclined: (SignerError,),
        ProtocolError: (IdWalletError,),
        PortError: (IdWalletError,),
    }
    assert {kind: kind.__bases__ for kind in tree} == tree


def test_a_malformed_input_is_described_by_fault_place_and_clause() -> None:
    error = MalformedError("digest repeated", at="/_sd/3", clause="RFC 9901 §7.1")
    assert (error.what, error.at, error.clause) == (
        "digest repeated",
        "/_sd/3",
        "RFC 9901 §7.1",
    )
    assert str(error) == "digest repeated (at /_sd/3; RFC 9901 §7.1)"


@pytest.mark.parametrize(
    ("at", "clause", "text"),
    [
        ("/alg", "RFC 7518 §3.1", "it (at /alg; RFC 7518 §3.1)"),
        ("/alg", "", "it (at /alg)"),
        ("", "RFC 7518 §3.1", "it (RFC 7518 §3.1)"),
        ("", "", "it"),
    ],
)
def test_what_is_not_supported_is_described_by_what_is_known(
    at: str, clause: str, text: str
) -> None:
    error = UnsupportedError("it", at=at, clause=clause)
    assert str(error) == text
    assert (error.what, error.at, error.clause) == ("it", at, clause)


def test_a_no_names_the_failed_checks_and_not_the_undecided_ones() -> None:
    error = VerificationFailed(_report(PASSED, FAILED, UNDECIDED))
    assert str(error) == "failed: presentation.nonce mismatch [pid]"


def test_an_undecided_verdict_names_the_undecided_checks() -> None:
    error = VerificationIndeterminate(_report(PASSED, UNDECIDED))
    assert str(error) == "indeterminate: holder.presence not_established [pid]"


def test_a_verdict_names_what_did_not_run() -> None:
    report = _report(UNDECIDED, also=((CheckId.ISSUER_TRUST, "pid"),))
    assert str(VerificationIndeterminate(report)) == (
        "indeterminate: holder.presence not_established [pid]; "
        "issuer.trust did not run [pid]"
    )


def test_a_verdict_over_nothing_says_so() -> None:
    error = VerificationIndeterminate(_report())
    assert str(error) == "indeterminate: no check was required"


def test_the_reply_of_a_protocol_error_is_apart_from_its_message() -> None:
    reply = {"error": "invalid_request"}
    error = ProtocolError("the request has no nonce", reply=reply)
    reply["error"] = "changed"
    assert error.reply == {"error": "invalid_request"}
    assert str(error) == "the request has no nonce"


def test_a_passed_report_goes_through() -> None:
    require_passed(_report(PASSED))


def test_a_failed_report_is_raised_as_a_no() -> None:
    report = _report(PASSED, FAILED, UNDECIDED)
    with pytest.raises(VerificationFailed) as caught:
        require_passed(report)
    assert caught.value.report is report


@pytest.mark.parametrize("report", [_report(UNDECIDED), _report()])
def test_an_undecided_report_is_raised_as_neither_yes_nor_no(report: Report) -> None:
    with pytest.raises(VerificationIndeterminate) as caught:
        require_passed(report)
    assert caught.value.report is report
    assert not isinstance(caught.value, VerificationFailed)


def test_a_usage_error_may_be_caught_as_a_value_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        raise UsageError("empty")


def test_a_readers_error_stands_for_one_reason() -> None:
    for error, reason in (
        (MalformedError("what", at="x", clause="y"), Reason.MALFORMED),
        (LimitError("what", at="x", clause="y"), Reason.LIMIT_EXCEEDED),
        (UnsupportedError("what"), Reason.UNSUPPORTED),
    ):
        assert fault_reason(error) is reason
