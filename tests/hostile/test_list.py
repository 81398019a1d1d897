"""The list of hostile inputs is whole: every case outside the web is tested with its exit status, and so is a twin."""

import ast
import re
from pathlib import Path

from tests.hostile.case import COMMAND, FINE, SCENARIO
from tests.hostile.command_cases import LINES
from tests.hostile.expression_cases import CASES as EXPRESSIONS
from tests.hostile.result_cases import CASES as SPOILED
from tests.hostile.result_cases import FOLDER
from tests.hostile.yaml_cases import CASES as YAML

RESOURCE = 5
WANTED = (
    {f"O-Y{number:02d}": SCENARIO for number in range(1, 20)} | {"O-Y18": FINE}
    | {f"O-E{number:02d}": SCENARIO for number in range(1, 15)} | {"O-E14": FINE}
    | {f"O-C{number:02d}": COMMAND for number in (1, 2, 3, 4, 7)} | {"O-C05": SCENARIO, "O-C06": SCENARIO, "O-C08": FINE}
    | {f"O-R{number:02d}": FOLDER for number in range(1, 8)} | {"O-R08": RESOURCE, "O-R09": FINE}
)  # fmt: skip
"""Every case of the list with the exit status that it has to have."""

BY_NAME = {"O-R07": FOLDER, "O-R08": RESOURCE, "O-R09": FINE}
"""Cases that are no row of a table but tests of their own, with an ``id`` in ``test_results.py``."""


def statuses() -> dict[str, int]:
    """The exit status that each case, and each twin, is tested for."""
    found = {case.id: SCENARIO if case.code else FINE for case in (*YAML, *EXPRESSIONS)}
    found |= {line.id: line.status for line in LINES}
    found |= {case.id: FOLDER for case in SPOILED}
    text = (Path(__file__).parent / "test_results.py").read_text(encoding="utf-8")
    ids = {
        node.value
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.keyword) and each.arg == "ids"
        for node in ast.walk(each.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return found | {name: BY_NAME[name[:5]] for name in ids if re.fullmatch(r"O-R\d\d[a-z]?", name)}


def test_no_case_is_missing() -> None:
    """And each is expected to end as the list says."""
    found = statuses()
    assert {name: found.get(name) for name in WANTED} == WANTED
    assert len(WANTED) == 19 + 14 + 8 + 9


def test_every_case_has_a_twin() -> None:
    """Of the same idea; nothing else stands among the cases. One sound name is twinned by a case that is none."""
    found = statuses()
    assert [name for name in WANTED if f"{name}t" not in found] == []
    assert [name for name in found if name[:5] not in WANTED] == []
    odd = {name for name in WANTED if found[f"{name}t"] != WANTED[name]}
    assert odd == {"O-Y10"}
