"""Making identifier lists that strict readers take."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from idwallet import limits
from idwallet.codec.cbor import CborTag, read_cbor
from idwallet.errors import UsageError
from idwallet.testing.identifier_draft import LIST
from idwallet.testing.identifiers import IdentifierScene
from idwallet.trust.identifier_list import (
    IdentifierList,
    IdentifierListContent,
    IdentifierReference,
    evaluate_identifier_list,
    identifier_table,
    issue_identifier_list,
)

SCENE = IdentifierScene(seed=b"issue identifiers")
CONTENT = IdentifierListContent(
    uri=LIST,
    table=identifier_table([b"\xcc\xcc", b"a" * 30, b"\xab\xcd"]),
    expires=SCENE.at + timedelta(days=1),
    ttl=timedelta(hours=1),
    aggregation_uri="https://issuer.example/lists",
)


def issued(content: IdentifierListContent = CONTENT) -> bytes:
    return issue_identifier_list(
        content,
        signer=SCENE.lister.signer,
        certificates=SCENE.lister.chain,
        at=SCENE.at,
    )


def claims(token: bytes) -> dict[int, object]:
    message = read_cbor(token, at="")
    assert isinstance(message, CborTag)
    assert message.number == 18
    assert isinstance(message.value, list)
    payload = message.value[2]
    assert isinstance(payload, bytes)
    return read_cbor(payload, at="")  # type: ignore[return-value]


def test_a_list_says_what_the_clause_has() -> None:
    at = int(SCENE.at.timestamp())
    assert claims(issued()) == {
        2: LIST,
        4: at + 86_400,
        6: at,
        65530: {
            "identifiers": {b"\xab\xcd": {}, b"\xcc\xcc": {}, b"a" * 30: {}},
            "aggregation_uri": "https://issuer.example/lists",
        },
        65534: 3600,
    }


def test_what_may_be_left_out_is() -> None:
    bare = replace(CONTENT, ttl=None, aggregation_uri=None, table=identifier_table([]))
    said = claims(issued(bare))
    assert said[65530] == {"identifiers": {}}
    assert 65534 not in said


@pytest.mark.parametrize("count", [0, 1, 23, 24, 255, 256, 65_536])
def test_lists_of_any_length_come_back(count: int) -> None:
    listed = [n.to_bytes(4) for n in range(count)]
    token = issued(replace(CONTENT, table=identifier_table(listed)))
    found = evaluate_identifier_list(
        token, IdentifierReference(LIST, b"x"), context=SCENE.context
    )
    assert isinstance(found, IdentifierList)
    assert list(found.table) == listed
    assert found.aggregation_uri == CONTENT.aggregation_uri
    assert found.expires == CONTENT.expires
    assert found.times.ttl == timedelta(hours=1)


def test_one_content_has_one_payload() -> None:
    turned = replace(
        CONTENT, table=identifier_table([b"\xab\xcd", b"a" * 30, b"\xcc\xcc"] * 2)
    )
    assert claims(issued()) == claims(issued(turned))


@pytest.mark.parametrize(
    "changes",
    [
        {"uri": ""},
        {"uri": "x" * (limits.URI_CHARACTERS + 1)},
        {"expires": datetime(2027, 1, 1)},  # noqa: DTZ001 - that is the fault
        {"ttl": timedelta(milliseconds=999)},
    ],
    ids=lambda each: next(iter(each)),
)
def test_content_that_no_reader_takes_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        replace(CONTENT, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("identifier", [b"", bytes(65)], ids=["empty", "long"])
def test_an_identifier_that_no_reader_takes_is_refused(identifier: bytes) -> None:
    assert len(identifier_table([bytes(64)])) == 1
    with pytest.raises(UsageError):
        identifier_table([identifier])


def test_a_list_that_is_over_when_it_begins_is_not_issued() -> None:
    with pytest.raises(UsageError):
        issued(replace(CONTENT, expires=SCENE.at))


def test_a_list_names_who_signed_it() -> None:
    with pytest.raises(UsageError):
        issue_identifier_list(
            CONTENT, signer=SCENE.lister.signer, certificates=(), at=SCENE.at
        )


def test_a_list_longer_than_readers_take_is_not_issued(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    length = len(issued())
    monkeypatch.setattr(limits, "IDENTIFIER_LIST_BYTES", length)
    assert issued()
    monkeypatch.setattr(limits, "IDENTIFIER_LIST_BYTES", length - 1)
    with pytest.raises(UsageError):
        issued()
