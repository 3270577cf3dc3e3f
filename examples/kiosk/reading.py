"""The ways in which a counter reads a code; they stay while the rest changes."""

from collections.abc import Mapping

from examples.kiosk.view import button
from examples.web.elements import Html, element, together
from examples.web.language import Words


class Reading:
    """A camera, a scanner that types, a picture, and simulated phones to look at."""

    def __init__(
        self, room: str, words: Words, *, has_camera: bool, tryout: Mapping[str, str]
    ) -> None:
        """Read for a room; `tryout` are the addresses of simulated phones."""
        self._room = room
        self._words = words
        self._has_camera = has_camera
        self._tryout = tryout

    def show(self, *, is_open: bool) -> Html:
        """Return them."""
        words = self._words
        problem: dict[str, str | bool | None] = {
            "class": "hint",
            "id": "problem",
            "role": "alert",
            "hidden": True,
            "data-camera": words("camera.refused"),
            "data-picture": words("picture.none"),
        }
        return element(
            "section",
            {"id": "reader", "hidden": not is_open, "aria-labelledby": "reading"},
            element("h2", {"id": "reading"}, words("reading")),
            self._camera(),
            self._typed(),
            self._file(),
            element("p", problem),
            self._alone() if self._tryout else None,
            button(f"/{self._room}/next", words("stop"), quiet=True),
        )

    def _camera(self) -> Html:
        words = self._words
        if not self._has_camera:
            return element("p", {"class": "soft"}, words("camera.absent"))
        # Whoever presses it is heard: it can be pressed once its program runs.
        start: dict[str, str | bool | None] = {
            "type": "button",
            "id": "camera",
            "data-stop": words("camera.stop"),
            "disabled": True,
        }
        video: dict[str, str | bool | None] = {
            "id": "video",
            "playsinline": True,
            "muted": True,
            "aria-label": words("camera.view"),
        }
        return together(
            element("button", start, words("camera")),
            element("div", {"id": "view", "hidden": True}, element("video", video)),
        )

    def _typed(self) -> Html:
        words = self._words
        field: dict[str, str | bool | None] = {
            "id": "text",
            "name": "text",
            "autocomplete": "off",
            "autocapitalize": "off",
            "spellcheck": "false",
            "required": True,
        }
        return element(
            "form",
            {"method": "post", "action": f"/{self._room}/code", "id": "typed"},
            element("label", {"for": "text"}, words("scanner")),
            element(
                "div",
                {"class": "field"},
                element("input", field),
                element("button", {"class": "quiet"}, words("scanner.do")),
            ),
        )

    def _file(self) -> Html:
        field = {"id": "picture", "type": "file", "accept": "image/png,image/jpeg"}
        return element(
            "details",
            {"class": "file"},
            element("summary", None, self._words("picture")),
            element("input", field | {"aria-label": self._words("picture")}),
        )

    def _alone(self) -> Html:
        """Return what takes the place of a phone in somebody's hand."""
        words = self._words
        phones = [
            element("li", None, self._link(name, address), self._look(name, address))
            for name, address in self._tryout.items()
        ]
        return element(
            "details",
            {"class": "alone"},
            element("summary", None, words("alone")),
            element("p", {"class": "soft"}, words("alone.more")),
            element("ul", {"class": "looks"}, *phones),
        )

    def _link(self, name: str, address: str) -> Html:
        elsewhere = {"href": address, "target": "_blank", "rel": "noopener"}
        return element("a", elsewhere, self._words(f"person.{name}"))

    def _look(self, name: str, address: str) -> Html:
        words = self._words
        return element(
            "button",
            {
                "type": "button",
                "class": "quiet",
                "data-look": f"{address}/code.svg",
                "data-to": f"/{self._room}/picture",
                "data-absent": words("alone.absent"),
                "aria-label": words("alone.look.at", who=words(f"person.{name}")),
            },
            words("alone.look"),
        )
