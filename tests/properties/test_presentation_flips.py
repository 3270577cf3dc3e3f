"""Any change of a valid presentation or request is noticed."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.protocols.openid4vp import evaluate_request
from idwallet.report import Outcome, conclude
from idwallet.roles.verifier import PresentationRequest
from idwallet.trust.policies import WALLET
from tests.properties.presentations import judged, new_draft, renewed, scene

MADE = new_draft()
TOKEN = MADE.token()
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
OTHERS = ALPHABET + '~.= {}"%+\0é'


def outcome(token: str) -> Outcome:
    body = json.dumps({"vp_token": {"pid": [token]}, "state": MADE.request.state})
    return judged(body, renewed(MADE.request)).report.outcome


def spans() -> dict[str, range]:
    """Where each part of the presentation stands."""
    found: dict[str, range] = {}
    start = 0
    for number, part in enumerate(TOKEN.split("~")):
        for inner, piece in enumerate(part.split(".")):
            found[f"part {number}.{inner}"] = range(start, start + len(piece))
            start += len(piece) + 1
    return found


SPANS = spans()


def test_the_presentation_that_is_changed_below_passes() -> None:
    assert outcome(TOKEN) is Outcome.PASSED
    assert len(SPANS) == 3 + 2 + 3


@pytest.mark.parametrize("part", SPANS)
@given(data=st.data())
def test_a_changed_character_never_yields_passed(
    part: str, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(SPANS[part]))
    other = data.draw(st.sampled_from(OTHERS).filter(lambda c: c != TOKEN[place]))
    forged = TOKEN[:place] + other + TOKEN[place + 1 :]
    assert outcome(forged) is not Outcome.PASSED


@pytest.mark.parametrize("part", SPANS)
def test_the_last_characters_of_each_part_have_one_spelling(part: str) -> None:
    # Where base64url has bits to spare, several characters decode to the same bytes.
    place = SPANS[part][-1]
    for other in ALPHABET.replace(TOKEN[place], ""):
        forged = TOKEN[:place] + other + TOKEN[place + 1 :]
        assert outcome(forged) is not Outcome.PASSED


@pytest.mark.parametrize("part", SPANS)
@given(data=st.data())
def test_a_flipped_bit_of_what_is_encoded_never_yields_passed(
    part: str, data: st.DataObject
) -> None:
    span = SPANS[part]
    raw = bytearray(b64.decode(TOKEN[span.start : span.stop], at="test"))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    forged = TOKEN[: span.start] + b64.encode(bytes(raw)) + TOKEN[span.stop :]
    assert outcome(forged) is not Outcome.PASSED


@given(place=st.integers(0, len(TOKEN) - 1), length=st.integers(1, 40))
def test_a_piece_cut_out_or_doubled_never_yields_passed(
    place: int, length: int
) -> None:
    piece = TOKEN[place : place + length]
    for forged in (
        TOKEN[:place] + TOKEN[place + length :],
        TOKEN[:place] + piece + piece + TOKEN[place + length :],
    ):
        assert outcome(forged) is not Outcome.PASSED


def test_a_disclosure_moved_dropped_or_doubled_never_yields_passed() -> None:
    head, first, second, bound = TOKEN.split("~")
    for disclosures in (
        [],
        [first],
        [second],
        [second, first],
        [first, second, second],
        [first, second, ""],
    ):
        forged = "~".join((head, *disclosures, bound))
        assert outcome(forged) is not Outcome.PASSED


def test_no_two_answers_can_be_crossed() -> None:
    other = new_draft().token()
    mine, theirs = TOKEN.split("~"), other.split("~")
    for number in range(len(mine)):
        crossed = [*mine]
        crossed[number] = theirs[number]
        expected = mine[number] == theirs[number]
        assert (outcome("~".join(crossed)) is Outcome.PASSED) is expected


def test_a_form_that_is_changed_in_one_character_never_yields_another_person() -> None:
    made = new_draft()
    body = urlencode(
        {
            "vp_token": json.dumps({"pid": [made.token()]}),
            "state": made.request.state,
        }
    )
    assert judged(body, renewed(made.request)).report.outcome is Outcome.PASSED
    names = dict(parse_qsl(body))
    for place in range(0, len(body), 97):
        forged = body[:place] + ("A" if body[place] != "A" else "B") + body[place + 1 :]
        found = judged(forged, renewed(made.request)).report.outcome
        assert found is not Outcome.PASSED or dict(parse_qsl(forged)) == names


# --- requests ----------------------------------------------------------------------

REQUEST: PresentationRequest = scene().request()
RAW = REQUEST.message.raw
ENDS = [len(".".join(RAW.split(".")[:n])) for n in (1, 2, 3)]


def asks(raw: str | bytes) -> Outcome:
    verdict = evaluate_request(raw, trust=scene().trust, policy=WALLET, at=scene().at)
    assert (verdict.request is None) is (
        conclude(verdict.checks, verdict.required) is not Outcome.PASSED
    )
    return conclude(verdict.checks, verdict.required)


def test_the_request_that_is_changed_below_passes() -> None:
    assert asks(RAW) is Outcome.PASSED


@pytest.mark.parametrize("segment", range(3))
@given(data=st.data())
def test_a_changed_character_of_a_request_never_yields_passed(
    segment: int, data: st.DataObject
) -> None:
    start = 0 if segment == 0 else ENDS[segment - 1] + 1
    place = data.draw(st.integers(start, ENDS[segment] - 1))
    other = data.draw(st.sampled_from(OTHERS).filter(lambda c: c != RAW[place]))
    forged = RAW[:place] + other + RAW[place + 1 :]
    assert asks(forged) is not Outcome.PASSED
    assert asks(forged.encode()) is not Outcome.PASSED


@pytest.mark.parametrize("segment", range(3))
@given(data=st.data())
def test_a_flipped_bit_of_a_request_never_yields_passed(
    segment: int, data: st.DataObject
) -> None:
    parts = RAW.split(".")
    raw = bytearray(b64.decode(parts[segment], at="test"))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    parts[segment] = b64.encode(bytes(raw))
    assert asks(".".join(parts)) is not Outcome.PASSED
