"""A manifest is read whole or not at all (EN 319 162-1 A.4)."""

import pytest

from idwallet import limits
from idwallet.documents.asic.manifest import (
    Listed,
    Manifest,
    read_manifest,
    write_manifest,
)
from idwallet.errors import LimitError, MalformedError, UnsupportedError

FILE = Listed("a & b.txt", "sha256", bytes(32), media_type='text/"plain"')
NEXT = Listed("META-INF/ASiCArchiveManifest1.xml", "sha512", bytes(64), is_root=True)
MADE = Manifest("META-INF/signature001.p7s", (FILE, NEXT))
OCTETS = write_manifest(MADE, signature_type="application/pkcs7-signature")


def test_what_is_written_is_read() -> None:
    assert read_manifest(OCTETS, at="manifest") == MADE
    assert MADE.of(FILE.name) is FILE
    assert MADE.of("other") is None


def test_extensions_that_say_so_are_passed_over() -> None:
    end = b"</asic:ASiCManifest>"
    extension = (
        b"<asic:ASiCManifestExtensions>"
        b'<asic:Extension Critical="false"><x xmlns="urn:x"/></asic:Extension>'
        b"</asic:ASiCManifestExtensions>"
    )
    assert read_manifest(OCTETS.replace(end, extension + end), at="manifest") == MADE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"asic:ASiCManifest", b"asic:Manifest"),
        (b"<asic:SigReference", b"<asic:Reference"),
        (b" URI=", b" URL="),
        (b"<ds:DigestValue>", b"<ds:DigestValue>!"),
        (b'Rootfile="true"', b'Rootfile="yes"'),
        (b"</ds:DigestValue>", b"</ds:DigestValue><ds:More/>"),
        (b"a%20%26%20b.txt", b"META-INF/ASiCArchiveManifest1.xml"),
    ],
)
def test_what_is_no_manifest_is_malformed(old: bytes, new: bytes) -> None:
    with pytest.raises(MalformedError):
        read_manifest(OCTETS.replace(old, new), at="manifest")


@pytest.mark.parametrize(
    "extension",
    [b"<asic:Extension/>", b'<asic:Extension Critical="1"/>'],
)
def test_an_extension_that_does_not_say_that_it_may_be_is_not_passed_over(
    extension: bytes,
) -> None:
    end = b"</asic:DataObjectReference>"
    held = (
        b"<asic:DataObjectReferenceExtensions>"
        + extension
        + b"</asic:DataObjectReferenceExtensions>"
    )
    with pytest.raises(UnsupportedError, match="critical"):
        read_manifest(OCTETS.replace(end, held + end), at="manifest")


def test_a_manifest_of_too_many_files_is_refused() -> None:
    many = tuple(Listed(f"{n}", "sha256", b"") for n in range(limits.ZIP_ENTRIES + 1))
    octets = write_manifest(Manifest("s", many), signature_type="a/b")
    with pytest.raises(LimitError):
        read_manifest(octets, at="manifest")
