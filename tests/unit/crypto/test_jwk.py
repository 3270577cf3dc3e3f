"""JSON Web Keys: what is read, and every way in which one is refused."""

from types import MappingProxyType

import pytest

from idwallet.codec import b64
from idwallet.crypto import kinds
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError

P256 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
ED25519 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
# y is wanted on the curve for x: these are found by search, see the property tests.
P256_PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


def rsa(bits=2048, exponent=65537, *, modulus=None):
    number = modulus or (1 << (bits - 1)) | 1
    return {
        "kty": "RSA",
        "n": b64.encode(number.to_bytes((number.bit_length() + 7) // 8, "big")),
        "e": b64.encode(exponent.to_bytes((exponent.bit_length() + 7) // 8, "big")),
    }


def octets(text):
    return b64.decode(text, at="test")


def refused(jwk, error=MalformedError):
    with pytest.raises(error) as caught:
        PublicKey.from_jwk(jwk, at="/cnf/jwk")
    assert caught.value.at.startswith("/cnf/jwk")
    return caught.value


def test_the_plain_keys_are_read():
    assert PublicKey.from_jwk(P256, at="key").kind is kinds.P256
    assert PublicKey.from_jwk(ED25519, at="key").kind is kinds.ED25519
    assert PublicKey.from_jwk(rsa(), at="key").kind is kinds.RSA


def test_a_read_only_mapping_is_read_and_left_alone():
    given = MappingProxyType(dict(P256))
    assert PublicKey.from_jwk(given, at="key").to_jwk() == P256
    assert given == P256


def test_members_that_say_nothing_about_the_key_are_ignored():
    jwk = P256 | {"kid": "1", "x5t": "x", "exp": 1, "use": "sig", "key_ops": ["verify"]}
    assert PublicKey.from_jwk(jwk, at="key").to_jwk() == P256


# --- what must not be in a public key -----------------------------------------------


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"])
@pytest.mark.parametrize("jwk", [P256, ED25519, rsa()], ids=lambda each: each["kty"])
def test_a_private_member_is_refused_whatever_the_key_type(jwk, name):
    error = refused(jwk | {name: "AAAA"})
    assert error.what == "private member in a public key"


def test_a_symmetric_key_is_refused():
    refused({"kty": "oct", "k": "AAAA"})
    refused({"kty": "oct"}, UnsupportedError)


@pytest.mark.parametrize("use", ["enc", "SIG", "", None, 1, ["sig"]])
def test_a_key_for_another_use_is_refused(use):
    assert PublicKey.from_jwk(P256 | {"use": "sig"}, at="key")
    assert refused(P256 | {"use": use}).at == "/cnf/jwk/use"


@pytest.mark.parametrize(
    "operations",
    [
        [],
        ["sign"],
        ["encrypt"],
        "verify",
        None,
        {"verify": 1},
        ["verify", "verify"],
        ["verify", 1],
        ["verify", ["sign"]],
    ],
    ids=repr,
)
def test_a_key_whose_operations_do_not_let_it_verify_is_refused(operations):
    assert PublicKey.from_jwk(P256 | {"key_ops": ["verify"]}, at="key")
    assert PublicKey.from_jwk(P256 | {"key_ops": ["verify", "sign"]}, at="key")
    assert refused(P256 | {"key_ops": operations}).at == "/cnf/jwk/key_ops"


@pytest.mark.parametrize(
    "name", ["ES384", "EdDSA", "RS256", "none", "HS256", "ECDH-ES", "", None, 7, []]
)
def test_an_algorithm_that_does_not_fit_the_key_is_refused(name):
    assert PublicKey.from_jwk(P256 | {"alg": "ES256"}, at="key").algorithms == {
        Algorithm.ES256
    }
    assert refused(P256 | {"alg": name}).at == "/cnf/jwk/alg"


def test_ed25519_may_be_named_by_either_of_its_names():
    for name in ("EdDSA", "Ed25519"):
        assert PublicKey.from_jwk(ED25519 | {"alg": name}, at="key")


# --- kinds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kty", "crv"),
    [
        ("EC", "Ed25519"),
        ("OKP", "P-256"),
        ("EC", "secp256k1"),
        ("EC", "p-256"),
        ("EC", "BP-256"),
        ("OKP", "X25519"),
        ("OKP", "Ed448"),
        ("ec", "P-256"),
        ("", "P-256"),
    ],
)
def test_a_key_type_and_curve_that_do_not_belong_together_are_refused(kty, crv):
    refused(P256 | {"kty": kty, "crv": crv}, UnsupportedError)


def test_a_point_of_one_curve_under_the_name_of_another_is_refused():
    refused(P256 | {"crv": "P-384"})
    refused(P256 | {"crv": "P-521"})


@pytest.mark.parametrize("value", [None, 1, ["EC"], {"kty": "EC"}])
def test_a_key_type_or_curve_that_is_no_text_is_refused(value):
    assert refused(P256 | {"kty": value}).at == "/cnf/jwk/kty"
    assert refused(P256 | {"crv": value}).at == "/cnf/jwk/crv"


def test_a_key_without_type_or_curve_is_refused():
    refused({})
    refused({"kty": "EC"})
    refused({"kty": "OKP"})
    refused({"crv": "P-256"})


# --- coordinates --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize("value", [None, 1, ["A"], True])
def test_a_coordinate_that_is_no_text_is_refused(name, value):
    assert refused(P256 | {name: value}).at == f"/cnf/jwk/{name}"


@pytest.mark.parametrize("name", ["x", "y"])
def test_a_missing_coordinate_is_refused(name):
    refused({each: P256[each] for each in P256 if each != name})


@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[1:],
        lambda raw: raw[:-1],
        lambda raw: b"\0" + raw,
        lambda raw: raw + b"\0",
        lambda raw: b"",
    ],
    ids=["one less", "cut", "leading zero", "trailing zero", "empty"],
)
def test_a_coordinate_of_another_length_is_refused(name, change):
    raw = octets(P256[name])
    assert PublicKey.from_jwk(P256 | {name: b64.encode(raw)}, at="key")
    assert refused(P256 | {name: b64.encode(change(raw))}).at == f"/cnf/jwk/{name}"


def test_octets_moved_from_one_coordinate_to_the_other_are_refused():
    # x and y are put together before they are loaded: each length must hold alone.
    both = octets(P256["x"]) + octets(P256["y"])
    refused(P256 | {"x": b64.encode(both[:31]), "y": b64.encode(both[31:])})
    refused(P256 | {"x": b64.encode(both), "y": ""})


@pytest.mark.parametrize("fault", ["=", " ", "+", "/", "\n", "é"])
def test_base64url_with_a_foreign_character_is_refused(fault):
    refused(P256 | {"x": P256["x"][:-1] + fault})
    refused(P256 | {"x": P256["x"] + fault})


def test_base64url_that_is_not_canonical_is_refused():
    # 32 octets end in a character of which only four bits count.
    assert P256["x"].endswith("U")
    assert refused(P256 | {"x": P256["x"][:-1] + "V"}).what.startswith("base64url")


def test_a_point_off_the_curve_is_refused():
    y = octets(P256["y"])
    off = y[:-1] + bytes((y[-1] ^ 1,))
    assert refused(P256 | {"y": b64.encode(off)}).clause == "RFC 7518 §6.2.1"


def test_the_other_root_is_another_key():
    y = int.from_bytes(octets(P256["y"]), "big")
    other = P256 | {"y": b64.encode((P256_PRIME - y).to_bytes(32, "big"))}
    assert PublicKey.from_jwk(other, at="key") != PublicKey.from_jwk(P256, at="key")


def test_the_point_at_infinity_has_no_spelling():
    zero = b64.encode(bytes(32))
    refused(P256 | {"x": zero, "y": zero})


def test_a_coordinate_beyond_the_field_is_refused():
    # x = 5 is on the curve, and x + p fits into 32 octets.
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    y = pow(5**3 - 15 + b, (P256_PRIME + 1) // 4, P256_PRIME)
    point = {"y": b64.encode(y.to_bytes(32, "big"))}
    low, high = (b64.encode(x.to_bytes(32, "big")) for x in (5, 5 + P256_PRIME))
    assert PublicKey.from_jwk(P256 | point | {"x": low}, at="key")
    refused(P256 | point | {"x": high})


# --- Ed25519 ------------------------------------------------------------------------

ED_PRIME = 2**255 - 19
ED_D = -121665 * pow(121666, -1, ED_PRIME) % ED_PRIME


def ed_add(one, two):
    (x1, y1), (x2, y2) = one, two
    k = ED_D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + k, -1, ED_PRIME) % ED_PRIME,
        (y1 * y2 + x1 * x2) * pow(1 - k, -1, ED_PRIME) % ED_PRIME,
    )


def ed_point(y):
    """A point with that y, found by its equation (RFC 8032 §5.1.3)."""
    square = (y * y - 1) * pow(ED_D * y * y + 1, -1, ED_PRIME) % ED_PRIME
    x = pow(square, (ED_PRIME + 3) // 8, ED_PRIME)
    if x * x % ED_PRIME != square:
        x = x * pow(2, (ED_PRIME - 1) // 4, ED_PRIME) % ED_PRIME
    assert x * x % ED_PRIME == square
    return x, y


ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
SMALL_ORDER = [0, 1, ED_PRIME - 1, ORDER_8, ED_PRIME - ORDER_8]


@pytest.mark.parametrize("y", SMALL_ORDER, ids=["0", "1", "-1", "8", "-8"])
@pytest.mark.parametrize("sign", [0, 1])
def test_an_ed25519_key_of_small_order_is_refused(y, sign):
    point = ed_point(y)
    for _ in range(3):
        point = ed_add(point, point)
    assert point == (0, 1)  # eight times it is the neutral point: order divides 8
    raw = (y | sign << 255).to_bytes(32, "little")
    assert refused(ED25519 | {"x": b64.encode(raw)}).clause == "RFC 8032 §8.3"
    spki = kinds.ED25519.head + raw
    with pytest.raises(MalformedError):
        PublicKey.from_spki(spki, at="key")


@pytest.mark.parametrize("y", [ED_PRIME, ED_PRIME + 1, 2**255 - 1])
def test_an_ed25519_key_that_is_not_canonical_is_refused(y):
    raw = y.to_bytes(32, "little")
    assert refused(ED25519 | {"x": b64.encode(raw)}).clause == "RFC 8032 §5.1.3"


@pytest.mark.parametrize("size", [0, 31, 33, 57])
def test_an_ed25519_key_of_another_length_is_refused(size):
    refused(ED25519 | {"x": b64.encode(b"\x07" * size)})


# --- RSA ----------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [2048, 3072, 4096, 8192])
def test_rsa_keys_within_the_bounds_are_read(bits):
    assert PublicKey.from_jwk(rsa(bits), at="key").native.key_size == bits


@pytest.mark.parametrize("bits", [1, 512, 1024, 2047])
def test_a_short_rsa_key_is_refused(bits):
    assert refused(rsa(bits)).clause == "RFC 7518 §3.3"


@pytest.mark.parametrize("bits", [8193, 16384])
def test_a_huge_rsa_key_is_refused(bits):
    refused(rsa(bits), LimitError)


def test_a_huge_rsa_exponent_is_refused():
    assert PublicKey.from_jwk(rsa(exponent=2**64 - 1), at="key")
    refused(rsa(exponent=2**64 + 1), LimitError)


@pytest.mark.parametrize("exponent", [1, 2, 4, 65536])
def test_an_rsa_exponent_that_is_even_or_one_is_refused(exponent):
    assert PublicKey.from_jwk(rsa(exponent=3), at="key")
    assert refused(rsa(exponent=exponent)).clause == "RFC 8017 §3.1"


def test_an_even_rsa_modulus_is_refused():
    refused(rsa(modulus=1 << 2047))


@pytest.mark.parametrize("name", ["n", "e"])
def test_rsa_numbers_with_leading_zeros_are_refused(name):
    raw = octets(rsa()[name])
    assert refused(rsa() | {name: b64.encode(b"\0" + raw)}).clause == "RFC 7518 §2"
    refused(rsa() | {name: ""})
    refused(rsa() | {name: "AA"})


@pytest.mark.parametrize("name", ["n", "e"])
def test_rsa_numbers_that_are_no_text_are_refused(name):
    assert refused(rsa() | {name: 65537}).at == f"/cnf/jwk/{name}"
    refused({each: value for each, value in rsa().items() if each != name})


# --- AKP ----------------------------------------------------------------------------

ML_DSA = [Algorithm.ML_DSA_44, Algorithm.ML_DSA_65, Algorithm.ML_DSA_87]


@pytest.mark.parametrize("algorithm", ML_DSA)
def test_an_ml_dsa_key_of_another_length_is_refused(signer_of, algorithm):
    jwk = signer_of(algorithm).public_key.to_jwk()
    assert list(jwk) == ["alg", "kty", "pub"]
    raw = octets(jwk["pub"])
    for other in (raw[:-1], raw + b"\0", b"", b"\0" + raw):
        refused(jwk | {"pub": b64.encode(other)})


@pytest.mark.parametrize("algorithm", ML_DSA)
def test_an_ml_dsa_key_under_another_set_is_refused(signer_of, algorithm):
    jwk = signer_of(algorithm).public_key.to_jwk()
    for other in set(ML_DSA) - {algorithm}:
        refused(jwk | {"alg": other.jose})


def test_an_akp_key_must_name_its_algorithm(signer_of):
    jwk = signer_of(Algorithm.ML_DSA_44).public_key.to_jwk()
    nameless = {name: value for name, value in jwk.items() if name != "alg"}
    assert refused(nameless).clause == "RFC 9964 §3"
    refused(nameless | {"alg": 1})
    refused(nameless | {"alg": "SLH-DSA-SHA2-128s"}, UnsupportedError)
    refused(nameless | {"alg": "ES256"}, UnsupportedError)
    refused(jwk | {"use": "enc"})
    refused({"kty": "AKP", "alg": "ML-DSA-44"})
