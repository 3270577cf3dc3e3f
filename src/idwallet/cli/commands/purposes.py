"""`idwallet purposes`: what may be asked for which purpose, and by which source."""

from collections.abc import Iterator
from datetime import datetime

import click

from idwallet.cli.bundles import Pinned, operator_option
from idwallet.cli.faults import usage_fault
from idwallet.cli.options import at_option, json_option, lang_option, moment_or_now
from idwallet.cli.profiles import known_purposes, profiles_option, read_profile
from idwallet.cli.screen import heading, say, write_json_document
from idwallet.cli.verdicts import Telling
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.consent.purpose import (
    CredentialNeeds,
    ProfileClaim,
    PurposeProfile,
    Purposes,
)
from idwallet.credentials.catalogue import Display, catalogue
from idwallet.explain.consent import consent_words, tell_retention
from idwallet.explain.words import Language


@click.group("purposes")
def purposes_command() -> None:
    """Say what may be asked for which purpose, and by which source."""


def _bundle_option(function: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--trust",
        "bundle",
        metavar="FILE",
        help="A trust bundle that brings purpose profiles; needs --operator.",
    )(function)


@purposes_command.command("list")
@profiles_option
@_bundle_option
@operator_option(required=False)
@at_option
@lang_option
@json_option
def list_command(  # noqa: PLR0913 - one parameter for each option
    *,
    profiles: tuple[str, ...],
    bundle: str | None,
    operator: str | None,
    bundle_state: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """List the purposes that are known, and who brought each."""
    pinned = Pinned(operator, bundle_state, moment_or_now(at), "wallet")
    known = _known(
        profiles, bundle, pinned=pinned, telling=Telling(lang, "holder", as_json)
    )
    if as_json:
        write_json_document(
            {
                "purposes": [_document(each) for each in known.by_name.values()],
                "set_aside": [_document(each) for each in known.set_aside],
            }
        )
        return
    speech = Speech(lang)
    for each in known.by_name.values():
        told = _Told(each, lang)
        say(f"{heading(each.name)}: {told.display(each.display)}")
        say(f"  {told.origin()}")
    for each in known.set_aside:
        say(speech.say("purposes.set_aside", name=each.name, version=each.version))


@purposes_command.command("show")
@click.argument("name")
@profiles_option
@_bundle_option
@operator_option(required=False)
@at_option
@lang_option
@json_option
def show_command(  # noqa: PLR0913 - one parameter for each option
    *,
    name: str,
    profiles: tuple[str, ...],
    bundle: str | None,
    operator: str | None,
    bundle_state: str | None,
    at: datetime | None,
    lang: Language,
    as_json: bool,
) -> None:
    """Show the purpose NAME: what it needs, what would do instead, and its sources."""
    pinned = Pinned(operator, bundle_state, moment_or_now(at), "wallet")
    known = _known(
        profiles, bundle, pinned=pinned, telling=Telling(lang, "holder", as_json)
    )
    found = known.find(name)
    if found is None:
        raise usage_fault(
            "no such purpose; those known are " + ", ".join(known.by_name)
        )
    _show(found, lang=lang, as_json=as_json)


@purposes_command.command("check")
@click.argument("file")
@lang_option
@json_option
def check_command(*, file: str, lang: Language, as_json: bool) -> None:
    """Read the purpose profile in FILE, and show it if it keeps to the format."""
    _show(read_profile(file), lang=lang, as_json=as_json)


def _known(
    profiles: tuple[str, ...],
    bundle: str | None,
    *,
    pinned: Pinned,
    telling: Telling,
) -> Purposes:
    if bundle is None and (pinned.operator or pinned.state):
        raise usage_fault("--operator is for a trust bundle in --trust")
    with telling.refusals():
        return known_purposes(
            profiles, bundles=() if bundle is None else (bundle,), pinned=pinned
        )


def _show(profile: PurposeProfile, *, lang: Language, as_json: bool) -> None:
    if as_json:
        write_json_document(_document(profile))
        return
    for line in _Told(profile, lang).lines():
        say(line)


class _Told:
    """One profile in words."""

    def __init__(self, profile: PurposeProfile, lang: Language) -> None:
        self._profile = profile
        self._lang = lang
        self._words = consent_words(lang)
        self._speech = Speech(lang)

    def display(self, display: Display) -> str:
        """Return the name for people, made safe."""
        return show(display.ru if self._lang == "ru" else display.en)

    def origin(self) -> str:
        """Return who brought it, and its version."""
        return self._speech.say(
            "purposes.origin",
            version=self._profile.version,
            origin=self._words["origins"][self._profile.origin.value],
        )

    def lines(self) -> Iterator[str]:
        """Yield all of it."""
        profile, say = self._profile, self._speech.say
        yield f"{heading(profile.name)}: {self.display(profile.display)}"
        yield f"  {self.origin()}"
        for each in profile.credentials:
            yield say("purposes.of", kind=self._kind(each))
            yield from self._needs(each)
        yield tell_retention(profile.retention, self._lang)
        yield say("purposes.sources")
        for source in profile.sources:
            basis = self._words["bases"][source.basis.value]
            yield f"  - {self.display(source.title)} ({basis})"
            dated = "" if source.dated is None else source.dated.isoformat()
            dates = {"dated": dated, "read": source.read.isoformat()}
            sentence = "purposes.dates" if dated else "purposes.read"
            yield f"      {say(sentence, **dates)}"
            yield f"      {show(source.note, limit=len(source.note) + 1)}"

    def _kind(self, needs: CredentialNeeds) -> str:
        listed = catalogue().get(needs.credential)
        return needs.credential if listed is None else self.display(listed.display)

    def _needs(self, needs: CredentialNeeds) -> Iterator[str]:
        say, kind = self._speech.say, needs.credential
        either = say("purposes.or")
        for group in needs.needed:
            claims = either.join(self._claim(kind, each) for each in group)
            yield f"  - {say('purposes.needed', claim=claims)}"
        for each in needs.optional:
            yield f"  - {say('purposes.optional', claim=self._claim(kind, each))}"
        for much, these in needs.instead:
            do = ", ".join(self._claim(kind, each) for each in these)
            too_much = say(
                "purposes.instead", claim=self._claim(kind, much), instead=do
            )
            yield f"  - {too_much}"

    def _claim(self, kind: str, claim: ProfileClaim) -> str:
        listed = catalogue().get(kind)
        found = None if listed is None else listed.claims.get(claim.name)
        return claim.name if found is None else self.display(found.display)


def _document(profile: PurposeProfile) -> dict[str, object]:
    retention = profile.retention
    return {
        "name": profile.name,
        "version": profile.version,
        "origin": profile.origin.value,
        "supersedes": profile.supersedes,
        "display": _both(profile.display),
        "credentials": {
            each.credential: {
                "needed": [[claim.name for claim in group] for group in each.needed],
                "optional": [claim.name for claim in each.optional],
                "instead": {
                    much.name: [claim.name for claim in these]
                    for much, these in each.instead
                },
            }
            for each in profile.credentials
        },
        "retention": None
        if retention is None
        else {
            "days": retention.days,
            "counted": retention.counted.value,
            "basis": _both(retention.basis),
        },
        "sources": [
            {
                "title": _both(each.title),
                "basis": each.basis.value,
                "dated": None if each.dated is None else each.dated.isoformat(),
                "read": each.read.isoformat(),
                "note": each.note,
            }
            for each in profile.sources
        ],
    }


def _both(display: Display) -> dict[str, str]:
    return {"en": display.en, "ru": display.ru}
