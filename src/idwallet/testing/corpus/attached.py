"""Requests to which something is attached that breaks its rules."""

from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.requests import RequestForgery, asks
from idwallet.testing.draft import ABSENT, loose_json, overlaid


def _info(**members: JsonValue) -> JsonValue:
    return overlaid({"format": "jwt", "data": "eyJ"}, members)


def _agreed(**members: JsonValue) -> JsonValue:
    content: dict[str, JsonValue] = {"type": "pay", "credential_ids": ["pid"]}
    return b64.encode(loose_json(overlaid(content, members)))


_MANY_INFO: Final = limits.VERIFIER_INFO_ENTRIES + 1
_MANY_AGREED: Final = limits.TRANSACTION_DATA_ENTRIES + 1


_MALFORMED: Final[tuple[tuple[str, dict[str, JsonValue]], ...]] = (
    ("no attestation in a list", {"verifier_info": []}),
    ("an attestation that is text", {"verifier_info": ["eyJ"]}),
    ("an attestation of no format", {"verifier_info": [{"data": "eyJ"}]}),
    ("an attestation of nothing", {"verifier_info": [{"format": "jwt"}]}),
    (
        "an attestation for a query that is not there",
        {"verifier_info": [_info(credential_ids=["mdl"])]},
    ),
    (
        "an attestation for no query",
        {"verifier_info": [_info(credential_ids=[])]},
    ),
    (
        "an attestation for one query twice",
        {"verifier_info": [_info(credential_ids=["pid", "pid"])]},
    ),
    (
        "a registration that is an object",
        {"verifier_info": [_info(format="registration_cert", data={"sub": "x"})]},
    ),
    ("no transaction in a list", {"transaction_data": []}),
    ("a transaction in clear", {"transaction_data": [{"type": "pay"}]}),
    ("a transaction that is no base64url", {"transaction_data": ["{}"]}),
    ("a transaction that is a list", {"transaction_data": [b64.encode(b"[]")]}),
    ("a transaction of no type", {"transaction_data": [_agreed(type=ABSENT)]}),
    (
        "a transaction by no credential",
        {"transaction_data": [_agreed(credential_ids=ABSENT)]},
    ),
    (
        "a transaction by a credential that is not asked",
        {"transaction_data": [_agreed(credential_ids=["mdl"])]},
    ),
    (
        "a transaction whose type stands twice",
        {"transaction_data": [b64.encode(b'{"type":"a","type":"b"}')]},
    ),
)

_UNSUPPORTED: Final[tuple[tuple[str, dict[str, JsonValue]], ...]] = (
    ("transaction data", {"transaction_data": [_agreed()]}),
)

_TOO_LARGE: Final[tuple[tuple[str, dict[str, JsonValue]], ...]] = (
    ("attestations without end", {"verifier_info": [_info()] * _MANY_INFO}),
    ("transactions without end", {"transaction_data": [_agreed()] * _MANY_AGREED}),
    ("a transaction too long", {"transaction_data": [_agreed(note="x" * 32_768)]}),
)

ATTACHED: Final = tuple(
    RequestForgery(name, CheckId.REQUEST_FORMAT, reason, asks(**claims))
    for reason, cases in (
        (Reason.MALFORMED, _MALFORMED),
        (Reason.UNSUPPORTED, _UNSUPPORTED),
        (Reason.LIMIT_EXCEEDED, _TOO_LARGE),
    )
    for name, claims in cases
)
