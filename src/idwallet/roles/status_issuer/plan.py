"""Which lists an issuer opens: how long, how many, and where they are read."""

import re
from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.errors import UsageError
from idwallet.ports import PageRecord, Random, ShardRecord
from idwallet.roles.status_issuer.chain import beginning
from idwallet.trust.status_list.bitmap import BITS

_ADDRESS: Final = re.compile(r"https://[!-~]+", re.ASCII)
_NAME_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPlan:
    """How the lists are that an issuer gives places in.

    `uri` is what every list's address begins with, as ``https://id.example/status/``;
    an unpredictable name follows, so that addresses tell no order either. Each entry
    has `bits` bits: 1 tells valid from revoked, 2 and more know suspended too. A list
    has `entries` entries from the first day on, whether they are taken or not: at least
    `limits.STATUS_ENTRIES_MINIMUM`, and whole pages. `open_lists` are filled side by
    side; more of them hide better who was issued together, and each is a smaller herd
    until it has filled.

    Another plan opens other lists; what stands in the old ones stays as it is. Take a
    plan of its own for credentials of another lifetime: a list is published until the
    last of its credentials has expired.
    """

    uri: str
    bits: int = 1
    entries: int = 1_048_576
    open_lists: int = 1

    def __post_init__(self) -> None:
        """Refuse lists that no reader takes, or that would tell who is asked about.

        Raises:
            UsageError: the address is none of ``https:``, the bits are not 1, 2, 4 or
                8, the entries are too few, too many or no whole pages, or the lists
                that are open are none or more than `limits.STATUS_OPEN_LISTS`.
        """
        longest = limits.URI_CHARACTERS - 2 * _NAME_BYTES
        if _ADDRESS.fullmatch(self.uri) is None or len(self.uri) > longest:
            raise UsageError("a status list has an address that begins with https://")
        if self.bits not in BITS:
            raise UsageError("an entry of a status list has 1, 2, 4 or 8 bits")
        # However many will be revoked, and in whatever pattern.
        most = limits.STATUS_ISSUED_BYTES * 8 // self.bits
        if not limits.STATUS_ENTRIES_MINIMUM <= self.entries <= most:
            least = limits.STATUS_ENTRIES_MINIMUM
            raise UsageError(f"a status list has {least:,} to {most:,} entries")
        if self.entries % limits.STATUS_PAGE_ENTRIES:
            page = limits.STATUS_PAGE_ENTRIES
            raise UsageError(f"a status list has a multiple of {page:,} entries")
        if not 0 < self.open_lists <= limits.STATUS_OPEN_LISTS:
            raise UsageError(f"1 to {limits.STATUS_OPEN_LISTS} lists are open at once")

    def fits(self, shard: ShardRecord) -> bool:
        """Whether a list is one that this plan would have opened."""
        shape = shard.bits, shard.entries
        return shape == (self.bits, self.entries) and shard.uri == self._address(
            shard.name
        )

    def new_list(
        self, random: Random, *, until: int
    ) -> tuple[ShardRecord, list[PageRecord]]:
        """Return a list that nobody has a place in, under a name of its own.

        It is to be published until that moment in any case (microseconds since 1970).
        """
        name = random(_NAME_BYTES).hex()
        shard = ShardRecord(
            name=name,
            uri=self._address(name),
            bits=self.bits,
            entries=self.entries,
            free=self.entries,
            until=until,
            revision=0,
            changes=0,
            head=beginning(self._address(name)),
        )
        size = limits.STATUS_PAGE_ENTRIES
        count = self.entries // size
        return shard, [PageRecord(name, number, size) for number in range(count)]

    def _address(self, name: str) -> str:
        return self.uri + name
