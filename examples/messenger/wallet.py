"""The wallet: its cards, what it did, what was signed for it."""

from collections.abc import Iterator

from examples.messenger import losing
from examples.messenger.frame import Frame
from examples.messenger.phone import Phone
from examples.messenger.wards import wards
from examples.web.elements import Html, element, together
from starlette.responses import Response

from idwallet import Outcome, explain, now
from idwallet.consent import Happening, VerifiedReceipt, evaluate_receipt
from idwallet.explain import explain_card, explain_happening, explain_receipt
from idwallet.roles import HeldCredential


def aside(frame: Frame) -> Html:
    """Return the wallet beside a chat."""
    return element(
        "aside",
        {"class": "wallet", "aria-label": frame.words("wallet")},
        frame.live(f"/{frame.me}/wallet/live", _inside(frame)),
    )


def whole(frame: Frame) -> Response:
    """Show the wallet by itself."""
    from examples.messenger.chats import tabs

    main = element(
        "main",
        {"id": "main", "class": "wallet"},
        element("h1", {"class": "said"}, frame.words("wallet")),
        frame.live(f"/{frame.me}/wallet/live", _inside(frame)),
        losing.sections(frame),
    )
    return frame.page(main, tabs(frame, "wallet"), kind="one")


def alone(frame: Frame) -> Response:
    """Return what changes of it."""
    return frame.part(_inside(frame))


def _inside(frame: Frame) -> Html:
    phone, words = frame.messenger.phones[frame.me], frame.words
    name = phone.citizen.called
    return together(
        element("h2", {"class": "wallet-title"}, words("wallet.of", name=name)),
        *_cards(frame, phone),
        *wards(frame, phone),
        losing.restored(frame),
        element(
            "a", {"class": "button quiet", "href": f"/{frame.me}/scan"}, words("scan")
        ),
        element("h3", None, words("history")),
        *_history(frame, phone),
    )


def _cards(frame: Frame, phone: Phone) -> Iterator[Html]:
    at = now()
    cards = phone.holder.credentials()
    if not cards:
        yield element("p", {"class": "soft"}, frame.words("wallet.empty"))
    for card in cards:
        batch = phone.holder.batch(card, at=at)
        told = explain_card(card, at=at, batch=batch, lang=frame.lang)
        against = _against(frame, phone, card=card)
        rows = [
            element(
                "div",
                None,
                element("dt", None, each.name),
                element("dd", None, each.value),
            )
            for each in told.claims
        ]
        yield element(
            "section",
            {"class": "card over" if against or not told.is_valid else "card"},
            element("h3", None, told.title),
            element("p", None, told.issuer),
            element("p", None, told.validity),
            *(element("p", {"class": "beware"}, each) for each in against),
            element(
                "details",
                {"data-key": card.name},
                element("summary", None, frame.words("card.says")),
                element("dl", {"class": "claims"}, *rows),
            ),
            element("p", {"class": "copies"}, told.copies),
        )


def _against(frame: Frame, phone: Phone, *, card: HeldCredential) -> tuple[str, ...]:
    """Return what speaks against a card now, as that its issuer took it back."""
    if not phone.holder.copies(card):
        return ()
    known = frame.messenger.known_to(phone)
    report = phone.holder.evaluate(card, at=now(), trust=known)
    if report.outcome is not Outcome.FAILED:
        return ()
    told = explain(report, lang=frame.lang, reader="holder")
    return tuple(each.text for each in told.lines if each.outcome is Outcome.FAILED)


def _history(frame: Frame, phone: Phone) -> Iterator[Html]:
    history = phone.holder.history()
    if not history:
        yield element("p", {"class": "soft"}, frame.words("history.empty"))
        return
    yield element(
        "ol",
        {"class": "history"},
        *(_happening(frame, phone, happening=each) for each in reversed(history)),
    )


def _happening(frame: Frame, phone: Phone, *, happening: Happening) -> Html:
    told = explain_happening(happening, lang=frame.lang)
    return element(
        "li",
        None,
        element("strong", None, told.title),
        element("p", None, told.acted_for) if told.acted_for else None,
        element(
            "p",
            {"class": "soft"},
            " · ".join(each for each in (told.moment, told.sending) if each),
        ),
        element("ul", None, *(element("li", None, each) for each in told.shown))
        if told.shown
        else None,
        *_receipts(frame, phone, happening=happening),
    )


def _receipts(frame: Frame, phone: Phone, *, happening: Happening) -> Iterator[Html]:
    """Judge each receipt again: what is shown as signed is signed."""
    for index in happening.receipts:
        token = phone.holder.ledger.entry(index).evidence.receipt
        if token is None or happening.entry is None:
            continue
        found = evaluate_receipt(
            token,
            about=happening.entry.occasion(),
            trust=phone.trust,
            policy=phone.policy,
            at=now(),
        )
        if not isinstance(found, VerifiedReceipt):
            yield element("p", {"class": "beware"}, frame.words("receipt.untrue"))
            continue
        lines = explain_receipt(found.receipt, lang=frame.lang)
        yield element(
            "details",
            {"class": "receipt", "data-key": f"receipt{index}"},
            element("summary", None, frame.words("receipt")),
            *(element("p", None, each) for each in lines),
        )
