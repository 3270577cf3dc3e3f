from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.ports import Use
from idwallet.report import TABLE, CheckId
from idwallet.testing.pki import MOMENT, Fault, TestPki
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.certificate import Certificate
from idwallet.trust.path import ValidatedPath, validate_path
from idwallet.trust.replay import MemoryReplay
from idwallet.trust.signer import SignerFound, SignerRefused, resolve_signer

PKI = TestPki(seed=b"properties")
OTHER = TestPki(seed=b"other properties")
ISSUER = PKI.issuer()
CHAIN = ISSUER.chain
NAME = ISSUER.name
SECONDS = st.integers(-2 * 366 * 86_400, 2 * 366 * 86_400)


def resolve(
    x5c: tuple[bytes, ...], store: TrustStore, *, seconds: int = 0
) -> SignerFound | SignerRefused:
    answer = resolve_signer(
        x5c,
        kid=None,
        name=NAME,
        store=store,
        purpose=Purpose.ISSUE_CREDENTIALS,
        at=MOMENT + timedelta(seconds=seconds),
        algorithms=DEFAULT_ALGORITHMS,
    )
    assert set(TABLE[CheckId.ISSUER_TRUST, answer.reason].facts) <= set(answer.facts)
    return answer


@given(st.binary(max_size=200))
def test_any_bytes_are_a_certificate_or_refused(der: bytes) -> None:
    with pytest.raises((MalformedError, UnsupportedError)):
        Certificate.from_der(der, at="x5c")


@given(st.data())
def test_any_bit_flipped_in_a_chain_is_noticed(data: st.DataObject) -> None:
    which = data.draw(st.integers(0, len(CHAIN) - 1))
    place = data.draw(st.integers(0, len(CHAIN[which]) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(CHAIN[which])
    changed[place] ^= 1 << bit
    forged = [*CHAIN]
    forged[which] = bytes(changed)
    assert isinstance(resolve(tuple(forged), PKI.store()), SignerRefused)


@given(st.data())
def test_any_cut_or_spliced_certificate_is_refused(data: st.DataObject) -> None:
    leaf = CHAIN[0]
    start = data.draw(st.integers(0, len(leaf) - 1))
    end = data.draw(st.integers(start + 1, len(leaf)))
    middle = data.draw(st.binary(max_size=8).filter(lambda b: b != leaf[start:end]))
    forged = leaf[:start] + middle + leaf[end:]
    assert isinstance(resolve((forged, *CHAIN[1:]), PKI.store()), SignerRefused)


@given(st.lists(st.sampled_from([*CHAIN, PKI.root.der, OTHER.root.der]), min_size=1))
def test_only_the_order_that_came_counts(chain: list[bytes]) -> None:
    answer = resolve(tuple(chain), PKI.store())
    below = chain[: chain.index(PKI.root.der)] if PKI.root.der in chain else chain
    sound = tuple(below) == CHAIN and len(chain) <= 6
    assert isinstance(answer, SignerFound) is sound


@given(st.sampled_from([None, *Fault]), SECONDS)
def test_more_anchors_never_hurt_and_fewer_never_help(
    fault: Fault | None, seconds: int
) -> None:
    chain = PKI.issuer(fault=fault).chain
    ours = resolve(chain, PKI.store(), seconds=seconds)
    more = resolve(chain, TrustStore([OTHER.anchor(), PKI.anchor()]), seconds=seconds)
    without = resolve(chain, OTHER.store(), seconds=seconds)
    assert type(ours) is type(more)
    assert isinstance(without, SignerRefused)


@given(st.lists(SECONDS, min_size=1, max_size=8))
def test_what_a_store_remembers_never_changes_an_answer(moments: list[int]) -> None:
    store = PKI.store()
    chain = PKI.issuer(
        change=lambda plan: replace(plan, not_after=MOMENT + timedelta(days=90))
    ).chain
    for seconds in moments:
        warm = resolve(chain, store, seconds=seconds)
        cold = resolve(chain, PKI.store(), seconds=seconds)
        assert type(warm) is type(cold)
        assert warm.reason is cold.reason


@given(SECONDS, SECONDS)
def test_a_path_holds_at_every_moment_of_its_window_and_at_no_other(
    first: int, second: int
) -> None:
    since = MOMENT + timedelta(seconds=min(first, second))
    until = MOMENT + timedelta(seconds=max(first, second))
    anchor = PKI.anchor().with_validity(since=since, until=until)
    leaf = ISSUER.certificate
    lower, upper = max(since, leaf.not_before), min(until, leaf.not_after)
    for at in (
        lower - timedelta(seconds=1),
        lower,
        upper,
        upper + timedelta(seconds=1),
    ):
        path = validate_path(
            tuple(Certificate.from_der(der, at="x5c") for der in CHAIN),
            store=TrustStore([anchor]),
            purpose=Purpose.ISSUE_CREDENTIALS,
            at=at,
            algorithms=DEFAULT_ALGORITHMS,
        )
        assert isinstance(path, ValidatedPath) is (lower <= at <= upper)
        if isinstance(path, ValidatedPath):
            assert (path.since, path.until) == (lower, upper)


@given(st.frozensets(st.sampled_from(list(Algorithm))))
def test_fewer_algorithms_never_help(algorithms: frozenset[Algorithm]) -> None:
    chain = tuple(Certificate.from_der(der, at="x5c") for der in CHAIN)
    path = validate_path(
        chain,
        store=PKI.store(),
        purpose=Purpose.ISSUE_CREDENTIALS,
        at=MOMENT,
        algorithms=algorithms,
    )
    assert isinstance(path, ValidatedPath) is (Algorithm.ES256 in algorithms)


DIGESTS = st.integers(0, 3).map(lambda n: bytes([n]) * 32)


@given(st.lists(st.tuples(DIGESTS, DIGESTS, st.booleans()), max_size=30))
def test_a_request_is_first_once_and_used_for_good_once_settled(
    steps: list[tuple[bytes, bytes, bool]],
) -> None:
    guard = MemoryReplay()
    answered: dict[bytes, bytes] = {}
    settled: set[bytes] = set()
    for request, response, settles in steps:
        use = guard.consume(request, response, until=MOMENT, at=MOMENT)
        expected = Use.USED
        if request not in answered:
            expected = Use.FIRST
        elif answered[request] == response and request not in settled:
            expected = Use.SAME_AGAIN
        assert use is expected
        answered.setdefault(request, response)
        if settles:
            assert guard.settle(request) is (request not in settled)
            settled.add(request)
