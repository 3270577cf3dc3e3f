"""What a wallet did and what was signed for it, in words, for its holder."""

from collections.abc import Iterator
from dataclasses import dataclass

from idwallet.codec.text import show
from idwallet.consent.ledger.entry import EntryKind
from idwallet.consent.ledger.history import Happening
from idwallet.consent.receipt import Promise, Receipt, ReceiptOutcome
from idwallet.explain.claims import wallet_words
from idwallet.explain.ledger import claims_shown, ledger_words, write_moment
from idwallet.explain.names import party_name
from idwallet.explain.words import Language


@dataclass(frozen=True, slots=True)
class ExplainedHappening:
    """One occasion in words, safe to show: no value of a claim is in it.

    `title` says who and whether; `moment` when, empty where the entry was erased;
    `shown` has one line for each card; `sending` is what is known of the answer;
    `acted_for` says that what was shown was a child's, empty where it was not.
    """

    title: str
    moment: str = ""
    purpose: str = ""
    shown: tuple[str, ...] = ()
    sending: str = ""
    acted_for: str = ""


def explain_happening(
    happening: Happening, *, lang: Language = "en"
) -> ExplainedHappening:
    """Say what an occasion of `Holder.history` was.

    Raises:
        UsageError: there is no such language.
    """
    words, entry = wallet_words(lang), happening.entry
    if entry is None:
        return ExplainedHappening(words["erased"])
    told = ledger_words(lang)
    party = told["nobody"] if entry.party is None else _party(entry.party.name, lang)
    title = words["declined" if entry.kind is EntryKind.DECLINED else "shown"]
    sending = happening.sending
    return ExplainedHappening(
        title=title.format(party=party),
        moment=write_moment(entry.time, lang=lang),
        purpose="" if entry.purpose is None else show(entry.purpose),
        shown=tuple(
            each.removeprefix("- ") for each in claims_shown(entry.shown, lang=lang)
        ),
        sending="" if sending is None else told["sending"][sending.value],
        acted_for=""
        if entry.acted_for is None
        else words["acted_for"].format(name=show(entry.acted_for.removeprefix("key "))),
    )


def _party(name: str, lang: Language) -> str:
    return party_name(name) or ledger_words(lang)["nobody"]


def explain_receipt(receipt: Receipt, *, lang: Language = "en") -> tuple[str, ...]:
    """Say what somebody signed: what came of it, what they saw, what they keep.

    Whether the receipt is true is for `verify_receipt` to say first.

    Raises:
        UsageError: there is no such language.
    """
    return tuple(_signed(receipt, lang))


def _signed(receipt: Receipt, lang: Language) -> Iterator[str]:
    words = wallet_words(lang)
    if receipt.outcome is ReceiptOutcome.ACCEPTED:
        yield words["receipt_accepted"]
    elif receipt.outcome is ReceiptOutcome.DECLINED:
        yield words["receipt_declined"]
    else:
        yield words["receipt_not_accepted"]
    for each in claims_shown(receipt.disclosed or (), lang=lang):
        yield each.removeprefix("- ")
    if receipt.disclosed:
        yield _promise(receipt.retention, lang)
    if receipt.retention.basis is not None:
        yield words["kept_basis"].format(basis=show(receipt.retention.basis))


def _promise(promise: Promise, lang: Language) -> str:
    words = wallet_words(lang)
    if not promise.kept:
        return words["kept_not"]
    if promise.until is None:
        return words["kept"]
    return words["kept_until"].format(until=write_moment(promise.until, lang=lang))
