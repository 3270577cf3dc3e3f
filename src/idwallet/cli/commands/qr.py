"""`idwallet qr`: codes shown, and read out of pictures."""

import click

from idwallet import limits
from idwallet.cli.codes import lines_of, numbered, read_codes, write_code
from idwallet.cli.faults import STREAM, name_of
from idwallet.cli.files import read_input, require_writable, write_output
from idwallet.cli.options import json_option
from idwallet.cli.screen import write_json_document


@click.group("qr")
def qr_command() -> None:
    """Show QR codes, and read them out of pictures."""


@qr_command.command("show")
@click.argument("text")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default=STREAM,
    help="A picture, .png or .svg; several codes are numbered. Default: the terminal.",
)
@click.option("--force", is_flag=True, help="Replace files that are already there.")
def show_command(*, text: str, output: str, force: bool) -> None:
    """Show the codes of TEXT, a file with the text of one code a line.

    Such texts come from `request --as qr`, `present --qr` or `qr read`.
    """
    lines = lines_of(
        read_input(text, max_bytes=limits.FILE_BYTES), source=name_of(text)
    )
    if len(lines) == 1 or output == STREAM:
        paths = [output] * len(lines)
    else:
        paths = [numbered(output, number) for number in range(1, len(lines) + 1)]
    if output != STREAM:
        require_writable(*paths, force=force)
    for path, line in zip(paths, lines, strict=True):
        write_code(path, line)


@qr_command.command("read")
@click.argument("pictures", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="FILE", default=STREAM, help="Where the texts go."
)
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@json_option
def read_command(
    *, pictures: tuple[str, ...], output: str, force: bool, as_json: bool
) -> None:
    """Read the codes in PICTURES, PNG or JPEG, one text a line; verify nothing."""
    if output != STREAM:
        require_writable(output, force=force)
    texts = read_codes(pictures)
    if as_json:
        write_json_document({"codes": list(texts)})
        return
    write_output(output, "".join(f"{each}\n" for each in texts).encode())
