"""The page: whose phone it is, the chats, one message at a time, the wallet."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from urllib.parse import quote

from examples.messenger import chats, wallet
from examples.messenger.frame import Frame
from examples.messenger.home import home
from examples.messenger.messenger import Messenger
from examples.messenger.people import CITIZENS
from examples.messenger.scanning import Scanner, screen
from examples.web.language import language_of
from examples.web.pages import body_of, form_of
from examples.web.running import HERE, HOST, STATIC, SafeHeaders
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from idwallet.errors import IdWalletError

_OWN: Final = Path(__file__).parent
_BACKUP_BYTES: Final = 1_048_576
_MESSAGE_BYTES: Final = 200_000  # whoever likes may type what a wallet would say
_PICTURE_BYTES: Final = 8_000_000
_Draw = Callable[[Frame], Response]
_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")


class Page:
    """The page; its methods answer one address each."""

    def __init__(self, messenger: Messenger) -> None:
        """Take what it shows."""
        self._messenger = messenger
        self._scanner = Scanner(lambda: messenger.phones)

    def app(self) -> Starlette:
        """Return the application."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/begin-anew", self.begin_anew, methods=["POST"]),
                Route("/beats", self.beats),
                Route("/pictures/{bot}.svg", self.picture),
                Mount("/static", StaticFiles(directory=STATIC)),
                Mount("/own", StaticFiles(directory=_OWN / "static")),
                Route("/{person}", self.chats),
                Route("/{person}/list", self.list),
                Route("/{person}/chat/{bot}", self.chat),
                Route("/{person}/chat/{bot}", self.say, methods=["POST"]),
                Route("/{person}/chat/{bot}/log", self.log),
                Route("/{person}/message/{number:int}", self.message),
                Route("/{person}/message/{number:int}", self.press, methods=["POST"]),
                Route("/{person}/message/{number:int}/live", self.message_live),
                Route("/{person}/message/{number:int}/file", self.file),
                Route("/{person}/scan", self.scan),
                Route("/{person}/scan", self.scan_read, methods=["POST"]),
                Route("/{person}/scan/picture", self.scan_picture, methods=["POST"]),
                Route("/{person}/scan/live", self.scan_live),
                Route("/{person}/scan/code.svg", self.scan_code),
                Route("/{person}/wallet", self.wallet),
                Route("/{person}/wallet/live", self.wallet_live),
                Route("/{person}/backup", self.backup, methods=["POST"]),
                Route("/{person}/restore", self.restore, methods=["POST"]),
                Route("/{person}/lost", self.lost, methods=["POST"]),
            ],
            middleware=[
                Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, HERE]),
                Middleware(SafeHeaders),
            ],
        )

    async def home(self, request: Request) -> Response:
        """Say what this is."""
        return await self._drawn(request, home)

    async def chats(self, request: Request) -> Response:
        """Show who there is to talk to."""
        return await self._drawn(request, chats.nobody_chosen)

    async def list(self, request: Request) -> Response:
        """Return the list of chats alone."""
        return await self._drawn(request, chats.list_alone)

    async def chat(self, request: Request) -> Response:
        """Show a chat."""
        frame = self._frame(request)
        if frame.bot is None or frame.person is None:
            return self._gone(frame)
        await self._done(
            self._messenger.open_chat, frame.person, frame.bot.name, lang=frame.lang
        )
        return await self._drawn(request, chats.chat)

    async def log(self, request: Request) -> Response:
        """Return what changes of a chat."""
        return await self._drawn(request, chats.log_alone)

    async def say(self, request: Request) -> Response:
        """Send what was typed or pressed."""
        frame = self._frame(request)
        form = await form_of(request, most=_MESSAGE_BYTES)
        if form is None or frame.person is None or frame.bot is None:
            return self._gone(frame)
        await self._done(
            self._messenger.say,
            frame.person,
            frame.bot.name,
            text=form.get("text", ""),
            lang=frame.lang,
        )
        return RedirectResponse(
            f"/{frame.person}/chat/{frame.bot.name}", status_code=303
        )

    async def message(self, request: Request) -> Response:
        """Show what is to be decided about a message."""
        return await self._drawn(request, chats.message)

    async def message_live(self, request: Request) -> Response:
        """Return what changes of it."""
        return await self._drawn(request, chats.message_alone)

    async def press(self, request: Request) -> Response:
        """Do what was decided."""
        frame, form = self._frame(request), await form_of(request)
        if form is None or frame.person is None:
            return self._gone(frame)
        number = request.path_params["number"]
        try:
            peer = await self._done(
                self._messenger.press,
                frame.person,
                number,
                form=dict(form),
                lang=frame.lang,
            )
        except IdWalletError:
            # It expired, or was answered meanwhile: its screen says so.
            where = f"/{frame.person}/message/{number}"
            return RedirectResponse(where, status_code=303)
        if peer is None:
            return self._gone(frame)
        return RedirectResponse(f"/{frame.person}/chat/{peer}", status_code=303)

    async def file(self, request: Request) -> Response:
        """Hand out the file of a message, to be saved and never shown here."""
        frame = self._frame(request)
        number = request.path_params["number"]
        found = None
        if frame.person is not None:
            found = await self._done(self._messenger.file, frame.person, number)
        if found is None:
            return self._gone(frame)
        named = f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"
        return Response(
            found.content,
            media_type=found.media_type,
            headers={"Content-Disposition": named},
        )

    async def wallet(self, request: Request) -> Response:
        """Show the wallet, large."""
        return await self._drawn(request, wallet.whole)

    async def wallet_live(self, request: Request) -> Response:
        """Return the wallet alone."""
        return await self._drawn(request, wallet.alone)

    async def backup(self, request: Request) -> Response:
        """Hand out the backup of a wallet, as a file to be saved."""
        frame, form = self._frame(request), await form_of(request)
        if form is None or frame.person is None or not form.get("secret"):
            return self._gone(frame)
        made = await self._done(self._messenger.back_up, frame.person, form["secret"])
        return Response(
            made,
            media_type="application/jose",
            headers={"Content-Disposition": 'attachment; filename="backup.jwe"'},
        )

    async def restore(self, request: Request) -> Response:
        """Bring a backup into a wallet."""
        frame, form = self._frame(request), await form_of(request, most=_BACKUP_BYTES)
        if form is None or frame.person is None:
            return self._gone(frame)
        try:
            await self._done(
                self._messenger.restore,
                frame.person,
                form.get("text", ""),
                passphrase=form.get("secret", ""),
            )
        except IdWalletError:
            where = f"/{frame.person}/wallet?restored=no"
            return RedirectResponse(where, status_code=303)
        return RedirectResponse(f"/{frame.person}/wallet", status_code=303)

    async def lost(self, request: Request) -> Response:
        """Have somebody's phone found by another."""
        frame = self._frame(request)
        if await form_of(request) is None or frame.person is None:
            return self._gone(frame)
        await self._done(self._messenger.lose, frame.person)
        return RedirectResponse(f"/{frame.person}/wallet", status_code=303)

    async def scan(self, request: Request) -> Response:
        """Show what the phone shows at a till."""

        def draw(frame: Frame) -> Response:
            return chats.at_a_till(frame, screen(frame, self._scanner))

        return await self._drawn(request, draw)

    async def scan_live(self, request: Request) -> Response:
        """Return what changes of it: the next code, when it is due."""
        return await self._drawn(
            request, lambda frame: frame.part(screen(frame, self._scanner))
        )

    async def scan_read(self, request: Request) -> Response:
        """Read the text of a till's code, or do what was decided about it."""
        frame, form = self._frame(request), await form_of(request, most=20_000)
        if form is None or frame.person is None:
            return self._gone(frame)
        if "text" in form:
            self._scanner.read(frame.person, form["text"])
        else:
            await self._done(self._scanner.press, frame.person, form.get("do", ""))
        return RedirectResponse(f"/{frame.person}/scan", status_code=303)

    async def scan_picture(self, request: Request) -> Response:
        """Read a picture of a till's code."""
        frame = self._frame(request)
        body = await body_of(request, most=_PICTURE_BYTES)
        if body is None or frame.person is None:
            return Response(status_code=403)
        await self._done(self._scanner.read_picture, frame.person, body)
        return Response(status_code=204)

    async def scan_code(self, request: Request) -> Response:
        """Return the code that is due."""
        frame = self._frame(request)
        found = self._scanner.picture(frame.me) if frame.person else None
        if found is None:
            return Response(status_code=404)
        return Response(found, media_type="image/svg+xml")

    async def beats(self, _: Request) -> Response:
        """Return what grows with every change."""
        return PlainTextResponse(str(await self._done(self._messenger.post.beats)))

    async def picture(self, request: Request) -> Response:
        """Return the picture of a bot."""
        bot = self._messenger.bot(request.path_params["bot"])
        file = None if bot is None else bot.sentences.with_suffix(".svg")
        if file is None or not file.exists():
            file = STATIC / "mark.svg"
        return FileResponse(file, media_type="image/svg+xml")

    async def begin_anew(self, request: Request) -> Response:
        """Throw everything away."""
        if await form_of(request) is None:
            return self._gone(self._frame(request))
        await self._done(self._messenger.begin_anew)
        self._scanner = Scanner(lambda: self._messenger.phones)
        return RedirectResponse("/", status_code=303)

    async def _done(
        self, do: Callable[_Given, _Found], *given: _Given.args, **named: _Given.kwargs
    ) -> _Found:
        """Do something in a thread, while no wallet is put away."""
        whole = partial(do, *given, **named)
        return await run_in_threadpool(self._messenger.undisturbed, whole)

    def _frame(self, request: Request) -> Frame:
        person = request.path_params.get("person")
        bot = request.path_params.get("bot")
        return Frame(
            request,
            self._messenger,
            lang=language_of(request),
            person=person if person in CITIZENS else None,
            bot=None if bot is None else self._messenger.bot(bot),
        )

    async def _drawn(self, request: Request, draw: _Draw) -> Response:
        frame = self._frame(request)
        wants = request.path_params
        unknown = ("person" in wants and frame.person is None) or (
            "bot" in wants and frame.bot is None
        )
        if unknown:
            return self._gone(frame)
        return await self._done(draw, frame)

    def _gone(self, frame: Frame) -> Response:
        return frame.page(chats.gone(frame), status=404)
