"""What a key binding says in place of what it should, where the two differ.

That an audience, a nonce or a hash is another one says nothing of why. So it is held
against what other wallets are known to write. What is found here never makes a binding
good; it only tells an integrator where to look.
"""

from collections.abc import Iterator
from typing import Final

from idwallet.codec import b64
from idwallet.codec.json import JsonValue
from idwallet.credentials.required import Expected
from idwallet.credentials.sdjwt.structures import HASHES, SdJwt, digest_of

_PREFIXES: Final = 32
"""As many disclosures are tried to have been added after the holder signed."""


def audience_written(said: JsonValue, expected: Expected) -> str | None:
    """Return what stands there in place of the audience, None where nobody knows."""
    if isinstance(said, list):
        return "a list" if said == [expected.audience] else None
    found = _named(said, _audiences(expected))
    if found is None and isinstance(said, str) and _alike(said, expected.audience):
        return "other capitals"
    return found


def nonce_written(said: JsonValue, expected: Expected) -> str | None:
    """Return what stands there in place of the nonce, None where nobody knows."""
    return _named(said, _nonces(expected))


def hash_written(said: JsonValue, sd_jwt: SdJwt) -> str | None:
    """Return over what the hash was made instead, or how; None where nobody knows."""
    return _named(said, _hashes(sd_jwt))


def _alike(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _named(said: JsonValue, known: Iterator[tuple[str, str]]) -> str | None:
    if not isinstance(said, str):
        return None
    return next((what for what, value in known if value == said), None)


def _audiences(expected: Expected) -> Iterator[tuple[str, str]]:
    audience = expected.audience
    yield from expected.others
    head, colon, bare = audience.partition(":")
    if colon and head.isidentifier():
        yield f"the audience without {head}:", bare
        yield f"the audience without {head}:, with a slash at its end", f"{bare}/"
    yield "a slash at its end", f"{audience}/"
    yield "no slash at its end", audience.removesuffix("/")
    yield "a prefix of earlier drafts", f"web-origin:{bare}"
    yield "a prefix of earlier drafts", f"{head}_dns:{bare}"


def _nonces(expected: Expected) -> Iterator[tuple[str, str]]:
    nonce = expected.nonce
    yield from expected.others
    yield "the nonce encoded once more", b64.encode(nonce.encode())
    yield "the nonce with padding", nonce + "=" * (-len(nonce) % 4)
    yield "the nonce without its last characters", nonce.rstrip("=")
    yield "nothing", ""


def _hashes(sd_jwt: SdJwt) -> Iterator[tuple[str, str]]:
    whole = sd_jwt.compact
    bare = whole.removesuffix("~")
    first = whole.partition("~")[0]
    for algorithm in HASHES:
        yield f"{algorithm} of what was shown", digest_of(whole, algorithm)
    for algorithm in HASHES:
        yield f"{algorithm}, without the last tilde", digest_of(bare, algorithm)
        yield f"{algorithm} of what the issuer signed", digest_of(first, algorithm)
        yield (
            f"{algorithm} of what the issuer signed, with a tilde",
            digest_of(f"{first}~", algorithm),
        )
        for number in range(1, min(len(sd_jwt.disclosures), _PREFIXES)):
            shown = "~".join((first, *sd_jwt.disclosures[:number], ""))
            what = f"{algorithm} of {number} of the disclosures"
            yield what, digest_of(shown, algorithm)
        if sd_jwt.key_binding is not None:
            text = f"{whole}{sd_jwt.key_binding}"
            yield f"{algorithm} of it all", digest_of(text, algorithm)
