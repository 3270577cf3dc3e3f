"""Forged requests of pages: what a wallet must not show to its owner.

    for forgery in PAGES:
        valid, forged = forgery.twins(scene)
        my_wallet.read(valid.text(), origin=valid.origin)      # must be taken
        my_wallet.read(forged.text(), origin=forged.origin)    # must be refused

`forgery.reason` says why; `page_draft.judge_page` is this library's own answer.
"""

from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.protocols.dc_api import PageProtocol
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forged, nothing
from idwallet.testing.corpus.page_changes import (
    Change,
    admitting,
    asks,
    bad_signature,
    beside,
    certified,
    doubled,
    expired,
    handed_over_as,
    header,
    named_of_another,
    nobody_known,
    on_page,
    other_key,
    over_something_else,
    own,
    payload,
    several,
    strict,
    text,
    twice,
    unprotected,
    unsigned,
)
from idwallet.testing.draft import ABSENT
from idwallet.testing.page_draft import (
    ORIGIN,
    PageDraft,
    page_draft,
)
from idwallet.testing.pki import Fault
from idwallet.testing.scene import PID, Scene

_C, _R = CheckId, Reason
_FORMAT: Final = CheckId.REQUEST_FORMAT
_READER: Final = CheckId.READER_AUTHORISED
_SIGNATURE: Final = CheckId.REQUEST_SIGNATURE
_MALFORMED: Final = Reason.MALFORMED
_EVIL: Final = "https://evil.test"

Case = tuple[str, CheckId, Reason, Change]


@dataclass(frozen=True, slots=True)
class PageForgery(Forged[PageDraft]):
    """A request of a page that a wallet must refuse; see `Forged`."""

    def twins(self, scene: Scene) -> tuple[PageDraft, PageDraft]:
        """Return the valid request and the forged one."""
        return self.apart(lambda: page_draft(scene))


_DEEP: Final = b"[" * (limits.JSON_DEPTH + 1) + b"]" * (limits.JSON_DEPTH + 1)
_MANY: Final[list[JsonValue]] = [
    f"https://{n}.example" for n in range(limits.EXPECTED_ORIGINS + 1)
]
_NO_JWKS: Final[JsonObject] = {"vp_formats_supported": {"dc+sd-jwt": {}}}
_MORE: Final[JsonObject] = {
    "credentials": [
        {
            "id": "pid",
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [PID]},
            "claims": [{"path": ["birthdate"]}],
        }
    ]
}

_OF_ORIGINS: Final[tuple[Case, ...]] = (
    ("repeated by another page", _READER, _R.ORIGIN_MISMATCH, on_page(_EVIL)),
    (
        "repeated by a subdomain",
        _READER,
        _R.ORIGIN_MISMATCH,
        on_page("https://a.shop.example"),
    ),
    ("origin with a slash", _READER, _R.ORIGIN_MISMATCH, on_page(f"{ORIGIN}/")),
    (
        "origin in capitals",
        _READER,
        _R.ORIGIN_MISMATCH,
        on_page("https://SHOP.example"),
    ),
    ("origin with its port", _READER, _R.ORIGIN_MISMATCH, on_page(f"{ORIGIN}:443")),
    ("origin without TLS", _READER, _R.ORIGIN_MISMATCH, on_page("http://shop.example")),
    (
        "expects others",
        _READER,
        _R.ORIGIN_MISMATCH,
        asks(expected_origins=[_EVIL, f"{ORIGIN}/"]),
    ),
    (
        "expects a pattern",
        _READER,
        _R.ORIGIN_MISMATCH,
        asks(expected_origins=["https://*.example", "*"]),
    ),
    ("expects nobody", _FORMAT, _MALFORMED, asks(expected_origins=ABSENT)),
    ("expects an empty list", _FORMAT, _MALFORMED, asks(expected_origins=[])),
    ("expects a text", _FORMAT, _MALFORMED, asks(expected_origins=ORIGIN)),
    ("expects a number", _FORMAT, _MALFORMED, asks(expected_origins=[ORIGIN, 1])),
    ("expects nothing", _FORMAT, _MALFORMED, asks(expected_origins=[ORIGIN, ""])),
    (
        "expects too many",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        asks(expected_origins=[ORIGIN, *_MANY]),
    ),
    (
        "expects one too long",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        asks(expected_origins=[ORIGIN, "h" * (limits.ORIGIN_CHARACTERS + 1)]),
    ),
)

_OF_SIGNED: Final[tuple[Case, ...]] = (
    ("signed by somebody else", _SIGNATURE, _R.INVALID, other_key),
    (
        "a payload changed",
        _FORMAT,
        _MALFORMED,
        payload(lambda data: data[:-1] + b',"nonce":"another-nonce-0000000"}'),
    ),
    ("no type", _FORMAT, _R.TYP_MISMATCH, header(typ=ABSENT)),
    ("another type", _FORMAT, _R.TYP_MISMATCH, header(typ="JWT")),
    ("no algorithm", _SIGNATURE, _R.ALGORITHM_NOT_ALLOWED, header(alg="none")),
    (
        "another algorithm",
        _SIGNATURE,
        _R.KEY_UNUSABLE,
        header(alg="ES384"),
    ),
    ("an HMAC", _SIGNATURE, _R.ALGORITHM_NOT_ALLOWED, header(alg="HS256")),
    ("something critical", _FORMAT, _R.UNSUPPORTED, header(crit=["x"], x=1)),
    ("under the name of another", _READER, _R.CLIENT_ID_MISMATCH, named_of_another),
    ("no name", _FORMAT, _MALFORMED, asks(client_id=ABSENT)),
    (
        "an origin for a name",
        _FORMAT,
        _R.UNSUPPORTED,
        asks(client_id=f"origin:{ORIGIN}"),
    ),
    (
        "an address for a name",
        _FORMAT,
        _MALFORMED,
        asks(client_id=f"redirect_uri:{ORIGIN}/answer"),
    ),
    (
        "by a certificate expired",
        _READER,
        _R.CERTIFICATE_EXPIRED,
        certified(Fault.LEAF_EXPIRED),
    ),
    (
        "by a certificate for code",
        _READER,
        _R.CERTIFICATE_PROFILE,
        certified(Fault.LEAF_FOR_CODE),
    ),
    (
        "by a certificate of itself",
        _READER,
        _R.NO_TRUSTED_PATH,
        certified(Fault.SELF_SIGNED),
    ),
    ("by a stranger", _READER, _R.NO_TRUSTED_PATH, certified(Fault.STRANGER_ROOT)),
    ("no certificate", _READER, _R.NO_KEY_MATERIAL, header(x5c=ABSENT)),
    ("expired", _C.REQUEST_VALIDITY, _R.EXPIRED, expired),
    ("for others", _FORMAT, _MALFORMED, asks(aud="https://wallet.example")),
    ("no nonce", _FORMAT, _MALFORMED, asks(nonce=ABSENT)),
    ("a nonce with a space", _FORMAT, _MALFORMED, asks(nonce="a b")),
    ("no query", _FORMAT, _MALFORMED, asks(dcql_query=ABSENT)),
    (
        "another response type",
        _FORMAT,
        _R.UNSUPPORTED,
        asks(response_type="vp_token id_token"),
    ),
    ("a mode of links", _FORMAT, _R.UNSUPPORTED, asks(response_mode="direct_post")),
    ("no mode", _FORMAT, _MALFORMED, asks(response_mode=ABSENT)),
    ("a request inside", _FORMAT, _MALFORMED, asks(request="eyJ")),
    (
        "encrypted to no key",
        _FORMAT,
        _MALFORMED,
        asks(response_mode="dc_api.jwt", client_metadata=_NO_JWKS),
    ),
    (
        "a transaction nobody knows",
        _FORMAT,
        _R.UNSUPPORTED,
        asks(
            transaction_data=[
                b64.encode(b'{"type":"unknown","credential_ids":["pid"]}')
            ]
        ),
    ),
    ("no request in it", _FORMAT, _MALFORMED, beside(request=ABSENT)),
    ("an object for a token", _FORMAT, _MALFORMED, beside(request={"payload": ""})),
    ("members twice", _FORMAT, _MALFORMED, text(doubled)),
    ("not JSON", _FORMAT, _MALFORMED, text(lambda data: data[:-1])),
    (
        "too deep",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        text(lambda data: b'{"a":' + _DEEP + b"," + data[1:]),
    ),
    (
        "too long",
        _FORMAT,
        _R.LIMIT_EXCEEDED,
        text(lambda data: data + b" " * limits.REQUEST_BYTES),
    ),
    (
        "a protocol nobody knows",
        _FORMAT,
        _R.UNSUPPORTED,
        text(lambda data: data.replace(b"openid4vp-v1-signed", b"openid4vp-v2-signed")),
    ),
    (
        "signed once, handed over as several",
        _FORMAT,
        _MALFORMED,
        handed_over_as(PageProtocol.MULTISIGNED),
    ),
)

_OF_THE_ADMITTED: Final[tuple[Case, ...]] = (
    (
        "signed, handed over as unsigned",
        _FORMAT,
        _MALFORMED,
        handed_over_as(PageProtocol.UNSIGNED),
    ),
)

_OF_UNSIGNED: Final[tuple[Case, ...]] = (
    (
        "where the policy wants a signature",
        _READER,
        _R.ANONYMOUS,
        strict,
    ),
    (
        "for more than strangers get",
        _READER,
        _R.CLAIM_NOT_ADMITTED,
        asks(dcql_query=_MORE),
    ),
    (
        "a mode of links, unsigned",
        _FORMAT,
        _R.UNSUPPORTED,
        asks(response_mode="fragment"),
    ),
)

_OF_SEVERAL: Final[tuple[Case, ...]] = (
    ("one of several signatures is wrong", _SIGNATURE, _R.INVALID, bad_signature),
    (
        "one of several signed something else",
        _SIGNATURE,
        _R.INVALID,
        over_something_else,
    ),
    ("one of several signed with another key", _SIGNATURE, _R.INVALID, other_key),
    ("a client stands twice", _FORMAT, _MALFORMED, twice),
    ("a signer without a name", _FORMAT, _MALFORMED, own(client_id=ABSENT)),
    ("a name that nobody signed", _FORMAT, _MALFORMED, unprotected),
    ("a name in what all sign", _FORMAT, _MALFORMED, asks(client_id="x509_hash:a")),
    (
        "who vouches for one, in what all sign",
        _FORMAT,
        _MALFORMED,
        asks(verifier_info=[{"format": "jwt", "data": "a"}]),
    ),
    (
        "several, without origins",
        _FORMAT,
        _MALFORMED,
        asks(expected_origins=ABSENT),
    ),
    ("several, on another page", _READER, _R.ORIGIN_MISMATCH, on_page(_EVIL)),
    ("several, and the wallet knows none", _READER, _R.NO_TRUSTED_PATH, nobody_known),
    ("several, of another type", _FORMAT, _R.TYP_MISMATCH, own(0, typ="JWT")),
    ("no signatures", _FORMAT, _MALFORMED, beside(request={"payload": "e30"})),
    (
        "several, handed over as one",
        _FORMAT,
        _MALFORMED,
        handed_over_as(PageProtocol.SIGNED),
    ),
)

PAGES: Final = tuple(
    PageForgery(f"page: {name}", check, reason, forge, prepare)
    for prepare, cases in (
        (nothing, _OF_ORIGINS),
        (nothing, _OF_SIGNED),
        (admitting, _OF_THE_ADMITTED),
        (unsigned, _OF_UNSIGNED),
        (several, _OF_SEVERAL),
    )
    for name, check, reason, forge in cases
)
