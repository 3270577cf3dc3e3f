"""What an example of one file prints, as a terminal shows it: for its page."""

import os
import subprocess
import sys
from html import escape
from typing import Any, Final

import pytest

from tests.browser.checked import picture_for_docs, require_accessible
from tests.docs.pages import ROOT, python_path

pytestmark = pytest.mark.browser

TERMINAL: Final = """<!doctype html><html lang="en"><title>{title}</title><style>
body {{ margin: 0; padding: 1.5rem; background: #eef1f4; }}
main {{ background: #14191f; color: #e7ecf0; border-radius: .8rem;
  padding: 1rem 1.4rem; font: .95rem/1.5 "DejaVu Sans Mono", monospace; }}
h1 {{ font: inherit; font-weight: 600; color: #8fd0a8; margin: 0 0 .8rem; }}
pre {{ font: inherit; margin: 0; white-space: pre-wrap; }}
</style><main><h1>$ python examples/{title}</h1><pre tabindex="0">{text}</pre></main>"""


@pytest.mark.parametrize("name", ["till", "branch_bundle"])
def test_what_an_example_prints_is_read_on_a_screen(name: str, visits: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", f"examples/{name}.py"],
        cwd=ROOT,
        env={**os.environ, **python_path()},
        check=True,
        capture_output=True,
        text=True,
    )
    page = visits(size=(960, 300)).page
    page.set_content(TERMINAL.format(title=f"{name}.py", text=escape(done.stdout)))
    require_accessible(page)
    assert page.locator("pre").inner_text().strip() == done.stdout.strip()
    picture_for_docs(page, f"terminal-{name}", whole=True)
