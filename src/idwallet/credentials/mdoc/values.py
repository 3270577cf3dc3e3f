"""Values of elements as JSON has them (RFC 8949 section 6.1).

So a query of OpenID4VP compares them (B.2.4), and so an application gets them: octets
as base64url, days and moments as their text.
"""

from math import isfinite

from idwallet.codec import b64
from idwallet.codec.cbor import CborTag, CborValue
from idwallet.codec.json import JsonValue


def json_of(value: CborValue) -> JsonValue:
    """Return a value as JSON has it; what a tag adds to it is left out.

    A number that JSON has not (NaN, an infinity) is null.
    """
    if isinstance(value, bytes):
        return b64.encode(value)
    if isinstance(value, CborTag):
        return json_of(value.value)
    if isinstance(value, list):
        return [json_of(each) for each in value]
    if isinstance(value, dict):
        return {_name(name): json_of(each) for name, each in value.items()}
    if isinstance(value, float) and not isfinite(value):
        return None
    return value


def _name(key: int | str | bytes) -> str:
    if isinstance(key, bytes):
        return b64.encode(key)
    return key if isinstance(key, str) else str(key)
