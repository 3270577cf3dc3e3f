"""A bank: opens an account for whom it knows, and has payments confirmed.

A payment is confirmed with the account card, and what is confirmed is this amount to
this payee: both are signed with the answer (OpenID4VP 1.0 transaction data, as EU TS12
has it). Another amount, another payee or the same confirmation again pays nothing.
"""

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from examples.messenger.desk import IssuingBot, issued
from examples.messenger.talking import Judged, Talk, World

from idwallet import (
    Query,
    SdJwtVc,
    Unverified,
    VerifiedPresentation,
    Verifier,
    policies,
)
from idwallet.consent import PAYMENT, Promise
from idwallet.protocols import ChatMessage
from idwallet.roles import Supplied

_HOST: Final = "bank.example"
_ACCOUNT: Final = "account"
_LIFE: Final = timedelta(days=14)
_KEPT: Final = timedelta(days=5 * 365)
_OPENING: Final = "opening"
_PAYING: Final = "paying"
# What the purpose profile of an account's opening names, and no more.
_WHO: Final = Query.claims(
    "national-id",
    *("family_name", "given_name", "birth_date", "birth_place", "nationality"),
    "resident_address",
    formats=["dc+sd-jwt"],
)
_CARD: Final = Query.claims("bank-account", "account_number", formats=["dc+sd-jwt"])
_PAYEES: Final = ("Образцовая пекарня", "Вымышленный театр")
_AMOUNTS: Final = (12.5, 48.0)
_BALANCE: Final = 100.0


class Bank(IssuingBot):
    """Opens accounts, and pays what was confirmed."""

    name = "bank"
    order = 50
    buttons = ("open", "pay", "statement", "why", "lost")
    sentences = Path(__file__).with_suffix(".json")
    keeps = _ACCOUNT
    origin = f"https://{_HOST}"
    display = {  # noqa: RUF012 - nobody changes it
        "en": "Exampleton Bank (invented)",
        "ru": "Образцовый банк (вымышленный)",
    }
    configurations = {  # noqa: RUF012 - nobody changes it
        _ACCOUNT: issued(
            "urn:eu.europa.ec.eudi:iban:1",
            scope=_ACCOUNT,
            en="Account card",
            ru="Карта счёта",
        )
    }

    def __init__(self, world: World) -> None:
        """Be known by the certificate of bank.example when it asks."""
        super().__init__(world)
        self._who = self.asks_as(_HOST, "вымышленный банк")

    def greet(self, talk: Talk) -> None:
        """Say what is to be had."""
        talk.say("hello", buttons=("open", "why"))

    def reply(self, talk: Talk, pressed: str | None) -> None:
        """Open an account, have a payment confirmed, or talk."""
        account = _account(talk)
        if pressed == "open" and account is None:
            talk.say("ask")
            talk.ask(
                self._verifier(talk), _WHO, purpose="account-opening", about=_OPENING
            )
        elif pressed == "open":
            talk.say("offer")
            self.offer(talk, [_ACCOUNT])
        elif account is None:
            talk.say("why" if pressed == "why" else "lost", buttons=("open", "why"))
        elif pressed == "pay":
            self._ask_payment(talk, account)
        elif pressed == "statement":
            self._say_statement(talk, account)
        elif pressed == "lost":
            talk.say("revoked", count=self.revoke(talk), buttons=("open",))
        else:
            talk.say("why" if pressed == "why" else "lost", buttons=_NEXT)

    def _verifier(self, talk: Talk) -> Verifier:
        return Verifier(identity=self._who, policy=policies.RETAIL, replay=talk.turn)

    # --- an account -------------------------------------------------------------------

    def judge(self, talk: Talk, came: ChatMessage) -> None:
        """Open an account for whoever was seen, or pay what was confirmed."""
        judged = talk.judge(self._verifier(talk), came)
        if judged is None:
            talk.say("unasked", buttons=_next(talk))
        elif isinstance(judged.result, Unverified):
            self._refuse(talk, judged, came=came)
        elif judged.about == _OPENING:
            self._open(talk, judged, result=judged.result, came=came)
        else:
            self._pay(talk, judged, result=judged.result, came=came)

    def _refuse(self, talk: Talk, judged: Judged, *, came: ChatMessage) -> None:
        if judged.is_declined:
            name = "declined" if judged.about == _OPENING else "not.paid"
            talk.say(name, buttons=_next(talk))
            talk.send_receipt(judged, came)
        else:
            verdict = judged.told(talk.lang)
            talk.say("refused", verdict=verdict, buttons=_next(talk))

    def _open(
        self,
        talk: Talk,
        judged: Judged,
        *,
        result: VerifiedPresentation,
        came: ChatMessage,
    ) -> None:
        until = (talk.turn.at + _KEPT).replace(microsecond=0)
        if _account(talk) is None:
            (shown,) = result.credentials
            talk.turn.keep(
                _ACCOUNT,
                json.dumps(
                    {
                        "iban": f"XX00TEST{secrets.randbelow(10**10):010d}",
                        "family_name": shown.claim_named("family_name", str),
                        "given_name": shown.claim_named("given_name", str),
                        "until": until.isoformat(),
                        "paid": [],
                    }
                ),
            )
        talk.say("opened")
        self._sign_for(talk, judged, came=came, until=until)
        self.offer(talk, [_ACCOUNT])

    def supplied(self, talk: Talk, configuration: str) -> Supplied | None:
        """Make the card of the account that is kept in this chat."""
        account = _account(talk)
        if account is None or configuration != _ACCOUNT:
            return None
        content = SdJwtVc(
            vct="urn:eu.europa.ec.eudi:iban:1",
            claims={
                "iban": account["iban"],
                "issuing_organization": "Образцовый банк",
                "registered_family_name": account["family_name"],
                "registered_given_name": account["given_name"],
                "currency": "EUR",
                "payment_possibility": True,
            },
        )
        return Supplied(content, talk.turn.at + _LIFE)

    def told(self, talk: Talk, configuration: str, *, taken: bool) -> None:
        """Say that it is known what became of the card."""
        name = f"done.{configuration}" if taken else "not.taken"
        talk.say(name, buttons=_next(talk))

    # --- payments ---------------------------------------------------------------------

    def _ask_payment(self, talk: Talk, account: dict[str, list[list[float]]]) -> None:
        number = len(account["paid"])
        payee = _PAYEES[number % len(_PAYEES)]
        amount = _AMOUNTS[number % len(_AMOUNTS)]
        if amount > _left(account):
            talk.say(
                "too.little",
                amount=_money(amount),
                payee=payee,
                left=_money(_left(account)),
                buttons=_NEXT,
            )
            return
        talk.say("confirm", amount=_money(amount), payee=payee)
        payment = {
            "transaction_id": f"TEST-{secrets.token_hex(8)}",
            "payee": payee,
            "amount": {"value": amount, "currency": "EUR"},
        }
        (card,) = _CARD.credentials
        talk.ask(
            self._verifier(talk),
            _CARD,
            purpose="payment",
            about=json.dumps({"about": _PAYING, "number": number, **payment}),
            transactions=[
                {"type": PAYMENT, "credential_ids": [card.id], "payload": payment}
            ],
        )

    def _pay(
        self,
        talk: Talk,
        judged: Judged,
        *,
        result: VerifiedPresentation,
        came: ChatMessage,
    ) -> None:
        """Pay what was asked about: the verdict says that the wallet agreed to it."""
        account, asked = _account(talk), json.loads(judged.about)
        (card,) = result.credentials
        if (
            account is None
            or card.claim_named("account_number", str) != account["iban"]
        ):
            talk.say("other", buttons=_next(talk))
            return
        if asked["number"] != len(account["paid"]):
            # The same invoice was asked about twice, and confirmed twice.
            talk.say("paid.before", buttons=_NEXT)
            return
        account["paid"].append([asked["amount"]["value"], asked["payee"]])
        talk.turn.keep(_ACCOUNT, json.dumps(account))
        talk.say(
            "paid",
            amount=_money(asked["amount"]["value"]),
            payee=asked["payee"],
            buttons=_NEXT,
        )
        # The statement keeps it for as long as the account is kept.
        until = datetime.fromisoformat(str(account["until"]))
        self._sign_for(talk, judged, came=came, until=until)

    def _sign_for(
        self, talk: Talk, judged: Judged, *, came: ChatMessage, until: datetime
    ) -> None:
        keeps = Promise(kept=True, until=until, basis=talk.words("basis"))
        talk.send_receipt(judged, came, keeps=keeps)

    def _say_statement(self, talk: Talk, account: dict[str, list[list[float]]]) -> None:
        count, left = len(account["paid"]), _money(_left(account))
        talk.say("statement", count=count, left=left, buttons=_NEXT)


_NEXT: Final = ("pay", "statement", "lost", "why")


def _account(talk: Talk) -> dict[str, list[list[float]]] | None:
    kept = talk.turn.kept(_ACCOUNT)
    return None if kept is None else json.loads(kept)


def _left(account: dict[str, list[list[float]]]) -> float:
    return _BALANCE - sum(amount for amount, _ in account["paid"])


def _next(talk: Talk) -> tuple[str, ...]:
    return ("open", "why") if _account(talk) is None else _NEXT


def _money(amount: float) -> str:
    return f"{amount:.2f} EUR"


BOT = Bank
