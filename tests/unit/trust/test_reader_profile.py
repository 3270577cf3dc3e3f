"""What a reader's certificate may differ in from Annex B.1.7, one rule at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.mdoc import MdocScene, reader_identity
from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.reader_profile import ReaderDeviation, reader_deviations

DAY = timedelta(days=1)
NAMELESS = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "XX")])


@cache
def scene() -> MdocScene:
    return MdocScene()


def deviations(
    change: Callable[[CertificatePlan], CertificatePlan],
) -> tuple[ReaderDeviation, ...]:
    der = reader_identity(scene(), change).chain[0]
    return reader_deviations(Certificate.from_der(der, at="reader"))


def test_a_certificate_that_keeps_the_profile_deviates_in_nothing() -> None:
    assert deviations(lambda plan: plan) == ()
    longest = deviations(
        lambda plan: replace(plan, not_before=plan.not_after - 1187 * DAY)
    )
    assert longest == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda p: replace(
                p, not_before=p.not_after - 1187 * DAY - timedelta(seconds=1)
            ),
            ReaderDeviation.LIFE,
        ),
        (
            lambda p: replace(
                p,
                key_usage=frozenset(
                    {KeyUsage.DIGITAL_SIGNATURE, KeyUsage.KEY_AGREEMENT}
                ),
            ),
            ReaderDeviation.USAGE,
        ),
        (lambda p: replace(p, key_usage=None), ReaderDeviation.USAGE),
        (lambda p: replace(p, critical_purposes=False), ReaderDeviation.PURPOSE),
        (
            lambda p: replace(p, key_purposes=(*p.key_purposes, "1.3.6.1.5.5.7.3.1")),
            ReaderDeviation.PURPOSE,
        ),
        (lambda p: replace(p, key_purposes=()), ReaderDeviation.PURPOSE),
        (lambda p: replace(p, subject=NAMELESS), ReaderDeviation.SUBJECT),
        (
            lambda p: replace(p, authority_key_id=None),
            ReaderDeviation.KEY_IDENTIFIERS,
        ),
        (lambda p: replace(p, subject_key_id=None), ReaderDeviation.KEY_IDENTIFIERS),
        (lambda p: replace(p, extensions=()), ReaderDeviation.REVOCATION),
        (
            lambda p: replace(p, key=rsa.generate_private_key(65537, 2048)),
            ReaderDeviation.KEY,
        ),
    ],
)
def test_each_rule_that_is_broken_is_named(
    change: Callable[[CertificatePlan], CertificatePlan], expected: ReaderDeviation
) -> None:
    assert deviations(change) == (expected,)


def test_several_are_named_in_one_order() -> None:
    found = deviations(lambda p: replace(p, extensions=(), critical_purposes=False))
    assert found == (ReaderDeviation.PURPOSE, ReaderDeviation.REVOCATION)
