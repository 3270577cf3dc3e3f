"""A key binding that fails says which input would have matched, and still fails."""

import pytest

from idwallet.codec import b64
from idwallet.credentials.required import Expected
from idwallet.credentials.sdjwt.diagnose import (
    audience_written,
    hash_written,
    nonce_written,
)
from idwallet.credentials.sdjwt.structures import SdJwt, digest_of, read_sd_jwt
from idwallet.testing.draft import draft
from idwallet.testing.scene import Scene

PAGE = Expected(
    "n-0S6_WzA2Mj",
    "origin:https://shop.example",
    others=(("who signed the request", "x509_hash:AAAA"),),
)


@pytest.fixture(scope="module")
def shown() -> SdJwt:
    return read_sd_jwt(draft(Scene(seed=b"idwallet TEST diagnosis")).token())


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("https://shop.example", "the audience without origin:"),
        (
            "https://shop.example/",
            "the audience without origin:, with a slash at its end",
        ),
        ("origin:https://shop.example/", "a slash at its end"),
        ("web-origin:https://shop.example", "a prefix of earlier drafts"),
        ("x509_hash:AAAA", "who signed the request"),
        ("Origin:https://shop.example", "other capitals"),
        (["origin:https://shop.example"], "a list"),
        (["origin:https://evil.test"], None),
        ("origin:https://evil.test", None),
        (1, None),
        (None, None),
    ],
)
def test_an_audience_is_told_apart_as_other_wallets_write_it(
    said: object, what: str | None
) -> None:
    assert audience_written(said, PAGE) == what  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (b64.encode(b"n-0S6_WzA2Mj"), "the nonce encoded once more"),
        ("", "nothing"),
        ("x509_hash:AAAA", "who signed the request"),
        ("n-0S6_WzA2Mk", None),
        ([], None),
    ],
)
def test_a_nonce_is_told_apart_too(said: object, what: str | None) -> None:
    assert nonce_written(said, PAGE) == what  # type: ignore[arg-type]


def test_a_hash_says_over_what_it_was_made(shown: SdJwt) -> None:
    first = shown.compact.partition("~")[0]
    cases = {
        "sha-384 of what was shown": digest_of(shown.compact, "sha-384"),
        "sha-256, without the last tilde": digest_of(shown.compact[:-1], "sha-256"),
        "sha-256 of what the issuer signed": digest_of(first, "sha-256"),
        "sha-256 of what the issuer signed, with a tilde": digest_of(
            f"{first}~", "sha-256"
        ),
        "sha-256 of it all": digest_of(
            f"{shown.compact}{shown.key_binding}", "sha-256"
        ),
        "sha-256 of 1 of the disclosures": digest_of(
            f"{first}~{shown.disclosures[0]}~", "sha-256"
        ),
    }
    for what, said in cases.items():
        assert hash_written(said, shown) == what
    assert hash_written("AAAA", shown) is None
    assert hash_written(None, shown) is None
