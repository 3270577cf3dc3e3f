"""Print what `import idwallet` costs, in milliseconds: run it, it asserts nothing.

python tests/api/import_time.py
"""

import statistics
import subprocess
import sys
import time

RUNS = 20


def _milliseconds(program: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-I", "-c", program], check=True)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Compare with an interpreter that imports nothing."""
    empty = statistics.median(_milliseconds("pass") for _ in range(RUNS))
    ours = statistics.median(_milliseconds("import idwallet") for _ in range(RUNS))
    sys.stdout.write(f"python {empty:.1f} ms, import idwallet {ours - empty:.1f} ms\n")


if __name__ == "__main__":
    main()
