"""A scenario laid over another: every rule of `extends`, and faults that name the file they are in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sim.errors import ScenarioError
from sim.scenario.flatten import flattened
from sim.scenario.load import load, load_text
from sim.scenario.merge import laid_over, merged
from sim.scenario.source import Mapping, Node, Sequence, parse_source
from tests.generated import scenario_families


def texts(node: Node) -> object:
    """Return a document as lists of pairs, lists and texts; null as an empty text."""
    if isinstance(node, Mapping):
        return [(key.text, texts(value)) for key, value in node]
    if isinstance(node, Sequence):
        return [texts(item) for item in node]
    return "" if node.value is None else node.text.strip()


def over(parent: str, child: str) -> str:
    """Return a child laid over a parent, as text on lines of its own."""
    whole = laid_over(parse_source(parent, "parent.yaml"), parse_source(child, "child.yaml"))
    return flattened(whole)


RULES: dict[str, tuple[str, str, str]] = {
    "mappings merge key by key": (
        "clock: {turns: 3, turn: 1 year}\nparameters: {p: 1}",
        "clock: {turns: 5}\nparameters: {q: 2}",
        "clock: {turns: 5, turn: 1 year}\nparameters: {p: 1, q: 2}",
    ),
    "inherited keys keep their place": ("parameters: {p: 1, q: 2, r: 3}", "parameters: {s: 4, q: 5}", "parameters: {p: 1, q: 5, r: 3, s: 4}"),
    "lists are replaced": ("sources: [a, b]", "sources: [c]", "sources: [c]"),
    "texts are replaced": ("title: one", "title: two", "title: two"),
    "a list over a text": ("clock: {moves: simultaneous}", "clock: {moves: [a]}", "clock: {moves: [a]}"),
    "a variable's initial is replaced whole": (
        "state: {x: {initial: {1: 0.6, 0: 0.4}, max: 2}}",
        "state: {x: {initial: {2: 1}}}",
        "state: {x: {initial: {2: 1}, max: 2}}",
    ),
    "a regime's initial merges by variable, each replaced whole": (
        "regimes: {r: {initial: {x: {1: 1}, y: {1: 1}}}}",
        "regimes: {r: {initial: {x: {2: 1}}}}",
        "regimes: {r: {initial: {x: {2: 1}, y: {1: 1}}}}",
    ),
    "a lead time is replaced whole": (
        "actors: {a: {actions: {go: {cost: 1, after: {low: 1, mode: 2, high: 3}}}}}",
        "actors: {a: {actions: {go: {after: {mean: 1}}}}}",
        "actors: {a: {actions: {go: {cost: 1, after: {mean: 1}}}}}",
    ),
    "a strategy is replaced whole": (
        "actors: {a: {strategies: {w: {weigh: {rationality: 1, level: 1}}, s: go}}}",
        "actors: {a: {strategies: {w: {weigh: {rationality: 2}}}}}",
        "actors: {a: {strategies: {w: {weigh: {rationality: 2}}, s: go}}}",
    ),
    "a claim is replaced whole": (
        "claims: {c: {says: x, holds: base.a > 1, note: n}}",
        "claims: {c: {says: y, holds: base.a > 2}}",
        "claims: {c: {says: y, holds: base.a > 2}}",
    ),
    "effects merge by variable": (
        "hazards: {h: {rate: 1, set: {x: 1, y: 2}}}",
        "hazards: {h: {set: {y: 3}}}",
        "hazards: {h: {rate: 1, set: {x: 1, y: 3}}}",
    ),
    "outcomes merge": (
        "hazards: {h: {rate: 1, outcomes: {o: {weight: 1, ends: true}, p: {}}}}",
        "hazards: {h: {outcomes: {o: {weight: 2}}}}",
        "hazards: {h: {rate: 1, outcomes: {o: {weight: 2, ends: true}, p: {}}}}",
    ),
    "a short parameter over a long one": ("parameters: {p: {value: 1, range: [0, 2]}}", "parameters: {p: 2}", "parameters: {p: {value: 2, range: [0, 2]}}"),
    "a short variable over a long one": ("state: {x: {min: 0, initial: {1: 1}}}", "state: {x: 2}", "state: {x: {min: 0, initial: 2}}"),
    "a short variable over a long one without initial": ("state: {x: {min: 0}}", "state: {x: 2}", "state: {x: {min: 0, initial: 2}}"),
    "a short derived name over a long one": ("derived: {d: {value: 1, label: D}}", "derived: {d: 2}", "derived: {d: {value: 2, label: D}}"),
    "a short incentive over a long one": (
        "actors: {a: {incentives: {i: {value: 1, label: I}}}}",
        "actors: {a: {incentives: {i: x + 1}}}",
        "actors: {a: {incentives: {i: {value: x + 1, label: I}}}}",
    ),
    "a long parameter over a short one": ("parameters: {p: 1}", "parameters: {p: {range: [0, 2]}}", "parameters: {p: {value: 1, range: [0, 2]}}"),
    "a long variable over a short one": ("state: {x: 1}", "state: {x: {max: 2}}", "state: {x: {initial: 1, max: 2}}"),
    "a long parameter with its value over a short one": ("parameters: {p: 1}", "parameters: {p: {label: P, value: 2}}", "parameters: {p: {value: 2, label: P}}"),
    "rate drops an inherited chance": ("hazards: {h: {chance: 0.5, ends: true}}", "hazards: {h: {rate: 1}}", "hazards: {h: {ends: true, rate: 1}}"),
    "chance drops an inherited rate": ("hazards: {h: {rate: 1, ends: true}}", "hazards: {h: {chance: 1}}", "hazards: {h: {ends: true, chance: 1}}"),
    "an action's chance is no rival of anything": (
        "actors: {a: {actions: {go: {chance: 0.5}}}}",
        "actors: {a: {actions: {go: {cost: 1}}}}",
        "actors: {a: {actions: {go: {chance: 0.5, cost: 1}}}}",
    ),
    "a rate instead of a chance, said twice": ("hazards: {h: {chance: 0.5}}", "hazards: {h: {rate: 1, chance: null}}", "hazards: {h: {rate: 1}}"),
    "null removes a key": ("parameters: {p: 1, q: 2}", "parameters: {p: null}", "parameters: {q: 2}"),
    "an empty value removes a key": ("clock: {turns: 3, start: 1}", "clock:\n  start:\n", "clock: {turns: 3}"),
    "null removes a whole part": ("hazards: {h: {rate: 1}}\ntitle: x", "hazards: ~", "title: x"),
    "null removes a strategy": ("actors: {a: {strategies: {s: go, t: go}}}", "actors: {a: {strategies: {s: null}}}", "actors: {a: {strategies: {t: go}}}"),
    "null where nothing is inherited stays, to be reported": ("parameters: {p: 1}", "parameters: {q: null}", "parameters: {p: 1, q: null}"),
    "a variable called initial is only a name": ("state: {initial: {min: 0}}", "state: {initial: {max: 1}}", "state: {initial: {min: 0, max: 1}}"),
}  # fmt: skip


@pytest.mark.parametrize(("parent", "child", "whole"), RULES.values(), ids=RULES.keys())
def test_a_rule_of_merging(parent: str, child: str, whole: str) -> None:
    """The child laid over the parent says what the page says it does."""
    assert over(parent, child) == flattened(parse_source(whole, "whole.yaml"))


@settings(
    max_examples=60,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(scenario_families())
def test_generated_families_merge_as_a_plain_reading_does(tmp_path: Path, family: tuple[str, str, str]) -> None:
    """A generated child means what its own text written out in full means."""
    parent, child, whole = family
    (tmp_path / "parent.yaml").write_text(parent, encoding="utf-8")
    (tmp_path / "child.yaml").write_text(child, encoding="utf-8")
    scenario = load(tmp_path / "child.yaml")
    assert scenario.document is not None
    assert texts(scenario.document) == texts(parse_source(whole, "whole.yaml"))
    load_text(whole)


# ---------------------------------------------------------------- files


def put(folder: Path, **files: str) -> Path:
    """Write files; return the path of the one called child."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "child.yaml"


def told(path: Path) -> list[str]:
    """Return the faults of a file with the names of the files they are in."""
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [str(fault).replace(f"{path.parent}/", "") for fault in caught.value.faults]


PARENT = "scenario: parent\nclock: {turns: 3}\nactors: {a: {}}\nparameters: {p: 1}\nhazards: {h: {rate: p}}\n"


def test_grandparents_are_read_first(tmp_path: Path) -> None:
    """Each file is laid over the one above it; a path is relative to the file it stands in."""
    (tmp_path / "above").mkdir()
    (tmp_path / "above" / "first.yaml").write_text(PARENT, encoding="utf-8")
    (tmp_path / "above" / "second.yaml").write_text("extends: first.yaml\nparameters: {p: 2, q: 2}\n", encoding="utf-8")
    path = put(tmp_path, child="scenario: child\nextends: above/second.yaml\nparameters: {q: 3}\n")
    scenario = load(path)
    assert scenario.scenario == "child"
    assert {name: parameter.value for name, parameter in scenario.parameters.items()} == {"p": 2.0, "q": 3.0}
    assert scenario.extends is None
    assert scenario.file == str(path)


def test_faults_name_the_file_they_are_in(tmp_path: Path) -> None:
    """What the parent says wrongly is a fault of the parent's file, what the child says of the child's."""
    path = put(
        tmp_path,
        parent=PARENT + "state: {x: {drift: foo}}\n",
        child="extends: parent.yaml\nstate: {x: {max: y}}\nderived: {d: bar}\n",
    )
    assert [fault.split(": ")[:2] for fault in told(path)] == [
        ["child.yaml:2:18", "WRONG-KIND"],
        ["child.yaml:3:14", "UNKNOWN-NAME"],
        ["parent.yaml:6:20", "UNKNOWN-NAME"],
    ]


def test_what_a_child_breaks_is_told_where_it_is_used(tmp_path: Path) -> None:
    """A removed parameter is missed where the parent uses it."""
    path = put(tmp_path, parent=PARENT, child="extends: parent.yaml\nparameters: {p: null}\n")
    assert told(path) == ["parent.yaml:5:21: UNKNOWN-NAME: unknown name 'p'; expected one of: turn"]


def test_a_short_form_is_told_where_it_stands(tmp_path: Path) -> None:
    """A value set by a short form has the place of the short form."""
    path = put(
        tmp_path,
        parent=PARENT.replace("{p: 1}", "{p: {value: 1, range: [0, 2]}}"),
        child="extends: parent.yaml\nparameters: {p: x}\n",
    )
    assert told(path)[0].startswith("child.yaml:2:17: WRONG-KIND: expected a number")


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"child": "extends: child.yaml\n"}, "child.yaml:1:10: EXTENDS: 'child.yaml' leads back"),
        (
            {"child": "extends: b.yaml\n", "b": "x: 1\nextends: child.yaml\n"},
            "b.yaml:2:10: EXTENDS: 'child.yaml' leads back",
        ),
        ({"child": "extends: none.yaml\n"}, "child.yaml:1:10: EXTENDS: there is no file 'none.yaml'"),
        ({"child": "extends: .\n"}, "child.yaml:1:10: EXTENDS: there is no file '.'"),
        ({"child": "extends: /dev/zero\n"}, "child.yaml:1:10: EXTENDS: there is no file '/dev/zero'"),
        ({"child": 'extends: "a\\0b"\n'}, "child.yaml:1:12: CHARACTER: "),
        ({"child": "extends: {a: b}\n"}, "child.yaml:1:10: EXTENDS: expected the path"),
        ({"child": "extends: b.yaml\n", "b": "a: 1\na: 2\n"}, "b.yaml:2:1: DUPLICATE-KEY"),
        ({"child": f"extends: {'x' * 5000}\n"}, "child.yaml:1:10: EXTENDS: there is no file"),
    ],
)
def test_a_parent_that_cannot_be_read(files: dict[str, str], fault: str, tmp_path: Path) -> None:
    """The fault stands at `extends`, or in the parent that is no YAML."""
    assert told(put(tmp_path, **files))[0].startswith(fault)


def test_eight_parents_are_enough(tmp_path: Path) -> None:
    """The ninth is refused where it is named."""
    files = {f"p{number}": f"extends: p{number + 1}.yaml\n" for number in range(1, 8)}
    path = put(tmp_path, child="scenario: child\nextends: p1.yaml\n", p8=PARENT, **files)
    assert load(path).scenario == "child"
    put(tmp_path, p8="extends: p9.yaml\n", p9=PARENT)
    assert told(path) == ["p8.yaml:1:10: EXTENDS: this is more than 8 parents deep; extend a file further up"]


def test_a_text_extends_relative_to_its_folder(tmp_path: Path) -> None:
    """A text that is in no file may still have a parent."""
    put(tmp_path, parent=PARENT)
    assert load_text("extends: parent.yaml\nscenario: text\n", "text.yaml", tmp_path).scenario == "text"


def test_a_flattened_document_needs_no_parent(tmp_path: Path) -> None:
    """What is stored of a child says everything, in words that mean the same."""
    awkward = "title: 'yes: #1'\nsummary: >\n  One long\n  line.\nnote: |\n  Two\n  lines\nclock: {turn: \"1\", start: 0x10}\nsources: ['- a', \"b \\t\", '', null-ish, '''']\n"
    path = put(tmp_path, parent=PARENT, child=f"extends: parent.yaml\nscenario: child\n{awkward}")
    document = merged(path)
    again = parse_source(flattened(document), "flat.yaml")
    assert texts(again) == texts(document)
    assert load_text(flattened(document)).clock.turn == "1"
    assert flattened(again) == flattened(document)
