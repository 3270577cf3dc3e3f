"""What the folder of the story says about itself."""

from datetime import datetime
from importlib.resources import files

from idwallet.explain.words import Language


def readme(language: Language, at: datetime) -> str:
    """Return the text of README.txt in that language, with commands to copy."""
    name = f"readme.{language}.txt"
    text = files("idwallet.cli").joinpath("catalogue", name).read_text("utf-8")
    return text.replace("@AT@", f"{at:%Y-%m-%dT%H:%M:%SZ}")
