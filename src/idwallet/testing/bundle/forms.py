"""Bundles that break their form: the file, the head, the manifest, the anchors."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from idwallet import limits
from idwallet.codec.cbor import CborKey, CborValue, read_cbor, write_cbor
from idwallet.envelope.cose.labels import ALG, KID, TYP
from idwallet.errors import UsageError
from idwallet.report import CheckId, Reason
from idwallet.testing.bundle.draft import ABSENT, WEEK, BundleDraft
from idwallet.testing.bundle.forgers import (
    FIRST_BLOB,
    STATUS,
    BundleForgery,
    Forger,
    changed,
    entry,
    header,
    member,
    moment,
    several,
)
from idwallet.trust.bundle.build import BundlePart
from idwallet.trust.bundle.structures import PartKind

_MALFORMED: Final = Reason.MALFORMED
_TRUE: Final = bool(1)
_MINUTE: Final = timedelta(minutes=1)


def _unsorted(made: BundleDraft) -> None:
    entry("name", "zzz", place=FIRST_BLOB)(made)


def _twice(made: BundleDraft) -> None:
    entry("name", "notes", place=FIRST_BLOB + 1)(made)


def _other_form(manifest: bytes) -> bytes:
    """Write the members in the reverse order."""
    value = read_cbor(manifest, at="manifest")
    if not isinstance(value, dict):
        raise UsageError("a manifest is a map")
    pairs = [write_cbor(name) + write_cbor(each) for name, each in value.items()]
    return manifest[:1] + b"".join(reversed(pairs))


def _part(part: Callable[[BundlePart], BundlePart], *, kind: PartKind) -> Forger:
    def forge(made: BundleDraft) -> None:
        made.parts = [part(e) if e.kind is kind else e for e in made.parts]

    return forge


def _anchors(change: Callable[[dict[CborKey, CborValue]], CborValue]) -> Forger:
    """Change the one anchor, and sign for what comes of it."""

    def forge(made: BundleDraft) -> None:
        der = made.scene.pki.root.der
        anchor: dict[CborKey, CborValue] = {
            "name": "a root",
            "purposes": ["issue_credentials"],
            "certificate": der,
        }
        data = write_cbor({"anchors": [change(anchor)]})
        _part(lambda part: replace(part, data=data), kind=PartKind.ANCHORS)(made)

    return forge


def _anchor_member(name: str, value: CborValue) -> Forger:
    return _anchors(lambda anchor: {**anchor, name: value})


def _no_anchors(made: BundleDraft) -> None:
    made.parts = [e for e in made.parts if e.kind is not PartKind.ANCHORS]


def _reads_only(anchor: dict[CborKey, CborValue]) -> CborValue:
    types: CborValue = ["urn:example:card"]
    return {**anchor, "purposes": ["read_credentials"], "credential_types": types}


_UNREADABLE: Final[tuple[tuple[str, Callable[[bytes], bytes]], ...]] = (
    ("an empty file", lambda _: b""),
    ("a file of zeros", lambda file: bytes(len(file))),
    ("a text before it", lambda file: b"\xef\xbb\xbf" + file),
    ("the version of a delta", lambda f: f.replace(b"bundle/1", b"bundle/2", 1)),
    ("cut off in its version", lambda file: file[:7]),
    ("cut off in its head", lambda file: file[:200]),
    ("a length in a longer form", lambda f: f[:18] + b"\x5a\0\0" + f[19:]),
)


def _read(name: str, forge: Forger, *, why: Reason = _MALFORMED) -> BundleForgery:
    return BundleForgery(name, CheckId.BUNDLE_FORMAT, why, forge)


_HEADS: Final = (
    *(_read(name, changed(bend_file=bend)) for name, bend in _UNREADABLE),
    _read("untagged", changed(tags=())),
    _read("tagged as a MAC", changed(tags=(17,))),
    _read("tagged as a CWT", changed(tags=(61, 18))),
    _read("an unprotected header", changed(unprotected={99: b"anything"})),
    _read(
        "a kid outside of the signature",
        several(header(KID, ABSENT), changed(unprotected={KID: b"?"})),
    ),
    _read("no kid", header(KID, ABSENT)),
    _read("no algorithm", header(ALG, ABSENT)),
    _read(
        "critical and unknown",
        several(header(2, ["x"]), header("x", 1)),
        why=Reason.UNSUPPORTED,
    ),
    _read(
        "signed as something else",
        header(TYP, "application/cwt"),
        why=Reason.TYP_MISMATCH,
    ),
    _read("signed as nothing", header(TYP, ABSENT), why=Reason.TYP_MISMATCH),
)


_MANIFESTS: Final = (
    *(
        _read(f"without {name}", member(name, ABSENT))
        for name in ("format", "series", "sequence", "issued", "next_update", "parts")
    ),
    _read(
        "of a later version",
        member("format", "idwallet-bundle/2"),
        why=Reason.UNSUPPORTED,
    ),
    _read("a member nobody knows", member("trust_everybody", _TRUE)),
    _read("a number below one", member("sequence", 0)),
    _read("a number that is true", member("sequence", _TRUE)),
    _read("a number in words", member("sequence", "8")),
    _read(
        "a number beyond all",
        member("sequence", limits.BUNDLE_SEQUENCE + 1),
        why=Reason.LIMIT_EXCEEDED,
    ),
    _read("a series that hides characters", member("series", "shop\u202e")),
    _read(
        "a series too long",
        member("series", "x" * (limits.BUNDLE_TEXT_CHARACTERS + 1)),
        why=Reason.LIMIT_EXCEEDED,
    ),
    _read("an update before the issue", moment("next_update", -_MINUTE)),
    _read("an issue before its parts were taken", moment("issued", -WEEK)),
    _read("a moment with a fraction", member("issued", 1.5)),
    _read("no parts", member("parts", [])),
    _read("a manifest in another form", changed(bend_manifest=_other_form)),
    _read("octets behind the manifest", changed(bend_manifest=lambda m: m + b"\0")),
    _read("a manifest that is a list", changed(bend_manifest=lambda m: b"\x81" + m)),
    _read("an empty manifest", changed(bend_manifest=lambda _: b"\xa0")),
    _read("parts out of order", _unsorted),
    _read("a part twice", _twice),
    _read("a kind nobody knows", entry("kind", "blobs"), why=Reason.UNSUPPORTED),
    _read("a blob of no type", entry("media_type", ABSENT)),
    _read("a list with a type", entry("media_type", "text/plain", place=STATUS)),
    _read("a type in capitals", entry("media_type", "Text/Plain")),
    _read("a part without a digest", entry("digest", ABSENT)),
    _read("a digest cut short", entry("digest", b"\1" * 31)),
    _read("a digest too long", entry("digest", b"\1" * 33), why=Reason.LIMIT_EXCEEDED),
    _read("a part without a source", entry("source", ABSENT)),
    _read("a part of no time", entry("as_of", ABSENT)),
    _read("a part of no size", entry("size", 0)),
    _read(
        "a part too large",
        entry("size", limits.BUNDLE_PART_BYTES + 1),
        why=Reason.LIMIT_EXCEEDED,
    ),
)


_ANCHORS: Final = (
    _read("no anchors", _no_anchors),
    _read("an anchor for nothing", _anchor_member("purposes", ABSENT)),
    _read(
        "a purpose nobody knows",
        _anchor_member("purposes", ["rule"]),
        why=Reason.UNSUPPORTED,
    ),
    _read("types of an anchor that issues none", _anchors(_reads_only)),
    _read("an anchor that is no certificate", _anchor_member("certificate", b"\x30\0")),
    _read(
        "an anchor of neither kind",
        _anchors(lambda a: {k: v for k, v in a.items() if k != "certificate"}),
    ),
    _read("an anchor of both kinds", _anchor_member("jwks", b'{"keys":[]}')),
    _read("an anchor from nowhere", _anchor_member("jurisdiction", "Atlantis")),
    _read("an anchor of no origin", _anchor_member("fetch_origins", ["*"])),
    _read("an anchor with more to say", _anchor_member("unless", "raining")),
)

FORM_FORGERIES: Final = (*_HEADS, *_MANIFESTS, *_ANCHORS)
