"""COSE_Key maps: what is read, and every way in which one is refused."""

import pytest

from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.crypto import kinds
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError

KTY, ALG, KEY_OPS, CRV, X, Y = 1, 3, 4, -1, -2, -3


@pytest.fixture
def ec(signer_of):
    return signer_of(Algorithm.ES256).public_key.to_cose()


@pytest.fixture
def okp(signer_of):
    return signer_of(Algorithm.EDDSA).public_key.to_cose()


@pytest.fixture
def rsa(signer_of):
    return signer_of(Algorithm.PS256).public_key.to_cose()


@pytest.fixture
def akp(signer_of):
    return signer_of(Algorithm.ML_DSA_44).public_key.to_cose()


def refused(key, error=MalformedError):
    with pytest.raises(error) as caught:
        PublicKey.from_cose(key, at="/deviceKey")
    assert caught.value.at.startswith("/deviceKey")
    return caught.value


def without(key, label):
    return {each: value for each, value in key.items() if each != label}


def test_a_key_survives_the_way_through_cbor(signer):
    key = signer.public_key
    read = read_cbor(write_cbor(key.to_cose()), at="key")
    assert PublicKey.from_cose(read, at="key") == key


def test_the_labels_are_those_of_the_registry(ec, okp, rsa, akp):
    assert {label: ec[label] for label in (KTY, CRV)} == {KTY: 2, CRV: 1}
    assert set(ec) == {KTY, CRV, X, Y}
    assert {label: okp[label] for label in (KTY, CRV)} == {KTY: 1, CRV: 6}
    assert set(okp) == {KTY, CRV, X}
    assert (rsa[KTY], rsa[-2]) == (3, b"\x01\x00\x01")
    assert (akp[KTY], akp[ALG], len(akp[-1])) == (7, -48, 1312)


def test_labels_that_say_nothing_about_the_key_are_ignored(ec):
    assert PublicKey.from_cose(ec | {2: b"kid", 99: "x", "text": 1}, at="key")


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("ec", [-4]),
        ("okp", [-4]),
        ("rsa", [-3, -4, -5, -6, -7, -8, -9, -10, -11, -12]),
        ("akp", [-2]),
    ],
)
def test_a_private_part_is_refused(request, kind, labels):
    key = request.getfixturevalue(kind)
    assert PublicKey.from_cose(key, at="key")
    for label in labels:
        assert refused(key | {label: b"secret"}).what == "private part in a public key"


@pytest.mark.parametrize("kty", [None, "EC2", 2.0, b"", True, [2]])
def test_a_key_type_that_is_no_integer_is_refused(ec, kty):
    assert refused(ec | {KTY: kty}).at == "/deviceKey/1"
    refused(without(ec, KTY))


@pytest.mark.parametrize("kty", [0, 4, 5, 6, -1])
def test_a_key_type_that_does_not_verify_is_refused(ec, kty):
    refused(ec | {KTY: kty}, UnsupportedError)


@pytest.mark.parametrize("label", [True, 1.0])
def test_a_label_that_only_equals_an_integer_is_refused(ec, label):
    # Python finds {True: 2} under 1.
    assert refused({label: 2} | without(ec, KTY)).clause == "RFC 9052 §1.5"


@pytest.mark.parametrize("crv", [None, "P-256", True, b""])
def test_a_curve_that_is_no_integer_is_refused(ec, crv):
    assert refused(ec | {CRV: crv}).at == "/deviceKey/-1"
    refused(without(ec, CRV))


@pytest.mark.parametrize("crv", [0, 4, 6, 8])
def test_a_curve_of_another_key_type_is_refused(ec, crv):
    refused(ec | {CRV: crv}, UnsupportedError)


def test_a_curve_for_agreement_is_refused(okp):
    refused(okp | {CRV: 4}, UnsupportedError)


@pytest.mark.parametrize("operations", [[], [1], None, 2, "verify", [3, 4]])
def test_a_key_whose_operations_do_not_let_it_verify_is_refused(ec, operations):
    assert PublicKey.from_cose(ec | {KEY_OPS: [1, 2]}, at="key")
    assert refused(ec | {KEY_OPS: operations}).at == "/deviceKey/4"


@pytest.mark.parametrize("algorithm", [-35, -8, 0, None, "ES256", True, -7.0, [-7]])
def test_an_algorithm_that_does_not_fit_the_key_is_refused(ec, algorithm):
    assert PublicKey.from_cose(ec | {ALG: -7}, at="key")
    assert PublicKey.from_cose(ec | {ALG: -9}, at="key")
    assert refused(ec | {ALG: algorithm}).at == "/deviceKey/3"


@pytest.mark.parametrize("label", [X, Y])
@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[1:],
        lambda raw: b"\0" + raw,
        lambda raw: b"",
        lambda raw: raw.hex(),
        lambda raw: None,
        lambda raw: 1,
    ],
    ids=["cut", "leading zero", "empty", "text", "null", "number"],
)
def test_a_coordinate_of_another_length_or_type_is_refused(ec, label, change):
    assert refused(ec | {label: change(ec[label])}).at == f"/deviceKey/{label}"


def test_a_missing_coordinate_is_refused(ec, okp):
    refused(without(ec, X))
    refused(without(ec, Y))
    refused(without(okp, X))


def test_a_point_off_the_curve_is_refused(ec):
    off = ec[Y][:-1] + bytes((ec[Y][-1] ^ 1,))
    assert refused(ec | {Y: off}).clause == "RFC 9053 §7.1.1"


@pytest.mark.parametrize(
    "algorithm", [Algorithm.ES256, Algorithm.ES384, Algorithm.ES512]
)
def test_a_compressed_point_is_the_same_key(signer_of, algorithm):
    key = signer_of(algorithm).public_key
    written = key.to_cose()
    sign = bool(written[Y][-1] & 1)
    assert PublicKey.from_cose(written | {Y: sign}, at="key") == key
    assert PublicKey.from_cose(written | {Y: not sign}, at="key") != key


def test_a_compressed_point_off_the_curve_is_refused(ec):
    # About half of all x have no y: one of these has none.
    candidates = [number.to_bytes(32, "big") for number in range(1, 20)]
    faults = 0
    for x in candidates:
        try:
            PublicKey.from_cose(ec | {X: x, Y: True}, at="key")
        except MalformedError as error:
            faults += error.clause == "RFC 9053 §7.1.1"
    assert 0 < faults < len(candidates)


@pytest.mark.parametrize("label", [-1, -2])
@pytest.mark.parametrize(
    "change",
    [lambda raw: b"\0" + raw, lambda raw: b"", lambda raw: 65537, lambda raw: None],
    ids=["leading zero", "empty", "number", "null"],
)
def test_rsa_numbers_that_are_not_in_shortest_form_are_refused(rsa, label, change):
    assert PublicKey.from_cose(rsa, at="key").kind is kinds.RSA
    assert refused(rsa | {label: change(rsa[label])}).at == f"/deviceKey/{label}"


def test_rsa_keys_outside_the_bounds_are_refused(rsa):
    refused(rsa | {-1: b"\xff" * 128})
    refused(rsa | {-1: b"\xff" * 1025}, LimitError)
    refused(rsa | {-2: b"\x01"})


def test_an_rsa_key_may_name_its_algorithm(rsa):
    key = PublicKey.from_cose(rsa | {ALG: -37}, at="key")
    assert key.algorithms == {Algorithm.PS256}
    assert key.to_cose() == rsa | {ALG: -37}


def test_an_akp_key_must_name_its_algorithm(akp):
    assert refused(without(akp, ALG)).at == "/deviceKey/3"
    refused(akp | {ALG: -999}, UnsupportedError)
    refused(akp | {ALG: -49})
    refused(akp | {-1: akp[-1][:-1]})
