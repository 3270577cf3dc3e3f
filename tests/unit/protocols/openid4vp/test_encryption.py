"""Answers are encrypted to the key of the request, and opened with nothing else."""

import secrets
from collections.abc import Callable

import pytest

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, read_object, write_json
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.seal import SealKey
from idwallet.envelope.jwe import ContentEncryption, encrypt, encrypt_with_password
from idwallet.errors import LimitError, MalformedError, UnsupportedError, WrongKey
from idwallet.protocols.openid4vp.encryption import (
    BOTH,
    AnswerKey,
    EncryptTo,
    decrypt_answer,
    encrypt_answer,
    read_encryption,
)
from idwallet.protocols.openid4vp.response import (
    ResponseParts,
    WalletRefusal,
    read_response,
)

KEY = AnswerKey.generate("ours")
SAYS: JsonObject = {"vp_token": {"pid": ["a~b"]}, "state": "s"}
A128, A256 = BOTH


def jwk(kid: str = "ours", *, curve: str = "P-256", **members: object) -> JsonObject:
    made = EphemeralKey.generate(curve).public_key.to_jwk()
    made |= {"kid": kid, "alg": "ECDH-ES", "use": "enc"}
    made |= members  # type: ignore[arg-type]
    return {name: value for name, value in made.items() if value is not None}


def chosen(*keys: object, **more: object) -> EncryptTo:
    metadata: JsonObject = {"jwks": {"keys": list(keys)}, **more}  # type: ignore[dict-item]
    return read_encryption(metadata, at="/client_metadata")


def test_what_a_request_says_of_its_key_is_read_as_it_was_meant() -> None:
    assert read_encryption(KEY.public.to_metadata(), at="") == KEY.public
    offered = KEY.public.to_metadata()
    assert offered["encrypted_response_enc_values_supported"] == ["A128GCM", "A256GCM"]


@pytest.mark.parametrize("content", BOTH)
def test_an_answer_opens_with_the_key_of_the_request(
    content: ContentEncryption,
) -> None:
    to = EncryptTo(KEY.public.key, KEY.kid, (content,))
    token = encrypt_answer(SAYS, to=to, random=secrets.token_bytes)
    header = read_object(b64.decode(token.partition(".")[0], at=""), at="")
    assert (header["alg"], header["enc"]) == ("ECDH-ES", content.value)
    assert header["kid"] == "ours"
    assert decrypt_answer(token, key=KEY) == SAYS


def test_the_strongest_content_encryption_in_common_is_taken() -> None:
    name = "encrypted_response_enc_values_supported"
    assert chosen(jwk()).content is A128  # section 5.1: the default
    assert chosen(jwk(), **{name: ["A256GCM", "A128GCM"]}).content is A256
    assert chosen(jwk(), **{name: ["A128CBC-HS256", "A128GCM"]}).content is A128
    with pytest.raises(UnsupportedError, match="content encryption"):
        chosen(jwk(), **{name: ["A128CBC-HS256"]})
    wrong: tuple[object, ...] = ([], "A128GCM", [1], ["A128GCM", None])
    for each in wrong:
        with pytest.raises(MalformedError):
            chosen(jwk(), **{name: each})
    with pytest.raises(LimitError):
        chosen(jwk(), **{name: ["A128GCM"] * 65})


@pytest.mark.parametrize(
    "beside",
    [
        jwk("other", use="sig"),
        jwk("other", alg="ECDH-ES+A256KW"),
        jwk("other", alg=None),
        jwk("other", crv="X25519", kty="OKP", y=None),
        jwk("other", crv="secp256k1"),
    ],
    ids=["signs", "wraps", "without alg", "X25519", "secp256k1"],
)
def test_keys_for_something_else_are_passed_over(beside: JsonObject) -> None:
    own = jwk()
    assert chosen(beside, own).kid == "ours"
    assert chosen(own, beside).kid == "ours"
    with pytest.raises(UnsupportedError, match="no key"):
        chosen(beside)


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["key"],
        [jwk(kid="")],
        [{**jwk(), "kid": 1}],
        [jwk(), jwk()],
        [jwk(d="AAAA")],
        [jwk(x="AAAA")],
        [jwk(key_ops=["verify"])],
    ],
    ids=["none", "text", "unnamed", "number", "twice", "private", "short", "verifies"],
)
def test_keys_that_break_the_rules_are_refused(keys: list[object]) -> None:
    with pytest.raises(MalformedError):
        chosen(*keys)


@pytest.mark.parametrize("jwks", [None, [], {"keys": {}}, {"keys": [jwk()] * 65}])
def test_a_set_of_keys_that_is_none_is_refused(jwks: object) -> None:
    with pytest.raises(MalformedError):
        read_encryption({"jwks": jwks}, at="")  # type: ignore[dict-item]


# --- what opens, and what does not ---------------------------------------------------


def sealed(
    inside: bytes = write_json(SAYS),
    *,
    to: EphemeralKey | None = None,
    **header: object,
) -> str:
    key = KEY.key if to is None else to
    named = {"kid": "ours", **header}
    return encrypt(
        inside,
        to=key.public_key,
        random=secrets.token_bytes,
        header={k: v for k, v in named.items() if v is not None},  # type: ignore[misc]
    )


def reheaded(**header: object) -> str:
    """A message whose header says something else than it was made with."""
    head, _, rest = sealed().partition(".")
    members = {**read_object(b64.decode(head, at=""), at=""), **header}
    return b64.encode(write_json(members)) + "." + rest  # type: ignore[arg-type]


FAULTS: dict[str, tuple[Callable[[], str], type[Exception]]] = {
    "another key": (lambda: sealed(to=EphemeralKey.generate()), WrongKey),
    "another curve": (
        lambda: sealed(to=EphemeralKey.generate("P-384")),
        MalformedError,
    ),
    "another name": (lambda: sealed(kid="theirs"), MalformedError),
    "no name": (lambda: sealed(kid=None), MalformedError),
    "a name that is half a character": (lambda: sealed(kid="\\ud800"), MalformedError),
    "another content encryption": (lambda: reheaded(enc="A256GCM"), MalformedError),
    "a content encryption of others": (
        lambda: reheaded(enc="A128CBC-HS256"),
        UnsupportedError,
    ),
    "another algorithm": (lambda: reheaded(alg="ECDH-ES+A128KW"), UnsupportedError),
    "no encryption": (lambda: reheaded(alg="none"), UnsupportedError),
    "a password": (
        lambda: encrypt_with_password(
            b"{}", b"x", random=secrets.token_bytes, rounds=1000, header={"kid": "ours"}
        ),
        UnsupportedError,
    ),
    "compressed": (lambda: reheaded(zip="DEF"), UnsupportedError),
    "something critical": (lambda: reheaded(crit=["exp"], exp=1), UnsupportedError),
    "changed": (lambda: sealed()[:-4] + "AAAA", MalformedError),
    "a key beside": (lambda: sealed().replace("..", ".AAAA."), MalformedError),
    "a token inside": (lambda: sealed(sealed().encode()), MalformedError),
    "a list inside": (lambda: sealed(b"[]"), MalformedError),
    "a member twice inside": (
        lambda: sealed(b'{"vp_token":{"a":["b"]},"vp_token":{"a":["c"]}}'),
        MalformedError,
    ),
    "too deep inside": (
        lambda: sealed(b'{"a":' + b"[" * 99 + b"]" * 99 + b"}"),
        LimitError,
    ),
    "signed and not encrypted": (lambda: "e30.e30.e30", MalformedError),
    "in the JSON form": (lambda: '{"ciphertext":"a"}', MalformedError),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_not_encrypted_to_the_key_of_the_request_does_not_open(
    fault: str,
) -> None:
    assert decrypt_answer(sealed(), key=KEY) == SAYS
    make, error = FAULTS[fault]
    with pytest.raises(error):
        decrypt_answer(make(), key=KEY)


def body(**members: object) -> str:
    return write_json(members).decode()  # type: ignore[arg-type]


def test_only_what_is_inside_counts() -> None:
    found = read_response(body(response=sealed(), state="other", junk=1), key=KEY)
    assert found == ResponseParts({"pid": ("a~b",)}, "s")
    assert read_response(f"response={sealed()}", key=KEY) == found


def test_an_answer_in_the_clear_to_a_request_for_an_encrypted_one_is_a_downgrade() -> (
    None
):
    with pytest.raises(MalformedError, match="clear") as caught:
        read_response(body(**SAYS), key=KEY)
    assert caught.value.clause == "OpenID4VP 1.0 §8.3"
    assert read_response(body(**SAYS)).state == "s"


@pytest.mark.parametrize(
    "more", [{"vp_token": {"pid": ["a"]}}, {"error": "access_denied"}]
)
def test_nothing_stands_in_the_clear_beside_an_encrypted_answer(
    more: dict[str, object],
) -> None:
    with pytest.raises(MalformedError, match="beside"):
        read_response(body(response=sealed(), **more), key=KEY)


def test_an_encrypted_answer_holds_no_other() -> None:
    inside = write_json({"response": sealed()})
    with pytest.raises(MalformedError, match="inside"):
        read_response(body(response=sealed(inside)), key=KEY)
    with pytest.raises(MalformedError):
        read_response(body(response=1), key=KEY)


def test_a_wallet_that_cannot_encrypt_may_say_why_it_has_no_answer() -> None:
    """Section 8.3.1: an error response may come without encryption."""
    declined = read_response("error=access_denied&state=s", key=KEY)
    assert isinstance(declined, WalletRefusal)
    inside = write_json({"error": "access_denied", "state": "s"})
    assert read_response(body(response=sealed(inside)), key=KEY) == declined


def test_a_key_is_sealed_for_another_process_and_opens_with_its_seal_alone() -> None:
    seal, other = SealKey(bytes(32)), SealKey(bytes(31) + b"\x01")
    kept = KEY.to_sealed(key=seal, random=secrets.token_bytes)
    again = AnswerKey.from_sealed(kept, KEY.kid, key=seal, at="test")
    assert decrypt_answer(sealed(), key=again) == SAYS
    for wrong in (kept[:-1], b""):
        with pytest.raises(MalformedError):
            AnswerKey.from_sealed(wrong, KEY.kid, key=seal, at="test")
    with pytest.raises(MalformedError):
        AnswerKey.from_sealed(kept, KEY.kid, key=other, at="test")
    assert "AnswerKey(kid='ours')" in repr(KEY)
