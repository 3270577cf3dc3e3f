"""`idwallet status check`: what a list says about a place, and as of when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import click
from click.exceptions import Exit

from idwallet import limits
from idwallet.cli.faults import OUTCOMES, CommandFault, ExitStatus, about, name_of
from idwallet.cli.files import read_input, require_one_stream, without_space
from idwallet.cli.options import (
    Duration,
    at_option,
    json_option,
    lang_option,
    moment_or_now,
    trust_option,
)
from idwallet.cli.screen import in_colour_of, say, write_json_document
from idwallet.cli.trusted import read_certificates, read_trust
from idwallet.cli.words import Speech
from idwallet.explain.words import Language
from idwallet.report import Outcome
from idwallet.roles.issuer import read_chain
from idwallet.trust.anchors import Purpose
from idwallet.trust.policies import STRICT
from idwallet.trust.signer import SignerFound, resolve_signer
from idwallet.trust.status_list import (
    FreshnessRule,
    ListContext,
    ListJudgement,
    ListRefused,
    ListSource,
    StaleRule,
    StatusList,
    StatusReason,
    evaluate_status_list,
    judge_status,
    read_entry,
)

_OUTCOMES: Final = {
    StatusReason.VALID: Outcome.PASSED,
    StatusReason.VALID_STALE_ACCEPTED: Outcome.PASSED,
    StatusReason.REVOKED: Outcome.FAILED,
    StatusReason.SUSPENDED: Outcome.FAILED,
    StatusReason.INDEX_OUT_OF_BOUNDS: Outcome.FAILED,
}
"""Every other reason leaves it open."""


@click.command("check")
@click.argument("status_list", metavar="LIST")
@click.option(
    "--status-list",
    "uri",
    required=True,
    metavar="URI",
    help="The address that the credential names, and LIST was got from.",
)
@click.option(
    "--status-index",
    "index",
    type=click.IntRange(min=0),
    required=True,
    metavar="N",
    help="The index that the credential names.",
)
@trust_option("signers of lists, and of credentials,")
@click.option(
    "--issuer",
    metavar="FILE",
    help="The chain of who issued the credential: may the list speak about it?",
)
@click.option(
    "--max-age",
    type=Duration(),
    default="24h",
    show_default=True,
    help="Refuse a list that was signed longer ago, whatever it says itself.",
)
@click.option(
    "--accept-stale",
    is_flag=True,
    help="Rely on a list that is past its time to live, and say so.",
)
@at_option
@lang_option
@json_option
def check_command(**given: Any) -> None:  # options by name, as declared above
    """Say what the status list in the file LIST says about a place, and as of when.

    LIST is a token as JWT or CWT. Nothing is fetched. A list that is refused, for
    whatever reason, says neither yes nor no.
    """
    _Order(**given).carry_out()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """Everything the command was given, by the names of its options."""

    status_list: str
    uri: str
    index: int
    anchors: tuple[str, ...]
    names: tuple[str, ...]
    issuer: str | None
    max_age: timedelta
    accept_stale: bool
    at: datetime | None
    lang: Language
    as_json: bool

    def carry_out(self) -> None:
        require_one_stream(self.status_list, self.issuer, *self.anchors)
        token = without_space(
            read_input(self.status_list, max_bytes=limits.STATUS_LIST_TOKEN_BYTES)
        )
        context = self._context()
        issuer = self._issuer(context)
        source = ListSource(self.uri, issuer=issuer)
        found = evaluate_status_list(token, source, context=context)
        judged = self._judged(found, issuer, context=context)
        outcome = _OUTCOMES.get(judged.reason, Outcome.INDETERMINATE)
        self._tell(found, judged, outcome=outcome, at=context.at)
        raise Exit(OUTCOMES[outcome])

    def _context(self) -> ListContext:
        # With an issuer, whoever stands above it also says who signs its lists.
        purpose = (
            Purpose.SIGN_STATUS_LISTS
            if self.issuer is None
            else Purpose.ISSUE_CREDENTIALS
        )
        trust = read_trust(self.anchors, names=self.names, purpose=purpose)
        stale = StaleRule.ACCEPTED if self.accept_stale else StaleRule.REFUSED
        rule = FreshnessRule(stale, self.max_age)
        return ListContext(trust, STRICT, rule, moment_or_now(self.at))

    def _issuer(self, context: ListContext) -> SignerFound | None:
        if self.issuer is None:
            return None
        data = read_certificates(self.issuer)
        with about(self.issuer, remedy="the chain of the issuer as PEM"):
            chain = read_chain(data)
        found = resolve_signer(
            tuple(each.der for each in chain),
            kid=None,
            name=None,
            store=context.trust,
            purpose=Purpose.ISSUE_CREDENTIALS,
            at=context.at,
            algorithms=context.policy.algorithms,
        )
        if isinstance(found, SignerFound):
            return found
        raise CommandFault(
            f"{name_of(self.issuer)}: not believed under --trust: {found.reason}",
            status=ExitStatus.FAILED,
        )

    def _judged(
        self,
        found: StatusList | ListRefused,
        issuer: SignerFound | None,
        *,
        context: ListContext,
    ) -> ListJudgement:
        if issuer is None:
            return read_entry(found, uri=self.uri, index=self.index, context=context)
        return judge_status(
            found, uri=self.uri, index=self.index, issuer=issuer, context=context
        )

    def _tell(
        self,
        found: StatusList | ListRefused,
        judged: ListJudgement,
        *,
        outcome: Outcome,
        at: datetime,
    ) -> None:
        if self.as_json:
            write_json_document(
                _document(self, found, judged=judged, outcome=outcome, at=at)
            )
            return
        speech = Speech(self.lang, part="status")
        say(in_colour_of(outcome, speech.say(f"status.{judged.reason}")))
        for line in _lines(self, found, judged=judged, speech=speech, at=at):
            say(line)


def _lines(
    order: _Order,
    found: StatusList | ListRefused,
    *,
    judged: ListJudgement,
    speech: Speech,
    at: datetime,
) -> Iterator[str]:
    yield speech.say("status.place", index=str(order.index), uri=order.uri)
    if judged.as_of is not None:
        signed, moment = _shown(judged.as_of), _shown(at)
        yield speech.say("status.as_of", signed=signed, at=moment)
    if judged.refused is not None:
        fault = speech.say(f"status.fault.{judged.refused.fault}")
        yield speech.say("status.refused", fault=fault)
    if judged.status is not None:
        yield speech.say("status.value", number=judged.status.number)
    if isinstance(found, StatusList):
        yield speech.say("status.entries", entries=found.size, bits=found.bits)
        if found.ttl is not None:
            fresh = _shown(found.issued + found.ttl)
            yield speech.say("status.fresh", until=fresh)
        if found.expires is not None:
            yield speech.say("status.expires", until=_shown(found.expires))
        yield speech.say("status.issuer" if order.issuer else "status.no_issuer")
        yield speech.say("status.no_revocation")


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _document(
    order: _Order,
    found: StatusList | ListRefused,
    *,
    judged: ListJudgement,
    outcome: Outcome,
    at: datetime,
) -> dict[str, object]:
    list_: dict[str, object] = {}
    if isinstance(found, StatusList):
        list_ = {
            "entries": found.size,
            "bits": found.bits,
            "ttl": None if found.ttl is None else int(found.ttl.total_seconds()),
            "expires": _written(found.expires),
            "aggregation_uri": found.aggregation_uri,
        }
    return {
        "outcome": outcome.value,
        "reason": judged.reason.value,
        "place": {"idx": order.index, "uri": order.uri},
        "status": None if judged.status is None else judged.status.number,
        "as_of": _written(judged.as_of),
        "at": _written(at),
        "issuer_judged": order.issuer is not None,
        "refused": None if judged.refused is None else judged.refused.fault.value,
        "list": list_ or None,
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"
