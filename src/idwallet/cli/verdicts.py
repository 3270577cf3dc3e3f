"""Verdicts on the screen, and the exit status that goes with each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from click.exceptions import Exit

from idwallet.cli.faults import OUTCOMES
from idwallet.cli.screen import in_colour_of, note, say, write_json_document
from idwallet.cli.words import Speech
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.model import (
    Unverified,
    VerifiedCredential,
    VerifiedPresentation,
)
from idwallet.credentials.paths import ClaimPath
from idwallet.credentials.sdjwt.structures import NEVER_DISCLOSABLE
from idwallet.errors import VerificationError
from idwallet.explain import explain
from idwallet.explain.words import Language, Reader
from idwallet.report import Report

_OF_THE_CARD: Final = NEVER_DISCLOSABLE | {"iat", "_sd_alg"}


@dataclass(frozen=True, slots=True)
class Telling:
    """How a command was asked to tell a verdict."""

    lang: Language = "en"
    reader: Reader = "integrator"
    as_json: bool = False

    def text(self, report: Report) -> str:
        """Return the verdict in words, its headline in the verdict's colour."""
        told = explain(report, lang=self.lang, reader=self.reader)
        rest = told.text.removeprefix(told.headline)
        return in_colour_of(report.outcome, told.headline) + rest

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """End the program with a verdict that is no pass, beside any result.

        Raises:
            Exit: with the verdict's status, after telling it.
        """
        try:
            yield
        except VerificationError as error:
            if self.as_json:
                write_json_document({"report": error.report.to_json()})
            else:
                note(self.text(error.report))
            raise Exit(OUTCOMES[error.report.outcome]) from error

    def judged(self, judged: VerifiedPresentation | Unverified) -> None:
        """Print the verdict on a presentation, and what it proved."""
        proven = judged.credentials if isinstance(judged, VerifiedPresentation) else ()
        if self.as_json:
            write_json_document(
                {
                    "report": judged.report.to_json(),
                    "credentials": [credential_document(each) for each in proven],
                }
            )
            return
        say(self.text(judged.report))
        if isinstance(judged, VerifiedPresentation):
            tell_proven(judged, Speech(self.lang))


def tell_proven(verified: VerifiedPresentation, speech: Speech) -> None:
    """Print what a presentation proved, credential by credential."""
    for each in verified.credentials:
        say()
        say(_headline(each, speech))
        leaves = list(personal_claims(dict(each.claims)))
        for path, value in leaves:
            say(f"  {speech.claim_line(path, value)}")
        if not leaves:
            say(f"  {speech.say('proven.nothing')}")


def _headline(each: VerifiedCredential, speech: Speech) -> str:
    kind = speech.kind(each.credential_type)
    if each.valid_until is None:
        return speech.say("proven.of_open", kind=kind, issuer=each.issuer)
    until = f"{each.valid_until:%Y-%m-%d %H:%M} UTC"
    return speech.say("proven.of", kind=kind, issuer=each.issuer, until=until)


def personal_claims(claims: JsonObject) -> Iterator[tuple[ClaimPath, JsonValue]]:
    """Yield the leaf claims about the person: not the card's type, key and dates."""
    for path, value in leaf_claims(claims):
        if path[0] not in _OF_THE_CARD:
            yield path, value


def leaf_claims(
    value: JsonValue, path: ClaimPath = ()
) -> Iterator[tuple[ClaimPath, JsonValue]]:
    """Yield every claim that holds no other claims, with its path."""
    if isinstance(value, dict) and (value or path):
        for name, member in value.items():
            yield from leaf_claims(member, (*path, name))
    elif path:
        yield path, value


def credential_document(each: VerifiedCredential) -> dict[str, object]:
    """Return one proven credential as JSON."""
    until = each.valid_until
    return {
        "query": each.query_id,
        "format": each.format.value,
        "type": each.credential_type,
        "issuer": each.issuer,
        "valid_until": None if until is None else f"{until:%Y-%m-%dT%H:%M:%SZ}",
        "claims": dict(each.claims),
    }
