"""An error's chain of causes holds nothing of the input, so logging it leaks none."""

import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.adapters.pkcs11.address import TokenAddress
from idwallet.codec import b64
from idwallet.codec.json import read_json
from idwallet.codec.pem import read_pem
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.metadata import read_type_metadata
from idwallet.credentials.sdjwt.present import read_held
from idwallet.credentials.sdjwt.structures import read_sd_jwt
from idwallet.credentials.sdjwt.unpack import DisclosureFault
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.private import from_jwk
from idwallet.envelope.jws import read_compact, read_json_serialization
from idwallet.errors import IdWalletError
from idwallet.protocols.openid4vp.message import read_carrier
from idwallet.protocols.openid4vp.response import read_response
from idwallet.trust.certificate import Certificate

CANARY = "canary-51c7"

TEXTS: dict[str, Callable[[str], object]] = {
    "compact": lambda text: read_compact(text, at="x"),
    "signed json": lambda text: read_json_serialization(
        {"payload": text, "protected": text, "signature": text}, at="x"
    ),
    "sd-jwt": read_sd_jwt,
    "held": read_held,
    "carrier": read_carrier,
    "response": read_response,
    "json": lambda text: read_json(text, at="x"),
    "base64": lambda text: b64.decode(text, at="x"),
    "pem": lambda text: read_pem(text, at="x"),
    "query": Query.from_dcql,
    "key uri": TokenAddress.from_uri,
    "jwk": lambda text: PublicKey.from_jwk(
        {"kty": "EC", "crv": "P-256", "x": text, "y": text}, at="x"
    ),
    "private jwk": lambda text: from_jwk(
        {"kty": "OKP", "crv": "Ed25519", "x": text, "d": text}, at="x"
    ),
}
BYTES: dict[str, Callable[[bytes], object]] = {
    "type metadata": read_type_metadata,
    "certificate": lambda data: Certificate.from_der(data, at="x"),
    "spki": lambda data: PublicKey.from_spki(data, at="x"),
    "json bytes": lambda data: read_json(data, at="x"),
    "compact bytes": lambda data: read_compact(data, at="x"),
    "response bytes": read_response,
    "carrier bytes": read_carrier,
}

PARTS = st.sampled_from(
    [
        *("~", ".", "&", "=", "%", "%ff", "{", "}", '"', "é", "\ud800", "\0", "e30"),
        *("pkcs11:object=%ff", "vp_token=", "openid4vp://?request=", "client_id=%ff"),
    ]
)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        hidden = error.__suppress_context__
        error = error.__cause__ or (None if hidden else error.__context__)


def _said(error: BaseException) -> str:
    """All that an error tracker finds in a chain: messages, arguments, fields."""
    found: list[object] = []
    for each in _chain(error):
        found += [str(each), each.args, getattr(each, "__dict__", {})]
        found += [getattr(each, name, "") for name in ("object", "doc")]
    return repr(found)


def _leaks(read: Callable[[], object]) -> bool:
    try:
        read()
    except (IdWalletError, DisclosureFault) as error:
        return CANARY in _said(error)
    return False


@pytest.mark.parametrize("name", TEXTS)
@given(parts=st.lists(PARTS, max_size=6), place=st.integers(0, 6))
def test_no_error_over_a_text_holds_it(name: str, parts: list[str], place: int) -> None:
    text = "".join((*parts[:place], CANARY, *parts[place:]))
    assert not _leaks(lambda: TEXTS[name](text))


@pytest.mark.parametrize("name", BYTES)
@given(before=st.binary(max_size=12), after=st.binary(max_size=12))
def test_no_error_over_bytes_holds_them(name: str, before: bytes, after: bytes) -> None:
    assert not _leaks(lambda: BYTES[name](before + CANARY.encode() + after))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "text",
    [
        f"{CANARY}é",
        f"{CANARY}\ud800",
        f"openid4vp://?client_id={CANARY}%ff&request=x",
        f"state={CANARY}%ff&vp_token=x",
        f"pkcs11:object={CANARY}%ff",
        f'{{"request": "{CANARY}\ud800"}}',
        json.dumps({"payload": f"{CANARY}é", "protected": "e30", "signature": ""}),
    ],
)
def test_no_error_over_what_is_no_text_holds_it(name: str, text: str) -> None:
    assert not _leaks(lambda: TEXTS[name](text))


def test_a_leak_would_be_found() -> None:
    def leaky() -> object:
        try:
            return f"{CANARY}é".encode("ascii")
        except UnicodeEncodeError as error:
            raise IdWalletError("no") from error

    assert _leaks(leaky)
