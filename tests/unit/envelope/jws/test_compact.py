import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS
from idwallet.envelope.jws import (
    Jws,
    PayloadForm,
    read_compact,
    sign_compact,
    signature_reason,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.report import Reason
from tests.unit.envelope.jws.forge import (
    PAYLOAD,
    judged,
    segment,
    signed,
    signer,
    unsigned,
)

GOOD = unsigned({"alg": "ES256"})
UNENCODED = {"alg": "ES256", "b64": False, "crit": ["b64"]}


def refusal(token: str | bytes, detached: bytes | None = None) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        read_compact(token, at="token", detached=detached)
    return caught.value


def reason(jws: Jws) -> Reason:
    key = signer().public_key
    return signature_reason(jws, key=key, allowed=DEFAULT_ALGORITHMS)


@pytest.mark.parametrize("token", [GOOD, GOOD.encode()])
def test_a_token_comes_apart_into_what_was_signed(token: str | bytes) -> None:
    jws = read_compact(token, at="token")
    assert jws.header.algorithm == "ES256"
    assert jws.payload == PAYLOAD
    assert jws.signature == bytes(64)
    assert jws.signing_input == GOOD.rpartition(".")[0].encode()
    assert jws.unprotected == {}


@pytest.mark.parametrize("token", ["", ".", "a.b", "a.b.c.d", "....", "." * 1000])
def test_a_token_of_other_than_three_parts_is_refused(token: str) -> None:
    assert refusal(token).clause == "RFC 7515 §7.1"


def test_a_token_with_its_parts_empty_is_refused() -> None:
    assert refusal("..").at == "token/header"


def test_an_empty_payload_and_an_empty_signature_can_be_read() -> None:
    jws = read_compact(f"{segment({'alg': 'none'})}..", at="token")
    assert (jws.payload, jws.signature) == (b"", b"")


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("fault", ["=", " ", "\n", "\r", "\t", "+", "/", "%", "\x00"])
def test_a_foreign_character_in_any_part_is_refused(part: int, fault: str) -> None:
    parts = GOOD.split(".")
    for place in (0, 4, len(parts[part])):
        changed = list(parts)
        changed[part] = parts[part][:place] + fault + parts[part][place:]
        error = refusal(".".join(changed))
        assert error.at == "token/" + ("header", "payload", "signature")[part]


@pytest.mark.parametrize("part", [1, 2])
def test_a_second_spelling_of_the_same_octets_is_refused(part: int) -> None:
    token = signed({"alg": "ES256"}, payload=b"1234")
    assert judged(token) is Reason.VALID
    parts = token.split(".")
    last = parts[part][-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # The last character of 4 or 64 octets has four spare bits.
    parts[part] = parts[part][:-1] + alphabet[alphabet.index(last) + 1]
    refusal(".".join(parts))


@pytest.mark.parametrize("token", [GOOD + "é", "é" + GOOD, "\udc80" + GOOD])
def test_a_character_outside_ascii_is_refused(token: str) -> None:
    assert refusal(token).at == "token"


def test_a_token_longer_than_the_bound_is_refused_unread() -> None:
    assert isinstance(refusal("." * (limits.JWS_BYTES + 1)), LimitError)
    assert isinstance(refusal(b"." * (limits.JWS_BYTES + 1)), LimitError)
    assert not isinstance(refusal(b"." * limits.JWS_BYTES), LimitError)


def test_a_signature_longer_than_the_bound_is_refused_undecoded() -> None:
    head, body, _ = GOOD.split(".")
    good = segment(bytes(limits.JWS_SIGNATURE_BYTES))
    read_compact(f"{head}.{body}.{good}", at="token")
    error = refusal(f"{head}.{body}.{'!' * (len(good) + 4)}")
    assert isinstance(error, LimitError)
    assert error.at == "token/signature"


def test_a_critical_extension_must_be_one_the_caller_acts_on() -> None:
    token = signed({"alg": "ES256", "crit": ["exp"], "exp": 1})
    jws = read_compact(token, at="token", understood=frozenset({"exp"}))
    assert reason(jws) is Reason.VALID
    with pytest.raises(UnsupportedError):
        read_compact(token, at="token")


# --- detached payload (RFC 7515 Appendix F) ----------------------------------------


@pytest.mark.parametrize("form", [PayloadForm.DETACHED, PayloadForm.UNENCODED_DETACHED])
def test_a_detached_payload_is_covered(form: PayloadForm) -> None:
    token = sign_compact(b"a.document", header={}, signer=signer(), form=form)
    assert token.split(".")[1] == ""
    good = read_compact(token, at="token", detached=b"a.document")
    assert good.payload == b"a.document"
    assert reason(good) is Reason.VALID
    swapped = read_compact(token, at="token", detached=b"a.document ")
    assert reason(swapped) is Reason.INVALID
    absent = read_compact(token, at="token")
    assert absent.payload == b""
    assert reason(absent) is Reason.INVALID


def test_a_payload_beside_the_detached_one_is_refused() -> None:
    token = signed({"alg": "ES256"})
    assert judged(token) is Reason.VALID
    error = refusal(token, detached=PAYLOAD)
    assert (error.at, error.clause) == ("token/payload", "RFC 7515 Appendix F")


def test_a_detached_payload_may_be_empty() -> None:
    token = sign_compact(b"", header={}, signer=signer(), form=PayloadForm.DETACHED)
    assert reason(read_compact(token, at="token", detached=b"")) is Reason.VALID
    assert reason(read_compact(token, at="token")) is Reason.VALID


# --- unencoded payload (RFC 7797) --------------------------------------------------


def test_an_unencoded_payload_inside_the_token_is_covered_as_it_stands() -> None:
    covered = f"{segment(UNENCODED)}.$ 02"
    token = f"{covered}.{segment(signer().sign(covered.encode()))}"
    jws = read_compact(token, at="token")
    assert jws.payload == b"$ 02"
    assert reason(jws) is Reason.VALID


@pytest.mark.parametrize("octet", [b"\x00", b"\x1f", b"\n", b"\x7f", b"\x80", b"\xff"])
def test_an_unencoded_payload_holds_no_unprintable_octet(octet: bytes) -> None:
    head = segment(UNENCODED).encode()
    assert read_compact(head + b".a~a.", at="token").payload == b"a~a"
    with pytest.raises(MalformedError) as caught:
        read_compact(head + b".a" + octet + b"a.", at="token")
    assert caught.value.clause == "RFC 7797 §5.2"


def test_the_encoded_and_the_unencoded_reading_of_a_payload_are_not_confused() -> None:
    # The text `payloads` is base64url too: a reader that ignores b64 would see other
    # octets under the same signature, so b64 must be critical.
    covered = f"{segment(UNENCODED)}.payloads"
    signature = segment(signer().sign(covered.encode()))
    jws = read_compact(f"{covered}.{signature}", at="token")
    assert jws.payload == b"payloads"
    assert reason(jws) is Reason.VALID
    bare = segment({"alg": "ES256", "b64": False})
    assert refusal(f"{bare}.payloads.{signature}").at == "token/header/b64"
    plain = read_compact(
        f"{segment({'alg': 'ES256'})}.payloads.{signature}", at="token"
    )
    assert plain.payload == b64.decode("payloads", at="")
    assert reason(plain) is Reason.INVALID


def test_a_reader_of_jwt_refuses_an_unencoded_payload() -> None:
    token = f"{segment(UNENCODED)}.text."
    read_compact(token, at="token")
    with pytest.raises(UnsupportedError):
        read_compact(token, at="token", understood=frozenset())


def test_a_full_stop_may_stand_in_an_unencoded_payload_that_is_detached() -> None:
    # RFC 7797 §4.2 signs this payload so.
    token = sign_compact(
        b"$.02", header={}, signer=signer(), form=PayloadForm.UNENCODED_DETACHED
    )
    jws = read_compact(token, at="token", detached=b"$.02")
    assert jws.signing_input == token.partition(".")[0].encode() + b".$.02"
    assert reason(jws) is Reason.VALID
    with pytest.raises(MalformedError):
        read_compact(token.replace("..", ".$.02."), at="token")
