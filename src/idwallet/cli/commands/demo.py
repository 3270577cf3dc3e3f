"""`idwallet demo`: the whole story, with an invented person."""

from datetime import datetime
from typing import Final, get_args

import click

from idwallet.cli.faults import ExitStatus
from idwallet.cli.options import at_option, json_option, moment_or_now
from idwallet.cli.screen import say, write_json_document
from idwallet.cli.words import Speech
from idwallet.explain.words import Language

_BOTH: Final = "both"


@click.command("demo")
@click.option(
    "--out",
    metavar="DIR",
    help="Leave every file of the story in this folder, to play on with.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", "ru", _BOTH]),
    default=_BOTH,
    show_default=True,
    help="The language it is told in.",
)
@at_option
@json_option
def demo_command(
    *, out: str | None, lang: str, at: datetime | None, as_json: bool
) -> int:
    """Tell the whole story with an invented person and test keys.

    A card is issued, kept, asked for, shown and verified with no network; then a
    forged card, a second use, somebody under 18, and a card that cannot be decided; a
    driving licence as a mobile document; and a contract that two people sign.
    """
    from idwallet.cli.demo.folder import play_in_folder, require_new
    from idwallet.cli.demo.play import Stage, play
    from idwallet.cli.demo.telling import tell_on_screen

    moment = moment_or_now(at).replace(microsecond=0)
    languages = [each for each in get_args(Language) if lang in {each, _BOTH}]
    stage = Stage(moment)
    if out is None:
        story = play(stage, stage.new_purse())
    else:
        require_new(out)
        story = play_in_folder(stage, out, languages=languages)
    if as_json:
        write_json_document(story.to_json())
    else:
        for number, language in enumerate(languages):
            if number:
                say("\n")
            speech = Speech(language, part="demo")
            tell_on_screen(story, speech)
            if out is not None:
                say()
                say(speech.say("files", folder=out))
    told = all(each.is_as_told() for each in story.scenes)
    return ExitStatus.PASSED if told else ExitStatus.FAILED
