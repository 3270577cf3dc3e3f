"""Type metadata of SD-JWT VC: read, extended, checked against a credential."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from types import MappingProxyType
from typing import Final, NamedTuple

from idwallet import limits
from idwallet.codec.json import JsonObject, JsonValue, read_object
from idwallet.codec.text import show
from idwallet.credentials.paths import ClaimPath, select, show_path
from idwallet.credentials.sdjwt.structures import NEVER_DISCLOSABLE
from idwallet.credentials.sdjwt.unpack import Unpacked
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.report import Check, CheckId, Facts, Reason, TypeMetadataNeeded, check
from idwallet.trust.policy import MetadataRule

_CLAUSE: Final = "SD-JWT VC draft 19 §5.2"
_CLAIMS_CLAUSE: Final = "SD-JWT VC draft 19 §5.6"
_DIGESTS: Final = MappingProxyType(
    {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
)


class Disclosability(StrEnum):
    """Whether a claim is selectively disclosable (SD-JWT VC claim metadata ``sd``)."""

    ALWAYS = "always"
    NEVER = "never"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """What a type says of one claim; `mandatory` obliges the issuer, not the holder."""

    path: ClaimPath
    mandatory: bool
    disclosability: Disclosability


@dataclass(frozen=True, slots=True)
class TypeMetadata:
    """One type metadata document, read and not yet joined with what it extends.

    `document` is kept as received: the integrity digests cover it.
    """

    vct: str
    document: bytes
    extends: str | None
    extends_integrity: str | None
    rules: tuple[ClaimRule, ...]


@dataclass(frozen=True, slots=True)
class TypeMetadataSet:
    """The type metadata documents at hand, by ``vct``."""

    by_vct: Mapping[str, TypeMetadata]

    @classmethod
    def read(cls, documents: Iterable[bytes]) -> "TypeMetadataSet":
        """Read documents, each the bytes of one JSON object.

        Raises:
            MalformedError: a document breaks the format.
            UsageError: two documents describe the same type.
        """
        found: dict[str, TypeMetadata] = {}
        for each in documents:
            one = read_type_metadata(each)
            if one.vct in found:
                raise UsageError("two type metadata documents for one vct")
            found[one.vct] = one
        return cls(MappingProxyType(found))


NO_TYPES: Final = TypeMetadataSet(MappingProxyType({}))
"""No documents at all."""


class _ExtendsFault(Exception):  # noqa: N818 - carries a reason, never leaves the module
    def __init__(self, reason: Reason, facts: Facts) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts


class _Chain(NamedTuple):
    """A type's document and those it extends, nearest first, as far as at hand."""

    documents: tuple[TypeMetadata, ...]
    missing: TypeMetadataNeeded | None


def read_type_metadata(document: bytes) -> TypeMetadata:
    """Read one type metadata document.

    Raises:
        MalformedError: the document breaks the format.
        LimitError: it passes `limits.TYPE_METADATA_BYTES`.
    """
    value = read_object(
        document,
        at="type metadata",
        clause=_CLAUSE,
        max_bytes=limits.TYPE_METADATA_BYTES,
    )
    vct = value.get("vct")
    if not isinstance(vct, str) or not vct:
        raise MalformedError("no vct", at="/vct", clause=_CLAUSE)
    claims = value.get("claims", [])
    if not isinstance(claims, list):
        raise MalformedError("no array", at="/claims", clause=_CLAIMS_CLAUSE)
    return TypeMetadata(
        vct=vct,
        document=document,
        extends=_optional_text(value, "extends"),
        extends_integrity=_optional_text(value, "extends#integrity"),
        rules=tuple(_read_rule(each, n) for n, each in enumerate(claims)),
    )


def _optional_text(value: JsonObject, name: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise MalformedError("no string", at=f"/{name}", clause=_CLAUSE)
    return found


def _read_rule(value: JsonValue, number: int) -> ClaimRule:
    at = f"/claims/{number}"
    if not isinstance(value, dict):
        raise MalformedError("no object", at=at, clause=_CLAIMS_CLAUSE)
    mandatory = value.get("mandatory", False)
    if not isinstance(mandatory, bool):
        raise MalformedError("no boolean", at=f"{at}/mandatory", clause=_CLAIMS_CLAUSE)
    sd = value.get("sd", "allowed")
    if not isinstance(sd, str) or sd not in list(Disclosability):
        raise MalformedError(
            "not always, allowed or never", at=f"{at}/sd", clause=_CLAIMS_CLAUSE
        )
    path = _read_path(value.get("path"), f"{at}/path")
    return ClaimRule(path, mandatory, Disclosability(sd))


def _read_path(value: JsonValue, at: str) -> ClaimPath:
    if not isinstance(value, list) or not value:
        raise MalformedError("no array of elements", at=at, clause=_CLAIMS_CLAUSE)
    if len(value) > limits.QUERY_PATH_ELEMENTS:
        raise LimitError("path too long", at=at, clause="idwallet limits")
    path: list[str | int | None] = []
    for each in value:
        if isinstance(each, bool) or not isinstance(each, str | int | None):
            raise MalformedError(
                "neither name, index nor null", at=at, clause=_CLAIMS_CLAUSE
            )
        if isinstance(each, int) and each < 0:
            raise MalformedError("a negative index", at=at, clause=_CLAIMS_CLAUSE)
        path.append(each)
    return tuple(path)


def judge_type(
    unpacked: Unpacked,
    *,
    vct: str,
    types: TypeMetadataSet,
    rule: MetadataRule,
    subject: str,
) -> tuple[Check, tuple[str, ...]]:
    """Check a credential against the metadata of its type.

    Returns the ``credential.metadata`` check and the type with all it extends. A
    document that is not at hand leaves the check undecided, or accepted by policy,
    unless a rule at hand is broken: what is missing could only add to the rules.
    """
    integrity = unpacked.claims.get("vct#integrity")
    if integrity is not None and not isinstance(integrity, str):
        facts: Facts = {"what": "no string", "at": "vct#integrity"}
        return _say(Reason.MALFORMED, subject=subject, facts=facts), (vct,)
    try:
        chain = _chain(vct, integrity, types=types)
        rules = effective_rules(chain.documents)
    except _ExtendsFault as fault:
        return _say(fault.reason, subject=subject, facts=fault.facts), (vct,)
    names = tuple(each.vct for each in chain.documents) or (vct,)
    try:
        broken = _broken(rules, unpacked)
    except LimitError as error:
        return _say(
            Reason.MALFORMED,
            subject=subject,
            facts={"what": error.what, "at": error.at},
        ), names
    if broken is not None:
        return _say(broken[0], subject=subject, facts={"paths": broken[1]}), names
    if chain.missing is not None:
        return _not_at_hand(chain.missing, rule=rule, subject=subject), names
    return _say(Reason.MATCHES, subject=subject, facts={"found": show(vct)}), names


def _say(reason: Reason, *, subject: str, facts: Facts) -> Check:
    return check(CheckId.CREDENTIAL_METADATA, reason, subject=subject, facts=facts)


def _not_at_hand(
    missing: TypeMetadataNeeded, *, rule: MetadataRule, subject: str
) -> Check:
    facts = {"found": show(missing.vct)}
    if rule is MetadataRule.IF_PRESENT:
        return _say(Reason.NOT_AT_HAND_ACCEPTED, subject=subject, facts=facts)
    return check(
        CheckId.CREDENTIAL_METADATA,
        Reason.NOT_AT_HAND,
        subject=subject,
        needs=(missing,),
        facts=facts,
    )


def _chain(vct: str, integrity: str | None, *, types: TypeMetadataSet) -> _Chain:
    """Follow what the type extends.

    Raises:
        _ExtendsFault: in a circle, too far, or to a document of another digest.
    """
    chain: list[TypeMetadata] = []
    wanted: str | None = vct
    while wanted is not None:
        if any(each.vct == wanted for each in chain):
            raise _ExtendsFault(Reason.EXTENDS_BROKEN, {"what": "it extends itself"})
        if len(chain) >= limits.TYPE_METADATA_DOCUMENTS:
            raise _ExtendsFault(
                Reason.EXTENDS_BROKEN,
                {"what": f"more than {limits.TYPE_METADATA_DOCUMENTS} levels"},
            )
        document = types.by_vct.get(wanted)
        if document is None:
            return _Chain(tuple(chain), TypeMetadataNeeded(wanted, integrity))
        if integrity is not None and not integrity_matches(
            integrity, document.document
        ):
            raise _ExtendsFault(Reason.INTEGRITY_MISMATCH, {"found": show(wanted)})
        chain.append(document)
        wanted, integrity = document.extends, document.extends_integrity
    return _Chain(tuple(chain), None)


def integrity_matches(metadata: str, document: bytes) -> bool:
    """Check a document against an "integrity metadata" string (W3C SRI section 3).

    Only the strongest algorithm named counts. A string that names no known one
    matches nothing: SRI would let it pass, and a forger would name none.
    """
    best: dict[str, list[str]] = {}
    for token in metadata.split():
        name, _, rest = token.partition("-")
        if name in _DIGESTS:
            best.setdefault(name, []).append(rest.partition("?")[0])
    if not best:
        return False
    name = max(best)  # sha256 < sha384 < sha512
    digest = _DIGESTS[name](document).digest()
    return any(_equals(text, digest) for text in best[name])


def _equals(text: str, digest: bytes) -> bool:
    # SRI allows both alphabets; the digest has a fixed length, so nothing hides.
    try:
        found = base64.b64decode(
            text.replace("-", "+").replace("_", "/"), validate=True
        )
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(found, digest)


def effective_rules(chain: tuple[TypeMetadata, ...]) -> tuple[ClaimRule, ...]:
    """Join the claim rules of a type with those of what it extends.

    Raises:
        _ExtendsFault: a type weakens what it extends (SD-JWT VC 9.5).
    """
    rules: dict[ClaimPath, ClaimRule] = {}
    for document in reversed(chain):
        for rule in document.rules:
            base = rules.get(rule.path)
            if base is not None and _weakens(rule, base):
                raise _ExtendsFault(
                    Reason.EXTENDS_BROKEN, {"what": "it weakens what it extends"}
                )
            rules[rule.path] = rule
    return tuple(rules.values())


def _weakens(rule: ClaimRule, base: ClaimRule) -> bool:
    if base.mandatory and not rule.mandatory:
        return True
    fixed = base.disclosability is not Disclosability.ALLOWED
    return fixed and rule.disclosability is not base.disclosability


def rules_of(vct: str, types: TypeMetadataSet) -> tuple[ClaimRule, ...]:
    """Return the claim rules an issuer of `vct` must keep; none when unknown.

    Raises:
        UsageError: the documents at hand contradict each other or are incomplete.
    """
    if vct not in types.by_vct:
        return ()
    try:
        chain = _chain(vct, None, types=types)
        rules = effective_rules(chain.documents)
    except _ExtendsFault as error:
        raise UsageError(f"type metadata: {error.reason.value}") from error
    if chain.missing is not None:
        raise UsageError("type metadata that this type extends is missing")
    return rules


def breaks(
    wanted: Disclosability, place: ClaimPath, *, disclosed: AbstractSet[ClaimPath]
) -> bool:
    """Tell whether a claim at a concrete place is not hidden, or shown, as it must be.

    `disclosed` are the places of the claims that have a disclosure of their own.
    """
    if wanted is Disclosability.ALWAYS:
        # A claim inside a disclosed one is hidden along with it.
        return not any(place[:n] in disclosed for n in range(1, len(place) + 1))
    return wanted is Disclosability.NEVER and place in disclosed


def _may_be_hidden(
    path: ClaimPath, rules: tuple[ClaimRule, ...], *, unpacked: Unpacked
) -> bool:
    """Tell whether a claim that is not there may be among what is not shown."""
    if not unpacked.hidden or path[0] in NEVER_DISCLOSABLE:
        return False
    # A claim that is never disclosable goes with the object around it, which may be.
    present = takewhile(
        lambda size: select(unpacked.positioned, path[:size]), range(1, len(path) + 1)
    )
    first_absent = path[: len(list(present)) + 1]
    return all(
        rule.disclosability is not Disclosability.NEVER
        for rule in rules
        if rule.path == first_absent
    )


def _broken(
    rules: tuple[ClaimRule, ...], unpacked: Unpacked
) -> tuple[Reason, tuple[str, ...]] | None:
    disclosed: set[ClaimPath] = {each.place for each in unpacked.revealed}
    missing: list[str] = []
    wrong: list[str] = []
    for rule in rules:
        found = select(unpacked.positioned, rule.path)
        if not found:
            if rule.mandatory and not _may_be_hidden(
                rule.path, rules, unpacked=unpacked
            ):
                missing.append(show_path(rule.path))
            continue
        for place, _ in found:
            if breaks(rule.disclosability, place, disclosed=disclosed):
                wrong.append(show_path(rule.path))
    if missing:
        return Reason.MANDATORY_CLAIM_MISSING, tuple(dict.fromkeys(missing))
    if wrong:
        return Reason.DISCLOSURE_RULE_BROKEN, tuple(dict.fromkeys(wrong))
    return None
