"""What settled the verdict on each signature of a document, kept while it is judged."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from idwallet.documents.judging.material import Material, together
from idwallet.trust.path import ValidatedPath


class Believed(NamedTuple):
    """A path that was believed, and what vouched for it.

    `subject` is that of the checks. `moment` is when what was signed existed, as far as
    it is proven or, of a timestamp, said.
    """

    subject: str
    path: ValidatedPath
    moment: datetime
    evidence: Material

    @property
    def material(self) -> Material:
        """The certificates of the path together with the evidence."""
        return self.path.material.plus(self.evidence)


class Settled:
    """Gathers, while a document is judged, what was believed of each signature.

    It belongs to one evaluation: another begins with a new one. What it holds is worth
    something only where the verdict passed. With `sparing`, evidence that an archive
    keeps already is taken before evidence of today, so that renewing adds little.
    """

    __slots__ = ("_found", "sparing")

    def __init__(self, *, sparing: bool = False) -> None:
        """Begin with nothing."""
        self._found: list[Believed] = []
        self.sparing = sparing

    def __repr__(self) -> str:
        """Say how much there is."""
        return f"Settled(<{len(self._found)} paths>)"

    def note(self, found: Believed) -> None:
        """Keep what was believed."""
        self._found.append(found)

    def below(self, subject: str) -> Iterator[Believed]:
        """Yield what was believed of a signature, its timestamps and those on it."""
        for each in self._found:
            if each.subject == subject or each.subject.startswith(f"{subject}."):
                yield each

    def of(self, subject: str) -> Material:
        """Return what a signature is verified with, whatever stands on it included.

        Whoever adds this to it, and believes the same anchors, needs nothing else.
        """
        return together(each.material for each in self.below(subject))

    @property
    def material(self) -> Material:
        """What the document as a whole is verified with."""
        return together(each.material for each in self._found)
