"""Anything decoded for a look: nothing here verifies, and nothing here may."""

from idwallet.cli.decode.found import Found, Part
from idwallet.cli.decode.recognise import decode

__all__ = ["Found", "Part", "decode"]
