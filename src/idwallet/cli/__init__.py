"""The command line: `idwallet`, a program over the library and nothing more."""

from idwallet.cli.program import main

__all__ = ["main"]
