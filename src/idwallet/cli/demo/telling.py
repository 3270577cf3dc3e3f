"""The story told in one language, on a terminal or as plain text."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from idwallet.cli import screen
from idwallet.cli.consent import consent_lines, refusal_lines
from idwallet.cli.demo.contract import BORIS
from idwallet.cli.demo.play import ISSUER, SHOP, Scene, Story
from idwallet.cli.verdicts import personal_claims
from idwallet.cli.words import Speech
from idwallet.explain import explain
from idwallet.explain.words import words
from idwallet.report import Outcome, Report, StatusListNeeded

_WIDTH: Final = 88
_INDENT: Final = (0, 0, 0, 4)
_STYLES: Final = {
    Outcome.PASSED: "bold green",
    Outcome.FAILED: "bold red",
    Outcome.INDETERMINATE: "bold yellow",
}
_COUNTS: Final = frozenset({"opened", "closed"})
_CYRILLIC: Final = "отчество"


@dataclass(frozen=True, slots=True)
class Narrator:
    """Tells one story in one language."""

    story: Story
    speech: Speech
    console: Console

    def tell(self) -> None:
        """Tell all of it."""
        at = f"{self.story.stage.at:%Y-%m-%d %H:%M} UTC"
        self._rule(self.speech.say("title"), heavy=True)
        self._paragraph(self.speech.say("intro", at=at))
        for number, scene in enumerate(self.story.scenes, start=1):
            self._scene(number, scene)
        self._ending()

    def _scene(self, number: int, scene: Scene) -> None:
        say = self.speech.say
        self._rule(f"{number}. {say(f'{scene.name}.title')}")
        said = {"issuer": ISSUER, "shop": SHOP, "name": _CYRILLIC, "by": BORIS}
        self._paragraph(say(f"{scene.name}.text", **said))
        self._quote(self._seen(scene))
        if scene.miss is not None:
            self._paragraph(say(f"{scene.name}.bent"))
        for name, count in scene.sizes.items():
            form = "count" if name in _COUNTS else "size"
            said_size = say(form, what=say(f"size.{name}"), count=count)
            self._indented(Text(said_size, "cyan"))
        if scene.report is not None:
            who = "verdict.reader" if scene.is_document else "verdict"
            self._verdict(scene.report, who=who)

    def _seen(self, scene: Scene) -> Iterator[str]:
        """Yield what somebody in the scene reads on a screen."""
        if scene.shows_claims:
            for path, value in personal_claims(self.story.claims):
                yield self.speech.claim_line(path, value)
        if scene.choice is not None:
            yield from consent_lines(scene.choice, self.speech)
        if scene.miss is not None:
            yield from refusal_lines(scene.miss, self.speech)

    def _verdict(self, report: Report, *, who: str) -> None:
        language = self.speech.language
        told = explain(report, lang=language, reader="clerk")
        self._paragraph(self.speech.say(who))
        self._indented(Text(told.headline, _STYLES[report.outcome]))
        # What a policy accepted is told once, with the verdict that passed.
        lines = [each for each in told.lines if each.outcome is report.outcome]
        for line in lines:
            self._listed(Text(line.text))
        advice = {each.next_action: None for each in lines if each.next_action}
        for each in advice:
            self._listed(Text(each), marker="=>")
        self._paragraph(self.speech.say("verdict.why"))
        self._checks(report)
        self._needs(report)

    def _checks(self, report: Report) -> None:
        """Tell every check of a pass, and of anything else what stood in the way."""
        language = self.speech.language
        names = words(language)["outcomes"]
        is_pass = report.outcome is Outcome.PASSED
        table = Table.grid(padding=(0, 2))
        for line in explain(report, lang=language).lines:
            if is_pass or line.outcome is not Outcome.PASSED:
                outcome = Text(names[line.outcome.value], _STYLES[line.outcome])
                said = Text(f"{line.check_id.value} [{line.subject}]", "bold")
                said.append(f" {line.text}", "not bold")
                table.add_row(outcome, said)
        self.console.print(Padding(table, _INDENT, expand=False))
        if not is_pass:
            count = len(report.passed())
            self._indented(Text(self.speech.say("verdict.rest", count=count)))

    def _needs(self, report: Report) -> None:
        needs = [
            each for each in report.missing() if isinstance(each, StatusListNeeded)
        ]
        if needs:
            self._paragraph(self.speech.say("needs"))
        for each in needs:
            said = self.speech.say("need.status", uri=each.uri, index=str(each.index))
            self._listed(Text(said))

    def _ending(self) -> None:
        wrong = [each.name for each in self.story.scenes if not each.is_as_told()]
        if wrong:
            said = self.speech.say("end.not", scene=", ".join(wrong))
            self._paragraph(said, style="bold red")
        else:
            self._paragraph(self.speech.say("end"), style="bold")

    def _rule(self, title: str, *, heavy: bool = False) -> None:
        self.console.print()
        if self.console.is_terminal:
            style = "bold magenta" if heavy else "blue"
            self.console.print(Rule(Text(title, style), align="left", style=style))
        elif title:
            self.console.print(Text(title))
            self.console.print(Text(("=" if heavy else "-") * len(title)))

    def _paragraph(self, text: str, *, style: str = "") -> None:
        self.console.print()
        self.console.print(Text(text, style))

    def _quote(self, lines: Iterator[str]) -> None:
        for line in lines:
            self._indented(Text(line))

    def _indented(self, text: Text) -> None:
        self.console.print(Padding(text, _INDENT, expand=False))

    def _listed(self, text: Text, *, marker: str = "-") -> None:
        table = Table.grid(padding=(0, 1))
        table.add_row(Text(marker), text)
        self.console.print(Padding(table, _INDENT, expand=False))


def tell_on_screen(story: Story, speech: Speech) -> None:
    """Tell the story on standard output; plain where that is no terminal."""
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal or console.no_color:
        screen.say(transcript(story, speech).rstrip("\n"))
        return
    console.width = min(console.width, _WIDTH)
    Narrator(story, speech, console).tell()


def transcript(story: Story, speech: Speech) -> str:
    """Return the story as plain text."""
    page = StringIO()
    console = Console(
        file=page,
        width=_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
        no_color=True,
        force_terminal=False,
    )
    Narrator(story, speech, console).tell()
    lines = (line.rstrip() for line in page.getvalue().splitlines())
    return "\n".join(lines).lstrip("\n") + "\n"
