"""Messages are made from parts encoded once, and read as they were meant."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import cms as oracle
from hypothesis import given
from hypothesis import strategies as st

from idwallet import limits
from idwallet.codec.der import UTF8, inside, integer, oid, set_of, tlv, whole
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import RemoteKey
from idwallet.envelope.cms import (
    CmsPlan,
    CmsWriter,
    attribute,
    judge_signer,
    names,
    read_signed_data,
    signing_time,
)
from idwallet.errors import SignerError, UsageError
from idwallet.report import Reason
from idwallet.testing.pki import TestIdentity
from tests.unit.envelope.cms.forge import CONTENT, EVERY, identity, judged, pki

# A MIME type is a text (EN 319 122-1 5.2.4.2), as other readers here may know.
MORE = attribute(oid("0.4.0.1733.2.1")[2:], tlv(UTF8, b"text/plain"))


def writer(who: TestIdentity, *attributes: bytes) -> CmsWriter:
    return CmsWriter(
        CmsPlan(certificates=who.chain, attributes=attributes),
        public_key=who.signer.public_key,
        algorithm=who.signer.algorithm,
    )


def digest(made: CmsWriter) -> bytes:
    return hashlib.new(made.digest, CONTENT).digest()


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_makes_messages_that_are_read_and_valid(
    algorithm: Algorithm,
) -> None:
    who = identity(algorithm)
    made = writer(who)
    to_sign = made.prepare(digest(made), signing_time=pki().at)
    for content in (None, CONTENT):
        message = made.finish(to_sign, who.signer.sign(to_sign), content=content)
        found = read_signed_data(message, at="cms")
        assert found.content == content
        assert set(found.certificates) == set(who.chain)
        assert found.signers[0].signed == to_sign
        judgement = judged(found, who)
        assert judgement.is_valid
        assert judgement.signing_time == pki().at


@given(
    st.binary(min_size=32, max_size=32),
    st.datetimes(timezones=st.just(UTC)).filter(lambda each: each.year > 1949),
)
def test_what_is_signed_is_der_whatever_the_digest_and_the_time(
    hashed: bytes, moment: datetime
) -> None:
    made = writer(identity(), MORE)
    to_sign = made.prepare(hashed, signing_time=moment)
    parts = [whole(to_sign, each) for each in inside(to_sign)]
    assert set_of(*parts) == to_sign
    attributes = oracle.CMSAttributes.load(to_sign, strict=True)
    found = {each["type"].native: each["values"][0] for each in attributes}
    assert found["message_digest"].native == hashed
    assert found["signing_time"].native == moment.replace(microsecond=0)
    assert made.prepare(hashed, signing_time=moment) == to_sign


def test_a_time_of_signing_may_be_left_out() -> None:
    who = identity()
    made = writer(who)
    to_sign = made.prepare(digest(made), signing_time=None)
    message = made.finish(to_sign, who.signer.sign(to_sign))
    found = read_signed_data(message, at="cms")
    assert signing_time(found.signers[0]) is None
    assert judged(found).is_valid


def test_another_implementation_reads_every_part() -> None:
    who = identity()
    made = writer(who, MORE)
    to_sign = made.prepare(digest(made), signing_time=pki().at)
    message = made.finish(to_sign, who.signer.sign(to_sign), content=CONTENT)
    read = oracle.ContentInfo.load(message, strict=True)
    assert read["content_type"].native == "signed_data"
    signed = read["content"]
    assert signed["version"].native == "v1"
    assert signed["encap_content_info"]["content"].native == CONTENT
    (info,) = signed["signer_infos"]
    assert info["sid"].native["serial_number"] == who.certificate.native.serial_number
    assert info["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    assert [each["type"].dotted for each in info["signed_attrs"]] == [
        "0.4.0.1733.2.1",
        "1.2.840.113549.1.9.3",
        "1.2.840.113549.1.9.5",
        "1.2.840.113549.1.9.52",
        "1.2.840.113549.1.9.4",
        "1.2.840.113549.1.9.16.2.47",
    ]
    assert sorted(each.dump() for each in signed["certificates"]) == sorted(who.chain)
    # Written again from its values it is the same: nothing here is other than DER.
    assert read.copy().dump(force=True) == message


def test_a_key_elsewhere_signs_in_two_steps() -> None:
    who = identity()
    remote = RemoteKey(who.signer.public_key, algorithm=who.signer.algorithm)
    made = writer(who)
    to_sign = made.prepare(digest(made), signing_time=pki().at)
    task = remote.prepare(to_sign)
    assert task.to_sign == hashlib.sha256(to_sign).digest()
    message = made.finish(to_sign, remote.finish(task, who.signer.sign(to_sign)))
    assert judged(read_signed_data(message, at="cms")).is_valid
    with pytest.raises(SignerError):
        remote.finish(task, who.signer.sign(to_sign + b"\0"))


def test_another_type_of_content_makes_it_version_three() -> None:
    who = identity()
    made = CmsWriter(
        CmsPlan(certificates=who.chain, content_type=names.TIMESTAMP_INFO),
        public_key=who.signer.public_key,
        algorithm=who.signer.algorithm,
    )
    to_sign = made.prepare(digest(made), signing_time=None)
    message = made.finish(to_sign, who.signer.sign(to_sign), content=CONTENT)
    found = read_signed_data(message, at="cms")
    assert (found.content_type, found.parts.version) == (names.TIMESTAMP_INFO, 3)
    assert judged(found).is_valid


def test_a_counter_signature_has_no_type_of_content() -> None:
    who = identity()
    made = CmsWriter(
        CmsPlan(certificates=who.chain, content_type=None),
        public_key=who.signer.public_key,
        algorithm=who.signer.algorithm,
    )
    to_sign = made.prepare(digest(made), signing_time=pki().at)
    info = made.signer_info(to_sign, who.signer.sign(to_sign))
    assert names.CONTENT_TYPE not in to_sign
    read = oracle.SignerInfo.load(info, strict=True)
    assert len(read["signed_attrs"]) == 4


@pytest.mark.parametrize(
    "attributes",
    [
        (MORE, MORE),
        (attribute(names.CONTENT_TYPE, integer(1)),),
        (attribute(names.SIGNING_TIME, integer(1)),),
        (b"",),
        (integer(1),),
    ],
)
def test_an_attribute_twice_or_made_here_is_a_mistake_of_the_program(
    attributes: tuple[bytes, ...],
) -> None:
    with pytest.raises(UsageError):
        writer(identity(), *attributes)


def test_a_plan_needs_certificates() -> None:
    for certificates in (
        (),
        (b"",),
        (integer(1),),
        identity().chain * limits.CMS_CERTIFICATES,
    ):
        with pytest.raises(UsageError):
            CmsPlan(certificates=certificates)


def test_an_algorithm_is_the_keys_own() -> None:
    plan = CmsPlan(certificates=identity().chain)
    key = identity().signer.public_key
    with pytest.raises(UsageError):
        CmsWriter(plan, public_key=key, algorithm=Algorithm.PS256)


def test_a_digest_of_another_length_or_a_time_without_zone_is_a_mistake() -> None:
    made = writer(identity())
    with pytest.raises(UsageError):
        made.prepare(bytes(20), signing_time=pki().at)
    with pytest.raises(UsageError):
        made.prepare(bytes(32), signing_time=datetime(2026, 11, 24))  # noqa: DTZ001


def test_times_of_two_forms_have_templates_of_their_own() -> None:
    who = identity()
    made = writer(who)
    for moment in (pki().at, pki().at + timedelta(days=36_525), pki().at):
        to_sign = made.prepare(digest(made), signing_time=moment)
        message = made.finish(to_sign, who.signer.sign(to_sign))
        found = read_signed_data(message, at="cms").signers[0]
        assert signing_time(found) == moment
        assert judge_signer(
            found,
            key=who.signer.public_key,
            certificate=who.chain[0],
            digest=digest(made),
            content_type=names.DATA,
            allowed=EVERY,
        )[:2] == (Reason.VALID, Reason.MATCHES)
