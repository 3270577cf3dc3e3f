"""Forged lists in CWT form, beside a twin that is accepted."""

import random
from collections.abc import Mapping

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborTag, CborValue, write_cbor
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import (
    CoseForm,
    CoseHeaders,
    MacKey,
    TagForm,
    mac_mac0,
    sign_sign1,
    x5chain_parameter,
)
from idwallet.profiles import HAIP_1_0
from idwallet.testing.status import StatusScene
from idwallet.testing.status_draft import LIST
from idwallet.trust.policy import Policy
from idwallet.trust.status_list import (
    Effort,
    ListContext,
    ListFault,
    ListRefused,
    ListSource,
    StatusList,
    StatusListContent,
    evaluate_status_list,
    issue_status_list_cwt,
)
from idwallet.trust.status_list.bitmap import deflate

SCENE = StatusScene(seed=b"cwt")
ISSUER = SCENE.issuer
AT = int(SCENE.at.timestamp())
HEADER: dict[CborKey, CborValue] = {
    16: "application/statuslist+cwt",
    33: x5chain_parameter(ISSUER.chain),
}
LISTED: dict[CborKey, CborValue] = {"bits": 1, "lst": deflate(b"\x09")}
CLAIMS: dict[CborKey, CborValue] = {
    2: LIST,
    4: AT + 3600,
    6: AT,
    65533: LISTED,
    65534: 600,
}
Members = Mapping[CborKey, CborValue]


def without(members: Members, label: CborKey) -> dict[CborKey, CborValue]:
    return {name: value for name, value in members.items() if name != label}


def cwt(
    claims: CborValue = CLAIMS,
    *,
    protected: Members = HEADER,
    unprotected: Members | None = None,
    signer: SoftwareSigner = ISSUER.signer,
    tag: TagForm = TagForm.UNTAGGED,
) -> bytes:
    return sign_sign1(
        write_cbor(claims),
        signer=signer,
        headers=CoseHeaders(protected, unprotected or {}),
        form=CoseForm(tag),
    )


def evaluated(
    token: bytes, context: ListContext = SCENE.context
) -> StatusList | ListRefused:
    return evaluate_status_list(token, ListSource(LIST), context=context)


def fault(token: bytes) -> ListFault | None:
    found = evaluated(token)
    return found.fault if isinstance(found, ListRefused) else None


def test_an_honest_list_is_read() -> None:
    found = evaluated(cwt())
    assert isinstance(found, StatusList)
    assert (found.uri, found.size, found.issued) == (LIST, 8, SCENE.at)
    assert [found.status(n).number for n in range(8)] == [1, 0, 0, 1, 0, 0, 0, 0]


def test_a_list_needs_neither_end_nor_time_to_live() -> None:
    found = evaluated(cwt(without(without(CLAIMS, 4), 65534)))
    assert isinstance(found, StatusList)
    assert (found.expires, found.ttl, found.aggregation_uri) == (None, None, None)


def test_the_chain_may_stand_outside_of_the_signature() -> None:
    chain = {33: HEADER[33]}
    assert fault(cwt(protected=without(HEADER, 33), unprotected=chain)) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({2: LIST + "2"}, ListFault.URI_MISMATCH),
        ({2: 5}, ListFault.MALFORMED),
        ({2: ""}, ListFault.MALFORMED),
        ({3: "https://a.example"}, ListFault.AUDIENCE),
        ({4: AT - 3600}, ListFault.EXPIRED),
        ({4: "never"}, ListFault.MALFORMED),
        ({4: CborTag(1, AT + 3600)}, ListFault.MALFORMED),
        ({5: AT + 3600}, ListFault.NOT_YET_VALID),
        ({6: AT + 3600}, ListFault.FROM_THE_FUTURE),
        ({65534: 0}, ListFault.MALFORMED),
        ({65534: -1}, ListFault.MALFORMED),
        ({65534: 600.0}, ListFault.MALFORMED),
        ({65534: "600"}, ListFault.MALFORMED),
        ({65534: True}, ListFault.MALFORMED),
        ({65533: [1, b""]}, ListFault.MALFORMED),
        ({65533: {**LISTED, "bits": 3}}, ListFault.MALFORMED),
        ({65533: {**LISTED, "bits": 1.0}}, ListFault.MALFORMED),
        ({65533: {**LISTED, "lst": "eNo"}}, ListFault.MALFORMED),
        ({65533: {**LISTED, "lst": deflate(b"\x09")[:-1]}}, ListFault.MALFORMED),
        ({65533: {**LISTED, "lst": deflate(b"\x09") + b"\0"}}, ListFault.MALFORMED),
        ({65533: {**LISTED, "aggregation_uri": 1}}, ListFault.MALFORMED),
        ({65533: {**LISTED, "aggregation_uri": "https://a.example"}}, None),
    ],
)
def test_a_claim_that_breaks_its_rule_refuses_the_list(
    change: Members, expected: ListFault | None
) -> None:
    assert fault(cwt({**CLAIMS, **change})) is expected


@pytest.mark.parametrize("label", [2, 6, 65533])
def test_a_claim_that_must_be_there_refuses_the_list_when_absent(label: int) -> None:
    assert fault(cwt(without(CLAIMS, label))) is ListFault.MALFORMED


@pytest.mark.parametrize("typ", [None, "statuslist+cwt", "application/cwt", 60])
def test_a_message_of_another_type_is_refused(typ: str | int | None) -> None:
    header = without(HEADER, 16) if typ is None else {**HEADER, 16: typ}
    assert fault(cwt(protected=header)) is ListFault.TYP_MISMATCH


def test_a_signature_of_somebody_else_is_refused() -> None:
    stranger = SoftwareSigner.generate(Algorithm.ES256)
    assert fault(cwt(signer=stranger)) is ListFault.SIGNATURE_INVALID


def test_a_list_with_a_flipped_bit_is_refused() -> None:
    token = cwt()
    changed = token[:-1] + bytes([token[-1] ^ 1])
    assert fault(changed) is ListFault.SIGNATURE_INVALID


def test_a_list_under_no_key_that_is_believed_is_refused() -> None:
    assert fault(cwt(protected=without(HEADER, 33))) is ListFault.SIGNER_NOT_TRUSTED


def test_a_list_under_a_shared_secret_is_nobody_s() -> None:
    for form in (CoseForm(TagForm.TAGGED), CoseForm(TagForm.UNTAGGED)):
        token = mac_mac0(
            write_cbor(CLAIMS),
            key=MacKey(bytes(32)),
            headers=CoseHeaders(HEADER),
            form=form,
        )
        assert fault(token) in {ListFault.MALFORMED, ListFault.ALGORITHM_NOT_ALLOWED}


@pytest.mark.parametrize(
    ("tag", "now", "haip"),
    [
        (TagForm.UNTAGGED, True, True),
        (TagForm.TAGGED, True, False),
        (TagForm.CWT, False, False),
    ],
)
def test_the_profile_says_which_tags_there_may_be(
    tag: TagForm, now: bool, haip: bool
) -> None:
    token = cwt(tag=tag)
    pinned = ListContext(
        SCENE.context.trust,
        Policy(name="haip", profile=HAIP_1_0),
        SCENE.context.freshness,
        SCENE.at,
    )
    assert isinstance(evaluated(token), StatusList) is now
    assert isinstance(evaluated(token, pinned), StatusList) is haip


def test_octets_behind_the_message_are_refused() -> None:
    assert fault(cwt() + b"\0") is ListFault.MALFORMED


def test_a_claim_twice_is_refused() -> None:
    payload = write_cbor({2: LIST})
    twice = b"\xa2" + payload[1:] + payload[1:]
    token = sign_sign1(
        twice,
        signer=ISSUER.signer,
        headers=CoseHeaders(HEADER),
        form=CoseForm(TagForm.UNTAGGED),
    )
    assert fault(token) is ListFault.MALFORMED


def test_a_list_as_long_as_may_be_issued_is_read() -> None:
    # Half of a nation's cards revoked are more octets than other CBOR may have.
    array = random.Random("long").randbytes(limits.CBOR_BYTES + 1)
    content = StatusListContent(uri=LIST, bits=1, array=array, effort=Effort.QUICK)
    token = issue_status_list_cwt(
        content, signer=ISSUER.signer, certificates=ISSUER.chain, at=SCENE.at
    )
    found = evaluated(token)
    assert isinstance(found, StatusList)
    assert found.bitmap == array
    for end in (token[:-1], token + b"\0"):
        assert fault(end) is ListFault.MALFORMED


def test_a_cwt_longer_than_a_status_list_may_be_is_refused_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = cwt()
    monkeypatch.setattr(limits, "STATUS_LIST_TOKEN_BYTES", len(token))
    assert isinstance(evaluated(token), StatusList)
    monkeypatch.setattr(limits, "STATUS_LIST_TOKEN_BYTES", len(token) - 1)
    assert fault(token) is ListFault.LIMIT_EXCEEDED
