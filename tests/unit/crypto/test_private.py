"""Private JSON Web Keys: both halves must be there and belong together."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from idwallet.codec import b64
from idwallet.crypto import private
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UnsupportedError, UsageError

RFC7515_A3 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
RFC8037_A1 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def number(value):
    return b64.encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@pytest.fixture(scope="module")
def rsa_jwk():
    numbers = rsa.generate_private_key(65537, 2048).private_numbers()
    return {
        "kty": "RSA",
        "n": number(numbers.public_numbers.n),
        "e": number(numbers.public_numbers.e),
        "d": number(numbers.d),
        "p": number(numbers.p),
        "q": number(numbers.q),
        "dp": number(numbers.dmp1),
        "dq": number(numbers.dmq1),
        "qi": number(numbers.iqmp),
    }


def zero_seed_jwk():
    native = private.MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    public = PublicKey.from_native(native.public_key()).to_jwk()
    return public | {"priv": b64.encode(bytes(32))}


def refused(jwk, error=MalformedError):
    with pytest.raises(error) as caught:
        SoftwareSigner.from_jwk(jwk)
    assert "private key" in caught.value.at
    return caught.value


def test_the_ed25519_signature_of_rfc_8037_comes_out():
    signer = SoftwareSigner.from_jwk(RFC8037_A1)
    message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    assert b64.encode(signer.sign(message)) == (
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpA"
        "r_MuM0KAg"
    )


def test_the_key_of_rfc_7515_is_read():
    signer = SoftwareSigner.from_jwk(RFC7515_A3)
    assert signer.algorithm is Algorithm.ES256
    public = {each: RFC7515_A3[each] for each in ("kty", "crv", "x", "y")}
    assert signer.public_key == PublicKey.from_jwk(public, at="key")


def test_the_zero_seed_of_rfc_9964_gives_its_thumbprint():
    signer = SoftwareSigner.from_jwk(zero_seed_jwk())
    expected = "T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o"
    assert signer.public_key.thumbprint == expected


def test_the_members_of_a_signing_key_are_understood():
    ops = ["sign", "verify"]
    jwk = RFC7515_A3 | {"use": "sig", "alg": "ES256", "key_ops": ops, "kid": "1"}
    assert SoftwareSigner.from_jwk(jwk)
    refused(RFC7515_A3 | {"use": "enc"})
    refused(RFC7515_A3 | {"alg": "ES384"})
    for operations in (["verify"], "sign", None, []):
        refused(RFC7515_A3 | {"key_ops": operations})


def test_an_rsa_key_takes_its_algorithm_from_the_jwk_or_the_call(rsa_jwk):
    assert SoftwareSigner.from_jwk(rsa_jwk).algorithm is Algorithm.PS256
    named = rsa_jwk | {"alg": "RS256"}
    assert SoftwareSigner.from_jwk(named).algorithm is Algorithm.RS256
    told = SoftwareSigner.from_jwk(rsa_jwk, algorithm=Algorithm.RS256)
    assert told.algorithm is Algorithm.RS256
    with pytest.raises(UsageError):
        SoftwareSigner.from_jwk(named, algorithm=Algorithm.PS256)


@pytest.mark.parametrize("jwk", [RFC7515_A3, RFC8037_A1], ids=["EC", "OKP"])
def test_a_private_part_of_another_length_is_refused(jwk):
    raw = b64.decode(jwk["d"], at="test")
    for other in (raw[:-1], b"\0" + raw, raw + b"\0", b""):
        refused(jwk | {"d": b64.encode(other)})


@pytest.mark.parametrize("jwk", [RFC7515_A3, RFC8037_A1], ids=["EC", "OKP"])
def test_a_public_half_of_another_key_is_refused(jwk):
    error = refused(jwk | {"d": b64.encode(b"\x01" * 32)})
    assert error.clause == "RFC 7517 §9.3"


def test_an_ml_dsa_seed_is_checked_like_the_others():
    jwk = zero_seed_jwk()
    refused(jwk | {"priv": b64.encode(b"\x01" * 32)})
    refused(jwk | {"priv": b64.encode(bytes(31))})
    refused({name: value for name, value in jwk.items() if name != "priv"})


@pytest.mark.parametrize("value", [0, P256_ORDER, 2**256 - 1])
def test_a_private_number_outside_its_range_is_refused(value):
    refused(RFC7515_A3 | {"d": b64.encode(value.to_bytes(32, "big"))})


@pytest.mark.parametrize("value", [None, 1, ["A"]])
def test_a_private_part_that_is_no_text_is_refused(value):
    refused(RFC7515_A3 | {"d": value})
    refused({name: part for name, part in RFC7515_A3.items() if name != "d"})


def test_a_private_key_without_its_public_half_is_refused():
    refused({name: part for name, part in RFC7515_A3.items() if name != "x"})


def test_an_rsa_key_needs_exactly_two_primes(rsa_jwk):
    refused(rsa_jwk | {"oth": []}, UnsupportedError)
    short = {name: rsa_jwk[name] for name in ("kty", "n", "e", "d")}
    refused(short, UnsupportedError)
    refused({name: part for name, part in rsa_jwk.items() if name != "qi"})


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi"])
def test_rsa_parts_that_do_not_fit_are_refused(rsa_jwk, name):
    raw = b64.decode(rsa_jwk[name], at="test")
    refused(rsa_jwk | {name: b64.encode(raw[:-1] + bytes((raw[-1] ^ 2,)))})


def test_the_caller_s_jwk_is_left_alone():
    given = dict(RFC7515_A3)
    SoftwareSigner.from_jwk(given)
    assert given == RFC7515_A3
