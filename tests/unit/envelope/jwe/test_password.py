"""Messages encrypted with a password: vectors, a peer both ways, and forged twins."""

import json
import secrets
from collections.abc import Callable

import pytest
from jwcrypto import jwa
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.envelope.jwe import (
    PASSWORD_ROUNDS,
    decrypt_with_password,
    encrypt_with_password,
)
from idwallet.envelope.jwe.password import _SCHEMES, _derived
from idwallet.errors import (
    LimitError,
    MalformedError,
    UnsupportedError,
    UsageError,
    WrongKey,
)

PASSWORD = "пароль".encode()
TEXT = b"what is kept"
FEW = 1_000


def sealed(header: JsonObject | None = None, *, rounds: int = FEW) -> str:
    return encrypt_with_password(
        TEXT, PASSWORD, random=secrets.token_bytes, rounds=rounds, header=header
    )


def opened(token: str, password: bytes = PASSWORD) -> bytes:
    return decrypt_with_password(token, password, at="backup").plaintext


def password_key() -> JWK:
    return JWK(kty="oct", k=b64.encode(PASSWORD))


def reheaded(token: str, change: Callable[[dict[str, object]], object]) -> str:
    head, _, rest = token.partition(".")
    members = json.loads(b64.decode(head, at="header"))
    change(members)
    return f"{b64.encode(json.dumps(members).encode())}.{rest}"


def test_whoever_knows_the_password_reads_the_message() -> None:
    token = sealed({"cty": "json"})
    assert opened(token) == TEXT
    found = decrypt_with_password(token, PASSWORD, at="backup")
    assert found.header.members["cty"] == "json"
    with pytest.raises(WrongKey):
        opened(token, b"another")
    with pytest.raises(WrongKey):
        opened(token, b"")


def test_the_algorithms_are_those_of_ts10() -> None:
    header = json.loads(b64.decode(sealed().partition(".")[0], at="header"))
    assert (header["alg"], header["enc"]) == ("PBES2-HS256+A128KW", "A128GCM")
    assert len(b64.decode(header["p2s"], at="salt")) == 16


def test_a_guess_costs_a_million_rounds_by_default() -> None:
    token = encrypt_with_password(TEXT, PASSWORD, random=secrets.token_bytes)
    header = json.loads(b64.decode(token.partition(".")[0], at="header"))
    assert header["p2c"] == PASSWORD_ROUNDS == 1_000_000
    assert opened(token) == TEXT


def test_no_two_messages_are_alike() -> None:
    assert all(
        a != b for a, b in zip(sealed().split("."), sealed().split("."), strict=True)
    )


def test_the_key_is_derived_as_in_rfc_7517_appendix_c() -> None:
    key = _derived(
        _SCHEMES["PBES2-HS256+A128KW"],
        b"Thus from my lips, by yours, my sin is purged.",
        salt=b64.decode("2WCTcJZ1Rvd_CJuJripQ1w", at="p2s"),
        rounds=4_096,
    )
    expected = [110, 171, 169, 92, 129, 92, 109, 117, 233, 242, 116, 233, 170, 14, 24]
    assert list(key) == [*expected, 75]


@pytest.mark.parametrize("alg", sorted(_SCHEMES))
@pytest.mark.parametrize("enc", ["A128GCM", "A256GCM"])
def test_jwcrypto_writes_what_we_read(alg: str, enc: str) -> None:
    made = JWE(TEXT, json.dumps({"alg": alg, "enc": enc}), recipient=password_key())
    assert opened(made.serialize(compact=True)) == TEXT


def test_jwcrypto_reads_what_we_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwa, "default_max_pbkdf2_iterations", 20_000)
    theirs = JWE()
    theirs.allowed_algs = ["PBES2-HS256+A128KW", "A128GCM"]
    theirs.deserialize(sealed(rounds=16_000), password_key())
    assert theirs.payload == TEXT


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda m: m.pop("p2s"), MalformedError),
        (lambda m: m.pop("p2c"), MalformedError),
        (lambda m: m.update(p2s=b64.encode(bytes(7))), MalformedError),
        (lambda m: m.update(p2s="A" * 2_000), MalformedError),
        (lambda m: m.update(p2s="not base64url!"), MalformedError),
        (lambda m: m.update(p2c=FEW - 1), MalformedError),
        (lambda m: m.update(p2c=-1), MalformedError),
        (lambda m: m.update(p2c=True), MalformedError),
        (lambda m: m.update(p2c=1000.0), MalformedError),
        (lambda m: m.update(p2c="1000"), MalformedError),
        (lambda m: m.update(p2c=limits.KEY_DERIVATION_ROUNDS + 1), LimitError),
        (lambda m: m.update(p2c=10**15), LimitError),
        (lambda m: m.update(p2c=FEW + 1), WrongKey),
        (lambda m: m.update(p2s=b64.encode(bytes(16))), WrongKey),
        (lambda m: m.update(enc="A256GCM"), MalformedError),
        (lambda m: m.update(alg="PBES2-HS384+A192KW"), UnsupportedError),
        (lambda m: m.update(alg="A128KW"), UnsupportedError),
        (lambda m: m.update(alg="dir"), UnsupportedError),
        (lambda m: m.update(zip="DEF"), UnsupportedError),
        (lambda m: m.update(crit=["p2c"]), UnsupportedError),
        (lambda m: m.update(kid="added"), WrongKey),
    ],
)
def test_a_header_that_is_not_as_it_was_written_opens_nothing(
    change: Callable[[dict[str, object]], object], error: type[Exception]
) -> None:
    token = sealed()
    with pytest.raises(error):
        opened(reheaded(token, change))
    assert opened(token) == TEXT


@pytest.mark.parametrize("part", [1, 2, 3, 4])
def test_a_changed_part_is_noticed(part: int) -> None:
    parts = sealed().split(".")
    octets = bytearray(b64.decode(parts[part], at="part"))
    octets[0] ^= 1
    parts[part] = b64.encode(bytes(octets))
    with pytest.raises(WrongKey):
        opened(".".join(parts))


@pytest.mark.parametrize("size", [0, 8, 16, 23, 25, 32])
def test_a_wrapped_key_of_another_length_is_refused(size: int) -> None:
    parts = sealed().split(".")
    parts[1] = b64.encode(bytes(size))
    with pytest.raises(MalformedError, match="another length"):
        opened(".".join(parts))


@pytest.mark.parametrize("rounds", [0, FEW - 1, limits.KEY_DERIVATION_ROUNDS + 1])
def test_rounds_out_of_bounds_are_the_callers_mistake(rounds: int) -> None:
    with pytest.raises(UsageError):
        sealed(rounds=rounds)


def test_an_empty_password_protects_nothing() -> None:
    with pytest.raises(UsageError):
        encrypt_with_password(TEXT, b"", random=secrets.token_bytes)
    with pytest.raises(UnsupportedError):
        sealed({"p2c": 1})
