"""CBOR (RFC 8949), read strictly and written in one form: the one door to cbor2."""

from idwallet.codec.cbor.read import (
    CborHead,
    read_cbor,
    read_cbor_each,
    read_cbor_head,
    read_cbor_item,
)
from idwallet.codec.cbor.values import (
    ARRAY,
    BYTES,
    MAP,
    TAG,
    TEXT,
    UNSIGNED,
    CborItem,
    CborKey,
    CborTag,
    CborValue,
    made_tag,
)
from idwallet.codec.cbor.write import write_cbor, write_cbor_head

__all__ = [
    "ARRAY",
    "BYTES",
    "MAP",
    "TAG",
    "TEXT",
    "UNSIGNED",
    "CborHead",
    "CborItem",
    "CborKey",
    "CborTag",
    "CborValue",
    "made_tag",
    "read_cbor",
    "read_cbor_each",
    "read_cbor_head",
    "read_cbor_item",
    "write_cbor",
    "write_cbor_head",
]
