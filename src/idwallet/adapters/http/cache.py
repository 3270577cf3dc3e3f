"""What was fetched before, and by what its origin can tell whether it still holds."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from idwallet import limits
from idwallet.ports import Fetched, Wanted

# The bound too: what is too long for one caller must neither reach nor bar another.
Key = tuple[str, tuple[str, ...], bytes | None, int]
_SECONDS: Final = 10
_OPAQUE: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An answer with its validators (RFC 9110 §8.8), good until `fresh_until`."""

    fetched: Fetched
    etag: str | None
    last_modified: str | None
    fresh_until: datetime

    def serves(self, wanted: Wanted, *, at: datetime) -> bool:
        """Whether it answers without asking its origin again (RFC 9111 section 4.2)."""
        taken, newer_than = self.fetched.taken, wanted.newer_than
        # A clock that was set back makes nothing fresh.
        if not taken <= at < self.fresh_until:
            return False
        return newer_than is None or taken > newer_than

    def conditions(self) -> dict[str, str]:
        """Return the headers that ask whether it still holds (RFC 9110 §13.1)."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in found.items() if value is not None}

    def confirmed(self, headers: Mapping[str, str], *, at: datetime) -> "Kept":
        """Return it as its origin confirmed it just now (RFC 9111 section 4.3.4)."""
        fetched = replace(self.fetched, taken=taken_at(headers, at=at))
        return replace(self, fetched=fetched, fresh_until=_fresh_until(headers, at=at))


class Cache:
    """Answers by what was asked; the least recently used make room. One thread only."""

    def __init__(self) -> None:
        """Hold none."""
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key) -> Kept | None:
        """Return what was kept, or None."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, kept: Kept) -> None:
        """Keep an answer, unless it alone is more than there is room for."""
        self.drop(key)
        size = len(kept.fetched.body)
        if size > limits.FETCH_CACHE_BYTES:
            return
        self._kept[key] = kept
        self._bytes += size
        while (
            len(self._kept) > limits.FETCH_CACHE_ENTRIES
            or self._bytes > limits.FETCH_CACHE_BYTES
        ):
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.fetched.body)

    def drop(self, key: Key) -> None:
        """Forget an answer."""
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._bytes -= len(gone.fetched.body)


def may_keep(headers: Mapping[str, str]) -> bool:
    """Whether an answer may be kept at all (RFC 9111 section 5.2.2.5)."""
    return "no-store" not in _directives(headers)


def kept_from(
    body: bytes, media_type: str, *, headers: Mapping[str, str], at: datetime
) -> Kept:
    """Return an answer with what its headers say about keeping it."""
    fetched = Fetched(body=body, media_type=media_type, taken=taken_at(headers, at=at))
    return Kept(
        fetched=fetched,
        etag=_validator(headers, "etag"),
        last_modified=_validator(headers, "last-modified"),
        fresh_until=_fresh_until(headers, at=at),
    )


def taken_at(headers: Mapping[str, str], *, at: datetime) -> datetime:
    """Return when the origin spoke: a cache on the way says how long ago that was."""
    age = _number(headers.get("age", ""))
    return at if age is None else at - timedelta(seconds=age)


def _fresh_until(headers: Mapping[str, str], *, at: datetime) -> datetime:
    directives = _directives(headers)
    if "no-cache" in directives:
        return at
    said = _number(directives.get("max-age", ""))
    life = _expires(headers) if said is None else timedelta(seconds=said)
    # Kept longer, an answer would outlive what anybody thinks of.
    return taken_at(headers, at=at) + min(life, limits.FETCH_KEPT_FRESH)


def _expires(headers: Mapping[str, str]) -> timedelta:
    """Return the life that two dates of the origin give (RFC 9111 section 4.2.1)."""
    dates = [_date(headers.get(name, "")) for name in ("date", "expires")]
    if dates[0] is None or dates[1] is None:
        return timedelta(0)
    return max(dates[1] - dates[0], timedelta(0))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _directives(headers: Mapping[str, str]) -> dict[str, str]:
    parts = (
        each.partition("=") for each in headers.get("cache-control", "").split(",")
    )
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in parts}


def _number(text: str) -> int | None:
    # A longer one is a second that no clock has: `timedelta` would overflow.
    digits = text.isascii() and text.isdigit() and len(text) <= _SECONDS
    return int(text) if digits else None


def _validator(headers: Mapping[str, str], name: str) -> str | None:
    found = headers.get(name)
    # It is sent back as it came: what no header may hold never gets there.
    if found is None or len(found) > _OPAQUE:
        return None
    return found if found.isascii() and found.isprintable() else None
