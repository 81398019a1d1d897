"""How long `detente` takes to begin, as ratios to a Python that does nothing, measured in one go.

Run it as ``python benchmarks/startup.py [ROUNDS]``. The commands take turns, so that whatever else the machine does
falls on all of them alike; each line gives the median of the rounds, and its ratio to ``python -c pass``.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "detente --help": ["-m", "sim", "--help"],
    "detente validate inf-1987": ["-m", "sim", "validate", str(SCENARIOS / "inf-1987.yaml")],
    "detente validate inf-2018": ["-m", "sim", "validate", str(SCENARIOS / "inf-2018.yaml")],
}


def seconds(arguments: list[str]) -> float:
    """Return the time one process takes from start to end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def measured(rounds: int) -> dict[str, float]:
    """Return the median time of each command over the rounds, after one round that warms the caches."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(rounds + 1):
        for name, arguments in COMMANDS.items():
            spent = seconds(arguments)
            if turn:
                taken[name].append(spent)
    return {name: statistics.median(times) for name, times in taken.items()}


if __name__ == "__main__":
    medians = measured(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
    nothing = medians["python -c pass"]
    for name, median in medians.items():
        sys.stdout.write(f"{name:28} {median * 1000:7.0f} ms {median / nothing:7.1f} x\n")
