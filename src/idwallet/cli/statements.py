"""Statements that take delegations back, as files hold them: one a line."""

from typing import Final

from idwallet import limits
from idwallet.codec import b64
from idwallet.errors import LimitError, MalformedError

_CLAUSE: Final = "idwallet compact 1 §14"


def write_statement(statement: bytes) -> bytes:
    """Return the line of a statement."""
    return f"{b64.encode(statement)}\n".encode()


def read_statements(data: bytes) -> tuple[bytes, ...]:
    """Read a file of statements; empty lines and those that begin with # say nothing.

    Whose they are is not judged here: nobody knows that before a delegation is shown.

    Raises:
        LimitError: more than `limits.WITHDRAWN_AT_HAND`, or one that is too long.
        MalformedError: a line is no base64url.
    """
    lines = [line.strip() for line in data.split(b"\n")]
    said = [(n, e) for n, e in enumerate(lines, 1) if e and not e.startswith(b"#")]
    if len(said) > limits.WITHDRAWN_AT_HAND:
        raise LimitError("too many statements", at="file", clause=_CLAUSE)
    return tuple(_statement(line, at=f"line {n}") for n, line in said)


def _statement(line: bytes, *, at: str) -> bytes:
    try:
        text = line.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError("no base64url", at=at, clause=_CLAUSE) from None
    return b64.decode(text, at=at, clause=_CLAUSE)
