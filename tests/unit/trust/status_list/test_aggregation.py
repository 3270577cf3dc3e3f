import pytest

from idwallet import limits
from idwallet.errors import LimitError, MalformedError, UsageError
from idwallet.trust.status_list.aggregation import read_aggregation, write_aggregation

URIS = ("https://example.com/statuslists/1", "https://example.com/statuslists/2")


def test_what_is_written_is_read_in_the_order_of_addresses() -> None:
    assert read_aggregation(write_aggregation(reversed(URIS))) == URIS
    assert read_aggregation(write_aggregation([])) == ()


def test_the_document_is_the_same_whatever_order_the_lists_come_in() -> None:
    assert write_aggregation(URIS) == write_aggregation([*reversed(URIS), *URIS])


def test_an_address_that_is_named_twice_is_one() -> None:
    assert read_aggregation(b'{"status_lists":["a","b","a"]}') == ("a", "b")


def test_what_else_a_document_says_is_passed_over() -> None:
    assert read_aggregation(b'{"status_lists":["a"],"more":1}') == ("a",)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'["a"]',
        b"{}",
        b'{"status_lists":"a"}',
        b'{"status_lists":{"a":"b"}}',
        b'{"status_lists":[1]}',
        b'{"status_lists":[""]}',
        b'{"status_lists":[null]}',
        b'{"status_lists":["a"],"status_lists":["b"]}',
    ],
)
def test_what_is_no_such_document_is_refused(document: bytes) -> None:
    with pytest.raises(MalformedError):
        read_aggregation(document)


def test_a_document_that_passes_its_bounds_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "STATUS_AGGREGATION_URIS", 2)
    assert read_aggregation(write_aggregation(URIS)) == URIS
    with pytest.raises(LimitError):
        read_aggregation(b'{"status_lists":["a","b","c"]}')
    with pytest.raises(UsageError):
        write_aggregation(["a", "b", "c"])
    with pytest.raises(LimitError):
        read_aggregation(b'{"status_lists":["' + b"a" * limits.URI_CHARACTERS + b'a"]}')
    monkeypatch.setattr(limits, "STATUS_AGGREGATION_BYTES", 20)
    with pytest.raises(LimitError):
        read_aggregation(write_aggregation(URIS))
