"""Forged archives, each with its valid twin.

for forgery in ARCHIVE_FORGERIES:
    valid, forged = forgery.twins(ArchiveScene())
    assert my_reader(valid.to_bytes(), valid.document, at=valid.at)
    assert not my_reader(forged.to_bytes(), forged.document, at=forged.at)
"""

from dataclasses import dataclass
from typing import Final

from idwallet.testing.archive_chains import CHAIN_FORGERIES
from idwallet.testing.archive_draft import ArchiveDraft, archive_draft
from idwallet.testing.archive_stamps import STAMP_FORGERIES
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.corpus.forgery import Forged


@dataclass(frozen=True, slots=True)
class ArchiveForgery(Forged[ArchiveDraft]):
    """An archive that nobody may accept; see `Forged`."""

    def twins(self, scene: ArchiveScene) -> tuple[ArchiveDraft, ArchiveDraft]:
        """Return the valid draft and the forged one."""
        return self.apart(lambda: archive_draft(scene))


ARCHIVE_FORGERIES: Final = tuple(
    ArchiveForgery(each.name, each.check, each.reason, each.forge, each.prepare)
    for each in (*STAMP_FORGERIES, *CHAIN_FORGERIES)
)
"""Every forged archive there is here."""
