"""What a wallet shows in person passes, tells no more, and no request crashes it."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.evaluate_request import evaluate_device_request
from idwallet.credentials.mdoc.match_request import match_request
from idwallet.credentials.mdoc.members import a_list, a_map
from idwallet.credentials.mdoc.reader import SignedOver, signed_request
from idwallet.credentials.mdoc.request import UseCase, items_request, request_info
from idwallet.credentials.mdoc.transcript import QrHandover
from idwallet.credentials.model import Unverified, VerifiedPresentation
from idwallet.credentials.required import Context
from idwallet.crypto.agreement import EphemeralKey
from idwallet.errors import UsageError
from idwallet.report import CheckId, Outcome, Report
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.mdoc import (
    NAMESPACE,
    MdocScene,
    ReaderDraft,
    reader_draft,
    reader_identity,
)
from idwallet.trust.policies import RETAIL, WALLET
from idwallet.trust.replay import MemoryReplay
from tests.unit.roles.two_formats import (
    ELEMENTS,
    issued,
    mdocs,
    of_licence,
    query,
    scene,
    wallet,
)

AT = mdocs().at


@cache
def verifier() -> Verifier:
    by = reader_identity(mdocs())
    identity = RelyingParty(
        signer=by.signer, certificates=by.chain, answer_to="https://shop.example/answer"
    )
    return Verifier(identity=identity, policy=RETAIL, replay=MemoryReplay())


own = cache(lambda: wallet(issued()))


@given(
    names=st.sets(st.sampled_from([*ELEMENTS, "age_over_18", "absent"]), min_size=1),
    over=st.sampled_from(SignedOver),
    is_mac=st.booleans(),
)
def test_what_is_shown_passes_and_is_what_was_asked(
    names: set[str], over: SignedOver, is_mac: bool
) -> None:
    ages = sorted(name for name in names if name.startswith("age_over_"))
    names = names - {*ages[2:]}  # a reader asks for two
    key = EphemeralKey.generate()
    handover = QrHandover(b"\xa0", write_cbor(key.public_key.to_cose()))
    asking = query(of_licence(*sorted(names)))
    question = verifier().ask_device(
        asking, session=Session(handover, key), at=AT, over=over
    )
    heard = own().read_device_request(question.message, handover=handover, at=AT)
    match = own().match(heard, at=AT)
    if names == {"absent"}:
        assert not match.found.is_satisfiable()
        return
    response = own().present_device(
        heard, match.choose(), at=AT, reader=key.public_key if is_mac else None
    )
    found = evaluate_presentation(
        response, request=question, trust=scene().trust, at=AT
    )
    if "absent" in names:
        assert isinstance(found, Unverified)
        return
    assert isinstance(found, VerifiedPresentation)
    shown = found.credential("mdl").claims[NAMESPACE]
    assert isinstance(shown, dict)
    # Of an age that the licence does not state, the next one that is reached.
    expected = {"age_over_21" if name == "age_over_18" else name for name in names}
    assert shown.keys() == expected


@cache
def drawn() -> tuple[ReaderDraft, bytes]:
    made = reader_draft(MdocScene())
    return made, made.request()


@given(place=st.integers(0, 4000), flip=st.integers(1, 255), cut=st.integers(-3, 3))
def test_no_octet_of_a_request_may_change(place: int, flip: int, cut: int) -> None:
    """However it is changed, a wallet says no; it never raises, and never takes it."""
    made, octets = drawn()
    at = place % len(octets)
    forged = octets[:at] + bytes([octets[at] ^ flip]) + octets[at + 1 :]
    if cut:
        forged = forged[: at + cut] + forged[at:]
    verdict = evaluate_device_request(
        forged,
        handover=made.heard_in,
        context=Context(made.trust, made.policy, made.at),
    )
    report = Report(verdict.checks, verdict.required, made.at, "a test")
    whole = a_map(read_cbor(octets, at=""), at="")
    if forged == octets:
        return
    if report.outcome is Outcome.PASSED:
        # Only what nobody signs, and that says nothing: an unknown member or header.
        assert verdict.request is not None
        before = [each["itemsRequest"] for each in a_list(whole["docRequests"], at="")]  # type: ignore[index,call-overload]
        after = [each.items.octets for each in verdict.request.documents]
        assert after == [each.value for each in before]
        assert verdict.signer is not None


@given(octets=st.binary(max_size=200))
def test_no_octets_crash_a_wallet(octets: bytes) -> None:
    made, _ = drawn()
    verdict = evaluate_device_request(
        octets, handover=made.heard_in, context=Context(made.trust, WALLET, made.at)
    )
    assert verdict.request is None


NAMES = st.text(max_size=8)


@given(
    asked=st.lists(
        st.tuples(
            NAMES,
            st.dictionaries(
                NAMES,
                st.dictionaries(NAMES, st.booleans(), min_size=1, max_size=3),
                min_size=1,
                max_size=2,
            ),
            st.lists(st.binary(max_size=4), max_size=2),
        ),
        min_size=1,
        max_size=3,
    ),
    uses=st.lists(
        st.builds(
            UseCase,
            st.lists(
                st.lists(st.integers(0, 2), min_size=1, max_size=3).map(tuple),
                min_size=1,
                max_size=3,
            ).map(tuple),
            st.booleans(),
        ),
        max_size=2,
    ),
)
def test_whatever_is_asked_is_a_query_or_malformed(
    asked: list[tuple[str, dict[str, dict[str, bool]], list[bytes]]],
    uses: list[UseCase],
) -> None:
    """Names may be anything: what a person is shown is a query, or there is a no."""
    handover, made = QrHandover(b"\xa0", b"\xa0"), drawn()[0]
    try:
        data = signed_request(
            [items_request(name, each, issuers=ids) for name, each, ids in asked],
            handover=handover,
            by=made.by,
            info=request_info(uses),
        )
    except UsageError:
        return
    verdict = evaluate_device_request(
        data, handover=handover, context=Context(made.trust, made.policy, made.at)
    )
    formed = next(e for e in verdict.checks if e.id is CheckId.REQUEST_FORMAT)
    assert (verdict.query is not None) is (formed.outcome is Outcome.PASSED)
    if verdict.query is None or verdict.request is None:
        return
    assert len(verdict.query.credentials) == len(asked)
    assert match_request(verdict.request, [], at=AT).is_satisfiable() is (
        bool(uses) and not any(each.mandatory for each in uses)
    )
