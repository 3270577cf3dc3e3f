"""ZIP archives read strictly, written as a stream (APPNOTE 6.3.10, ISO/IEC 21320-1).

`ZipArchive` reads what has one meaning only: whoever goes through the file from its
beginning and whoever goes by the directory at its end find the same. Nothing is read as
a whole. `ZipWriter` writes to whatever takes octets, and never goes back.
"""

from idwallet.codec.zip.names import is_folder_name, name_fault
from idwallet.codec.zip.read import ZipArchive
from idwallet.codec.zip.source import SeekableStream, ZipSource
from idwallet.codec.zip.structures import ZipEntry
from idwallet.codec.zip.write import ZipSink, ZipWriter

__all__ = [
    "SeekableStream",
    "ZipArchive",
    "ZipEntry",
    "ZipSink",
    "ZipSource",
    "ZipWriter",
    "is_folder_name",
    "name_fault",
]
