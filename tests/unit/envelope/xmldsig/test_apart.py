"""What comes apart is read once for all digests, and never taken for empty."""

import hashlib
from io import BytesIO

import pytest

from idwallet import limits
from idwallet.envelope.xmldsig import Apart
from idwallet.errors import LimitError, UnsupportedError


class Pipe:
    """A stream that cannot go back, and counts what was read of it."""

    def __init__(self, data: bytes) -> None:
        self._data = BytesIO(data)
        self.read_bytes = 0

    def read(self, size: int, /) -> bytes:
        found = self._data.read(size)
        self.read_bytes += len(found)
        return found


PAPER = b"a paper of an invented person"


def digest(name: str) -> bytes:
    return hashlib.new(name, PAPER).digest()


@pytest.mark.parametrize("make", [bytes, BytesIO, Pipe])
def test_every_form_of_the_same_octets_has_their_digest(make: type) -> None:
    apart = Apart(make(PAPER))
    apart.expect(["sha256", "sha512"])
    assert apart.state("sha256").digest() == digest("sha256")
    assert apart.state("sha512").digest() == digest("sha512")


def test_a_stream_is_read_once_for_all_digests_that_are_expected() -> None:
    pipe = Pipe(PAPER)
    apart = Apart(pipe)
    apart.expect(["sha256", "sha384"])
    apart.state("sha256")
    apart.state("sha384")
    assert pipe.read_bytes == len(PAPER)


def test_a_stream_that_cannot_go_back_is_never_read_as_empty() -> None:
    apart = Apart(Pipe(PAPER))
    apart.expect(["sha256"])
    with pytest.raises(UnsupportedError, match="read twice"):
        apart.state("sha512")
    with pytest.raises(UnsupportedError, match="read twice"):
        apart.feed(hashlib.sha256())
    with pytest.raises(UnsupportedError, match="read twice"):
        apart.whole(at="test")


def test_a_stream_that_can_go_back_is_read_again_from_where_it_stood() -> None:
    stream = BytesIO(b"before" + PAPER)
    stream.read(6)
    apart = Apart(stream)
    assert apart.state("sha256").digest() == digest("sha256")
    taken = hashlib.sha384()
    apart.feed(taken)
    assert taken.digest() == digest("sha384")
    assert apart.whole(at="test") == PAPER


def test_a_hash_that_goes_on_leaves_the_next_one_where_it_was() -> None:
    apart = Apart(PAPER)
    apart.state("sha256").update(b"more")
    assert apart.state("sha256").digest() == digest("sha256")


def test_what_has_to_be_held_is_bounded_and_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "XML_BYTES", 3)
    assert "invented" not in repr(Apart(PAPER))
    with pytest.raises(LimitError, match="too long"):
        Apart(BytesIO(PAPER)).whole(at="test")
