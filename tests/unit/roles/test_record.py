import pytest

from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.query import Candidate
from idwallet.crypto.vault import VaultRecord
from idwallet.errors import MalformedError
from idwallet.ports import Shelf
from idwallet.roles.record import added, read_record
from idwallet.testing.scene import LIFE, PID, Scene

SCENE = Scene(seed=b"idwallet TEST record")
HELD = SCENE.new_wallet().add(SCENE.issue(), at=SCENE.at)


def plain() -> JsonObject:
    return read_object(added(HELD).plain or b"", at="test")


def stored(record: JsonObject) -> VaultRecord:
    return VaultRecord(Shelf.CREDENTIAL, HELD.name, write_json(record), b"sealed")


def test_a_record_is_read_as_what_was_written() -> None:
    edit = added(HELD)
    assert (edit.shelf, edit.name, edit.was) == (Shelf.CREDENTIAL, HELD.name, None)
    assert read_record(stored(plain())) == HELD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("format", "idwallet-credential/2"),
        ("format", None),
        ("credential", "mso_mdoc"),
        ("credential", 1),
        ("type", None),
        ("types", PID),
        ("types", [1]),
        ("issuer", []),
        ("raw", 1),
        ("raw", "no SD-JWT"),
        ("raw", HELD.raw.replace("~", "~AAAA~", 1)),
        ("thumbprint", None),
        ("authority_key_ids", ["xyz"]),
        ("authority_key_ids", [1]),
        ("authority_key_ids", "00"),
        ("valid_from", "2026-01-01"),
        ("valid_until", True),
        ("valid_until", -1),
    ],
)
def test_a_record_of_another_version_or_shape_is_refused(
    name: str, value: JsonValue
) -> None:
    with pytest.raises(MalformedError):
        read_record(stored({**plain(), name: value}))


@pytest.mark.parametrize("name", ["valid_from", "valid_until"])
def test_a_record_says_of_a_bound_of_validity_that_there_is_none(name: str) -> None:
    record = plain()
    assert read_record(stored({**record, name: None}))
    del record[name]
    with pytest.raises(MalformedError):
        read_record(stored(record))


def test_a_query_is_matched_against_what_is_held() -> None:
    assert HELD.candidate() == Candidate(
        format="dc+sd-jwt",
        types=(PID,),
        claims=HELD.claims,
        authority_key_ids=HELD.authority_key_ids,
        holder_bound=True,
        valid_until=SCENE.at + LIFE,
    )
