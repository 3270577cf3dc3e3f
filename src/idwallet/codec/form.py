"""Web forms (`application/x-www-form-urlencoded`), read strictly and written."""

import re
from collections.abc import Mapping
from typing import Final

from idwallet import limits
from idwallet.errors import LimitError, MalformedError

_CLAUSE: Final = "RFC 6749 Appendix B"
_REPEATED: Final = "RFC 6749 §3.1"

_DIGITS: Final = b"0123456789abcdefABCDEF"
_ESCAPES: Final = {
    bytes((high, low)): bytes.fromhex(chr(high) + chr(low))
    for high in _DIGITS
    for low in _DIGITS
}
# The names that come with nearly every message need no decoding.
_PLAIN: Final = {
    name.encode(): name for name in ("vp_token", "state", "client_id", "request")
}
_TO_ESCAPE: Final = re.compile(rb"[^A-Za-z0-9\-._~]")


def read_form(data: bytes, *, at: str) -> dict[str, bytes]:
    """Split parameters and decode each value to its bytes.

    Unlike a browser it refuses what is ambiguous: a name given twice (RFC 6749
    section 3.1), a percent sign without two hex digits, a part without ``=``, and
    bytes outside ASCII.

    Raises:
        MalformedError: the rules above are broken.
        LimitError: there are more than `limits.FORM_PARAMETERS` parameters.
    """
    if not data.isascii():
        raise MalformedError("not ASCII", at=at, clause=_CLAUSE)
    found: dict[str, bytes] = {}
    start, size = 0, len(data)
    while start <= size:
        if len(found) == limits.FORM_PARAMETERS:
            raise LimitError("too many parameters", at=at, clause=_CLAUSE)
        # `find` runs at memory speed on a long value, where `split` does not.
        end = data.find(b"&", start)
        if end < 0:
            end = size
        equals = data.find(b"=", start, end)
        if equals <= start:
            raise MalformedError("not name=value", at=at, clause=_CLAUSE)
        raw_name = data[start:equals]
        name = _PLAIN.get(raw_name) or read_utf8(_decode(raw_name, at=at), at=at)
        if name in found:
            raise MalformedError("a parameter is repeated", at=at, clause=_REPEATED)
        found[name] = _decode(data[equals + 1 : end], at=at)
        start = end + 1
    return found


def read_utf8(data: bytes, *, at: str) -> str:
    """Decode UTF-8 strictly (RFC 6749 appendix B names it for forms).

    Raises:
        MalformedError: it is not UTF-8.
    """
    try:
        return data.decode()
    except UnicodeDecodeError:  # it holds all the bytes
        raise MalformedError("not UTF-8", at=at, clause=_CLAUSE) from None


def _decode(data: bytes, *, at: str) -> bytes:
    data = data.replace(b"+", b" ")
    if b"%" not in data:
        return data
    pieces = iter(data.split(b"%"))
    decoded = [next(pieces)]
    try:
        for piece in pieces:
            decoded.append(_ESCAPES[piece[:2]])
            decoded.append(piece[2:])
    except KeyError:
        raise MalformedError(
            "a broken percent-encoding", at=at, clause=_CLAUSE
        ) from None
    return b"".join(decoded)


def write_form(parameters: Mapping[str, str]) -> str:
    """Encode parameters; everything but RFC 3986's unreserved set is escaped.

    The result is also valid as a URI's query. Order is kept.
    """
    return "&".join(
        f"{_encode(name)}={_encode(value)}" for name, value in parameters.items()
    )


def _encode(text: str) -> str:
    return _TO_ESCAPE.sub(_escape, text.encode()).decode("ascii")


def _escape(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % ord(found[0])
