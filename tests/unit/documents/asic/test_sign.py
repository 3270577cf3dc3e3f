"""Containers are made as the standard has them, by one signer or several."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from idwallet.codec.zip import ZipArchive
from idwallet.documents import ASiC, ASiCKind, CAdES, Level
from idwallet.documents.asic.manifest import read_manifest
from idwallet.envelope.cms import read_signed_data
from idwallet.errors import MalformedError, UsageError
from tests.unit.documents.asic.people import DAY, scene, signer, verified

S, E = ASiCKind.S, ASiCKind.E
TEXT = b"We agree. " * 20
FILES = {"contract.txt": TEXT, "приложения/план.txt": b"A plan."}


def names(container: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(container)) as archive:
        return archive.namelist()


def made(kind: ASiCKind, given: Any = None) -> bytes:
    documents = given or ({"contract.txt": TEXT} if kind is S else FILES)
    return signer(kind).sign(documents, signing_time=scene().at)


def test_a_container_of_one_has_its_document_and_one_file_of_signatures() -> None:
    assert names(made(S)) == ["mimetype", "contract.txt", "META-INF/signature.p7s"]


def test_a_container_of_several_has_a_manifest_and_a_signature_on_it() -> None:
    assert names(made(E)) == [
        "mimetype",
        *FILES,
        "META-INF/ASiCManifest001.xml",
        "META-INF/signature001.p7s",
    ]


@pytest.mark.parametrize(("kind", "letter"), [(S, b"s"), (E, b"e")])
def test_the_container_says_what_it_is_where_programs_look(
    kind: ASiCKind, letter: bytes
) -> None:
    media_type = b"application/vnd.etsi.asic-" + letter + b"+zip"
    assert made(kind)[30:69] == b"mimetype" + media_type


def test_a_manifest_names_every_file_with_its_digest() -> None:
    documents = {"a b.txt": TEXT, "ж": b""}
    archive = ZipArchive(made(E, documents), at="container")
    entry = archive.named("META-INF/ASiCManifest001.xml")
    assert entry is not None
    octets = archive.content(entry, max_bytes=10_000)
    assert b'"a%20b.txt"' in octets
    assert b'"%D0%B6"' in octets
    found = read_manifest(octets, at="manifest")
    assert found.signature == "META-INF/signature001.p7s"
    assert [(each.name, each.value) for each in found.files] == [
        ("a b.txt", hashlib.sha256(TEXT).digest()),
        ("ж", hashlib.sha256(b"").digest()),
    ]


@pytest.mark.parametrize("kind", [S, E])
def test_the_same_documents_signed_at_once_make_the_same_entries_but_the_signature(
    kind: ASiCKind,
) -> None:
    first, second = (ZipArchive(made(kind), at="container") for _ in range(2))
    for one, other in zip(first.entries, second.entries, strict=True):
        assert one.stamp == other.stamp
        assert one.name.endswith(".p7s") or one.crc == other.crc


class OneWay:
    """A stream that cannot go back, as a pipe."""

    def __init__(self, data: bytes) -> None:
        self._inner = io.BytesIO(data)

    def read(self, size: int, /) -> bytes:
        return self._inner.read(size)


@pytest.mark.parametrize("kind", [S, E])
@pytest.mark.parametrize("stream", [io.BytesIO, OneWay])
def test_a_stream_is_signed_as_its_octets_are(kind: ASiCKind, stream: Any) -> None:
    data = b"".join(b"%07d\n" % n for n in range(300_000))
    found = verified(made(kind, {"long.txt": stream(data)}))
    assert found.files[0].read() == data


@pytest.mark.parametrize("kind", [S, E])
def test_a_container_is_written_as_it_is_made(kind: ASiCKind) -> None:
    out = io.BytesIO()
    documents = {"contract.txt": TEXT}
    signer(kind).sign_into(out, documents, signing_time=scene().at)
    assert names(out.getvalue()) == names(made(kind, documents))
    assert verified(out).files[0].read() == TEXT


def test_one_document_without_a_name_is_called_document() -> None:
    assert names(made(S, TEXT))[1] == "document"


@pytest.mark.parametrize("kind", [S, E])
def test_a_second_person_signs_the_same_files(kind: ASiCKind) -> None:
    both = signer(kind, second=True).sign(
        None, signing_time=scene().at + DAY / 4, beside=made(kind)
    )
    found = verified(both)
    assert len({each.name for each in found.signatures}) == 2
    assert len(found.files) == (1 if kind is S else len(FILES))


def test_signatures_beside_each_other_have_a_file_and_a_manifest_each() -> None:
    both = signer(E, second=True).sign(FILES, signing_time=scene().at, beside=made(E))
    assert names(both)[-2:] == [
        "META-INF/ASiCManifest002.xml",
        "META-INF/signature002.p7s",
    ]


@pytest.mark.parametrize("kind", [S, E])
def test_nobody_signs_beside_on_other_documents(kind: ASiCKind) -> None:
    other = {"contract.txt": TEXT + b"!"}
    with pytest.raises(UsageError, match="other documents"):
        signer(kind).sign(other, signing_time=scene().at, beside=made(kind))


def test_nobody_signs_beside_in_another_kind() -> None:
    with pytest.raises(UsageError, match="kind and form"):
        signer(S).sign(None, signing_time=scene().at, beside=made(E))


def test_beside_something_else_is_refused() -> None:
    with pytest.raises(MalformedError):
        signer(S).sign(None, signing_time=scene().at, beside=b"junk")


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("kind", [S, E])
def test_any_signature_is_counter_signed(kind: ASiCKind, number: int) -> None:
    second = signer(kind, second=True)
    both = second.sign(None, signing_time=scene().at, beside=made(kind))
    found = verified(second.counter_sign(both, signing_time=scene().at, number=number))
    counted = [len(each.counter_signatures) for each in found.signatures]
    assert counted == [number == 0, number == 1]


@pytest.mark.parametrize("number", [-1, 1])
def test_a_signature_that_is_not_there_is_not_counter_signed(number: int) -> None:
    with pytest.raises(UsageError, match="no signature of that number"):
        signer(E).counter_sign(made(E), signing_time=scene().at, number=number)


@pytest.mark.parametrize("kind", [S, E])
def test_a_signature_in_a_container_is_stamped(kind: ASiCKind) -> None:
    container = signer(kind, level=Level.B_T).sign(
        {"contract.txt": TEXT}, signing_time=scene().at
    )
    (found,) = verified(container).signatures
    assert found.timestamped
    assert found.level is Level.B_T


def test_the_signature_is_on_the_manifest_as_it_stands() -> None:
    archive = ZipArchive(made(E), at="container")
    entry = archive.named("META-INF/signature001.p7s")
    assert entry is not None
    octets = archive.content(entry, max_bytes=10_000)
    assert read_signed_data(octets, at="signature").content is None


@pytest.mark.parametrize(
    ("kind", "documents", "says"),
    [
        (S, {}, "exactly one"),
        (S, {"a": b"", "b": b""}, "exactly one"),
        (E, {}, "at least one"),
        (S, {"a/b": b""}, "in no folder"),
        (E, {"../a": b""}, "no name"),
        (E, {"a/": b""}, "no name"),
        (E, {"META-INF/a": b""}, "own"),
        (E, {"meta-inf/a": b""}, "own"),
        (E, {"mimetype": b""}, "own"),
        (E, {"MimeType": b""}, "own"),
        (E, {"a": b"", "A": b""}, "one name"),
        (E, {"a": "text"}, "octets or a binary stream"),
        (E, [b"one", b"two"], "octets or a binary stream"),
    ],
)
def test_what_no_container_holds_is_refused(
    kind: ASiCKind, documents: Any, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        signer(kind).sign(documents, signing_time=scene().at)


def test_a_container_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="made of documents"):
        signer(E).sign(None, signing_time=scene().at)


def test_a_moment_that_no_container_can_say_is_refused() -> None:
    with pytest.raises(UsageError, match="1980"):
        signer(E).sign(FILES, signing_time=datetime(1970, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "changes", [{"kind": "ASiC-E"}, {"signature": CAdES()}, {"level": "B-B"}]
)
def test_a_profile_of_no_container_cannot_be_written(changes: dict[str, Any]) -> None:
    good: dict[str, Any] = {"kind": E, "signature": CAdES, "level": Level.B_B}
    with pytest.raises(UsageError):
        ASiC(**{**good, **changes})
