"""Lists of trust as a source of anchors: each read on the word of its signers alone."""

import hashlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from idwallet import limits
from idwallet.cli.commands.trust.tables import Table
from idwallet.cli.faults import about
from idwallet.cli.files import read_input
from idwallet.cli.screen import note
from idwallet.codec.pem import read_pem
from idwallet.codec.text import show
from idwallet.crypto.algorithms import Algorithm
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.bundle import BundlePart
from idwallet.trust.certificate import Certificate
from idwallet.trust.lists import (
    ExpectedList,
    ListRules,
    VerifiedList,
    verify_trusted_list,
)
from idwallet.trust.policies import STRICT

# Most national lists are signed with RSA (ETSI TS 119 312), which must be named.
_POLICY: Final = replace(
    STRICT,
    name="trusted lists",
    algorithms=STRICT.algorithms | {Algorithm.PS256, Algorithm.RS256},
)


class ListSource:
    """A list of trust in a file, and who signs it, as a description says."""

    def __init__(self, folder: Path, table: Table) -> None:
        """Take what the description says; read nothing yet."""
        self._folder = folder
        self._file = table.required("file", str)
        self._name = table.take("name", str, default=self._file)
        self._signers = table.texts("signers")
        self._pivots = table.texts("pivots")
        self._type = table.take("type", str, default="") or None
        self._territory = table.take("territory", str, default="") or None
        if not self._signers:
            raise table.fault("signers", "one or more files of certificates")

    def part(self, *, as_of: datetime, at: datetime) -> BundlePart:
        """Verify the list, and return its anchors as a part of a bundle.

        Raises:
            VerificationError: the list is refused.
            CommandFault: a file cannot be read, or no anchor is left of the list.
        """
        data = self._read(self._file)
        with about(self._path(self._file), remedy="a list of trust"):
            found = verify_trusted_list(
                data,
                expected=ExpectedList(
                    signers=self._believed(),
                    type=self._type,
                    territory=self._territory,
                    # A bundle is made anew from files: its own number tells rollback.
                    seen=None,
                ),
                rules=ListRules(policy=_POLICY, freshness=_POLICY.freshness, at=at),
                pivots=[self._read(each) for each in self._pivots],
            )
            return BundlePart.of_anchors(
                self._chosen(found, at=at),
                name=self._name,
                as_of=as_of,
                source=hashlib.sha256(data).digest(),
            )

    def _chosen(self, found: VerifiedList, *, at: datetime) -> tuple[TrustAnchor, ...]:
        selection = found.anchors(at=at)
        if selection.dropped:
            left = len(selection.dropped)
            kept = len(selection.anchors)
            note(f"{show(self._name)}: {kept} anchors, {left} entries left out")
        return selection.anchors

    def _believed(self) -> TrustStore:
        anchors = []
        for each in self._signers:
            data = self._read(each)
            with about(self._path(each), remedy="certificates as PEM"):
                anchors += [_signer(block.der) for block in read_pem(data, at="file")]
        return TrustStore(anchors)

    def _read(self, file: str) -> bytes:
        return read_input(self._path(file), max_bytes=limits.FILE_BYTES)

    def _path(self, file: str) -> str:
        return str(self._folder / file)


def _signer(der: bytes) -> TrustAnchor:
    certificate = Certificate.from_der(der, at="certificate")
    return TrustAnchor(
        certificate.shown,
        frozenset({Purpose.SIGN_TRUSTED_LISTS}),
        certificate=certificate,
    )
