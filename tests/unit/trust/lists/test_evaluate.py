"""Lists that point to one another, and what only an evaluation can make."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from idwallet import limits
from idwallet.codec.json import JsonObject
from idwallet.errors import UsageError, VerificationFailed, VerificationIndeterminate
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.lists import ListDraft, ListScene, PointedList, list_draft
from idwallet.testing.lists.drafts import EU_LIST
from idwallet.trust.lists import (
    ExpectedList,
    ListForm,
    ListPointer,
    ListRules,
    ListSeen,
    UnverifiedList,
    VerifiedList,
    evaluate_trusted_list,
    verify_trusted_list,
)

LOTL = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUlistofthelists"
NATIONAL = "https://lists.example/xx.xml"


@cache
def scene() -> ListScene:
    return ListScene(seed=b"idwallet TEST pointers")


def lotl() -> ListDraft:
    """A list of lists that points to the list of one country, signed by another."""
    made = list_draft(scene(), ListForm.TRUSTED_LIST)
    made.facts.type, made.facts.territory, made.facts.entries = LOTL, "EU", []
    made.expected = replace(made.expected, type=LOTL, territory="EU")
    signer = scene().next_operator.chain[0]
    made.facts.pointers = [PointedList(NATIONAL, (signer,), "XX", EU_LIST)]
    return made


def national(expected: ExpectedList) -> ListDraft:
    made = list_draft(scene(), ListForm.TRUSTED_LIST)
    made.expected = expected
    made.signer = scene().next_operator.signer
    made.chain = scene().next_operator.chain
    return made


def verified(made: ListDraft) -> VerifiedList:
    found = made.judgement()
    assert isinstance(found, VerifiedList), found.report.checks
    return found


def pointed() -> ExpectedList:
    top = verified(lotl())
    (pointer,) = top.content.pointers
    assert pointer.location == NATIONAL
    expected = top.expected(pointer, seen=None)
    assert expected is not None
    return expected


def failed(found: VerifiedList | UnverifiedList) -> set[tuple[CheckId, Reason]]:
    return {(each.id, each.reason) for each in found.report.failed()}


def test_a_list_of_lists_says_who_signs_the_list_of_a_country() -> None:
    found = verified(national(pointed()))
    assert found.anchors(at=scene().at).anchors


def test_the_signer_of_one_list_signs_no_other() -> None:
    expected = pointed()
    # The operator of the list of lists is not named for the country's, nor is the
    # country's named for the list of lists.
    below = national(expected)
    below.signer, below.chain = scene().operator.signer, scene().operator.chain
    above = lotl()
    above.signer = scene().next_operator.signer
    above.chain = scene().next_operator.chain
    for made in (below, above):
        refused = (CheckId.TRUSTED_LIST_SIGNER, Reason.NO_TRUSTED_PATH)
        assert failed(made.judgement()) == {refused}


def test_the_signer_of_one_country_signs_no_list_of_another() -> None:
    made = national(pointed())
    made.facts.territory = "YY"
    assert failed(made.judgement()) == {(CheckId.TRUSTED_LIST_SCHEME, Reason.MISMATCH)}


def test_a_pointer_holds_no_longer_than_the_list_that_it_stands_in() -> None:
    made = national(pointed())
    made.facts.issued += timedelta(days=39)
    made.facts.next_update = scene().at + timedelta(days=60)
    made.rules = replace(made.rules, at=scene().at + timedelta(days=40))
    assert failed(made.judgement()) == {
        (CheckId.TRUSTED_LIST_SIGNER, Reason.CERTIFICATE_EXPIRED)
    }


def test_a_pointer_to_a_ca_or_to_nothing_readable_names_no_signer() -> None:
    for certificates in ((), (scene().pki.root.der,), (b"\x30\x00",)):
        made = lotl()
        made.facts.pointers[0].certificates = certificates
        top = verified(made)
        assert top.expected(top.content.pointers[0], seen=None) is None


def test_a_pointer_of_another_list_is_a_mistake() -> None:
    with pytest.raises(UsageError):
        verified(lotl()).expected(ListPointer("urn:x", None, None, ()), seen=None)


@pytest.mark.parametrize("form", [ListForm.LOTE])
def test_a_json_list_points_to_others_as_well(form: ListForm) -> None:
    made = list_draft(scene(), form)
    signer = scene().next_operator.chain[0]
    made.facts.pointers = [PointedList(NATIONAL, (signer,), "XX", "urn:type")]
    top = verified(made)
    (pointer,) = top.content.pointers
    assert (pointer.location, pointer.territory, pointer.type) == (
        NATIONAL,
        "XX",
        "urn:type",
    )
    assert top.expected(pointer, seen=None) is not None


def _pivot(made: ListDraft, *, sequence: int, names: tuple[bytes, ...]) -> ListDraft:
    pivot = lotl()
    pivot.signer, pivot.chain = made.signer, made.chain
    pivot.facts.sequence = sequence
    pivot.facts.issued -= timedelta(days=400)
    pivot.facts.next_update = pivot.facts.issued + timedelta(days=100)
    pivot.facts.pointers.append(PointedList("https://l.example", names, "EU", LOTL))
    return pivot


def test_signers_that_changed_twice_are_followed_by_pivots() -> None:
    first, second = scene().next_operator, scene().stranger
    before = _pivot(lotl(), sequence=1, names=first.chain[:1])
    after = _pivot(lotl(), sequence=2, names=second.chain[:1])
    after.signer, after.chain = first.signer, first.chain
    made = lotl()
    made.signer, made.chain = second.signer, second.chain
    made.pivots = (before.data(), after.data())
    assert verified(made).report.passed()
    for broken in ((), made.pivots[:1], made.pivots[::-1]):
        made.pivots = broken
        assert isinstance(made.judgement(), UnverifiedList)


def test_a_list_older_than_its_pivot_is_refused_whatever_was_seen_before() -> None:
    made = lotl()
    pivot = _pivot(made, sequence=8, names=made.chain[:1])
    pivot.facts.issued = made.facts.issued + timedelta(hours=-1)
    for sequence, reasons in ((9, set()), (7, {Reason.ROLLED_BACK})):
        made.facts.sequence = sequence
        made.pivots = (pivot.data(),)
        longer_ago = ListSeen(scene().at - timedelta(days=900), 3)
        made.expected = replace(made.expected, seen=longer_ago)
        found = made.judgement()
        assert {each.reason for each in found.report.failed()} == reasons


def test_what_is_not_asked_of_a_list_has_to_be_said() -> None:
    with pytest.raises(TypeError):
        ExpectedList(signers=scene().store())  # type: ignore[call-arg]


def test_a_pivot_is_judged_while_its_signer_was_valid() -> None:
    later = scene().at + timedelta(days=400)
    made = lotl()
    pivot = _pivot(made, sequence=1, names=scene().operator.chain[:1])
    made.pivots = (pivot.data(),)
    made.rules = replace(made.rules, at=later)
    found = made.judgement()
    # The signer expired by now: of the pivot that is no fault, of the list it is.
    assert failed(found) == {(CheckId.TRUSTED_LIST_SIGNER, Reason.CERTIFICATE_EXPIRED)}
    assert {each.subject for each in found.report.failed()} == {"list"}


def test_more_pivots_than_anybody_has_are_a_mistake() -> None:
    made = lotl()
    made.pivots = (b"",) * (limits.LIST_PIVOTS + 1)
    with pytest.raises(UsageError):
        made.judgement()


def test_verifying_raises_what_it_came_to() -> None:
    made = lotl()
    assert isinstance(
        verify_trusted_list(made.data(), expected=made.expected, rules=made.rules),
        VerifiedList,
    )
    made.facts.next_update = scene().at - timedelta(hours=1)
    with pytest.raises(VerificationIndeterminate):
        verify_trusted_list(made.data(), expected=made.expected, rules=made.rules)
    made.facts.territory = "YY"
    with pytest.raises(VerificationFailed):
        verify_trusted_list(made.data(), expected=made.expected, rules=made.rules)


def test_a_list_knows_its_digest_and_what_to_remember() -> None:
    made = lotl()
    data = made.data()
    found = evaluate_trusted_list(data, expected=made.expected, rules=made.rules)
    assert isinstance(found, VerifiedList)
    assert found.digest == hashlib.sha256(data).digest()
    assert (found.seen.sequence, found.seen.issued) == (7, made.facts.issued)
    assert found.report.outcome is Outcome.PASSED


def test_nobody_else_makes_a_verified_list() -> None:
    found = verified(lotl())
    with pytest.raises(UsageError):
        VerifiedList(found.content, found.report, b"", found.until, seal=None)


def test_a_moment_judged_needs_a_zone() -> None:
    rules = scene().rules
    with pytest.raises(UsageError):
        ListRules(
            policy=rules.policy,
            freshness=rules.freshness,
            at=rules.at.replace(tzinfo=None),
        )


@pytest.mark.parametrize("form", ListForm)
def test_nothing_of_a_list_is_read_before_its_signature_stands(form: ListForm) -> None:
    made = list_draft(scene(), form)
    made.bend_payload = lambda _: b"\x00 no list"
    made.bend_xml = lambda text: text.replace(">6<", ">never<")
    stranger = scene().stranger
    made.signer, made.chain = stranger.signer, stranger.chain
    found = made.judgement()
    assert failed(found) == {(CheckId.TRUSTED_LIST_SIGNER, Reason.NO_TRUSTED_PATH)}


def test_a_closed_json_list_says_null_and_counts_as_long_as_the_rule_has_it() -> None:
    made = list_draft(scene(), ListForm.LOTE)
    made.facts.issued = scene().at

    def close(document: JsonObject) -> JsonObject:
        lote = document["LoTE"]
        assert isinstance(lote, dict)
        scheme = lote["ListAndSchemeInformation"]
        assert isinstance(scheme, dict)
        scheme["NextUpdate"] = None
        return document

    made.bend_json = close
    found = verified(made)
    assert found.content.next_update is None
    assert found.until == scene().at + made.rules.freshness.maximum_age
