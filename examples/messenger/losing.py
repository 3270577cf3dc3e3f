"""Backups, and what to do once a phone is lost: said and done on the wallet's page."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from examples.messenger.frame import Frame
from examples.messenger.people import FINDER
from examples.messenger.phone import Phone
from examples.messenger.talking import words_of
from examples.web.elements import Html, element, together
from examples.web.language import Words

from idwallet import now
from idwallet.explain import show
from idwallet.roles import Backup, kept_backups

_SENTENCES = Path(__file__).with_suffix(".json")
_SHOWN = 10


def sections(frame: Frame) -> Html:
    """Return what stands under a wallet: backup, loss, and what is left to restore."""
    words = words_of(_SENTENCES, frame.lang)
    if frame.me == FINDER:
        return element("p", {"class": "beware"}, words("finder"))
    return together(_backup(frame, words), _restore(frame, words), _loss(frame, words))


def restored(frame: Frame) -> Html | None:
    """Return what a backup brought: what to get anew, whom to tell, the history."""
    phone = frame.messenger.phones[frame.me]
    found = kept_backups(phone.holder.vault)
    if found is None:
        return None
    words = words_of(_SENTENCES, frame.lang)
    return element(
        "section",
        {"class": "showing", "id": "restored"},
        element("h3", None, words("restored")),
        *_left(frame, phone, found=found, words=words),
        element("h3", None, words("before")),
        *_before(found, words),
    )


def _left(frame: Frame, phone: Phone, *, found: Backup, words: Words) -> Iterator[Html]:
    left = found.to_reissue(phone.holder.credentials())
    if not left:
        yield element("p", {"class": "fine"}, words("nothing.left"))
        return
    yield element("p", None, words("left"))
    yield element(
        "ul",
        None,
        *(
            element("li", None, f"{_called(each, frame)}: ", _chat(frame, each))
            for each, _ in left
        ),
    )
    revoke = len(found.to_revoke(at=now()))
    yield element("p", {"class": "soft"}, words("revoke", count=revoke))


def _called(listed: object, frame: Frame) -> str:
    kind = getattr(listed, "credential_type", "")
    for bot in frame.messenger.bots.values():
        for each in getattr(bot, "configurations", {}).values():
            if each.credential_type == kind:
                return next(d.name for d in each.display if d.locale == frame.lang)
    return show(kind)


def _chat(frame: Frame, listed: object) -> Html:
    issuer = _common_name(getattr(listed, "issuer", ""))
    for bot in frame.messenger.bots.values():
        if getattr(bot, "origin", None) == f"https://{issuer}":
            where = f"/{frame.me}/chat/{bot.name}"
            return element("a", {"href": where}, frame.title_of(bot))
    return element("span", None, issuer)


def _before(found: Backup, words: Words) -> Iterator[Html]:
    """Yield what the lost phone had shown, as its backup says."""
    if not found.transactions:
        yield element("p", {"class": "soft"}, words("before.none"))
        return
    yield element("p", {"class": "soft"}, words("before.word"))
    yield element(
        "ol",
        {"class": "history"},
        *(
            element(
                "li",
                None,
                element("strong", None, _named(each)),
                element("p", {"class": "soft"}, _moment(each)),
            )
            for each in list(found.transactions)[-_SHOWN:][::-1]
        ),
    )


def _named(transaction: Mapping[str, object]) -> str:
    return _common_name(str(transaction.get("interactingPartyName", "")))


def _moment(transaction: Mapping[str, object]) -> str:
    return show(str(transaction.get("time", ""))).replace("T", " ")


def _common_name(name: str) -> str:
    """Return what people call somebody, of a distinguished name."""
    return show(name.partition("CN=")[2].partition(",")[0] or name)


def _backup(frame: Frame, words: Words) -> Html:
    return element(
        "section",
        {"class": "care"},
        element("h3", None, words("backup")),
        element("p", None, words("backup.what")),
        element(
            "form",
            {"method": "post", "action": f"/{frame.me}/backup"},
            _secret(words, "backup"),
            element("button", None, words("backup.save")),
        ),
    )


def _restore(frame: Frame, words: Words) -> Html:
    failed = frame.request.query_params.get("restored") == "no"
    return element(
        "section",
        {"class": "care"},
        element("h3", None, words("restore")),
        element("p", None, words("restore.what")),
        element("p", {"class": "beware", "role": "alert"}, words("restore.failed"))
        if failed
        else None,
        element(
            "form",
            {"method": "post", "action": f"/{frame.me}/restore"},
            element("label", {"for": "file"}, words("restore.file")),
            element(
                "input",
                {"id": "file", "type": "file", "accept": ".jwe", "data-into": "text"},
            ),
            element("label", {"for": "text"}, words("restore.text")),
            element(
                "textarea",
                {"id": "text", "name": "text", "required": True, "rows": "3"},
            ),
            _secret(words, "restore"),
            element("button", None, words("restore.do")),
        ),
    )


def _secret(words: Words, name: str) -> Html:
    return together(
        element("label", {"for": f"{name}-secret"}, words("secret")),
        element(
            "input",
            {
                "id": f"{name}-secret",
                "name": "secret",
                "type": "password",
                "required": True,
                "minlength": "8",
                "autocomplete": "new-password" if name == "backup" else "off",
            },
        ),
    )


def _loss(frame: Frame, words: Words) -> Html:
    return element(
        "section",
        {"class": "care"},
        element("h3", None, words("lost")),
        element("p", None, words("lost.what")),
        element(
            "form",
            {"method": "post", "action": f"/{frame.me}/lost"},
            element("button", {"class": "quiet"}, words("lost.do")),
        ),
    )
