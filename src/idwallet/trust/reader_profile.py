"""Certificates of readers held to their profile (ISO/IEC 18013-5 B.1.7).

As with those of issuers (`idwallet.trust.iaca`), what breaks it is named, one code for
each rule, and a policy says whether that counts.
"""

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from cryptography.x509.oid import ExtensionOID

from idwallet.trust.certificate import Certificate, KeyUsage
from idwallet.trust.iaca import (
    COMMON_NAME,
    has_extension,
    is_critical,
    is_on_a_curve,
    values,
)

MDOC_READER: Final = "1.0.18013.5.1.6"
"""The extended key usage of a reader (B.1.7)."""

_LIFE: Final = timedelta(days=1187)


class ReaderDeviation(StrEnum):
    """How a reader's certificate differs from Annex B.1.7."""

    LIFE = "reader_life"
    """It holds for more than 1187 days."""
    USAGE = "reader_usage"
    """Its key usage is not critical, or more than digitalSignature."""
    PURPOSE = "reader_purpose"
    """Its extended key usage is not critical, or not that of a reader."""
    SUBJECT = "reader_subject"
    """Its subject has no common name."""
    KEY_IDENTIFIERS = "reader_key_identifiers"
    """It does not identify its key, or its issuer's."""
    REVOCATION = "reader_revocation"
    """It does not say where its issuer's CRL is."""
    KEY = "reader_key"
    """Its key is on no curve of the profile."""


@lru_cache(maxsize=256)
def reader_deviations(leaf: Certificate) -> tuple[ReaderDeviation, ...]:
    """Return how a reader's certificate differs from B.1.7, in the enum's order."""
    extensions = leaf.native.extensions
    rules = (
        (ReaderDeviation.LIFE, leaf.not_after - leaf.not_before <= _LIFE),
        (
            ReaderDeviation.USAGE,
            leaf.key_usage == frozenset({KeyUsage.DIGITAL_SIGNATURE})
            and is_critical(extensions, ExtensionOID.KEY_USAGE),
        ),
        (
            ReaderDeviation.PURPOSE,
            leaf.extended_key_usage == frozenset({MDOC_READER})
            and is_critical(extensions, ExtensionOID.EXTENDED_KEY_USAGE),
        ),
        (ReaderDeviation.SUBJECT, bool(values(leaf, COMMON_NAME))),
        (
            ReaderDeviation.KEY_IDENTIFIERS,
            None not in {leaf.subject_key_id, leaf.authority_key_id},
        ),
        (
            ReaderDeviation.REVOCATION,
            has_extension(extensions, ExtensionOID.CRL_DISTRIBUTION_POINTS),
        ),
        (ReaderDeviation.KEY, is_on_a_curve(leaf)),
    )
    return tuple(deviation for deviation, is_kept in rules if not is_kept)
