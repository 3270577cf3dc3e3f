"""Forged containers that no reader may take for one: archive, names, manifests."""

from collections.abc import Callable
from typing import Final

from idwallet import limits
from idwallet.documents.model import CAdES, Packaging
from idwallet.report import Reason
from idwallet.roles.document_signer import sign_document
from idwallet.testing.container_draft import (
    ContainerDraft,
    manifest_name,
    manifest_of,
    signature_name,
)
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.zip_draft import Entry, deflated

Forger = Callable[[ContainerDraft], None]
OTHER: Final = CONTRACT + b"."
TYPE: Final = "mimetype"
FILE: Final = "contract.txt"
ANNEX_FILE: Final = "annex/перечень.txt"
_SIMPLE: Final = "META-INF/signature.p7s"
_R = Reason
_M, _U, _L = _R.MALFORMED, _R.UNSUPPORTED, _R.LIMIT_EXCEEDED


def replaced(name: str, data: bytes) -> Forger:
    """Have a file hold something else."""
    return lambda made: setattr(made.entry(name), "data", data)


def removed(*names: str) -> Forger:
    """Take files out."""

    def forge(made: ContainerDraft) -> None:
        for name in names:
            made.remove(name)

    return forge


def added(name: str, data: bytes = b"?") -> Forger:
    """Put a file in."""

    def forge(made: ContainerDraft) -> None:
        made.add(name, data)

    return forge


def renamed(name: str, other: str) -> Forger:
    """Call a file something else."""
    return lambda made: setattr(made.entry(name), "name", other.encode())


def _field(name: str, **changes: object) -> Forger:
    def forge(made: ContainerDraft) -> None:
        for field, value in changes.items():
            setattr(made.entry(name), field, value)

    return forge


def _whole(**changes: object) -> Forger:
    def forge(made: ContainerDraft) -> None:
        for field, value in changes.items():
            setattr(made.archive, field, value)

    return forge


def _typed_last(made: ContainerDraft) -> None:
    made.entries.append(made.remove(TYPE))


def _twice(made: ContainerDraft) -> None:
    made.add(FILE, OTHER)


def _bomb(made: ContainerDraft) -> None:
    data = bytes(limits.ZIP_RATIO_FROM * 2)
    made.entries.append(Entry(name=b"zeros", data=data, method=8))


def _crowd(made: ContainerDraft) -> None:
    for number in range(limits.ZIP_ENTRIES):
        made.add(f"{number}", b"")


def _crowd_of_signatures(made: ContainerDraft) -> None:
    for number in range(2, limits.CONTAINER_SIGNATURES + 2):
        made.add(signature_name(number), b"")


def _second_manifest(made: ContainerDraft) -> None:
    made.add(manifest_name(2), made.entry(manifest_name(1)).data)


def _manifest(old: bytes, new: bytes) -> Forger:
    """Sign another manifest."""

    def forge(made: ContainerDraft) -> None:
        manifest = made.entry(manifest_name(1)).data
        made.sign_manifest(1, manifest.replace(old, new, 1))

    return forge


def _bare_manifest(made: ContainerDraft) -> None:
    made.sign_manifest(1, manifest_of({}))


def _listed_twice(made: ContainerDraft) -> None:
    manifest = made.entry(manifest_name(1)).data
    start = manifest.index(b"<asic:DataObjectReference")
    end = manifest.index(b"</asic:ASiCManifest>")
    made.sign_manifest(1, manifest[:end] + manifest[start:])


def _around(made: ContainerDraft) -> None:
    """Put the manifest into the signature too."""
    who = made.signers[0]
    made.entry(signature_name(1)).data = sign_document(
        made.entry(manifest_name(1)).data,
        CAdES(packaging=Packaging.ENVELOPING),
        signer=who.signer,
        certificates=who.chain,
        signing_time=made.at,
    )


def _in_another_place(made: ContainerDraft) -> None:
    made.entries.append(Entry(name=b"hidden.txt", data=b"?", offset=0))


_CRITICAL: Final = (
    b'<asic:ASiCManifestExtensions><asic:Extension Critical="true"/>'
    b"</asic:ASiCManifestExtensions></asic:ASiCManifest>"
)
_END: Final = b"</asic:ASiCManifest>"

FORMATS: Final = (
    ("nothing but its first octets", _M, _whole(behind=b"\0")),
    ("a program before it", _M, _whole(before=b"#!/bin/sh\n")),
    ("something between", _M, _field(FILE, behind=b"?")),
    ("something before the directory", _M, _whole(between=b"?")),
    ("mimetype last", _M, _typed_last),
    ("mimetype packed", _M, _field(TYPE, method=8)),
    ("mimetype with a field", _M, _field(TYPE, extra=b"ab\0\0")),
    (
        "mimetype of one document",
        _M,
        replaced(TYPE, b"application/vnd.etsi.asic-s+zip"),
    ),
    ("mimetype of something else", _U, replaced(TYPE, b"application/epub+zip")),
    ("mimetype in two lines", _M, replaced(TYPE, b"application/\nzip")),
    ("two files of one name", _M, _twice),
    ("two files to some machines", _M, added("Contract.TXT")),
    ("another name before the file", _M, _field(FILE, local={"name": b"contract.exe"})),
    ("another size before the file", _M, _field(FILE, local={"size": 1})),
    ("a file in the place of another", _M, _in_another_place),
    ("another checksum", _M, _field(FILE, crc=1)),
    ("a file cut off", _M, _field(FILE, method=8, packed=deflated(CONTRACT)[:-1])),
    ("a way out", _M, added("../outside.txt")),
    ("a way from the root", _M, added("/etc/outside.txt")),
    ("a way out by a backslash", _M, added("..\\outside.txt")),
    ("a link", _U, _field(FILE, made=3 << 8, attributes=0o120777 << 16)),
    ("an encrypted file", _U, _field(FILE, flags=1)),
    ("a file packed otherwise", _U, _field(FILE, method=12)),
    ("a bomb", _L, _bomb),
    ("too many files", _L, _crowd),
    ("too many signatures", _L, _crowd_of_signatures),
    ("no signature", _R.ABSENT, removed(manifest_name(1), signature_name(1))),
    ("no files", _M, removed(FILE, ANNEX_FILE)),
    ("no manifest", _M, removed(manifest_name(1))),
    ("a manifest whose signature was taken away", _M, removed(signature_name(2))),
    ("two manifests for one signature", _M, _second_manifest),
    (
        "a signature in another case",
        _M,
        renamed(signature_name(1), "META-INF/Signature001.p7s"),
    ),
    ("a signature in a folder", _M, added("META-INF/more/signature.p7s")),
    ("signatures in another META-INF", _M, added("meta-inf/signature.p7s")),
    ("signatures of another form too", _M, added("META-INF/signatures.xml")),
    ("an evidence record", _U, added("META-INF/evidencerecord.ers")),
    ("a manifest of nothing", _M, _bare_manifest),
    ("a manifest that names a file twice", _M, _listed_twice),
    (
        "a manifest with a document type",
        _M,
        _manifest(b"<asic:A", b"<!DOCTYPE a><asic:A"),
    ),
    (
        "a manifest in another namespace",
        _M,
        _manifest(b"02918/v1.2.1#", b"02918/v1.2.2#"),
    ),
    ("a manifest with more in it", _M, _manifest(_END, b"<asic:More/>" + _END)),
    ("a manifest with a critical extension", _U, _manifest(_END, _CRITICAL)),
    ("a manifest by MD5", _U, _manifest(b"04/xmlenc#sha256", b"04/xmldsig-more#md5")),
    (
        "a manifest of a file elsewhere",
        _M,
        _manifest(b'"contract.txt"', b'"https://example.org/contract.txt"'),
    ),
    (
        "a manifest of a file outside",
        _M,
        _manifest(b'"contract.txt"', b'"%2e%2e/contract.txt"'),
    ),
    ("a signature that is none", _M, replaced(signature_name(1), b"junk")),
    ("a signature around its manifest", _M, _around),
)

SIMPLES: Final = (
    ("a second file", _M, added("more.txt")),
    ("a file in a folder", _M, renamed(FILE, "a/contract.txt")),
    ("no file", _M, removed(FILE)),
    ("a second signature file", _M, added("META-INF/signature2.p7s")),
    ("a signature under another name", _M, renamed(_SIMPLE, "META-INF/signature1.p7s")),
    ("a manifest", _M, added(manifest_name(1), manifest_of({FILE: CONTRACT}))),
    ("a timestamp beside", _M, added("META-INF/timestamp.tst")),
)
