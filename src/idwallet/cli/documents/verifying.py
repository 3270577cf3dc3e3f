"""A signed document judged, for `idwallet verify`."""

from dataclasses import dataclass
from typing import Final

from idwallet import limits
from idwallet.cli.documents.network import Judges
from idwallet.cli.faults import OUTCOMES
from idwallet.cli.files import read_input, write_output
from idwallet.cli.screen import json_text, say, write_json_document
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.documents.model import (
    UnverifiedDocument,
    VerifiedDocument,
    VerifiedSignature,
)

_PDF: Final = b"%PDF-"
_BEGINS: Final = (_PDF, b"PK\x03\x04", b"\x30\x80", b"\x30\x82", b"\x30\x83")
_MOMENT: Final = "%Y-%m-%d %H:%M UTC"


def is_document(data: bytes) -> bool:
    """Whether that can only be a signed document: no answer begins so."""
    begin = data[:1_024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data.startswith(_BEGINS) or begin.startswith(b"<"):
        return True
    # JAdES in JSON; an answer of a wallet has a vp_token in place of signatures.
    return begin.startswith(b"{") and b'"signature' in data and b"vp_token" not in data


def is_shown_otherwise(name: str, data: bytes) -> bool:
    """Whether who shows PDF files would show what is judged as something else.

    They take a file for theirs by its name, and look for its header in the first 1,024
    octets: a container of files begins so too, and in its unsigned parts anything may
    stand.
    """
    is_other = not data.startswith(_PDF) and _PDF in data[:1_024]
    return is_other and name.casefold().endswith(".pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVerification:
    """One document to judge, and how its verdict is told."""

    signed: bytes
    document: str | None
    judges: Judges
    telling: Telling
    report: str | None

    def carry_out(self) -> int:
        """Judge it, tell the verdict, and return the exit status.

        Raises:
            CommandFault: a file cannot be read or written.
            Exit: a trust bundle was refused.
        """
        given = None
        if self.document is not None:
            given = read_input(self.document, max_bytes=limits.ENVELOPED_BYTES)
        with self.telling.refusals():
            trust = self.judges.trust()
        judged = self.judges.judged(self.signed, given, trust=trust)
        try:
            if self.report is not None:
                text = json_text(judged.report.to_json()) + "\n"
                write_output(self.report, text.encode())
        finally:
            self._tell(judged)
        return OUTCOMES[judged.report.outcome]

    def _tell(self, judged: VerifiedDocument | UnverifiedDocument) -> None:
        proven = judged.signatures if isinstance(judged, VerifiedDocument) else ()
        if self.telling.as_json:
            write_json_document(
                {
                    "report": judged.report.to_json(),
                    "signatures": [_signature_json(each) for each in proven],
                }
            )
            return
        say(self.telling.text(judged.report))
        speech = Speech(self.telling.lang)
        for each in proven:
            say()
            for line in _lines(each, speech, depth=0):
                say(line)


def _lines(each: VerifiedSignature, speech: Speech, *, depth: int) -> list[str]:
    indent = "  " * depth
    kind = "timestamped" if each.timestamped else "seen"
    proven = f"{each.best_signature_time:{_MOMENT}}"
    lines = [
        indent + speech.say("document.signed_by", name=each.name),
        f"{indent}  "
        + speech.say(f"document.{kind}", at=proven, level=each.level.value),
    ]
    if each.signing_time is not None:
        claimed = f"{each.signing_time:{_MOMENT}}"
        lines.append(f"{indent}  " + speech.say("document.claimed", at=claimed))
    for counter in each.counter_signatures:
        lines += _lines(counter, speech, depth=depth + 1)
    return lines


def _signature_json(each: VerifiedSignature) -> dict[str, object]:
    claimed = each.signing_time
    return {
        "name": each.name,
        "certificate": each.certificate,
        "anchor": each.anchor,
        "signing_time": None if claimed is None else f"{claimed:%Y-%m-%dT%H:%M:%SZ}",
        "best_signature_time": f"{each.best_signature_time:%Y-%m-%dT%H:%M:%SZ}",
        "timestamped": each.timestamped,
        "level": each.level.value,
        "counter_signatures": [_signature_json(e) for e in each.counter_signatures],
    }
