"""A person's data stands in credentials and in answers, and nowhere else.

Every value of the person here is a canary. They are searched for as they are, as JSON
may escape them, in hexadecimal and in base64url at all three alignments.
"""

import base64
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Final

import pytest

from idwallet.adapters.sql import SqlStore
from idwallet.codec.json import JsonValue
from idwallet.consent import (
    AnchorContext,
    Ledger,
    Outside,
    Promise,
    transaction_log,
)
from idwallet.credentials.model import VerifiedPresentation
from idwallet.credentials.query import Query
from idwallet.credentials.sdjwt.issue import SdJwtVc
from idwallet.crypto.seal import SealKey
from idwallet.crypto.vault import Vault
from idwallet.errors import IdWalletError
from idwallet.explain import explain
from idwallet.report import Report
from idwallet.roles.holder import Holder
from idwallet.roles.presentation import evaluate_presentation
from idwallet.roles.receipts import give_receipt
from idwallet.testing.scene import PID, Scene
from idwallet.trust.policies import WALLET

CANARIES: Final = (
    "canary-Лебедева-7f3e",
    "canary-given-name-91ab",
    "1979-02-canary",
    "canary Street 4711",
)
_ALIGNMENTS: Final = 3


def _spellings(text: str) -> Iterator[bytes]:
    octets = text.encode()
    yield octets
    yield json.dumps(text)[1:-1].encode()
    yield octets.hex().encode()
    yield octets.hex().upper().encode()
    for shift in range(_ALIGNMENTS):
        # The outer characters depend on what stands beside it: they are left out.
        coded = base64.b64encode(bytes(shift) + octets)
        inner = coded[4 : len(coded) // 4 * 4 - 4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


SPELLINGS: Final = tuple({each for text in CANARIES for each in _spellings(text)})


def found_in(data: bytes) -> list[bytes]:
    return [each for each in SPELLINGS if each in data]


def claims() -> dict[str, JsonValue]:
    family, given, birth, street = CANARIES
    return {
        "family_name": family,
        "given_name": given,
        "birthdate": birth,
        "address": {"street_address": street, "country": "XX"},
        "age_equal_or_over": {"18": True},
    }


def query() -> Query:
    paths = (["family_name"], ["address"], ["birthdate"])
    return Query.from_dcql(
        {
            "credentials": [
                {
                    "id": "pid",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": [PID]},
                    "claims": [{"path": list[JsonValue](each)} for each in paths],
                }
            ]
        }
    )


@dataclass
class Told:
    """Everything that came out of both sides but credentials and answers."""

    texts: list[str] = field(default_factory=list)

    def hear(self, *values: object) -> None:
        """Take what is shown of values, however it is shown."""
        for each in values:
            self.texts += [str(each), repr(each)]
            if isinstance(each, Report):
                self.texts.append(json.dumps(each.to_json(), default=str))
                self.texts += [
                    explain(each, lang=lang, reader=reader).text
                    for lang in ("en", "ru")
                    for reader in ("integrator", "clerk", "holder")
                ]

    def fault(self, error: IdWalletError) -> None:
        """Take an exception with all that it says."""
        self.hear(error, error.args, error.__cause__, error.__context__)


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Path]:
    """Live through everything once, and return what was told, and the databases."""
    folder = tmp_path_factory.mktemp("canary")
    told = Told()
    scene = Scene(seed=b"idwallet TEST canaries")
    at = scene.at
    handler = _Listening(told)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    try:
        with (
            closing(SqlStore(folder / "wallet.db")) as store,
            closing(SqlStore(folder / "shop.db")) as other,
        ):
            wallet = Holder(
                store=store, seal=SealKey(bytes(32)), keys=scene.keys, trust=scene.trust
            )
            shop = Ledger(
                Vault(other, SealKey(bytes(range(32))), random=token_bytes),
                random=token_bytes,
            )
            _live(scene, wallet, shop, told)
            for ledger in (wallet.ledger, shop):
                told.hear(ledger.export(at=at, evidence=True).decode())
                told.hear(*ledger.entries(), *(ledger.entry(0).evidence,))
            told.hear(json.dumps(transaction_log(wallet.ledger.entries())))
            # While it is open the newest changes stand beside the file.
            for path in folder.iterdir():
                told.texts.append(path.read_bytes().decode("latin-1"))
    finally:
        logging.getLogger().removeHandler(handler)
    return told, folder


class _Listening(logging.Handler):
    def __init__(self, told: Told) -> None:
        super().__init__(logging.DEBUG)
        self._told = told

    def emit(self, record: logging.LogRecord) -> None:
        self._told.hear(record.getMessage(), record.args)


def _live(scene: Scene, wallet: Holder, shop: Ledger, told: Told) -> None:
    at = scene.at
    told.hear(wallet.add(scene.issue(SdJwtVc(vct=PID, claims=claims())), at=at))
    for delay in (timedelta(), timedelta(hours=1)):
        request = scene.request(query())
        asked = wallet.read_request(request.message.raw, at=at)
        match = wallet.match(asked, at=at)
        choice = match.choose()
        told.hear(asked, match, choice, asked.report)
        response = wallet.present(asked, choice, at=at)
        told.hear(response)
        found = evaluate_presentation(
            response.body, request=request, trust=scene.trust, at=at + delay
        )
        kept = isinstance(found, VerifiedPresentation)
        promise = Promise(kept=kept, until=at + timedelta(days=1) if kept else None)
        token = give_receipt(
            found, request=request, at=at + delay, retention=promise, ledger=shop
        )
        told.hear(found, found.report, token)
        got = wallet.keep_receipt(token, index=response.entry, at=at + delay)
        told.hear(got, got.receipt)
        told.hear(wallet.ask_deletion(response.entry, at=at).to_json())
        try:
            wallet.keep_receipt(token, index=_declined(scene, wallet), at=at)
        except IdWalletError as error:
            told.fault(error)
    context = AnchorContext(scene.trust, WALLET, at)
    told.hear(wallet.ledger.judge(Outside(), context=context), *wallet.history())


def _declined(scene: Scene, wallet: Holder) -> int:
    asked = wallet.read_request(scene.request(query()).message.raw, at=scene.at)
    return wallet.decline(asked, at=scene.at).entry


def test_no_value_is_told(life: tuple[Told, Path]) -> None:
    told, _ = life
    assert len(told.texts) > 100
    for text in told.texts:
        for data in (
            text.encode("utf-8", "surrogatepass"),
            text.encode("latin-1", "replace"),
        ):
            assert found_in(data) == []


def test_no_value_stands_in_a_database(life: tuple[Told, Path]) -> None:
    _, folder = life
    files = list(folder.iterdir())
    assert {each.name for each in files} >= {"wallet.db", "shop.db"}
    for each in files:
        assert found_in(each.read_bytes()) == []


def test_no_value_stands_in_a_record_after_it_was_opened(
    life: tuple[Told, Path],
) -> None:
    """The ledger itself has none: not only is it sealed."""
    _, folder = life
    with closing(SqlStore(folder / "wallet.db", create=False)) as store:
        vault = Vault(store, SealKey(bytes(32)), random=token_bytes)
        from idwallet.ports import Shelf

        for shelf in (Shelf.LEDGER, Shelf.RECEIPT):
            records = list(vault.records(shelf))
            assert records
            assert [found_in(each.plain) for each in records] == [[]] * len(records)
        held = [found_in(each.plain) for each in vault.records(Shelf.CREDENTIAL)]
    # The search finds what is there: a credential holds every value.
    assert all(held)


def test_the_database_tells_no_party_type_or_moment_either(
    life: tuple[Told, Path],
) -> None:
    _, folder = life
    with closing(sqlite3.connect(folder / "wallet.db")) as database:
        rows = database.execute("select * from idwallet_wallet").fetchall()
    for row in rows:
        for each in row:
            data = each if isinstance(each, bytes) else str(each).encode()
            for word in (b"shop", b"x509_hash", b"urn:eudi", b"family_name", b"a test"):
                assert word not in data


@pytest.mark.parametrize("text", CANARIES)
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    octets = text.encode()
    for shift in range(5):
        for hidden in (
            octets,
            json.dumps({"a": text}).encode(),
            octets.hex().encode(),
            base64.urlsafe_b64encode(b"x" * shift + octets + b"y" * 7),
            base64.b64encode(b"x" * shift + octets + b"y" * 7),
        ):
            assert found_in(hidden)
