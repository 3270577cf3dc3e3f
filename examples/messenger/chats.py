"""The chats: the list, a chat, and one message to decide about."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from examples.messenger.frame import Frame, clock_of
from examples.messenger.handling import Case, Room
from examples.messenger.people import CITIZENS
from examples.messenger.post import Message, Turn
from examples.messenger.talking import Bot, buttons_of, words_of
from examples.messenger.wallet import aside
from examples.web.elements import Html, element, together
from starlette.responses import Response

from idwallet.errors import IdWalletError
from idwallet.protocols import ChatKind, ChatMessage, read_chat

_CARRIED = frozenset({ChatKind.CARRIED_REQUEST, ChatKind.CARRIED_RESPONSE})


def gone(frame: Frame) -> Html:
    """Say that there is no such thing."""
    return element(
        "main",
        {"id": "main", "class": "home"},
        element("h1", None, frame.words("gone")),
        element("a", {"class": "button", "href": "/"}, frame.words("back.home")),
    )


def nobody_chosen(frame: Frame) -> Response:
    """Show the list, and ask to choose."""
    words = frame.words
    main = element(
        "main",
        {"id": "main", "class": "empty"},
        element("h1", None, words("choose", name=CITIZENS[frame.me].called)),
        element("p", None, words("choose.first")),
    )
    return frame.page(
        _list(frame), main, aside(frame), _tabs(frame, "chats"), kind="list"
    )


# --- the list of chats --------------------------------------------------------------


def list_alone(frame: Frame) -> Response:
    """Return what changes of the list."""
    return frame.part(_entries(frame))


def _list(frame: Frame) -> Html:
    return element(
        "nav",
        {"class": "chats", "aria-label": frame.words("chats")},
        frame.live(f"/{frame.me}/list?at={_at(frame)}", _entries(frame)),
    )


def _at(frame: Frame) -> str:
    return "" if frame.bot is None else frame.bot.name


def _entries(frame: Frame) -> Html:
    here = frame.request.query_params.get("at", _at(frame))
    items = []
    for bot in frame.messenger.bots.values():
        with frame.messenger.post.look(frame.me, bot.name) as turn:
            told = _snippet(frame, bot, last=turn.chat(last=30))
        items.append(
            element(
                "li",
                None,
                element(
                    "a",
                    {
                        "href": f"/{frame.me}/chat/{bot.name}",
                        "aria-current": "page" if bot.name == here else None,
                    },
                    _face(bot),
                    element(
                        "span",
                        {"class": "entry"},
                        element("strong", None, frame.title_of(bot)),
                        element("span", {"class": "soft"}, told),
                    ),
                ),
            )
        )
    return element("ul", None, *items)


def _face(bot: Bot) -> Html:
    return element(
        "img",
        {
            "class": "face",
            "src": f"/pictures/{bot.name}.svg",
            "alt": "",
            "width": "40",
            "height": "40",
        },
    )


def _snippet(frame: Frame, bot: Bot, *, last: Sequence[Message]) -> str:
    """Return the last thing that a person would call a message."""
    for each in reversed(last):
        came = _read(each.text)
        if came is None:
            return each.text
        if came.kind not in _CARRIED:
            words = frame.words
            return words.optional(f"kind.{came.kind.value}") or words("kind.other")
    return words_of(bot.sentences, frame.lang)("about")


# --- a chat -------------------------------------------------------------------------


def chat(frame: Frame) -> Response:
    """Show a chat."""
    if frame.bot is None:
        return frame.page(gone(frame), status=404)
    words, bot = frame.words, frame.bot
    raw = frame.shows_raw
    head = element(
        "div",
        {"class": "chat-head"},
        element("a", {"class": "back", "href": f"/{frame.me}"}, words("back.chats")),
        _face(bot),
        element(
            "div",
            None,
            element("h1", None, frame.title_of(bot)),
            element("p", {"class": "soft"}, words("bot")),
        ),
        element(
            "a",
            {
                "class": "toggle",
                "href": f"/{frame.me}/chat/{bot.name}?raw={'no' if raw else 'yes'}",
                "role": "button",
                "aria-pressed": "true" if raw else "false",
            },
            words("raw"),
        ),
    )
    main = element(
        "main",
        {"id": "main", "class": "chat"},
        head,
        frame.live(
            f"/{frame.me}/chat/{bot.name}/log",
            _log(frame, bot),
            **{
                "class": "scroll",
                "data-bottom": "yes",
                "role": "log",
                "aria-label": words("log"),
                # Who has no mouse scrolls it, too.
                "tabindex": "0",
            },
        ),
        _composer(frame, bot),
    )
    return frame.page(
        _list(frame), main, aside(frame), _tabs(frame, "chats"), kind="talk"
    )


def log_alone(frame: Frame) -> Response:
    """Return what changes of a chat."""
    if frame.bot is None:
        return Response(status_code=404)
    return frame.part(_log(frame, frame.bot))


def _log(frame: Frame, bot: Bot) -> Html:
    with frame.messenger.post.look(frame.me, bot.name) as turn:
        messages = [(each, _read(each.text)) for each in turn.chat()]
        buttons = buttons_of(turn, bot, person=frame.me)
        bubbles = list(_bubbles(frame, turn, messages=messages))
    return together(
        element(
            "ol",
            {"class": "log"},
            *bubbles,
        ),
        _buttons(frame, bot, names=buttons),
    )


def _bubbles(
    frame: Frame,
    turn: Turn,
    *,
    messages: Sequence[tuple[Message, ChatMessage | None]],
) -> Iterator[Html]:
    def is_carried(each: tuple[Message, ChatMessage | None]) -> bool:
        return each[1] is not None and each[1].kind in _CARRIED

    for carried, some in groupby(messages, key=is_carried):
        group = list(some)
        if not carried or frame.shows_raw:
            for message, came in group:
                yield _bubble(frame, turn, message=message, came=came)
            continue
        yield element(
            "li",
            {"class": "technical"},
            frame.words("technical", count=len(group)),
        )


def _bubble(
    frame: Frame, turn: Turn, *, message: Message, came: ChatMessage | None
) -> Html:
    mine = message.sender == frame.me
    inside: Html | None = None
    if came is not None:
        phone = frame.messenger.phones[frame.me]
        found = frame.messenger.rooms.find(
            phone, turn, message=message, came=came, lang=frame.lang
        )
        if found is not None:
            room, case = found
            inside = room.bubble(case)
    kind = "talk" if came is None else came.kind.value
    who = frame.words("you") if mine else frame.words("it")
    return element(
        "li",
        {"class": f"bubble {'mine' if mine else 'theirs'} {kind}"},
        element("span", {"class": "said"}, who),
        inside or element("p", None, message.text),
        element("time", None, clock_of(message.at)),
        element("pre", {"class": "raw", "tabindex": "0"}, message.text)
        if frame.shows_raw
        else None,
    )


def _buttons(frame: Frame, bot: Bot, *, names: Sequence[str]) -> Html | None:
    if not names:
        return None
    words = words_of(bot.sentences, frame.lang)
    return element(
        "form",
        {
            "class": "replies",
            "method": "post",
            "action": f"/{frame.me}/chat/{bot.name}",
        },
        *(
            element(
                "button",
                {"name": "text", "value": words(f"press.{each}")},
                words(f"press.{each}"),
            )
            for each in names
        ),
    )


def _composer(frame: Frame, bot: Bot) -> Html:
    words = frame.words
    return element(
        "form",
        {
            "class": "composer",
            "method": "post",
            "action": f"/{frame.me}/chat/{bot.name}",
        },
        element("label", {"class": "said", "for": "text"}, words("write")),
        element(
            "input",
            {
                "id": "text",
                "name": "text",
                "placeholder": words("write"),
                "autocomplete": "off",
            },
        ),
        element("button", None, words("send")),
    )


def _tabs(frame: Frame, here: str) -> Html:
    links = [
        element(
            "a",
            {"href": address, "aria-current": "page" if name == here else None},
            frame.words(f"tab.{name}"),
        )
        for name, address in (
            ("chats", f"/{frame.me}"),
            ("wallet", f"/{frame.me}/wallet"),
            ("scan", f"/{frame.me}/scan"),
        )
    ]
    return element("nav", {"class": "tabs", "aria-label": frame.words("tabs")}, *links)


tabs = _tabs


def at_a_till(frame: Frame, inside: Html) -> Response:
    """Show what the phone shows at a till."""
    main = element(
        "main",
        {"id": "main", "class": "deciding"},
        frame.live(f"/{frame.me}/scan/live", inside, **{"data-always": "yes"}),
    )
    return frame.page(
        _list(frame), main, aside(frame), _tabs(frame, "scan"), kind="talk"
    )


# --- one message to decide about ----------------------------------------------------


def message(frame: Frame) -> Response:
    """Show what is to be decided about a message, large."""
    inside = _decision(frame)
    if inside is None:
        return frame.page(gone(frame), status=404)
    number = frame.request.path_params["number"]
    main = element(
        "main",
        {"id": "main", "class": "deciding"},
        frame.live(f"/{frame.me}/message/{number}/live", inside),
    )
    return frame.page(
        _list(frame), main, aside(frame), _tabs(frame, "chats"), kind="talk"
    )


def message_alone(frame: Frame) -> Response:
    """Return what changes of it."""
    inside = _decision(frame)
    return Response(status_code=404) if inside is None else frame.part(inside)


def _decision(frame: Frame) -> Html | None:
    with frame.messenger.post.look(frame.me) as turn:
        found = turn.message(frame.request.path_params["number"])
    came = None if found is None else _read(found.text)
    if found is None or came is None or found.sender == frame.me:
        return None
    with frame.messenger.post.look(frame.me, found.sender) as turn:
        phone = frame.messenger.phones[frame.me]
        room = frame.messenger.rooms.find(
            phone, turn, message=found, came=came, lang=frame.lang
        )
        return None if room is None else _screen(frame, room[0], case=room[1])


def _screen(frame: Frame, room: Room, *, case: Case) -> Html:
    back = element(
        "a",
        {"class": "back", "href": f"/{frame.me}/chat/{case.message.sender}"},
        frame.words("back.chat"),
    )
    inside = room.screen(case) or element(
        "p", {"class": "note"}, frame.words("nothing.to.decide")
    )
    title = element("h1", None, case.words("title"))
    return together(back, title, inside)


def _read(text: str) -> ChatMessage | None:
    try:
        return read_chat(text)
    except IdWalletError:
        return None
