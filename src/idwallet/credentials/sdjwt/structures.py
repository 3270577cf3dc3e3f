"""The parts of an SD-JWT as received, kept byte for byte (RFC 9901 sections 4, 8)."""

import hashlib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import (
    JsonObject,
    JsonValue,
    read_json,
    read_object,
    read_rows,
    write_json,
)
from idwallet.envelope.jws import (
    JsonShape,
    Jws,
    read_compact,
    read_json_serialization,
)
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.profiles import SdJwtVcVersion

TYP: Final = "dc+sd-jwt"
TYP_KEY_BINDING: Final = "kb+jwt"
SD: Final = "_sd"
SD_ALG: Final = "_sd_alg"
DOTS: Final = "..."
DEFAULT_HASH: Final = "sha-256"

_DISCLOSURE: Final = "RFC 9901 §4.2"
_LENGTHS: Final = frozenset({2, 3})
_TEXT: Final = frozenset({str})
_FIRST: Final = itemgetter(0)
_LAST_BUT_ONE: Final = itemgetter(-2)

HASHES: Final = MappingProxyType(
    {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}
)
"""The hash algorithms of `_sd_alg` (RFC 9901 section 4.1.1) that are understood."""

# What a named tuple's constructor calls, without the Python function around it.
_new: Final = tuple.__new__

NO_EXTENSIONS: Final[frozenset[str]] = frozenset()
"""The critical header parameters that are understood: none, as no JWT may leave its
payload unencoded (RFC 7797 section 7)."""

NEVER_DISCLOSABLE: Final = frozenset(
    {"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"}
)
"""Claims that decide validity: no disclosure may carry them (SD-JWT VC 2.2.2.3)."""


class Serialisation(StrEnum):
    """How an SD-JWT is written down; every reader here takes all three.

    COMPACT is a line of text (RFC 9901 section 4). The JSON forms hold the same parts
    in an object (section 8): FLATTENED beside the one signature, GENERAL in a list of
    signatures, which may be of one.
    """

    COMPACT = "compact"
    FLATTENED = "flattened"
    GENERAL = "general"


class SdJwt(NamedTuple):
    """An SD-JWT, with or without key binding, in any of the three serialisations.

    `issuer_jwt` is the issuer-signed JWT. `compact` is what ``sd_hash`` covers: the
    compact form up to and including the last tilde, received so or rebuilt from a
    JSON form (RFC 9901 sections 4.3.1 and 8.1). `others` are further issuer
    signatures of the general JSON form; they are not judged.
    """

    issuer_jwt: Jws
    disclosures: tuple[str, ...]
    key_binding: str | None
    compact: str
    others: tuple[Jws, ...] = ()

    def __repr__(self) -> str:
        """Show sizes only: everything else is personal data."""
        bound = "with" if self.key_binding is not None else "without"
        return f"SdJwt(<{len(self.disclosures)} disclosures, {bound} key binding>)"


class Disclosure(NamedTuple):
    """One decoded disclosure; `name` is None for an array element.

    `number` counts from 1 in the order received.
    """

    number: int
    name: str | None
    value: JsonValue

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Disclosure(<{self.number}>)"


def read_sd_jwt(text: str | bytes) -> SdJwt:
    """Split the compact form, or a JSON form when the text starts with a brace.

    Nothing is verified.

    Raises:
        MalformedError: it is no SD-JWT (RFC 9901 section 4).
        LimitError: it passes `limits.SD_JWT_BYTES` or `limits.DISCLOSURES`.
    """
    if len(text) > limits.SD_JWT_BYTES:
        raise LimitError(
            f"an SD-JWT of more than {limits.SD_JWT_BYTES} bytes",
            at="sd-jwt",
            clause="idwallet limits",
        )
    if not text.isascii():
        return _read_beyond_ascii(text)
    if isinstance(text, bytes):
        text = text.decode("ascii")
    if text.startswith("{"):
        return _read_json_form(text)
    return _read_compact_form(text)


def _read_beyond_ascii(text: str | bytes) -> SdJwt:
    """Read a JSON form whose unsigned members hold any text; refuse everything else."""
    if text[:1] in {"{", b"{"}:
        return _read_json_form(text)
    # Digests cover ASCII (§4.2.3): what is none has no digest to be compared.
    raise MalformedError("not ASCII", at="sd-jwt", clause="RFC 9901 §4")


def _read_compact_form(text: str) -> SdJwt:
    # Splitting looks at every character by itself; searching is many times as fast, and
    # nearly all of the text is the issuer-signed JWT.
    first, end = text.find("~"), text.rfind("~")
    if first < 0:
        raise MalformedError("no tilde", at="sd-jwt", clause="RFC 9901 §4")
    disclosures = text[first + 1 : end].split("~") if end > first else []
    if len(disclosures) > limits.DISCLOSURES:
        raise _too_many()
    last = text[end + 1 :]
    _require_short(last)
    jws = read_compact(text[:first], at="issuer-signed JWT", understood=NO_EXTENSIONS)
    compact = text[: end + 1]
    return _new(SdJwt, (jws, tuple(disclosures), last or None, compact, ()))


def _read_json_form(text: str | bytes) -> SdJwt:
    document = read_object(text, at="sd-jwt", clause="RFC 9901 §8")
    signatures = read_json_serialization(
        document, at="sd-jwt", understood=NO_EXTENSIONS
    )
    first = signatures[0]
    for each in signatures[1:]:
        # §8.1: disclosures and kb_jwt stand in the first unprotected header only.
        if "disclosures" in each.unprotected or "kb_jwt" in each.unprotected:
            raise MalformedError(
                "disclosures or kb_jwt beside the first signature",
                at="signatures",
                clause="RFC 9901 §8.1",
            )
    disclosures = _strings(first.unprotected.get("disclosures", []))
    key_binding = first.unprotected.get("kb_jwt")
    if key_binding is not None and not isinstance(key_binding, str):
        raise MalformedError("kb_jwt is no string", at="kb_jwt", clause="RFC 9901 §8.1")
    _require_short(key_binding or "")
    head = first.signing_input.decode("ascii") + "." + b64.encode(first.signature)
    return SdJwt(
        issuer_jwt=first,
        disclosures=disclosures,
        key_binding=key_binding,
        compact="~".join((head, *disclosures, "")),
        others=signatures[1:],
    )


def _require_short(key_binding: str) -> None:
    if len(key_binding) > limits.KEY_BINDING_BYTES:
        raise LimitError(
            f"a key binding JWT of more than {limits.KEY_BINDING_BYTES} bytes",
            at="key binding",
            clause="idwallet limits",
        )


def _strings(value: JsonValue) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise MalformedError(
            "disclosures is no array", at="disclosures", clause="RFC 9901 §8.1"
        )
    if len(value) > limits.DISCLOSURES:
        raise _too_many()
    strings = tuple(each for each in value if isinstance(each, str))
    if len(strings) != len(value):
        raise MalformedError(
            "a disclosure is no string", at="disclosures", clause="RFC 9901 §8.1"
        )
    if not "".join(strings).isascii():
        # JSON escapes hide it from the reader's own test.
        raise MalformedError("not ASCII", at="disclosures", clause="RFC 9901 §4.2")
    return strings


def _too_many() -> LimitError:
    return LimitError(
        f"more than {limits.DISCLOSURES} disclosures",
        at="disclosures",
        clause="idwallet limits",
    )


def read_disclosure(text: str, *, number: int) -> Disclosure:
    """Decode one disclosure; see `read_disclosures`."""
    (parts,) = read_disclosures([text], first=number)
    name = cast("str", parts[1]) if len(parts) == 3 else None
    return Disclosure(number, name, parts[-1])


def read_disclosures(texts: Sequence[str], *, first: int = 1) -> list[list[JsonValue]]:
    """Return the elements of each disclosure (RFC 9901 section 4.2).

    The first is a string, the salt; of three, so is the second, the name. `first` is
    the number of the first one in errors.

    Raises:
        MalformedError: one is no base64url of a JSON array of two or three elements
            whose salt, and name where there is one, are strings.
        LimitError: one passes `limits.DISCLOSURE_BYTES`.
    """
    known = _read_at_once(texts)
    if known is not None and _are_disclosures(known):
        return known
    rows: list[list[JsonValue]] = []
    for number, text in enumerate(texts):
        parts = _read_alone(text, first + number) if known is None else known[number]
        if not isinstance(parts, list) or not 2 <= len(parts) <= 3:
            what = "no array of two or three"
        elif not isinstance(parts[0], str) or not isinstance(parts[-2], str):
            # Of two, the last but one is the salt again.
            what = "the salt or the claim name is no string"
        else:
            rows.append(parts)
            continue
        raise MalformedError(
            what, at=f"disclosure {first + number}", clause=_DISCLOSURE
        )
    return rows


def _are_disclosures(rows: Sequence[list[JsonValue]]) -> bool:
    """Tell whether all are of two or three, with texts where texts belong.

    Of two, the last but one is the salt again.
    """
    return (
        _LENGTHS.issuperset(map(len, rows))
        and _TEXT.issuperset(map(type, map(_FIRST, rows)))
        and _TEXT.issuperset(map(type, map(_LAST_BUT_ONE, rows)))
    )


def _read_at_once(texts: Sequence[str]) -> list[list[JsonValue]] | None:
    """Return what all hold, or None when that takes reading them one by one."""
    if max(map(len, texts), default=0) > limits.DISCLOSURE_BYTES:
        return None
    try:
        data = [b64.decode(each, at="disclosures") for each in texts]
    except MalformedError:
        return None
    return read_rows(data)


def _read_alone(text: str, number: int) -> JsonValue:
    at = f"disclosure {number}"
    if len(text) > limits.DISCLOSURE_BYTES:
        raise LimitError(
            f"a disclosure of more than {limits.DISCLOSURE_BYTES} bytes",
            at=at,
            clause="idwallet limits",
        )
    data = b64.decode(text, at=at, clause=_DISCLOSURE)
    return read_json(data, at=at, clause=_DISCLOSURE, max_bytes=limits.DISCLOSURE_BYTES)


def json_form(sd_jwt: SdJwt, shape: JsonShape = JsonShape.FLATTENED) -> JsonObject:
    """Return a JSON form of an SD-JWT (RFC 9901 section 8.1).

    Further signatures that a general form came with stay in the general form only.
    Other unprotected members are left out: nobody signed them.
    """
    _, payload = _signed_parts(sd_jwt.issuer_jwt)
    header: JsonObject = {"disclosures": list(sd_jwt.disclosures)}
    if sd_jwt.key_binding is not None:
        header["kb_jwt"] = sd_jwt.key_binding
    first = _signature_entry(sd_jwt.issuer_jwt, header)
    if shape is JsonShape.FLATTENED:
        return {"payload": payload, **first}
    others = (_signature_entry(each, {}) for each in sd_jwt.others)
    return {"payload": payload, "signatures": [first, *others]}


def _signature_entry(jws: Jws, header: JsonObject) -> JsonObject:
    protected, _ = _signed_parts(jws)
    entry: JsonObject = {"protected": protected, "signature": b64.encode(jws.signature)}
    return {**entry, "header": header} if header else entry


def _signed_parts(jws: Jws) -> tuple[str, str]:
    protected, payload = jws.signing_input.decode("ascii").split(".")
    return protected, payload


def serialise(text: str, form: Serialisation) -> str:
    """Return an SD-JWT, as issued or as shown, in another serialisation.

    Its key binding stays valid: ``sd_hash`` covers the compact form, which every
    reader rebuilds (RFC 9901 section 8.1).

    Raises:
        MalformedError: `text` is no SD-JWT; see `read_sd_jwt`.
        UsageError: in that form it would be larger than any reader takes.
    """
    read = read_sd_jwt(text)
    if form is Serialisation.COMPACT:
        return read.compact + (read.key_binding or "")
    made = write_json(json_form(read, JsonShape(form.value)))
    if len(made) > limits.SD_JWT_BYTES:
        raise UsageError("the JSON form would be larger than any reader takes")
    return made.decode("ascii")


def digest_of(text: str, algorithm: str) -> str:
    """Return the base64url digest of a disclosure or of what ``sd_hash`` covers."""
    return b64.encode(HASHES[algorithm](text.encode("ascii")).digest())


def claimed_types(payload: JsonObject) -> tuple[str, ...]:
    """Return every text by which a payload names its type, well formed or not.

    No disclosure can carry a type, so the signed payload has them all.
    """
    further = payload.get("aka_vcts")
    names = [payload.get("vct"), *(further if isinstance(further, list) else ())]
    return tuple(each for each in names if isinstance(each, str))


def read_types(claims: JsonObject, version: SdJwtVcVersion) -> tuple[str, ...]:
    """Return the type of a credential, then those of ``aka_vcts``; none without vct.

    Raises:
        MalformedError: ``aka_vcts`` is no array of one or more names, or repeats one
            (SD-JWT VC section 2.2.2.2).
    """
    vct = claims.get("vct")
    if not isinstance(vct, str) or not vct:
        return ()
    # Draft 18 brought further types; under a profile before it they mean nothing.
    if "aka_vcts" not in claims or version is SdJwtVcVersion.DRAFT_13:
        return (vct,)
    found = claims["aka_vcts"]
    names = found if isinstance(found, list) else []
    types = (vct, *(each for each in names if isinstance(each, str) and each))
    if not names or len(set(types)) != len(names) + 1:
        raise MalformedError(
            "no array of further names", at="aka_vcts", clause="SD-JWT VC §2.2.2.2"
        )
    return types


def hash_name(payload: Mapping[str, JsonValue]) -> str | None:
    """Return the hash algorithm of `_sd_alg`, or None when it is not understood."""
    name = payload.get(SD_ALG, DEFAULT_HASH)
    return name if isinstance(name, str) and name in HASHES else None


def issued_digest(text: str | bytes) -> bytes:
    """Return the SHA-256 of what the issuer of an SD-JWT signed, verifying nothing.

    It is the same however the credential is shown, and not changed by turning its
    signature into another valid one: a receipt for `ExistenceAtHand` is made of it.

    Raises:
        MalformedError, LimitError, UnsupportedError: see `read_sd_jwt`.
    """
    return hashlib.sha256(read_sd_jwt(text).issuer_jwt.signing_input).digest()
