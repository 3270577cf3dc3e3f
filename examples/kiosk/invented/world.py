"""A ministry that issues cards, an operator who brings bundles, and the day it is.

In earnest none of this is on the kiosk. Here it is on one machine, so that somebody
alone can try everything; the kiosk is given what it would be given anyway: a file.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from examples.web.identity import Identity, pki_of

from idwallet import Issuer, Purpose, RelyingParty, TrustAnchor, now, sign_document
from idwallet.adapters import FolderPublish, SqlStatusStore
from idwallet.documents import PAdES
from idwallet.roles import (
    PublishingRules,
    StatusIssuer,
    StatusPlan,
    StatusPublisher,
    StatusReference,
)
from idwallet.testing import document_signer
from idwallet.trust import (
    BundleContent,
    BundlePart,
    PartKind,
    PublicKey,
    build_bundle,
)

MINISTRY: Final = "https://ministry.example"
_LISTS: Final = f"{MINISTRY}/status/"
_DAY: Final = timedelta(days=1)
_DAYS_AT_MOST: Final = 200  # the certificates of the example last for 300
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS world (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS card (of TEXT NOT NULL, uri TEXT NOT NULL, place INTEGER);
"""


class World:
    """Everybody but the kiosk and the people. Any thread may call."""

    def __init__(
        self, folder: Path, identity: Identity, *, issuers: Sequence[Path] = ()
    ) -> None:
        """Open it, and make it if need be.

        `issuers` are certificates (PEM) of others whom the operator believes, too.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = folder / "world.db"
        self._folder = folder
        with closing(sqlite3.connect(self._file)) as database, database:
            database.executescript(_TABLES)
        self._identity = identity
        self._operator = pki_of(identity).issuer("https://operator.example")
        self.days = self._read("days")
        ministry = pki_of(identity).issuer(MINISTRY)
        self.ministry = Issuer(signer=ministry.signer, certificates=ministry.chain)
        self._anchor = TrustAnchor.from_signer_certificate(
            ministry.chain[0],
            name="Ministry of Examples",
            purposes=[Purpose.ISSUE_CREDENTIALS],
        )
        self._others = [
            TrustAnchor.from_signer_certificate(
                each.read_bytes(), name=each.stem, purposes=[Purpose.ISSUE_CREDENTIALS]
            )
            for each in issuers
        ]
        store = SqlStatusStore(f"sqlite:///{folder / 'status.db'}")
        self._status = StatusIssuer(store=store, plan=StatusPlan(uri=_LISTS))
        self._publisher = StatusPublisher(
            store=store,
            signer=ministry.signer,
            certificates=ministry.chain,
            rules=PublishingRules(ttl=_DAY, life=14 * _DAY),
        )

    # --- the day it is ----------------------------------------------------------------

    def clock(self) -> datetime:
        """Return what every clock here shows: the real time, and the days let pass."""
        return now() + self.days * _DAY

    def let_pass(self, days: int) -> None:
        """Let some days pass, for everybody."""
        self.days = min(self.days + max(days, 0), _DAYS_AT_MOST)
        self._write("days", self.days)

    # --- who knows whom ---------------------------------------------------------------

    @property
    def operator(self) -> PublicKey:
        """The key that the kiosk pins."""
        return self._operator.signer.public_key

    @property
    def anchors(self) -> tuple[TrustAnchor, ...]:
        """Whom a phone believes: the ministry, and who certifies those who ask."""
        readers = self._identity.pki.anchor(purposes=[Purpose.READ_CREDENTIALS])
        return (self._anchor, readers)

    def party(self, name: str) -> RelyingParty:
        """Return who asks under that name."""
        who = pki_of(self._identity).reader(name)
        return RelyingParty(
            signer=who.signer,
            certificates=who.chain,
            answer_to=f"https://{name}/answer",
        )

    def seal(self, name: str, paper: bytes, *, profile: PAdES, at: datetime) -> bytes:
        """Have whoever has that name sign a paper."""
        who = document_signer(pki_of(self._identity), f"https://{name}")
        return sign_document(
            paper,
            profile,
            signer=who.signer,
            certificates=who.chain,
            signing_time=at,
        )

    # --- what the ministry and the operator do ----------------------------------------

    def place_of_a_card(self, of: str, *, until: datetime) -> StatusReference:
        """Give a card a place in the ministry's list, and note whose card it is."""
        (place,) = self._status.allocate(valid_until=until)
        with closing(sqlite3.connect(self._file)) as database, database:
            row = (of, place.uri, place.index)
            database.execute("INSERT INTO card VALUES (?, ?, ?)", row)
        return place

    def revoke(self, of: str) -> None:
        """Take back every card of somebody, who says that the phone is lost."""
        with closing(sqlite3.connect(self._file)) as database:
            rows = database.execute(
                "SELECT uri, place FROM card WHERE of = ?", (of,)
            ).fetchall()
        places = [StatusReference(uri, place) for uri, place in rows]
        self._status.revoke(
            *places, actor="a desk", reason="the phone is lost", at=self.clock()
        )

    def bundle(self) -> Path:
        """Have the ministry publish its list, and the operator make a new bundle."""
        at = self.clock().replace(microsecond=0)
        lists = self._folder / "lists"
        self._publisher.publish(FolderPublish(lists), at=at)
        number = self._read("sequence") + 1
        self._write("sequence", number)
        roots = BundlePart.of_anchors(
            [self._anchor, *self._others], name="issuers", as_of=at
        )
        content = BundleContent(
            series="idwallet example kiosks",
            sequence=number,
            issued=at,
            next_update=at + _DAY,
            parts=[roots, *(_list(each, at) for each in sorted(lists.glob("*.jwt")))],
        )
        made = self._folder / "next.bundle"
        made.write_bytes(build_bundle(content, signer=self._operator.signer))
        return made

    @property
    def sequence(self) -> int:
        """The number of the last bundle."""
        return self._read("sequence")

    def _read(self, name: str) -> int:
        with closing(sqlite3.connect(self._file)) as database, database:
            row = database.execute(
                "SELECT value FROM world WHERE name = ?", (name,)
            ).fetchone()
        return 0 if row is None else int(row[0])

    def _write(self, name: str, value: int) -> None:
        with closing(sqlite3.connect(self._file)) as database, database:
            database.execute("REPLACE INTO world VALUES (?, ?)", (name, value))


def _list(file: Path, at: datetime) -> BundlePart:
    return BundlePart(
        kind=PartKind.STATUS_LIST,
        name=f"{_LISTS}{file.stem}",
        data=file.read_bytes(),
        as_of=at,
    )
