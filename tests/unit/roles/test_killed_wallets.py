import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_whatever_a_killed_wallet_showed_it_had_written_down(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wallet.db'}"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.killing_ledger", url, "--kills", "8"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["killed"] >= 8
