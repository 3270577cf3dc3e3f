"""Certificates in no order are put in one, by one way and in bounds."""

import pytest

from idwallet import limits
from idwallet.codec.der import sequence
from idwallet.testing.pki import TestPki
from idwallet.trust.certificate import Certificate
from idwallet.trust.chain import order_chain


@pytest.fixture(scope="module")
def pki() -> TestPki:
    return TestPki(seed=b"idwallet TEST chains")


def ders(chain: tuple[Certificate, ...]) -> list[bytes]:
    return [each.der for each in chain]


def test_a_chain_is_put_in_order(pki: TestPki) -> None:
    who = pki.issuer(intermediates=3)
    leaf, *above = who.chain
    others = pki.issuer("https://other.example").chain
    mixed = [sequence(), *others, *reversed(above), leaf, pki.root.der]
    found = order_chain(who.certificate, mixed, at="x")
    assert ders(found) == [leaf, *above, pki.root.der]


def test_a_chain_ends_where_nobody_above_is_at_hand(pki: TestPki) -> None:
    who = pki.issuer(intermediates=2)
    assert ders(order_chain(who.certificate, [], at="x")) == [who.chain[0]]
    without_first = who.chain[2:]
    assert ders(order_chain(who.certificate, without_first, at="x")) == [who.chain[0]]


def test_of_two_of_one_name_the_key_identifier_decides(pki: TestPki) -> None:
    one, two = (pki.issuer(f"https://{n}.example") for n in ("one", "two"))
    assert one.chain[1] != two.chain[1]
    found = order_chain(one.certificate, [two.chain[1], one.chain[1]], at="x")
    assert ders(found) == list(one.chain)


def test_certificates_that_issue_each_other_end(pki: TestPki) -> None:
    root = pki.root
    assert ders(order_chain(root, [root.der], at="x")) == [root.der]


def test_a_chain_is_no_longer_than_what_says_that_it_is_too_long(pki: TestPki) -> None:
    who = pki.issuer(intermediates=limits.CHAIN_CERTIFICATES + 2)
    found = order_chain(who.certificate, who.chain, at="x")
    assert len(found) == limits.CHAIN_CERTIFICATES + 1
