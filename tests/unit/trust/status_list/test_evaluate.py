"""What the corpus of forged lists does not reach: honest lists of every shape."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.testing.status import StatusDraft, StatusScene, status_draft
from idwallet.testing.status_draft import LIST
from idwallet.trust.status_list import (
    ListFault,
    ListRefused,
    ListSource,
    StatusList,
    StatusListContent,
    evaluate_status_list,
    issue_status_list,
    issue_status_list_cwt,
)
from idwallet.trust.status_list.bitmap import pack

SCENE = StatusScene(seed=b"evaluate")


def accepted(made: StatusDraft) -> StatusList:
    found = made.evaluated()
    assert isinstance(found, StatusList), found
    return found


def test_what_a_list_says_is_there_to_read() -> None:
    made = status_draft(SCENE)
    made.entries = {"aggregation_uri": "https://issuer.example/status"}
    found = accepted(made)
    assert found.uri == LIST
    assert (found.bits, found.size) == (2, 1_000)
    assert found.issued == SCENE.at
    assert found.expires == SCENE.at + timedelta(hours=12)
    assert found.ttl == timedelta(hours=1)
    assert found.aggregation_uri == "https://issuer.example/status"
    assert found.key == SCENE.issuer.signer.public_key


def test_a_list_may_say_no_more_than_it_must() -> None:
    made = status_draft(SCENE)
    content = StatusListContent(uri=LIST, bits=1, array=b"\0")
    issuer = SCENE.issuer
    token = issue_status_list(
        content, signer=issuer.signer, certificates=issuer.chain, at=SCENE.at
    )
    found = evaluate_status_list(token, ListSource(LIST), context=SCENE.context)
    assert isinstance(found, StatusList)
    assert (found.expires, found.ttl, found.aggregation_uri) == (None, None, None)
    assert made.evaluated() is not found


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("issue", [issue_status_list, issue_status_list_cwt])
def test_what_is_issued_is_read_in_either_form(bits: int, issue) -> None:  # type: ignore[no-untyped-def]
    entries = {5: 1, 99: (1 << bits) - 1}
    content = StatusListContent(
        uri=LIST,
        bits=bits,
        array=pack(entries.items(), bits=bits, size=104),
        expires=SCENE.at + timedelta(hours=2),
        ttl=timedelta(minutes=5),
        aggregation_uri="https://issuer.example/status",
    )
    issuer = SCENE.issuer
    token = issue(content, signer=issuer.signer, certificates=issuer.chain, at=SCENE.at)
    found = evaluate_status_list(token, ListSource(LIST), context=SCENE.context)
    assert isinstance(found, StatusList)
    assert (found.bits, found.size) == (bits, 104)
    assert (found.ttl, found.expires) == (content.ttl, content.expires)
    assert found.aggregation_uri == content.aggregation_uri
    numbers = {n: found.status(n).number for n in range(104)}
    assert {n: v for n, v in numbers.items() if v} == entries


def test_a_token_may_be_text_or_octets() -> None:
    token = status_draft(SCENE).token()
    for each in (token, token.encode("ascii")):
        found = evaluate_status_list(each, ListSource(LIST), context=SCENE.context)
        assert isinstance(found, StatusList)


@pytest.mark.parametrize("token", ["", b"", "a.b.c", b"\x84", b"\xd2\x84", "\x80"])
def test_what_is_no_token_is_refused_and_raises_nothing(token: str | bytes) -> None:
    found = evaluate_status_list(token, ListSource(LIST), context=SCENE.context)
    assert isinstance(found, ListRefused)
    assert found.fault is ListFault.MALFORMED
    assert found.as_of is None
    assert set(found.facts) == {"what", "at"}


def test_claims_that_are_unknown_are_passed_over() -> None:
    made = status_draft(SCENE)
    made.claims = {"jti": "1", "iss": "https://issuer.example", "nbf": 0}
    made.entries = {"note": [1, 2]}
    assert accepted(made).size == 1_000


def test_json_with_white_space_is_read_like_any_other() -> None:
    made = status_draft(SCENE)
    made.bend_payload = lambda text: text.replace(b",", b" ,\n").replace(b":{", b" : {")
    assert accepted(made).size == 1_000


def test_a_time_to_live_may_be_a_fraction() -> None:
    made = status_draft(SCENE)
    made.claims = {"ttl": 0.5}
    assert accepted(made).ttl == timedelta(seconds=0.5)


def test_a_list_with_no_entry_holds_none() -> None:
    made = status_draft(SCENE)
    made.array = bytearray()
    assert not accepted(made).holds(0)


def test_the_edges_of_its_time_are_those_of_the_clock_skew() -> None:
    skew = SCENE.context.policy.clock_skew
    tick = timedelta(seconds=1)
    made = status_draft(SCENE)
    edges = {
        SCENE.at - skew: None,
        SCENE.at - skew - tick: ListFault.FROM_THE_FUTURE,
        SCENE.at + timedelta(hours=12) + skew - tick: None,
        SCENE.at + timedelta(hours=12) + skew: ListFault.EXPIRED,
    }
    for at, fault in edges.items():
        made.context = replace(SCENE.context, at=at)
        found = made.evaluated()
        assert (found.fault if isinstance(found, ListRefused) else None) is fault


def test_a_list_that_says_from_when_it_holds_holds_from_then() -> None:
    skew = SCENE.context.policy.clock_skew
    made = status_draft(SCENE)
    moment = int(SCENE.at.timestamp()) + int(skew.total_seconds())
    made.claims = {"nbf": moment}
    assert accepted(made).times.not_before is not None
    made.claims = {"nbf": moment + 1}
    assert isinstance(made.evaluated(), ListRefused)


def test_the_last_date_there_is_overflows_nothing() -> None:
    made = status_draft(SCENE)
    made.claims = {"exp": 253_402_300_799, "ttl": 253_402_300_799}
    assert accepted(made).size == 1_000
    made.claims = {"iat": 253_402_300_799}
    found = made.evaluated()
    assert isinstance(found, ListRefused)
    assert found.fault is ListFault.FROM_THE_FUTURE


def test_a_refusal_says_as_of_when_where_that_could_be_read() -> None:
    made = status_draft(SCENE)
    made.asked = LIST + "2"
    found = made.evaluated()
    assert isinstance(found, ListRefused)
    assert (found.fault, found.as_of) == (ListFault.URI_MISMATCH, SCENE.at)


def test_nothing_is_inflated_before_the_signature_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inflated: list[bytes] = []
    monkeypatch.setattr(
        "idwallet.trust.status_list.evaluate.inflate",
        lambda stream, *, at: inflated.append(stream) or memoryview(b"\0"),
    )
    made = status_draft(SCENE)
    made.bend = lambda token: token[:-4] + "AAAA"
    assert isinstance(made.evaluated(), ListRefused)
    assert inflated == []
    assert isinstance(status_draft(SCENE).evaluated(), StatusList)
    assert len(inflated) == 1


def test_a_payload_is_what_was_signed_and_not_what_it_reads_like() -> None:
    made = status_draft(SCENE)

    def reordered(text: bytes) -> bytes:
        members: JsonObject = read_object(text, at="")
        return write_json(dict(reversed(members.items())))

    made.bend_payload = reordered
    assert accepted(made).size == 1_000


def test_a_list_may_have_as_many_members_as_are_allowed() -> None:
    made = status_draft(SCENE)
    made.claims = {"x": [1] * 1_000}
    assert accepted(made).size == 1_000
