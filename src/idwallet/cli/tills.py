"""A wallet at a till: what is printed there is read, and codes are shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from idwallet import limits
from idwallet.cli.codes import PICTURE_SUFFIXES, answer_in, is_picture, numbered
from idwallet.cli.codes import write_code as write_one
from idwallet.cli.faults import STREAM
from idwallet.cli.files import read_input, require_writable, write_output
from idwallet.cli.screen import note, write_json_document
from idwallet.cli.words import Speech
from idwallet.codec.qr_text import QrKind, is_qr_text, read_qr_text
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.roles.asked import Asked, ShownUnasked
from idwallet.roles.at_tills import QrCode
from idwallet.roles.holder import Holder


def read_question(source: str) -> bytes:
    """Return a request out of a file, or out of the picture of its QR code.

    Raises:
        CommandFault, MalformedError, LimitError: it cannot be read, or no code of ours
            is seen in the picture.
    """
    data = read_input(source, max_bytes=limits.FILE_BYTES)
    return answer_in([source]) if is_picture(data) else data


def heard(wallet: Holder, raw: str | bytes, *, at: datetime) -> Asked:
    """Verify a request, or what is printed at a till, and say who asks for what.

    Raises:
        VerificationFailed, VerificationIndeterminate: see `Holder.read_request`.
    """
    text = raw.decode("latin-1") if isinstance(raw, bytes) else raw
    if is_of_till(text.strip()):
        return wallet.read_till_code(text.strip(), at=at)
    return wallet.read_request(raw, at=at)


def is_of_till(text: str) -> bool:
    """Whether a text is that of a code printed at a till."""
    if not is_qr_text(text):
        return False
    try:
        return read_qr_text(text, at="code").kind is QrKind.TILL
    except (MalformedError, UnsupportedError):
        return False


def till_of(asked: Asked) -> str | None:
    """Return the till whose printed code was read, None where it was a message."""
    request = asked.request
    audience = request.audience if isinstance(request, ShownUnasked) else None
    return None if audience is None else audience.rpartition("#")[2]


def paths_for(output: str, count: int, *, force: bool) -> list[str]:
    """Return where so many codes go; pictures are numbered where they are several.

    Raises:
        CommandFault: there is something already, and nobody said to replace it.
    """
    several = count > 1 and output.lower().endswith(PICTURE_SUFFIXES)
    paths = [numbered(output, n) for n in range(1, count + 1)] if several else [output]
    require_writable(*paths, force=force)
    return paths


def hand_out_codes(
    codes: Sequence[QrCode],
    paths: Sequence[str],
    *,
    told: Mapping[str, object] | None,
    speech: Speech,
) -> None:
    """Draw codes on the terminal or write them to files; `told` is for JSON.

    Raises:
        PortError: a file cannot be written.
        UsageError: no QR code holds one.
    """
    to_stream = paths[0] == STREAM
    shown: list[dict[str, object]] = []
    for n, code in enumerate(codes):
        entry: dict[str, object] = {
            "since": f"{code.since:%Y-%m-%dT%H:%M:%SZ}",
            "until": f"{code.until:%Y-%m-%dT%H:%M:%SZ}",
        }
        if to_stream and told is not None:
            shown.append({**entry, "code": code.text})
            continue
        if len(paths) == len(codes):
            write_one(paths[n], code.text)
        elif to_stream:
            write_one(STREAM, code.text)
        shown.append({**entry, "file": paths[min(n, len(paths) - 1)]})
        since, until = f"{code.since:%H:%M:%S}", f"{code.until:%H:%M:%S}"
        note(speech.say("present.code", since=since, until=until))
    if not to_stream and len(paths) < len(codes):
        write_output(paths[0], "".join(f"{each.text}\n" for each in codes).encode())
    if told is not None:
        write_json_document({**told, "codes": shown})
