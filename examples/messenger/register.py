"""What an issuer revokes, and the lists that say so, for everybody to read.

In earnest a web server hands the lists out and verifiers fetch them now and then. Here
they lie in a folder that everybody reads.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from idwallet import now
from idwallet.adapters import FolderPublish, SqlStatusStore
from idwallet.report import Origin
from idwallet.roles import StatusIssuer, StatusPlan, StatusPublisher, StatusReference
from idwallet.testing import TestIdentity
from idwallet.trust import EvidenceAtHand, StatusListAtHand

_LISTS: Final = "lists"
_WITHDRAWN: Final = "withdrawn"
_DAY: Final = timedelta(days=1)
_PLACE: Final = "/status/"
_ENTRIES: Final = 65_536  # the shortest list that hides anybody


class Register:
    """The places that one issuer has given out, in a database of its own."""

    def __init__(self, folder: Path, origin: str, *, by: TestIdentity) -> None:
        """Open it, or make it, and publish what is due."""
        host = origin.removeprefix("https://")
        self._url = f"sqlite:///{folder}/status-{host}.db"
        self._plan = StatusPlan(uri=f"{origin}{_PLACE}", entries=_ENTRIES)
        self._by = by
        self._lists = folder / _LISTS / host
        self.publish(at=now())

    @contextmanager
    def _open(self) -> Iterator[SqlStatusStore]:
        with closing(SqlStatusStore(self._url)) as store:
            yield store

    def places(self, count: int, *, until: datetime) -> tuple[StatusReference, ...]:
        """Give out a place for each copy of a batch; no two are neighbours."""
        with self._open() as store:
            status = StatusIssuer(store=store, plan=self._plan)
            found = status.allocate_apart(count, valid_until=until)
        self.publish(at=now())
        return found

    def revoke(self, places: Sequence[StatusReference], *, at: datetime) -> None:
        """Revoke what has these places; whoever reads the lists knows it at once."""
        with self._open() as store:
            status = StatusIssuer(store=store, plan=self._plan)
            for each in places:
                status.revoke(each, actor="the bot", reason="phone lost", at=at)
        self.publish(at=at)

    def publish(self, *, at: datetime) -> None:
        """Sign what changed, and what is old."""
        with self._open() as store:
            StatusPublisher(
                store=store, signer=self._by.signer, certificates=self._by.chain
            ).publish(FolderPublish(self._lists), at=at)


def publish_chain(folder: Path, origin: str, *, chain: Sequence[bytes]) -> None:
    """Publish an issuer's certificates: a compact credential has no room for them."""
    place = folder / _LISTS / origin.removeprefix("https://")
    place.mkdir(parents=True, exist_ok=True)
    for number, each in enumerate(chain):
        _write(place / f"{number}.cer", each)


def certificates_in(folder: Path) -> EvidenceAtHand:
    """Return the issuers' certificates: each leads to the root that everybody has."""
    found = sorted((folder / _LISTS).glob("*/*.cer"))
    return EvidenceAtHand(certificates={each.read_bytes() for each in found})


def publish_withdrawn(folder: Path, statement: bytes, *, at: datetime) -> None:
    """Tell everybody that a delegation was taken back, for as long as one can last."""
    place = folder / _LISTS / _WITHDRAWN
    place.mkdir(parents=True, exist_ok=True)
    for each in place.glob("*.over"):
        if each.stat().st_mtime < (at - _DAY).timestamp():
            each.unlink()
    _write(place / f"{sha256(statement).hexdigest()}.over", statement)


def withdrawn_in(folder: Path) -> tuple[bytes, ...]:
    """Return what was taken back; each statement is signed, and judged by who reads."""
    found = sorted((folder / _LISTS / _WITHDRAWN).glob("*.over"))
    return tuple(each.read_bytes() for each in found)


def _write(file: Path, octets: bytes) -> None:
    fresh = file.with_suffix(".fresh")
    with fresh.open("wb") as out:
        out.write(octets)
        out.flush()
        os.fsync(out.fileno())  # what was told must be there after a power cut
    fresh.replace(file)
    if hasattr(os, "O_DIRECTORY"):  # and by its name; not every system opens a folder
        place = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


def published(folder: Path, *, at: datetime) -> EvidenceAtHand:
    """Return every list in the folder, as it stands at this moment."""
    return EvidenceAtHand(
        status_lists=[
            StatusListAtHand(
                uri=f"https://{each.parent.name}{_PLACE}{each.stem}",
                token=each.read_bytes(),
                origin=Origin(taken=at, source="the issuer's lists"),
            )
            for each in sorted((folder / _LISTS).glob("*/*.jwt"))
        ]
    ).plus(certificates_in(folder))
