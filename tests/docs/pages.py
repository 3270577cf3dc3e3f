"""The documentation as pages of fenced blocks and links."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]

_FENCE: Final = re.compile(
    r"^(?P<fence>```+|~~~+)(?P<tag>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_LINK: Final = re.compile(r"(?<!\!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_PATH: Final = re.compile(r"`(?P<path>(?:src|tests|docs|examples)/[\w./-]+)`")


def python_path() -> dict[str, str]:
    """Return where programs of these tests find the library: where the tests do.

    A path that is relative is one from the top of the repository.
    """
    named = os.environ.get("PYTHONPATH")
    if not named:
        return {}
    paths = (str(ROOT / each) for each in named.split(os.pathsep) if each)
    return {"PYTHONPATH": os.pathsep.join(paths)}


@dataclass(frozen=True)
class Block:
    """One fenced block: its tag, its text and the line it begins at."""

    tag: str
    body: str
    line: int


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path

    @property
    def name(self) -> str:
        """Its path from the top of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text(encoding="utf-8")

    def blocks(self) -> Iterator[Block]:
        """Yield its fenced blocks, in order, those in HTML comments too."""
        for match in _FENCE.finditer(self.text):
            line = self.text.count("\n", 0, match.start()) + 2
            yield Block(match["tag"].strip(), match["body"], line)

    def links(self) -> set[str]:
        """Return where it links to within the repository."""
        targets = {match["target"] for match in _LINK.finditer(self._prose())}
        return {each.partition("#")[0] for each in targets if "://" not in each} - {""}

    def paths(self) -> set[str]:
        """Return the files and folders of the repository that its prose names."""
        return {match["path"] for match in _PATH.finditer(self._prose())}

    def _prose(self) -> str:
        return _FENCE.sub("", self.text)


def pages() -> list[Page]:
    """Return every page of the repository."""
    found = [*ROOT.glob("*.md"), *ROOT.glob(".github/*.md"), *ROOT.glob("docs/**/*.md")]
    return [Page(path) for path in sorted(found)]
