"""Forged disclosures: every refusal rule of RFC 9901 section 7.1."""

from collections.abc import Callable
from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.report import CheckId, Reason
from idwallet.testing.corpus.forgery import Forgery
from idwallet.testing.draft import Draft, digest, disclose

_CHECK: Final = CheckId.CREDENTIAL_DISCLOSURES
_FORMAT: Final = CheckId.CREDENTIAL_FORMAT
_SPARE: Final = disclose("idwallet-TEST-spare-0000", "spare", "spare")


def shows(*texts: str) -> Callable[[Draft], None]:
    """Return a forger that shows disclosures whose digests the issuer signed."""

    def forge(made: Draft) -> None:
        made.extra = [*made.extra, *texts]
        made.digests = [*made.digests, *(digest(each) for each in texts)]

    return forge


def signs(**members: JsonValue) -> Callable[[Draft], None]:
    """Return a forger that overlays the issuer's payload."""

    def forge(made: Draft) -> None:
        made.payload = {**made.payload, **members}

    return forge


def _named(name: JsonValue, value: JsonValue = "forged") -> str:
    return disclose("idwallet-TEST-forged-000", name, value)


def _in_array(text: str) -> Callable[[Draft], None]:
    """Show a disclosure whose digest stands in an array of the payload."""

    def forge(made: Draft) -> None:
        made.extra = [*made.extra, text]
        made.payload = {**made.payload, "list": [{"...": digest(text)}]}

    return forge


_ELEMENT: Final = disclose("idwallet-TEST-element-00", "element")


def _unreferenced(made: Draft) -> None:
    made.extra = [*made.extra, _SPARE]


def _shown_twice(made: Draft) -> None:
    made.extra = [*made.extra, _SPARE]


def _digest_twice(made: Draft) -> None:
    made.digests = [*made.digests, digest(_SPARE)]


def _digest_in_two_places(made: Draft) -> None:
    made.payload = {**made.payload, "copy": {"_sd": [digest(_SPARE)]}}


def _array_digest_twice(made: Draft) -> None:
    made.payload = {
        **made.payload,
        "list": [{"...": digest(_ELEMENT)}, {"...": digest(_ELEMENT)}],
    }


def _value_swapped(made: Draft) -> None:
    """Show another value than the one whose digest was signed."""
    made.extra = [*made.extra[:-1], disclose("idwallet-TEST-spare-0000", "spare", "x")]


def _deep(levels: int) -> JsonValue:
    value: JsonValue = "bottom"
    for _ in range(levels):
        value = {"in": value}
    return value


def _many(made: Draft) -> None:
    made.extra = ["AAAA"] * (limits.DISCLOSURES + 1)


def _many_digests(made: Draft) -> None:
    made.digests = [f"digest {n}" for n in range(limits.DIGESTS)]


def _in_open(**members: JsonValue) -> Callable[[Draft], None]:
    def prepare(made: Draft) -> None:
        made.open_claims = {**made.open_claims, **members}

    return prepare


def _hides(name: str) -> Callable[[Draft], None]:
    """Make a claim that decides validity selectively disclosable."""

    def forge(made: Draft) -> None:
        def bend(payload: JsonObject) -> JsonValue:
            value = payload.pop(name, "idwallet")
            hidden = _named(name, value)
            digests = payload["_sd"]
            made.extra = [hidden]
            kept = digests if isinstance(digests, list) else []
            return {**payload, "_sd": [*kept, digest(hidden)]}

        made.bend_payload = bend

    return forge


def _hides_in_cnf(made: Draft) -> None:
    hidden = _named("kid", "1")
    made.extra = [hidden]
    key: JsonValue = made.holder_signer.public_key.to_jwk()
    made.payload = {"cnf": {"jwk": key, "_sd": [digest(hidden)]}}


_INNER: Final = disclose("idwallet-TEST-inner-0000", "inner", "inner")
_OUTER: Final = disclose("idwallet-TEST-outer-0000", "outer", {"_sd": [digest(_INNER)]})


def _enclosed(made: Draft) -> None:
    """Show a claim inside a claim that is disclosed selectively itself."""
    made.extra = [*made.extra, _OUTER, _INNER]
    made.digests = [*made.digests, digest(_OUTER)]


def _without_what_encloses(made: Draft) -> None:
    made.extra = [_INNER]


def _also_outside(made: Draft) -> None:
    made.digests = [*made.digests, digest(_INNER)]


def _nested(levels: int) -> Callable[[Draft], None]:
    """Show claims each of which encloses the next."""

    def forge(made: Draft) -> None:
        text = disclose("idwallet-TEST-nested-000", "nested", "bottom")
        made.extra = [text]
        for _ in range(levels - 1):
            inside: JsonValue = {"_sd": [digest(text)]}
            text = disclose("idwallet-TEST-nested-000", "nested", inside)
            made.extra = [*made.extra, text]
        made.digests = [digest(text)]

    return forge


def _written(value: bytes) -> Callable[[Draft], None]:
    """Show a claim whose value is exactly these bytes."""
    return shows(b64.encode(b'["idwallet-TEST-forged-000","forged",%s]' % value))


_MALFORMED: Final = Reason.MALFORMED
_NEVER: Final = Reason.CLAIM_NEVER_DISCLOSABLE
_TWICE: Final = Reason.DIGEST_REPEATED

DISCLOSURE_FORGERIES: Final = (
    Forgery("a disclosure nobody signed", _CHECK, Reason.NOT_REFERENCED, _unreferenced),
    Forgery(
        "a value changed after signing",
        _CHECK,
        Reason.NOT_REFERENCED,
        _value_swapped,
        shows(_SPARE),
    ),
    Forgery("a disclosure shown twice", _CHECK, _TWICE, _shown_twice, shows(_SPARE)),
    Forgery(
        "a digest twice in one place", _CHECK, _TWICE, _digest_twice, shows(_SPARE)
    ),
    Forgery(
        "a digest in two places", _CHECK, _TWICE, _digest_in_two_places, shows(_SPARE)
    ),
    Forgery(
        "an array digest twice",
        _CHECK,
        _TWICE,
        _array_digest_twice,
        _in_array(_ELEMENT),
    ),
    Forgery("a claim named _sd", _CHECK, Reason.NAME_FORBIDDEN, shows(_named("_sd"))),
    Forgery(
        "a claim named with dots", _CHECK, Reason.NAME_FORBIDDEN, shows(_named("..."))
    ),
    Forgery(
        "a claim that is there in clear",
        _CHECK,
        Reason.NAME_REPEATED,
        shows(_named("sub")),
        _in_open(sub="open"),
    ),
    Forgery(
        "one claim name for two disclosures",
        _CHECK,
        Reason.NAME_REPEATED,
        shows(_named("family_name")),
    ),
    Forgery(
        "two parts where a claim belongs",
        _CHECK,
        _MALFORMED,
        shows(disclose("salt", "value")),
    ),
    Forgery(
        "three parts where an element belongs",
        _CHECK,
        _MALFORMED,
        _in_array(_named("name")),
    ),
    Forgery("four parts", _CHECK, _MALFORMED, shows(disclose("salt", "name", 1, 2))),
    Forgery("one part", _CHECK, _MALFORMED, shows(disclose("salt"))),
    Forgery(
        "a disclosure that is an object", _CHECK, _MALFORMED, shows(b64.encode(b"{}"))
    ),
    Forgery(
        "a disclosure that is no JSON", _CHECK, _MALFORMED, shows(b64.encode(b"salt"))
    ),
    Forgery(
        "a disclosure with a name twice",
        _CHECK,
        _MALFORMED,
        shows(b64.encode(b'["s","n",{"a":1,"a":2}]')),
    ),
    Forgery(
        "a disclosure in broken UTF-8",
        _CHECK,
        _MALFORMED,
        shows(b64.encode(b'["s","n","\xff"]')),
    ),
    Forgery("a disclosure that is no base64url", _CHECK, _MALFORMED, shows("!!!!")),
    Forgery("a disclosure with padding", _CHECK, _MALFORMED, shows(_SPARE + "=")),
    Forgery("an empty disclosure", _CHECK, _MALFORMED, shows("")),
    Forgery(
        "a salt that is no string",
        _CHECK,
        _MALFORMED,
        shows(disclose(1, "name", "value")),
    ),
    Forgery("a claim name that is no string", _CHECK, _MALFORMED, shows(_named(1))),
    Forgery("_sd that is no array", _CHECK, _MALFORMED, signs(copy={"_sd": "digest"})),
    Forgery("a digest that is no string", _CHECK, _MALFORMED, signs(copy={"_sd": [1]})),
    Forgery(
        "an array digest that is no string",
        _CHECK,
        _MALFORMED,
        signs(copy=[{"...": 1}]),
    ),
    Forgery(
        "dots beside another name",
        _CHECK,
        _MALFORMED,
        signs(copy=[{"...": "d", "x": 1}]),
    ),
    Forgery(
        "dots as the name of a claim", _CHECK, _MALFORMED, signs(copy={"...": "d"})
    ),
    Forgery("an unknown hash", _CHECK, Reason.HASH_UNSUPPORTED, signs(_sd_alg="md5")),
    Forgery(
        "a hash in capitals", _CHECK, Reason.HASH_UNSUPPORTED, signs(_sd_alg="SHA-256")
    ),
    Forgery(
        "a hash that is no string", _CHECK, Reason.HASH_UNSUPPORTED, signs(_sd_alg=256)
    ),
    Forgery(
        "nested too deep",
        _CHECK,
        Reason.LIMIT_EXCEEDED,
        signs(deep=_deep(limits.SD_DEPTH + 2)),
        signs(deep=_deep(limits.SD_DEPTH - 2)),
    ),
    Forgery(
        "a claim without the one that encloses it",
        _CHECK,
        Reason.NOT_REFERENCED,
        _without_what_encloses,
        _enclosed,
    ),
    Forgery("a claim inside and outside", _CHECK, _TWICE, _also_outside, _enclosed),
    Forgery(
        "claims enclosed too deep",
        _CHECK,
        Reason.LIMIT_EXCEEDED,
        _nested(limits.SD_DEPTH),
        _nested(limits.SD_DEPTH // 2),
    ),
    Forgery(
        "a value whose _sd is no array", _CHECK, _MALFORMED, _written(b'{"_sd":"d"}')
    ),
    Forgery("a value of dots", _CHECK, _MALFORMED, _written(b'{"...":"d"}')),
    Forgery(
        "a value of dots beside a name",
        _CHECK,
        _MALFORMED,
        _written(b'[{"...":"d","x":1}]'),
    ),
    Forgery("a value that is no number", _CHECK, _MALFORMED, _written(b"NaN")),
    Forgery("a value beyond numbers", _CHECK, _MALFORMED, _written(b"1e400")),
    Forgery("half a character", _CHECK, _MALFORMED, _written(b'"\\ud800"')),
    Forgery(
        "a number too long",
        _CHECK,
        Reason.LIMIT_EXCEEDED,
        _written(b"9" * (limits.JSON_NUMBER_CHARACTERS + 1)),
        _written(b"9" * limits.JSON_NUMBER_CHARACTERS),
    ),
    Forgery(
        "arrays too deep",
        _CHECK,
        Reason.LIMIT_EXCEEDED,
        _written(b"[" * limits.JSON_DEPTH + b"]" * limits.JSON_DEPTH),
        _written(b"[" * 9 + b"]" * 9),
    ),
    Forgery(
        "the hash as a claim of its own",
        _CHECK,
        Reason.NAME_REPEATED,
        shows(_named("_sd_alg", "md5")),
    ),
    Forgery("more digests than allowed", _CHECK, Reason.LIMIT_EXCEEDED, _many_digests),
    Forgery("more disclosures than allowed", _FORMAT, Reason.LIMIT_EXCEEDED, _many),
    *(
        Forgery(f"{name} disclosed selectively", _CHECK, _NEVER, _hides(name))
        for name in ("exp", "nbf", "vct", "status", "iss", "vct#integrity")
    ),
    Forgery("a part of cnf disclosed selectively", _CHECK, _NEVER, _hides_in_cnf),
)
