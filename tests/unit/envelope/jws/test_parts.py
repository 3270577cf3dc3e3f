"""A signature comes apart though its payload is elsewhere."""

import pytest

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.envelope.jws import (
    JsonShape,
    JsonSigner,
    PayloadForm,
    json_entries,
    json_payload,
    protect,
    read_compact_parts,
    read_json_entry,
    sign_compact,
    sign_json_serialization,
    signature_reason,
)
from idwallet.errors import LimitError, UsageError
from idwallet.report import Reason
from tests.unit.envelope.jws.forge import PAYLOAD, signer

ES256 = signer()


@pytest.mark.parametrize("form", PayloadForm)
def test_a_compact_signature_is_covered_by_what_is_brought(form: PayloadForm) -> None:
    token = sign_compact(PAYLOAD, header={}, signer=ES256, form=form)
    parts = read_compact_parts(token, at="jws")
    is_inside = form is PayloadForm.ATTACHED
    assert (parts.payload, parts.at) == (PAYLOAD if is_inside else None, "jws")
    body = parts.body
    if body is None:
        body = protect({}, algorithm=ES256.algorithm, form=form).message(PAYLOAD)
        body = body.partition(b".")[2]
    jws = parts.covering(body, payload=PAYLOAD)
    assert (
        signature_reason(jws, key=ES256.public_key, allowed=DEFAULT_ALGORITHMS)
        is Reason.VALID
    )
    assert "inside" in repr(parts) or "elsewhere" in repr(parts)


def test_an_empty_payload_is_none_where_it_is_compact() -> None:
    token = sign_compact(b"", header={}, signer=ES256)
    assert read_compact_parts(token, at="jws").body is None


def test_each_signature_of_a_json_form_is_read_by_itself() -> None:
    made = sign_json_serialization(
        PAYLOAD,
        signers=[JsonSigner(ES256, {}, {"kid": "one"}), JsonSigner(ES256, {})],
        shape=JsonShape.GENERAL,
    )
    inside = json_payload(made, encoded=True, at="jws")
    assert inside is not None
    assert str(len(PAYLOAD)) in repr(inside)
    first, second = (read_json_entry(e, inside) for e in json_entries(made, at="jws"))
    assert (first.at, second.at) == ("jws/signatures/0", "jws/signatures/1")
    assert first.unprotected == {"kid": "one"}
    assert first.payload == second.payload == PAYLOAD


def test_a_payload_that_is_too_long_is_not_decoded() -> None:
    with pytest.raises(LimitError):
        json_payload({"payload": "A" * (limits.JWS_BYTES + 1)}, encoded=True, at="jws")


def test_a_header_that_no_reader_takes_is_not_made() -> None:
    with pytest.raises(UsageError):
        protect({"crit": []}, algorithm=Algorithm.ES256)
