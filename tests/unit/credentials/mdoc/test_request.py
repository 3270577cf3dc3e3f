"""Requests of readers: read and made, and who signed them."""

from dataclasses import replace
from functools import cache

import pytest

from idwallet.codec.cbor import CborTag, read_cbor, write_cbor
from idwallet.credentials.mdoc.evaluate_request import (
    ReaderVerdict,
    evaluate_device_request,
)
from idwallet.credentials.mdoc.members import CborMap, a_list
from idwallet.credentials.mdoc.reader import ReaderIdentity, SignedOver
from idwallet.credentials.mdoc.request import (
    DocRequest,
    UseCase,
    device_request,
    items_request,
    read_device_request,
    request_info,
)
from idwallet.credentials.required import Context
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.testing.mdoc import (
    MDL,
    NAMESPACE,
    MdocScene,
    ReaderDraft,
    reader_draft,
    reader_identity,
)
from idwallet.testing.pki import Fault
from idwallet.trust.policy import Admission, ReaderRule, SignerProfileRule

ASKED = {NAMESPACE: {"family_name": True, "age_over_18": False}}


@cache
def scene() -> MdocScene:
    return MdocScene()


def verdict(made: ReaderDraft) -> ReaderVerdict:
    return evaluate_device_request(
        made.request(),
        handover=made.heard_in,
        context=Context(made.trust, made.policy, made.at),
    )


def said(found: ReaderVerdict) -> dict[CheckId, Reason]:
    return {each.id: each.reason for each in found.checks}


def outcome(found: ReaderVerdict) -> Outcome:
    return Report(found.checks, found.required, scene().at, "a test").outcome


def admitting(made: ReaderDraft) -> tuple[Admission, ...]:
    """All that is asked, and nothing else."""
    return tuple(
        Admission(
            doc_type,
            frozenset(
                (space, each) for space, names in asked.items() for each in names
            ),
        )
        for doc_type, asked in made.asked
    )


def lenient(made: ReaderDraft) -> ReaderDraft:
    made.policy = replace(
        made.policy,
        name="lenient",
        readers=ReaderRule.ANONYMOUS_ACCEPTED,
        unauthenticated=admitting(made),
        signer_profile=SignerProfileRule.DEVIATIONS_ACCEPTED,
    )
    return made


# --- reading and making ------------------------------------------------------------


def test_what_is_asked_is_read_back_with_the_intent_to_retain() -> None:
    made = device_request([DocRequest(items_request(MDL, ASKED, issuers=[b"\x01"]))])
    found = read_device_request(made, at="request")
    (document,) = found.documents
    assert (found.version, found.auth_all, found.info) == ("1.0", (), None)
    assert document.items.doc_type == MDL
    assert {**document.items.elements} == ASKED
    assert document.items.issuers == (b"\x01",)
    assert document.auth is None


def test_what_a_reader_signs_is_kept_as_it_was_received() -> None:
    held: CborMap = {"docType": MDL, "nameSpaces": {NAMESPACE: {"portrait": False}}}
    # Members in another order than ours, and one that nobody knows.
    octets = b"\xa3" + b"".join(
        write_cbor(name) + write_cbor(value)
        for name, value in (("zzz", 1), *reversed(held.items()))
    )
    whole = write_cbor(
        {"version": "1.3", "docRequests": [{"itemsRequest": CborTag(24, octets)}]}
    )
    (document,) = read_device_request(whole, at="request").documents
    assert document.items.octets == octets
    assert {**document.items.elements} == {NAMESPACE: {"portrait": False}}


def test_uses_are_written_and_read_and_ask_for_the_second_edition() -> None:
    uses = (UseCase(((0,), (1, 0)), hints={"org.example": 3}), UseCase(((1,),), False))
    both = [DocRequest(items_request(name, ASKED)) for name in ("a", "b")]
    found = read_device_request(
        device_request(both, info=request_info(uses)), at="request"
    )
    assert (found.version, found.uses) == ("1.1", uses)
    assert request_info(()) is None


@pytest.mark.parametrize("sets", [[[2]], [[-1]], [[0, 0]], [[]], [], [["0"]], [[True]]])
def test_a_use_names_documents_that_are_asked_for(sets: list[object]) -> None:
    info = write_cbor({"useCases": [{"mandatory": True, "documentSets": sets}]})  # type: ignore[dict-item]
    documents = [DocRequest(items_request(name, ASKED)) for name in ("a", "b")]
    with pytest.raises(UsageError):
        device_request(documents, info=info)


@pytest.mark.parametrize("elements", [{}, {NAMESPACE: {}}])
def test_a_request_for_nothing_is_not_made(
    elements: dict[str, dict[str, bool]],
) -> None:
    with pytest.raises(UsageError, match="no wallet"):
        items_request(MDL, elements)
    with pytest.raises(UsageError, match="no wallet"):
        device_request([])


def test_a_request_is_bounded() -> None:
    most = {NAMESPACE: {f"e{n}": False for n in range(128)}}
    assert items_request(MDL, most)
    with pytest.raises(UsageError):
        items_request(MDL, {**most, "another": {"e": False}})
    one = DocRequest(items_request(MDL, ASKED))
    assert device_request([one] * 32)
    held = read_cbor(device_request([one]), at="")
    assert isinstance(held, dict)
    held["docRequests"] = a_list(held["docRequests"], at="") * 33
    with pytest.raises(LimitError):
        read_device_request(write_cbor(held), at="request")


@pytest.mark.parametrize("data", [b"", b"\xa0", b"\x80", b"\xff", b"\xa1\x00"])
def test_what_is_no_request_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read_device_request(data, at="request")


# --- who asks ----------------------------------------------------------------------


@pytest.mark.parametrize("over", SignedOver)
def test_a_reader_is_known_however_it_signs(over: SignedOver) -> None:
    made = reader_draft(scene())
    made.over = over
    found = verdict(made)
    assert outcome(found) is Outcome.PASSED
    assert found.signer is not None
    assert made.by is not None
    assert found.signer.key == made.by.signer.public_key
    assert found.request is not None
    assert [e.items for e in found.request.documents] == [*made.items()]


def test_a_request_that_nobody_signed_is_anonymous_and_says_so() -> None:
    made = reader_draft(scene())
    made.by = None
    assert outcome(verdict(made)) is Outcome.FAILED
    found = verdict(lenient(made))
    assert outcome(found) is Outcome.PASSED
    assert said(found) == {
        CheckId.REQUEST_FORMAT: Reason.WELL_FORMED,
        CheckId.READER_AUTHORISED: Reason.ANONYMOUS_ACCEPTED,
    }
    assert found.request is not None
    assert found.signer is None


def test_a_stranger_who_is_there_asks_only_for_what_is_named() -> None:
    made = reader_draft(scene())
    made.by = None
    made = lenient(made)
    made.policy = replace(made.policy, unauthenticated=())
    found = verdict(made)
    assert outcome(found) is Outcome.FAILED
    assert said(found)[CheckId.READER_AUTHORISED] is Reason.CLAIM_NOT_ADMITTED
    one, *rest = admitting(made)
    less = Admission(one.credential_type, frozenset(list(one.paths)[1:]))
    made.policy = replace(made.policy, unauthenticated=(less, *rest))
    assert said(verdict(made))[CheckId.READER_AUTHORISED] is Reason.CLAIM_NOT_ADMITTED


def unsign(held: CborMap, number: int = 1) -> None:
    a_list(held["docRequests"], at="")[number].pop("readerAuth")  # type: ignore[union-attr,call-arg,arg-type]


def test_a_request_signed_in_part_is_anonymous_and_its_signatures_still_count() -> None:
    made = lenient(reader_draft(scene()))
    made.on_request = unsign
    found = verdict(made)
    assert said(found)[CheckId.READER_AUTHORISED] is Reason.ANONYMOUS_ACCEPTED
    assert said(found)[CheckId.REQUEST_SIGNATURE] is Reason.VALID
    assert found.signer is None
    made.signed_for = replace(made.signed_for, nonce="older")  # type: ignore[type-var]
    found = verdict(made)
    assert said(found)[CheckId.REQUEST_SIGNATURE] is Reason.INVALID
    assert outcome(found) is Outcome.FAILED
    assert found.request is None


@pytest.mark.parametrize("over", SignedOver)
def test_a_wrong_signature_is_never_taken_for_none(over: SignedOver) -> None:
    made = lenient(reader_draft(scene()))
    made.over = over
    made.by = reader_identity(scene(), fault=Fault.STRANGER_ROOT)
    found = verdict(made)
    assert said(found)[CheckId.READER_AUTHORISED] is Reason.NO_TRUSTED_PATH
    assert outcome(found) is Outcome.FAILED
    assert (found.request, found.signer) == (None, None)


def test_what_a_certificate_deviates_in_is_named_where_it_is_let_pass() -> None:
    made = lenient(reader_draft(scene()))
    made.by = reader_identity(scene(), lambda p: replace(p, extensions=()))
    found = verdict(made)
    assert outcome(found) is Outcome.PASSED
    (check,) = (e for e in found.checks if e.id is CheckId.READER_AUTHORISED)
    assert check.reason is Reason.DEVIATIONS_ACCEPTED
    assert check.fact("what") == "reader_revocation"
    assert found.signer is not None


def several(*by: ReaderIdentity) -> ReaderDraft:
    """A request that each of these signed as a whole."""
    made = reader_draft(scene())
    made.over = SignedOver.WHOLE_REQUEST
    signed = [replace(made, by=each).signed()["readerAuthAll"] for each in by]
    made.on_request = lambda held: held.update(
        readerAuthAll=[each for (each,) in signed]  # type: ignore[misc]
    )
    return made


def test_of_several_who_signed_it_all_one_that_is_trusted_is_enough() -> None:
    known, stranger = (
        reader_identity(scene(), fault=each) for each in (None, Fault.STRANGER_ROOT)
    )
    for by in ((known, stranger), (stranger, known)):
        found = verdict(several(*by))
        assert outcome(found) is Outcome.PASSED
        assert found.signer is not None
        assert found.signer.key == known.signer.public_key
    assert outcome(verdict(several(stranger))) is Outcome.FAILED
    # A signature that does not hold is not excused by one that does.
    other = ReaderIdentity(stranger.signer, known.chain)
    found = verdict(several(known, other))
    assert said(found)[CheckId.REQUEST_SIGNATURE] is Reason.INVALID


def test_a_stranger_who_signed_a_document_is_not_hidden_by_who_signed_it_all() -> None:
    known, stranger = (
        reader_identity(scene(), fault=each) for each in (None, Fault.STRANGER_ROOT)
    )
    for by, is_refused in ((known, False), (stranger, True)):
        made = reader_draft(scene())
        made.by = by
        over_all = replace(made, by=known, over=SignedOver.WHOLE_REQUEST).signed()
        given = over_all["readerAuthAll"]
        made.on_request = lambda held, given=given: held.update(readerAuthAll=given)
        found = verdict(made)
        assert (outcome(found) is Outcome.FAILED) is is_refused
        reason = Reason.NO_TRUSTED_PATH if is_refused else Reason.TRUSTED
        assert said(found)[CheckId.READER_AUTHORISED] is reason


def test_clauses_are_those_of_mobile_documents() -> None:
    for check in verdict(reader_draft(scene())).checks:
        is_accepted = check.reason is Reason.UNKNOWN_ACCEPTED  # of revocation
        assert is_accepted or check.clause.startswith("ISO/IEC 18013-5"), check


def test_whether_a_reader_was_taken_back_is_asked_of_who_is_known() -> None:
    assert said(verdict(reader_draft(scene())))[CheckId.READER_REVOCATION] is (
        Reason.UNKNOWN_ACCEPTED
    )
    made = lenient(reader_draft(scene()))
    made.by = None
    assert CheckId.READER_REVOCATION not in said(verdict(made))
    made = reader_draft(scene())
    made.by = reader_identity(scene(), fault=Fault.STRANGER_ROOT)
    assert said(verdict(made))[CheckId.READER_REVOCATION] is Reason.WAITING
