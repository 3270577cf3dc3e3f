"""COSE_Mac0: whose tags match, and that none of it is a signature."""

import pickle

import pytest

from idwallet.codec.cbor import CborTag, CborValue, write_cbor
from idwallet.envelope.cose import (
    CoseMac0,
    MacKey,
    TagRule,
    mac0_of,
    mac_mac0,
    mac_matches,
    read_mac0,
    read_sign1,
)
from idwallet.envelope.cose.rules import CoseRules
from idwallet.errors import MalformedError, UsageError
from tests.unit.envelope.cose.forge import (
    HMAC,
    KEY,
    PAYLOAD,
    TAGGED,
    UNTAGGED,
    array,
    mac_array,
)

ALG = {1: HMAC}


def matches(parts: list[CborValue], key: MacKey = KEY) -> bool:
    return mac_matches(mac0_of(parts, at="cose", rules=UNTAGGED), key=key)


def test_a_tag_matches_with_its_key_and_no_other() -> None:
    assert matches(mac_array(ALG))
    assert not matches(mac_array(ALG), MacKey(bytes(32)))


def test_a_mac_comes_apart_into_what_it_covers() -> None:
    data = mac_mac0(PAYLOAD, key=KEY)
    mac0 = read_mac0(data, at="cose", rules=TAGGED)
    assert isinstance(mac0, CoseMac0)
    assert mac0.header.algorithm == HMAC
    assert (mac0.payload, mac0.kid, dict(mac0.unprotected)) == (PAYLOAD, None, {})
    assert mac0.mac_input == write_cbor(["MAC0", mac0.protected, b"", PAYLOAD])
    assert len(mac0.tag) == 32


@pytest.mark.parametrize("place", [0, 2, 3])
def test_a_changed_part_does_not_match(place: int) -> None:
    parts = mac_array({**ALG, 4: b"one"})
    assert matches(parts)
    changed = (write_cbor({**ALG, 4: b"two"}), None, PAYLOAD + b"\x00", bytes(32))
    parts[place] = changed[place]
    assert not matches(parts)


@pytest.mark.parametrize("length", [0, 1, 8, 16, 31])
def test_a_truncated_tag_does_not_match(length: int) -> None:
    parts = mac_array(ALG)
    assert matches(parts)
    tag = parts[3]
    assert isinstance(tag, bytes)
    assert not matches([*parts[:3], tag[:length]])
    assert not matches([*parts[:3], tag + b"\x00"])


@pytest.mark.parametrize("named", [4, 6, 7, -7, 0, "HMAC 256/256", "5"])
def test_any_other_algorithm_does_not_match(named: int | str) -> None:
    assert matches(mac_array(ALG))
    assert not matches(mac_array({1: named}))


def test_hmac_256_64_is_not_taken_for_the_whole_tag() -> None:
    parts = mac_array({1: 4})
    tag = parts[3]
    assert isinstance(tag, bytes)
    assert not matches([*parts[:3], tag[:8]])


@pytest.mark.parametrize("context", ["MAC", "Signature1", "mac0"])
def test_a_tag_for_another_structure_does_not_match(context: str) -> None:
    assert matches(mac_array(ALG))
    assert not matches(mac_array(ALG, context=context))


def test_a_message_of_one_kind_is_not_read_as_the_other() -> None:
    mac, signature = (
        write_cbor(CborTag(17, mac_array(ALG))),
        write_cbor(CborTag(18, array({1: -7}))),
    )
    read_mac0(mac, at="cose", rules=TAGGED)
    read_sign1(signature, at="cose", rules=TAGGED)
    with pytest.raises(MalformedError):
        read_sign1(mac, at="cose", rules=TAGGED)
    with pytest.raises(MalformedError):
        read_mac0(signature, at="cose", rules=TAGGED)


def test_a_mac_of_a_web_token_is_read_in_both_tags() -> None:
    data = write_cbor(CborTag(61, CborTag(17, mac_array(ALG))))
    mac0 = read_mac0(data, at="cose", rules=CoseRules(TagRule.CWT_TAGGED))
    assert mac_matches(mac0, key=KEY)


def test_what_is_covered_beside_the_message_is_covered() -> None:
    data = mac_mac0(PAYLOAD, key=KEY, external_aad=b"session")
    for aad, expected in ((b"session", True), (b"", False)):
        mac0 = read_mac0(data, at="cose", rules=TAGGED, external_aad=aad)
        assert mac_matches(mac0, key=KEY) is expected


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    MacKey(bytes(32))
    with pytest.raises(UsageError):
        MacKey(bytes(length))


def test_a_key_shows_nothing_and_does_not_travel() -> None:
    assert repr(KEY) == "<MacKey>"
    with pytest.raises(TypeError):
        pickle.dumps(KEY)
