"""Verified documents exist only with a verdict that passed."""

import io

import pytest

from idwallet import limits
from idwallet.documents import (
    CAdES,
    Level,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.documents.model import pieces, whole
from idwallet.errors import UsageError, VerificationError
from idwallet.testing.document_draft import DocumentScene, document_draft


class Trickle:
    """A stream that gives less than is asked for, as pipes do."""

    def __init__(self, content: bytes) -> None:
        self._stream = io.BytesIO(content)

    def read(self, size: int, /) -> bytes:
        return self._stream.read(min(size, 3))


def test_a_profile_is_detached_and_of_the_first_level_unless_told() -> None:
    assert CAdES() == CAdES(level=Level.B_B, packaging=Packaging.DETACHED)
    with pytest.raises(AttributeError):
        CAdES().level = Level.B_T  # type: ignore[misc]  # frozen, which is tested


def test_a_document_is_read_in_pieces_or_as_a_whole() -> None:
    content = b"a contract between two"
    for document in (content, io.BytesIO(content), Trickle(content)):
        assert b"".join(pieces(document)) == content
    for document in (content, io.BytesIO(content), Trickle(content)):
        assert whole(document) == content


def test_what_is_put_inside_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ENVELOPED_BYTES", 10)
    for document in (bytes(10), io.BytesIO(bytes(10)), Trickle(bytes(10))):
        assert len(whole(document)) == 10
    for document in (bytes(11), io.BytesIO(bytes(100)), Trickle(bytes(11))):
        with pytest.raises(UsageError):
            whole(document)


def test_no_verified_document_is_made_of_another_verdict_and_the_reverse() -> None:
    made = document_draft(DocumentScene())
    passed = made.report()
    made.document = b"another"
    failed = made.report()
    with pytest.raises(VerificationError):
        VerifiedDocument(failed, (), None)
    with pytest.raises(UsageError):
        UnverifiedDocument(passed)


def test_cms_is_never_inside_the_document() -> None:
    with pytest.raises(UsageError, match="never inside"):
        CAdES(packaging=Packaging.ENVELOPED)
