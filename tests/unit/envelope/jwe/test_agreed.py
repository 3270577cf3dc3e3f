"""Messages encrypted to a key: RFC vectors, peers both ways, and forged twins."""

import json
import secrets
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.keys import PublicKey
from idwallet.envelope.jwe import (
    ContentEncryption,
    decrypt,
    encrypt,
    read_jwe_header,
    read_recipient,
)
from idwallet.envelope.jwe.agreed import _derived
from idwallet.errors import (
    LimitError,
    MalformedError,
    UnsupportedError,
    WrongKey,
)

CURVES = ["P-256", "P-384", "P-521"]
TEXT = "данные".encode()
KEY = EphemeralKey.generate()


def sealed(**header: object) -> str:
    members: JsonObject = header  # type: ignore[assignment]  # JSON, as tests have it
    return encrypt(TEXT, to=KEY.public_key, random=secrets.token_bytes, header=members)


def opened(token: str | bytes, key: EphemeralKey = KEY) -> bytes:
    return decrypt(token, key=key, at="message").plaintext


def as_jwk(key: EphemeralKey) -> JWK:
    return JWK.from_pyca(key._native)


def reheaded(token: str, change: Callable[[dict[str, object]], object]) -> str:
    """Change the header and leave everything else as it is."""
    head, _, rest = token.partition(".")
    members = json.loads(b64.decode(head, at="header"))
    change(members)
    return f"{b64.encode(json.dumps(members).encode())}.{rest}"


def resealed(change: Callable[[dict[str, object]], object]) -> str:
    """Have a peer make a message whose header was changed before it was encrypted."""
    members = {"alg": "ECDH-ES", "enc": "A128GCM"}
    change(members)
    token = JWE(TEXT, protected=json.dumps(members), recipient=as_jwk(KEY))
    text: str = token.serialize(compact=True)
    return text


# --- what is written is read --------------------------------------------------------


@pytest.mark.parametrize("enc", ContentEncryption)
@pytest.mark.parametrize("curve", CURVES)
def test_only_the_owner_of_the_key_reads_the_message(
    curve: str, enc: ContentEncryption
) -> None:
    key = EphemeralKey.generate(curve)
    token = encrypt(TEXT, to=key.public_key, random=secrets.token_bytes, enc=enc)
    assert opened(token, key) == TEXT
    assert TEXT not in b64.decode(token.split(".")[3], at="x")
    with pytest.raises(WrongKey):
        opened(token, EphemeralKey.generate(curve))


def test_a_header_tells_who_it_is_for_before_it_is_opened() -> None:
    token = sealed(kid="one", apu=b64.encode(b"us"), apv=b64.encode(b"them"))
    header = read_jwe_header(token, at="message")
    assert (header.alg, header.enc.value) == ("ECDH-ES", "A128GCM")
    assert header.members["kid"] == "one"
    found = decrypt(token.encode(), key=KEY, at="message")
    assert found.header == header
    assert found.plaintext == TEXT


def test_no_two_messages_are_alike() -> None:
    one, two = sealed().split("."), sealed().split(".")
    assert all(a != b for a, b in zip(one, two, strict=True) if a)


def test_nothing_shows_what_was_said() -> None:
    token = sealed(kid="secret-kid")
    found = decrypt(token, key=KEY, at="message")
    assert repr(found) == f"Decrypted(<{len(TEXT)} octets>)"
    assert repr(found.header) == "JweHeader('ECDH-ES', 'A128GCM')"


# --- vectors and peers ---------------------------------------------------------------


def test_the_key_is_derived_as_in_rfc_7518_appendix_c() -> None:
    bob = ec.derive_private_key(
        int.from_bytes(
            b64.decode("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw", at="d")
        ),
        ec.SECP256R1(),
    )
    epk = PublicKey.from_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
        },
        at="epk",
    )
    members: JsonObject = {"apu": "QWxpY2U", "apv": "Qm9i"}
    secret = EphemeralKey(bob).agree(epk)
    key = _derived(secret, ContentEncryption.A128GCM, members=members, at="header")
    assert b64.encode(key) == "VqqN6vgjbSBcIijNcacQGg"


@pytest.mark.parametrize("enc", ContentEncryption)
@pytest.mark.parametrize("curve", CURVES)
def test_jwcrypto_reads_what_we_write_and_writes_what_we_read(
    curve: str, enc: ContentEncryption
) -> None:
    key = EphemeralKey.generate(curve)
    parties: JsonObject = {"apu": b64.encode(b"us"), "apv": b64.encode(b"them")}
    token = encrypt(
        TEXT, to=key.public_key, random=secrets.token_bytes, enc=enc, header=parties
    )
    theirs = JWE()
    theirs.deserialize(token, as_jwk(key))
    assert theirs.payload == TEXT
    members = {"alg": "ECDH-ES", "enc": enc.value, **parties}
    made = JWE(TEXT, protected=json.dumps(members), recipient=as_jwk(key))
    assert opened(made.serialize(compact=True), key) == TEXT


# --- what is refused -----------------------------------------------------------------


def test_the_twins_of_what_is_refused_are_read() -> None:
    assert opened(resealed(lambda _: None)) == TEXT
    assert opened(resealed(lambda m: m.update(kid="a", unknown=[1]))) == TEXT


@pytest.mark.parametrize("part", range(5))
def test_a_changed_part_is_noticed(part: int) -> None:
    parts = sealed(kid="one").split(".")
    octets = bytearray(b64.decode(parts[part], at="part") or bytes(1))
    octets[-2 if part == 0 else -1] ^= 1
    parts[part] = b64.encode(bytes(octets))
    with pytest.raises(MalformedError):
        opened(".".join(parts))


def test_a_header_that_only_was_written_anew_is_noticed() -> None:
    with pytest.raises(WrongKey):
        opened(reheaded(sealed(), lambda m: m.update(kid="other")))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(crit=["exp"]),
        lambda m: m.update(crit=[]),
        lambda m: m.update(zip="DEF"),
        lambda m: m.update(zip=None),
        lambda m: m.update(enc="A128CBC-HS256"),
        lambda m: m.update(enc="A192GCM"),
        lambda m: m.update(enc="none"),
        lambda m: m.update(alg="ECDH-ES+A128KW"),
        lambda m: m.update(alg="dir"),
        lambda m: m.update(alg="RSA1_5"),
        lambda m: m.update(alg="PBES2-HS256+A128KW"),
        lambda m: m.update(alg="ecdh-es"),
    ],
)
def test_what_is_not_done_here_is_unsupported(
    change: Callable[[dict[str, object]], object],
) -> None:
    with pytest.raises(UnsupportedError):
        opened(reheaded(sealed(), change))


OTHER = EphemeralKey.generate("P-384").public_key.to_jwk()


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.pop("alg"),
        lambda m: m.pop("enc"),
        lambda m: m.pop("epk"),
        lambda m: m.update(alg=None),
        lambda m: m.update(enc=["A128GCM"]),
        lambda m: m.update(epk=None),
        lambda m: m.update(epk={**m["epk"], "y": m["epk"]["x"]}),
        lambda m: m.update(epk={**m["epk"], "x": b64.encode(bytes(32))}),
        lambda m: m.update(epk={**m["epk"], "d": "AA"}),
        lambda m: m.update(epk=OTHER),
        lambda m: m.update(apu="not base64url!"),
        lambda m: m.update(apv=7),
        lambda m: m.update(apv="A" * 2_000),
    ],
)
def test_a_header_that_breaks_the_standard_is_malformed(
    change: Callable[[dict[str, object]], object],
) -> None:
    with pytest.raises(MalformedError):
        opened(reheaded(sealed(), change))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda t: t[: t.rindex(".")],
        lambda t: f"{t}.",
        lambda t: t.replace(".", "=.", 1),
        lambda t: f" {t}",
        lambda t: f"{t}\n",
        lambda t: t.replace("..", ".AAAA.", 1),
        lambda t: f"{t}é",
        lambda _: "",
        lambda _: "....",
    ],
)
def test_a_message_that_is_spelled_otherwise_is_malformed(
    spoil: Callable[[str], str],
) -> None:
    with pytest.raises(MalformedError):
        opened(spoil(sealed()))


@pytest.mark.parametrize(("part", "size"), [(2, 11), (2, 16), (4, 12), (4, 4), (4, 0)])
def test_a_nonce_or_tag_of_another_length_is_refused(part: int, size: int) -> None:
    parts = sealed().split(".")
    parts[part] = b64.encode((b64.decode(parts[part], at="x") + bytes(8))[:size])
    with pytest.raises(MalformedError, match="another length"):
        opened(".".join(parts))


def test_a_member_named_twice_is_malformed() -> None:
    head, _, rest = sealed().partition(".")
    text = b64.decode(head, at="x").decode()
    twice = text.replace("{", '{"alg":"ECDH-ES",', 1)
    with pytest.raises(MalformedError):
        opened(f"{b64.encode(twice.encode())}.{rest}")


def test_what_is_too_long_is_refused_unread() -> None:
    with pytest.raises(LimitError):
        decrypt(sealed(), key=KEY, at="message", max_bytes=100)
    with pytest.raises(LimitError):
        opened("A" * (limits.JWE_HEADER_BYTES + 1) + "....")
    with pytest.raises(LimitError):
        sealed(kid="x" * limits.JWE_HEADER_BYTES)


@pytest.mark.parametrize("name", ["alg", "enc", "epk", "zip", "crit"])
def test_a_caller_does_not_say_what_follows_from_the_key(name: str) -> None:
    with pytest.raises(UnsupportedError):
        sealed(**{name: "x"})


def test_a_key_on_a_curve_that_does_not_agree_is_unsupported() -> None:
    from idwallet.crypto.algorithms import Algorithm
    from idwallet.crypto.software import SoftwareSigner

    other = SoftwareSigner.generate(Algorithm.EDDSA).public_key
    with pytest.raises(UnsupportedError):
        encrypt(TEXT, to=other, random=secrets.token_bytes)


# --- the recipient's key -------------------------------------------------------------


def recipient(**members: object) -> JsonObject:
    jwk = {**KEY.public_key.to_jwk(), "alg": "ECDH-ES", "use": "enc", "kid": "one"}
    return {k: v for k, v in {**jwk, **members}.items() if v is not None}  # type: ignore[misc]


def test_a_key_is_read_as_its_owner_published_it() -> None:
    found = read_recipient(recipient(), at="jwk")
    assert (found.key.spki, found.kid) == (KEY.public_key.spki, "one")
    bare = read_recipient(recipient(alg=None, use=None, kid=None), at="jwk")
    assert (bare.key.spki, bare.kid) == (KEY.public_key.spki, None)
    assert read_recipient(recipient(key_ops=["deriveBits"]), at="jwk").key


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"use": "sig"}, MalformedError),
        ({"use": 1}, MalformedError),
        ({"d": "AA"}, MalformedError),
        ({"kid": 1}, MalformedError),
        ({"key_ops": ["verify"]}, MalformedError),
        ({"key_ops": "deriveKey"}, MalformedError),
        ({"key_ops": [1]}, MalformedError),
        ({"x": "AA"}, MalformedError),
        ({"alg": "ES256"}, UnsupportedError),
        ({"alg": "ECDH-ES+A256KW"}, UnsupportedError),
        ({"kty": "oct", "k": "AA"}, MalformedError),
    ],
)
def test_a_key_that_is_not_for_this_is_refused(
    members: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_recipient(recipient(**members), at="jwk")
