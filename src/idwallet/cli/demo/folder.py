"""The files of the story, left in a folder whole or not at all."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from idwallet.adapters.files import write_file_atomically
from idwallet.cli.demo.licence import Licence
from idwallet.cli.demo.play import Purse, Stage, Story, play
from idwallet.cli.demo.readme import readme
from idwallet.cli.demo.telling import transcript
from idwallet.cli.faults import input_fault
from idwallet.cli.pocket import make_pocket
from idwallet.cli.screen import json_text
from idwallet.cli.state import save_request
from idwallet.cli.words import Speech
from idwallet.codec.text import show
from idwallet.explain.words import Language
from idwallet.testing.pki import TestIdentity

PASSPHRASE: Final = "idwallet TEST passphrase"  # noqa: S105 - it protects test keys


def require_new(folder: str) -> None:
    """Refuse a folder in which something of somebody's could be lost.

    Raises:
        CommandFault: it is there and not empty, is no folder, or cannot be made.
    """
    path = Path(folder)
    try:
        if path.is_dir() and not any(path.iterdir()):
            return
        is_there = path.exists() or path.is_symlink()
        has_parent = path.absolute().parent.is_dir()
    except (OSError, ValueError) as error:
        raise input_fault(f"{show(folder)}: not a usable path") from error
    if is_there:
        raise input_fault(f"{show(folder)} is already there: name a new folder")
    if not has_parent:
        raise input_fault(f"there is no folder {show(str(path.absolute().parent))}")


def play_in_folder(
    stage: Stage, folder: str, *, languages: Sequence[Language]
) -> Story:
    """Play the story with a wallet on disk, and put its files in place at the end.

    Raises:
        CommandFault: the folder cannot be made; nothing is left behind.
        PortError: a file cannot be written; nothing is left behind.
    """
    with _new_folder(Path(folder)) as place:
        pocket = make_pocket(place / "wallet", PASSPHRASE)
        holder = pocket.holder(stage.trust)
        story = play(stage, Purse(holder, pocket.store, pocket.keys))
        pocket.store.close()  # what is open does not move
        for name, data in _files(story, languages).items():
            path = place / name
            path.parent.mkdir(exist_ok=True)
            write_file_atomically(path, data)
        return story


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """Give a folder beside `target` that takes its place when all went well."""
    try:
        parent = target.absolute().parent
        with tempfile.TemporaryDirectory(prefix=".idwallet-", dir=parent) as spare:
            place = Path(spare) / "story"
            place.mkdir(mode=0o700)
            yield place
            # An empty folder gives way to a rename, anything else does not.
            place.rename(target)
    except OSError as error:
        name = show(str(target))
        raise input_fault(f"cannot make {name}: {error.strerror}") from error


def _files(story: Story, languages: Sequence[Language]) -> Mapping[str, bytes]:
    stage = story.stage
    texts: dict[str, str] = {
        "passphrase.txt": PASSPHRASE + "\n",
        "pki/root.pem": stage.pki.root_pem,
        **_identity("issuer", stage.authority),
        **_identity("shop", stage.shop),
        "person.json": json_text(story.claims) + "\n",
        "card.sdjwt": story.card.raw + "\n",
        "request.json": story.request.message.to_json() + "\n",
        "response.txt": story.answer + "\n",
        **_licence(story.licence),
        "README.txt": "\n".join(readme(each, stage.at) for each in languages),
    }
    for scene in story.scenes:
        if scene.report is not None:
            report = json_text(scene.report.to_json())
            texts[f"reports/{scene.name}.json"] = report + "\n"
    for language in languages:
        told = transcript(story, Speech(language, part="demo"))
        texts[f"transcript.{language}.txt"] = told
    return {
        **{name: text.encode() for name, text in texts.items()},
        "request.state": save_request(story.request, passphrase=PASSPHRASE),
        "licence-request.state": save_request(
            story.licence.request, passphrase=PASSPHRASE
        ),
        "portrait.png": stage.portrait,
        "contract.pdf": story.contract.paper,
        "contract-signed.pdf": story.contract.signed,
        "contract-changed.pdf": story.contract.changed,
        **{
            f"pki/revoked-{number}.crl": each
            for number, each in enumerate(story.contract.lists, start=1)
        },
    }


def _licence(made: Licence) -> dict[str, str]:
    return {
        "pki/roads-root.pem": made.root_pem,
        "licence.json": json_text(made.elements) + "\n",
        "licence.mdoc": made.card.raw + "\n",
        "licence-request.json": made.request.message.to_json() + "\n",
        "licence-response.txt": made.answer + "\n",
    }


def _identity(name: str, identity: TestIdentity) -> dict[str, str]:
    key = identity.signer.to_encrypted_pem(PASSPHRASE.encode())
    return {f"pki/{name}.pem": identity.chain_pem, f"pki/{name}-key.pem": key}
