"""A document and its keys, for the tests of this folder; everybody is invented."""

import secrets
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final

from idwallet.codec.cbor import CborValue
from idwallet.credentials.mdoc.issue import (
    Life,
    Mdoc,
    issuer_items,
    issuer_signed_bytes,
    mso_bytes,
    require_issuable,
)
from idwallet.credentials.mdoc.members import CborMap
from idwallet.credentials.mdoc.structures import IssuerSigned, read_issuer_signed
from idwallet.credentials.mdoc.transcript import RedirectHandover
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import CoseForm, CoseHeaders, Sign1Signer, TagForm

MDL: Final = "org.iso.18013.5.1.mDL"
NAMESPACE: Final = "org.iso.18013.5.1"
AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LIFE: Final = Life(AT, AT, AT + timedelta(days=30))
HANDOVER: Final = RedirectHandover(
    "x509_hash:abc", "a-nonce-of-the-reader", "https://shop.example/answer"
)
LICENCE: Final = Mdoc(
    MDL,
    {
        NAMESPACE: {
            "family_name": "Примерова",
            "given_name": "Анна",
            "birth_date": date(1990, 5, 17),
            "portrait": bytes(range(256)) * 8,
            "age_over_18": True,
            "height": 171,
            "driving_privileges": [{"vehicle_category_code": "B"}],
        }
    },
)


@cache
def device() -> SoftwareSigner:
    """The key that documents are bound to."""
    return SoftwareSigner.generate(Algorithm.ES256)


@cache
def issuer() -> SoftwareSigner:
    return SoftwareSigner.generate(Algorithm.ES256)


def issued_bytes(content: Mdoc = LICENCE, *, life: Life = LIFE) -> bytes:
    require_issuable(content)
    items = issuer_items(content, random=secrets.token_bytes)
    payload = mso_bytes(
        content, digests=items.digests, device_key=device().public_key, life=life
    )
    by = Sign1Signer(
        issuer(),
        headers=CoseHeaders({}, {33: b"no certificate"}),
        form=CoseForm(TagForm.UNTAGGED),
    )
    return issuer_signed_bytes(items, by.sign(payload))


def issued(content: Mdoc = LICENCE, *, life: Life = LIFE) -> IssuerSigned:
    return read_issuer_signed(issued_bytes(content, life=life), at="document")


def licence(**changes: object) -> Mdoc:
    return replace(LICENCE, **changes)  # type: ignore[arg-type]


def in_map(value: CborValue) -> CborMap:
    assert isinstance(value, dict)
    return value
