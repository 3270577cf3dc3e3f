"""What the records of a ZIP archive look like (APPNOTE.TXT 6.3.10, clause 4.3)."""

from struct import Struct
from typing import Final, NamedTuple

APPNOTE: Final = "APPNOTE 6.3.10"
HOUSE: Final = "idwallet limits"

LOCAL: Final = Struct("<IHHHHHIIIHH")
LOCAL_SIGNATURE: Final = 0x04034B50
CENTRAL: Final = Struct("<IHHHHHHIIIHHHHHII")
CENTRAL_SIGNATURE: Final = 0x02014B50
END: Final = Struct("<IHHHHIIH")
END_SIGNATURE: Final = 0x06054B50
END_MAGIC: Final = b"PK\x05\x06"
END64: Final = Struct("<IQHHIIQQQQ")
END64_SIGNATURE: Final = 0x06064B50
LOCATOR: Final = Struct("<IIQI")
LOCATOR_SIGNATURE: Final = 0x07064B50
DESCRIPTOR: Final = Struct("<III")
DESCRIPTOR64: Final = Struct("<IQQ")
DESCRIPTOR_MAGIC: Final = b"PK\x07\x08"
EXTRA: Final = Struct("<HH")
ZIP64: Final = 0x0001

STORED: Final = 0
DEFLATED: Final = 8

ENCRYPTED: Final = 1 << 0
STREAMED: Final = 1 << 3
"""Sizes and checksum follow the data (clause 4.4.4)."""
UTF8: Final = 1 << 11
# Bits 1 and 2 say how hard was compressed, and nothing else.
FLAGS: Final = 0b110 | STREAMED | UTF8

MAX16: Final = 0xFFFF
MAX32: Final = 0xFFFFFFFF


class ZipEntry(NamedTuple):
    """One file or folder of an archive, as its directory and its own header agree.

    `size` is what it unpacks to, `packed` what it takes in the archive; `data` is where
    that begins, `offset` where its header does. `stamp` is its time and date as DOS has
    them, `extra` how long the extra field of its own header is. `number` is its place
    in the directory: places are named by it, since names are anybody's text.
    """

    name: str
    size: int
    packed: int
    method: int
    crc: int
    stamp: tuple[int, int]
    flags: int
    offset: int
    data: int
    extra: int
    number: int

    def __repr__(self) -> str:
        """Say how long it is; names may be personal."""
        return f"ZipEntry(<{self.size} bytes>)"

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder, and holds nothing by itself."""
        return self.name.endswith("/")
