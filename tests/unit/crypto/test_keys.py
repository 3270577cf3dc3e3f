"""Public keys, and what their signatures prove."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from idwallet.codec import b64
from idwallet.codec.pem import write_pem
from idwallet.crypto.algorithms import COSE_ONLY, Algorithm
from idwallet.crypto.keys import PublicKey, signature_matches
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UnsupportedError

RFC7638_RSA = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxu"
    "hDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf"
    "0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91C"
    "bOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-cs"
    "FCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}
RFC7515_A3 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}
RFC7515_A4 = {
    "kty": "EC",
    "crv": "P-521",
    "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4"
    "qUxcWceqwQGk",
    "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9u"
    "bmf63e3kyMj2",
}
RFC8037_A2 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
KNOWN_ANSWERS = {
    "RFC 7515 A.3": (
        RFC7515_A3,
        Algorithm.ES256,
        (
            b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA"
            b"6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        ),
        (
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP"
            "3-Kg6NU1Q"
        ),
    ),
    "RFC 7515 A.4": (
        RFC7515_A4,
        Algorithm.ES512,
        b"eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA",
        (
            "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB3"
            "4XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmx"
            "YbSW9ERBXukOXolLzeO_Jn"
        ),
    ),
    "RFC 8037 A.4": (
        RFC8037_A2,
        Algorithm.EDDSA,
        b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
        (
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpA"
            "r_MuM0KAg"
        ),
    ),
}


@pytest.mark.parametrize(
    ("jwk", "algorithm", "message", "signature"),
    KNOWN_ANSWERS.values(),
    ids=KNOWN_ANSWERS.keys(),
)
def test_the_signatures_printed_in_the_standards_match(
    jwk, algorithm, message, signature
):
    key = PublicKey.from_jwk(jwk, at="key")
    raw = b64.decode(signature, at="signature")
    assert signature_matches(key, algorithm, signature=raw, message=message)
    assert not signature_matches(key, algorithm, signature=raw, message=message + b".")


def test_the_thumbprint_of_rfc_7638_comes_out():
    key = PublicKey.from_jwk(RFC7638_RSA, at="key")
    assert key.thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_the_thumbprint_of_rfc_8037_comes_out():
    key = PublicKey.from_jwk(RFC8037_A2, at="key")
    assert key.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_thumbprint_is_worked_out_once():
    key = PublicKey.from_jwk(RFC8037_A2, at="key")
    assert key.thumbprint is key.thumbprint


# --- encodings ----------------------------------------------------------------------


def test_a_key_comes_back_from_each_of_its_encodings(signer):
    key = signer.public_key
    pem = write_pem("PUBLIC KEY", key.spki)
    found = [
        PublicKey.from_cose(key.to_cose(), at="key"),
        PublicKey.from_spki(key.spki, at="key"),
        PublicKey.from_pem(pem, at="key"),
        PublicKey.from_pem(pem.encode(), at="key"),
        PublicKey.from_native(key.native),
        pickle.loads(pickle.dumps(key)),
        copy.deepcopy(key),
    ]
    if signer.algorithm not in COSE_ONLY:
        found.append(PublicKey.from_jwk(key.to_jwk(), at="key"))
    assert set(found) == {key}


def test_the_two_names_of_a_key_are_equal_and_hash_alike(signer_of):
    key = signer_of(Algorithm.ES256).public_key
    again = PublicKey.from_spki(key.spki, at="key")
    assert len({key, again}) == 1
    assert key != signer_of(Algorithm.EDDSA).public_key
    assert key != key.spki


def test_an_algorithm_named_in_a_jwk_narrows_the_key():
    key = PublicKey.from_jwk(RFC7638_RSA, at="key")
    assert key.algorithms == {Algorithm.RS256}
    assert key.to_jwk()["alg"] == "RS256"
    assert PublicKey.from_cose(key.to_cose(), at="key").algorithms == key.algorithms
    assert pickle.loads(pickle.dumps(key)).algorithms == key.algorithms


def test_an_rsa_key_of_no_named_algorithm_has_both():
    unnamed = {name: RFC7638_RSA[name] for name in ("kty", "n", "e")}
    key = PublicKey.from_jwk(unnamed, at="key")
    assert key.algorithms == {Algorithm.PS256, Algorithm.RS256}
    assert key.to_jwk() == unnamed


@pytest.mark.parametrize("blocks", [("CERTIFICATE",), ("PUBLIC KEY", "PUBLIC KEY")])
def test_a_pem_text_of_anything_but_one_public_key_is_refused(signer_of, blocks):
    spki = signer_of(Algorithm.ES256).public_key.spki
    pem = "".join(write_pem(label, spki) for label in blocks)
    with pytest.raises(MalformedError) as caught:
        PublicKey.from_pem(pem, at="/key")
    assert (caught.value.at, caught.value.clause) == ("/key", "RFC 7468 §13")


def test_an_object_that_is_no_public_key_is_refused():
    with pytest.raises(UnsupportedError):
        PublicKey.from_native("a key")


# --- a key is a value ---------------------------------------------------------------


def test_a_key_cannot_be_made_without_an_encoding():
    with pytest.raises(TypeError):
        PublicKey()


def test_a_key_does_not_change(signer_of):
    key = signer_of(Algorithm.ES256).public_key
    with pytest.raises(AttributeError):
        key.algorithms = frozenset(Algorithm)
    with pytest.raises(AttributeError):
        del key.spki


def test_the_repr_of_a_key_names_its_kind_and_nobody(signer):
    key = signer.public_key
    assert repr(key) == f"<PublicKey {key.kind.name}>"


# --- signatures ---------------------------------------------------------------------


def test_a_signature_matches_its_message_and_no_other(signer):
    key, algorithm = signer.public_key, signer.algorithm
    signature = signer.sign(b"message")
    assert signature_matches(key, algorithm, signature=signature, message=b"message")
    assert not signature_matches(
        key, algorithm, signature=signature, message=b"messagf"
    )


def test_a_signature_does_not_match_another_key_of_the_kind(signer):
    other = SoftwareSigner.generate(signer.algorithm).public_key
    signature = signer.sign(b"message")
    assert not signature_matches(
        other, signer.algorithm, signature=signature, message=b"message"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda signature: signature[:-1],
        lambda signature: signature + b"\0",
        lambda signature: b"\0" + signature,
        lambda signature: b"",
        lambda signature: bytes(len(signature)),
        lambda signature: b"\xff" * len(signature),
        lambda signature: signature[:-1] + bytes((signature[-1] ^ 1,)),
    ],
    ids=["cut", "longer", "leading zero", "empty", "zeros", "ones", "bit flip"],
)
def test_a_changed_signature_does_not_match(signer, change):
    signature = signer.sign(b"message")
    assert not signature_matches(
        signer.public_key,
        signer.algorithm,
        signature=change(signature),
        message=b"message",
    )


def test_a_der_signature_is_no_jose_signature(signer_of):
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    signer = signer_of(Algorithm.ES256)
    raw = signer.sign(b"message")
    der = encode_dss_signature(
        int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    )
    for signature, expected in ((raw, True), (der, False)):
        assert expected is signature_matches(
            signer.public_key, Algorithm.ES256, signature=signature, message=b"message"
        )


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("number", [0, "order"])
def test_r_and_s_outside_their_range_do_not_match(signer_of, half, number):
    # CVE-2022-21449: r = s = 0 matched every message of every key.
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    signer = signer_of(Algorithm.ES256)
    raw = signer.sign(b"message")
    halves = [raw[:32], raw[32:]]
    halves[half] = (order if number == "order" else 0).to_bytes(32, "big")
    assert not signature_matches(
        signer.public_key,
        Algorithm.ES256,
        signature=b"".join(halves),
        message=b"message",
    )


def test_an_algorithm_of_another_kind_of_key_never_matches(signer_of):
    signer = signer_of(Algorithm.ES256)
    signature = signer.sign(b"message")
    for algorithm in set(Algorithm) - {Algorithm.ES256}:
        assert not signature_matches(
            signer.public_key, algorithm, signature=signature, message=b"message"
        )


def test_ps256_and_rs256_of_one_key_are_not_each_other(signer_of):
    signer = signer_of(Algorithm.PS256)
    signature = signer.sign(b"message")
    key = signer.public_key
    assert key.algorithms == {Algorithm.PS256, Algorithm.RS256}
    assert not signature_matches(
        key, Algorithm.RS256, signature=signature, message=b"message"
    )


def test_a_pss_salt_of_another_length_is_not_ps256():
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    native = rsa.generate_private_key(65537, 2048)
    key = PublicKey.from_native(native.public_key())
    for salt, expected in ((32, True), (20, False), (0, False)):
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
        signature = native.sign(b"message", scheme, hashes.SHA256())
        assert expected is signature_matches(
            key, Algorithm.PS256, signature=signature, message=b"message"
        )


def test_an_ml_dsa_signature_with_a_context_does_not_match():
    # RFC 9964 §5: the context is the empty string.
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

    native = MLDSA44PrivateKey.generate()
    key = PublicKey.from_native(native.public_key())
    for context, expected in ((None, True), (b"", True), (b"other", False)):
        assert expected is signature_matches(
            key,
            Algorithm.ML_DSA_44,
            signature=native.sign(b"message", context),
            message=b"message",
        )


def test_one_key_verifies_in_many_threads(signer_of):
    signer = signer_of(Algorithm.ES256)
    key = PublicKey.from_spki(signer.public_key.spki, at="key")

    def once(number):
        message = b"message %d" % number
        signature = signer.sign(message)
        return key.thumbprint, signature_matches(
            key, Algorithm.ES256, signature=signature, message=message
        )

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(once, range(200)))
    assert answers == {(signer.public_key.thumbprint, True)}
