"""What commands do not load: help and validation have to feel instant (their times: `make bench`)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import COMMANDS, app_for

HEAVY = {"scipy", "rich", "simpy", "multiprocessing", "concurrent"}
SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"

# Standard output belongs to the command; the list goes to standard error.
PROGRAM = """
import json, sys
from sim.cli import status_of
status = status_of(sys.argv[1:])
print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """The modules that a command which succeeds has loaded."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True)
    status, modules = json.loads(ran.stderr)
    assert status == 0
    return set(modules)


@pytest.mark.parametrize(
    "words", [("--help",), ("run", "--help"), ("validate", str(SHIPPED / "inf-2018.yaml"))], ids=" ".join
)
def test_light_commands_load_nothing_heavy(words: tuple[str, ...]) -> None:
    """No scipy, rich or simpy; and for help not even numpy or YAML."""
    modules = loaded(*words)
    roots = {name.split(".")[0] for name in modules}
    assert roots & HEAVY == set()
    if "--help" in words:
        assert roots & {"numpy", "yaml"} == set()
        assert [name for name in modules if name.startswith(("sim.scenario", "sim.model", "sim.engine"))] == []


def test_a_command_is_made_without_the_others() -> None:
    """Help names them all, and so does what is said about a word that is none."""
    assert [each.name for each in app_for(["run", "--help"]).registered_commands] == ["run"]
    for words in ([], ["--help"], ["--version"], ["rnu"]):
        assert [each.name for each in app_for(words).registered_commands] == list(COMMANDS)


START = """
import os, sys
from sim.__main__ import main
sys.argv = ["detente", "--version"]
try:
    main()
finally:
    print(os.environ["PYDANTIC_DISABLE_PLUGINS"])
"""


@pytest.mark.parametrize(("asked", "found"), [({}, "__all__"), ({"PYDANTIC_DISABLE_PLUGINS": "one"}, "one")])
def test_a_process_looks_for_no_plug_ins_of_pydantic(asked: dict[str, str], found: str) -> None:
    """Unless somebody has said otherwise."""
    environment = {name: value for name, value in os.environ.items() if name != "PYDANTIC_DISABLE_PLUGINS"} | asked
    ran = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True, env=environment)
    assert ran.stdout.split()[-1] == found


def test_the_package_alone_loads_nothing() -> None:
    """`import sim` costs next to nothing."""
    program = "import sim, sys; print(*sorted(name for name in sys.modules if name.split('.')[0] in {'sim', 'numpy', 'pydantic'}))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["sim", "sim.version"]
