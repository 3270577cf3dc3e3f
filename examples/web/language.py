"""Two languages: what a person reads, and which of the two they want."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal

from starlette.requests import Request

Language = Literal["en", "ru"]
COOKIE: Final = "language"
_MONTHS: Final[Mapping[Language, str]] = {
    "en": "January February March April May June July August September October "
    "November December",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября "
    "ноября декабря",
}


class Words:
    """The sentences of one language, by name."""

    def __init__(self, file: Path, lang: Language, *more: Path) -> None:
        """Read them from a file that has both; what `more` have of a name counts."""
        self.lang = lang
        self._sentences: dict[str, str] = {}
        for each in (file, *more):
            found: Mapping[str, Mapping[str, str]] = json.loads(
                each.read_text(encoding="utf-8")
            )
            self._sentences |= found[lang]

    def __call__(self, name: str, /, **values: str | int) -> str:
        """Return a sentence, filled."""
        return self._sentences[name].format_map(values)

    def optional(self, name: str) -> str | None:
        """Return a sentence without places, None where there is none of that name."""
        return self._sentences.get(name)

    def day(self, day: date) -> str:
        """Return a day as people write it."""
        return f"{day.day} {_MONTHS[self.lang].split()[day.month - 1]} {day.year}"

    def moment(self, at: datetime) -> str:
        """Return a moment as people write it, in UTC, to the minute."""
        utc = at.astimezone(UTC)
        return f"{self.day(utc)}, {utc:%H:%M} UTC"

    def place(self, name: str) -> int:
        """Return where a sentence stands among all, past the last if it does not."""
        names = list(self._sentences)
        return names.index(name) if name in names else len(names)


def language_of(request: Request) -> Language:
    """Return what was chosen, else what the browser asks for first, else English."""
    chosen = request.query_params.get("lang") or request.cookies.get(COOKIE)
    if chosen in {"en", "ru"}:
        return "ru" if chosen == "ru" else "en"
    first = request.headers.get("accept-language", "")[:2].lower()
    return "ru" if first == "ru" else "en"
