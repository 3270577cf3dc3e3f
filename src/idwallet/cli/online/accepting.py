"""An offer taken up with a person at a terminal, or a script that agreed before."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import click
from click.exceptions import Exit

from idwallet.cli.bundles import Believed, Pinned
from idwallet.cli.faults import ExitStatus, about, status_of, usage_fault
from idwallet.cli.online.carrying import Carrying
from idwallet.cli.online.issuing import Taking
from idwallet.cli.online.offered import asked_lines
from idwallet.cli.options import moment_or_now
from idwallet.cli.passphrase import asker, read_passphrase
from idwallet.cli.reissue import rfc3339
from idwallet.cli.screen import heading, note, say, write_json_document
from idwallet.cli.verdicts import Telling, personal_claims
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.errors import PortError, VerificationError
from idwallet.explain.words import Language
from idwallet.protocols.openid4vci.wallet import (
    ConfirmOffer,
    Failed,
    OpenBrowser,
    SendFor,
    Wait,
)
from idwallet.roles.receiving.arrived import Refused
from idwallet.roles.receiving.taking import AttestKeys, ConfirmArrived
from idwallet.roles.record import HeldCredential
from idwallet.trust.anchors import Purpose, TrustStore

PART: Final = "offer"
"""The part of the catalogue that has the sentences about offers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepting:
    """An offer taken up as the options say it: each is named as its option is."""

    folder: str
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    trusted_types: tuple[str, ...]
    operator: str | None
    bundle_state: str | None
    seal_file: str | None
    yes: bool
    ca: str | None
    private_hosts: tuple[str, ...]
    trace: bool
    at: datetime | None
    lang: Language
    as_json: bool

    @property
    def carrying(self) -> Carrying:
        """What carries the messages."""
        return Carrying(
            ca=self.ca,
            private_hosts=self.private_hosts,
            trace=self.trace,
            as_json=self.as_json,
        )

    def trust(self) -> TrustStore:
        """Return who is believed.

        Raises:
            Exit: a trust bundle is refused.
            CommandFault: a file cannot be read.
        """
        believed = Believed(
            self.anchors, self.names, Purpose.ISSUE_CREDENTIALS, self.trusted_types
        )
        pinned = Pinned(self.operator, self.bundle_state, self.clock(), "wallet")
        with Telling(self.lang, "holder", self.as_json).refusals():
            return believed.store(pinned)

    @property
    def speech(self) -> Speech:
        """The sentences."""
        return Speech(self.lang, part=PART)

    def clock(self) -> datetime:
        """Return the moment."""
        return moment_or_now(self.at)

    def carry_out(
        self,
        taking: Taking,
        *,
        code_file: str | None = None,
        returned_file: str | None = None,
    ) -> None:
        """Go on until the end, or until there is something to wait for.

        Raises:
            Exit: the person or the issuer refused, or there is something to wait for.
            CommandFault: something that was named cannot be used.
            PortError: the issuer could not be reached; where it stands is kept.
        """
        try:
            self._go_through(taking, code_file, returned_file=returned_file)
        except Exit:
            raise
        except BaseException:
            # Whether the issuer heard the last message nobody knows: ask again later.
            name = taking.broken_off()
            if name is not None:
                note(self.speech.say("offer.held", name=name))
            raise

    def _go_through(
        self, taking: Taking, code_file: str | None, *, returned_file: str | None
    ) -> None:
        while True:
            taking.advance(self._doing)
            step = taking.receiving.step
            if isinstance(step, ConfirmOffer):
                self._confirm(taking, step, code_file=code_file)
            elif isinstance(step, OpenBrowser):
                self._browse(taking, step, returned_file=returned_file)
            elif isinstance(step, Wait):
                self._wait(taking, step)
            elif isinstance(step, AttestKeys):
                self._cannot_attest(taking, step)
            elif isinstance(step, ConfirmArrived):
                self._show(taking, step)
            elif isinstance(step, Failed):
                self._failed(taking, step)
            else:
                self._done(taking)

    def _cannot_attest(self, taking: Taking, step: AttestKeys) -> None:
        for key in step.keys:
            taking.desk.pocket.keys.delete(key.thumbprint)
        taking.finish()
        raise usage_fault(
            "the issuer wants keys that a wallet's provider attests; the keys of this "
            "wallet are files, for which nobody does"
        )

    def _doing(self, purpose: SendFor) -> None:
        if not self.as_json and not self.trace:
            note(self.speech.say(f"offer.doing.{purpose.value}"))

    def _asks(self, question: str) -> bool:
        if self.yes:
            return True
        if not sys.stdin.isatty():
            raise usage_fault("no terminal to ask on: --yes agrees to what is listed")
        return click.confirm(self.speech.say(question), err=True)

    def _confirm(
        self, taking: Taking, step: ConfirmOffer, *, code_file: str | None
    ) -> None:
        taking.named(step.issuer.issuer)
        for line in asked_lines(step, self.speech):
            note(line)
        if not self._asks("offer.question"):
            taking.receiving = taking.receiving.decline(at=self.clock())
            return
        code = None
        if step.transaction_code is not None:
            prompt = self.speech.say("offer.code.prompt")
            code = asker(code_file, option="--code-file")(prompt)
        elif code_file is not None:
            raise usage_fault("this offer wants no transaction code")
        taking.receiving = taking.receiving.accept(
            transaction_code=code, at=self.clock()
        )
        taking.accepted = True

    def _browse(
        self, taking: Taking, step: OpenBrowser, *, returned_file: str | None
    ) -> None:
        if returned_file is None and not sys.stdin.isatty():
            name = taking.hold()
            told = {"outcome": "browser", "open": step.url, "resume": name}
            sentence = self.speech.say("offer.browser", url="") + step.url
            held = self.speech.say("offer.held", name=name)
            self._tell_open(told, f"{sentence}\n{held}")
        if returned_file is None:
            note(self.speech.say("offer.browser", url="") + step.url)
            url: str = click.prompt(self.speech.say("offer.returned"), err=True)
        else:
            url = read_passphrase(returned_file)
        with about("the address"):
            taking.receiving = taking.receiving.returned(url.strip(), at=self.clock())

    def _wait(self, taking: Taking, step: Wait) -> None:
        if self.clock() >= step.until:
            taking.receiving = taking.receiving.poll(at=self.clock())
            return
        name = taking.hold()
        until = rfc3339(step.until)
        told = {"outcome": "pending", "resume": name, "until": until}
        self._tell_open(told, self.speech.say("offer.wait", until=until, name=name))

    def _tell_open(self, told: Mapping[str, object], sentence: str) -> None:
        if self.as_json:
            write_json_document(told)
        else:
            say(sentence)
        raise Exit(ExitStatus.INDETERMINATE)

    def _show(self, taking: Taking, step: ConfirmArrived) -> None:
        """Show whose it is, and ask: an offer of another's account verifies, too."""
        for each in step.arrived:
            said = {"issuer": each.card.issuer}
            kind = self.speech.kind(each.card.credential_type)
            note(heading(self.speech.say("offer.came", kind=kind, **said)))
            for path, value in personal_claims(each.card.claims):
                note(f"  - {self.speech.claim_line(path, value)}")
        at = self.clock()
        yours = self._asks("offer.yours")
        taking.receiving = (
            taking.receiving.store(at=at) if yours else taking.receiving.reject(at=at)
        )
        try:
            taking.advance(lambda _: None)
        except PortError as error:
            # What was decided stands; the issuer is only not told.
            note(self.speech.say("offer.not_told", error=str(error)))
            self._done(taking)

    def _done(self, taking: Taking) -> None:
        taking.finish()
        for each in taking.receiving.refused:
            self._tell_refused(each)
        stored = taking.receiving.stored
        if not stored:
            self._refused(taking)
        if self.as_json:
            issuer = taking.pending.issuer
            cards = [self._document(each, taking) for each in stored]
            told = {"outcome": "stored", "credential_issuer": issuer}
            write_json_document({**told, "credentials": cards})
        else:
            for card in stored:
                kind = self.speech.kind(card.credential_type)
                say(self.speech.say("offer.kept", kind=kind, issuer=card.issuer))
                count = taking.count(card)
                if count > 1:
                    say(self.speech.say("offer.copies", count=count))
        raise Exit(ExitStatus.PASSED)

    def _tell_refused(self, refused: Refused) -> None:
        error = refused.error
        if isinstance(error, VerificationError):
            note(Telling(self.lang, "holder").text(error.report))
        else:
            note(show(f"{refused.name}: {error}"))

    def _document(self, card: HeldCredential, taking: Taking) -> dict[str, object]:
        return {
            "name": card.name,
            "format": card.format.value,
            "type": card.credential_type,
            "issuer": card.issuer,
            "copies": taking.count(card),
        }

    def _refused(self, taking: Taking) -> None:
        errors = [each.error for each in taking.receiving.refused]
        if self.as_json:
            told: dict[str, object] = {
                "outcome": "refused" if errors else "declined",
                "credential_issuer": taking.pending.issuer,
            }
            reports = [
                each.report.to_json()
                for each in errors
                if isinstance(each, VerificationError)
            ]
            write_json_document({**told, "reports": reports} if errors else told)
        else:
            note(self.speech.say("offer.declined"))
        raise Exit(max(map(status_of, errors), default=ExitStatus.FAILED))

    def _failed(self, taking: Taking, step: Failed) -> None:
        taking.finish()
        during = None if step.during is None else step.during.value
        if self.as_json:
            found = {"what": step.what, "clause": step.clause} if step.what else {}
            write_json_document(
                {"outcome": "failed", "error": step.code, "during": during, **found}
            )
        else:
            doing = self.speech.say(f"offer.doing.{during or 'answer'}")
            note(self.speech.say("offer.failed", code=step.code, doing=doing))
            if step.what:
                note(f"  {show(step.what)} ({show(step.clause)})")
        raise Exit(ExitStatus.FAILED)
