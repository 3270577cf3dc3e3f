import secrets

import pytest

from idwallet.codec.json import JsonObject, JsonValue, read_object, write_json
from idwallet.credentials.query import Candidate
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.errors import MalformedError
from idwallet.ports import StoredRecord
from idwallet.roles.record import open_record, seal_record
from idwallet.testing.scene import LIFE, PID, Scene

SCENE = Scene(seed=b"idwallet TEST record")
KEY = SealKey(bytes(range(32)))
HELD = SCENE.new_wallet().add(SCENE.issue(), at=SCENE.at)
CONTEXT = b"idwallet credential record/1 " + HELD.name.encode()


def plain() -> JsonObject:
    record = seal_record(HELD, key=KEY, random=secrets.token_bytes)
    opened = unseal(record.sealed, key=KEY, context=CONTEXT, at="test")
    return read_object(opened, at="test")


def resealed(record: JsonObject) -> StoredRecord:
    sealed = seal(
        write_json(record), key=KEY, context=CONTEXT, random=secrets.token_bytes
    )
    return StoredRecord(HELD.name, sealed)


def test_a_record_is_opened_to_what_was_sealed() -> None:
    record = seal_record(HELD, key=KEY, random=secrets.token_bytes)
    assert record.name == HELD.name
    assert open_record(record, key=KEY) == HELD
    assert open_record(resealed(plain()), key=KEY) == HELD


def test_a_record_opens_under_its_own_name_and_key_only() -> None:
    record = seal_record(HELD, key=KEY, random=secrets.token_bytes)
    with pytest.raises(MalformedError):
        open_record(StoredRecord("00000000", record.sealed), key=KEY)
    with pytest.raises(MalformedError):
        open_record(record, key=SealKey(bytes(32)))


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
        open_record(resealed({**plain(), name: value}), key=KEY)


@pytest.mark.parametrize("name", ["valid_from", "valid_until"])
def test_a_record_says_of_a_bound_of_validity_that_there_is_none(name: str) -> None:
    record = plain()
    assert open_record(resealed({**record, name: None}), key=KEY)
    del record[name]
    with pytest.raises(MalformedError):
        open_record(resealed(record), key=KEY)


def test_a_query_is_matched_against_what_is_held() -> None:
    assert HELD.candidate() == Candidate(
        format="dc+sd-jwt",
        types=(PID,),
        claims=HELD.claims,
        authority_key_ids=HELD.authority_key_ids,
        holder_bound=True,
        valid_until=SCENE.at + LIFE,
    )
