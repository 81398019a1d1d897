"""The reference of the language says what the program does: every example, key, number, function and code of it."""

import math
import re
from pathlib import Path

import pytest

import sim
from sim.errors import ScenarioError
from sim.model import luck
from sim.scenario import cycles, expressions, merge, schema, source, text
from sim.scenario.declared import RESULTS
from sim.scenario.expressions import FUNCTIONS, is_name
from sim.scenario.faults import keys_of
from sim.scenario.load import load_text
from sim.scenario.results import DEFAULT_REGIME
from sim.scenario.schema import Scenario
from tests.docs.pages import Block, Page, codes, number, rows

PAGE = Page("reference/language.md")
BLOCKS = PAGE.blocks("yaml")
SOURCES = sorted((Path(sim.__file__).parent).rglob("*.py"))


def place(block: Block) -> str:
    return f"line {block.line}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the page writes."""
    here = tmp_path_factory.mktemp("reference")
    for block in BLOCKS:
        if (name := block.marked("file")) is not None:
            (here / name).write_text(block.text, encoding="utf-8")
    return here


def loaded(block: Block, folder: Path) -> Scenario:
    """The scenario of a block: whole, or a fragment below the two lines that the page tells."""
    whole = re.search(r"^scenario:", block.text, re.MULTILINE)
    return load_text(
        block.text if whole else f"scenario: mine\nextends: border.yaml\n{block.text}", "page.yaml", folder
    )


# --- Examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.marked("wrong") is None], ids=place)
def test_an_example_runs(block: Block, folder: Path) -> None:
    """Whole scenarios begin with their identifier or a mark, fragments with theirs; each plays in every regime."""
    marks = [mark for mark in ("file", "fragment", "gives", "same") if block.marked(mark) is not None]
    assert len(marks) == 1, "a block has one mark"
    scenario = loaded(block, folder)
    for regime in [*scenario.regimes] or [None]:
        assert math.isfinite(sum(sim.trace(scenario, regime=regime).run.results))
    sim.run(scenario, runs=20, regime=regime)


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.marked("wrong") is not None], ids=place)
def test_a_wrong_example_is_refused(block: Block, folder: Path) -> None:
    """With the code that it names, and no other."""
    with pytest.raises(ScenarioError) as caught:
        loaded(block, folder)
    assert {fault.code for fault in caught.value.faults} == {block.marked("wrong")}


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.marked("gives") is not None], ids=place)
def test_a_small_case_gives_what_it_says(block: Block, folder: Path) -> None:
    """In the trace, and in the ensemble's first run."""
    scenario = loaded(block, folder)
    trace, ensemble = sim.trace(scenario), sim.run(scenario, runs=1)
    for pair in (block.marked("gives") or "").split(", "):
        name, value = pair.split(" = ")
        assert (trace.result(name), ensemble.column(name)[0]) == pytest.approx((float(value), float(value))), pair


def test_short_and_long_forms_say_the_same(folder: Path) -> None:
    """Run by run: the same digest, state and counts."""
    short, long = (sim.run(loaded(block, folder), runs=64) for block in BLOCKS if block.marked("same") is not None)
    assert short.digest == long.digest
    common = [name for name in short.columns if not name.startswith("count.storm.")]
    assert all((short.column(name) == long.column(name)).all() for name in common)
    assert short.column("count.storm").any()


def test_labels_and_notes_stand_where_the_page_says() -> None:
    """In every mapping with fixed keys, except `initial` and `after`."""
    said = ", label: L, note: N"
    sound = f"""
scenario: labels{said.replace(", ", chr(10))}
clock: {{turns: 1{said}}}
parameters: {{p: {{value: 1{said}}}}}
state: {{x: {{initial: 1{said}}}}}
derived: {{d: {{value: 1{said}}}}}
actors:
  a:
    label: L
    note: N
    incentives: {{i: {{value: 1{said}}}}}
    actions: {{go: {{cost: 1, now: {{add: {{x: 1}}{said}}}{said}}}}}
    strategies: {{s: {{rules: [{{do: go{said}}}]{said}}}, w: {{weigh: {{rationality: 1{said}}}}}}}
hazards: {{h: {{rate: 1, outcomes: {{o: {{weight: 1{said}}}}}{said}}}}}
regimes: {{r: {{plays: {{a: s}}{said}}}}}
claims: {{c: {{says: S, holds: r.a < 1{said}}}}}
monte_carlo: {{runs: 1{said}}}
teaching: {{notes: T{said}}}
"""
    assert load_text(sound).label == "L"
    for part in ("{low: 0, high: 1, label: L}", "{1: 1, label: L}"):
        with pytest.raises(ScenarioError):
            load_text(f"scenario: s\nclock: {{turns: 1}}\nactors: {{a: {{}}}}\nstate: {{x: {{initial: {part}}}}}\n")
    with pytest.raises(ScenarioError):
        load_text("scenario: s\nclock: {turns: 1}\nactors: {a: {actions: {x: {after: {mean: 1, label: L}}}}}\n")


# --- Tables ----------------------------------------------------------------------------------------------------------

PARTS = {
    "The whole file": schema.Scenario, "clock": schema.Clock, "parameters": schema.Parameter, "state": schema.State,
    "derived": schema.Flow, "actors": schema.Actor, "actions": schema.Action, "strategies": schema.Strategy,
    "rule": schema.Rule, "weigh": schema.Weighing, "hazards": schema.Hazard, "outcomes": schema.Outcome,
    "regimes": schema.Regime, "claims": schema.Claim, "monte_carlo": schema.MonteCarlo, "teaching": schema.Teaching,
}  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_the_keys_of_its_table(part: str) -> None:
    """All of them and no others; those required are the ones without which it is refused."""
    table = [row for row in rows(PAGE.section(part)) if len(row) == 3]
    keys = [key for row in table for key in codes(row[0])]
    assert sorted(keys) == sorted(set(keys_of(PARTS[part])) - {"label", "note"})
    required = {key for row in table if row[2] == "required" for key in codes(row[0])}
    assert required == {name for name, field in PARTS[part].model_fields.items() if field.is_required()}


@pytest.mark.parametrize(("part", "key"), [("monte_carlo", "runs"), ("monte_carlo", "seed")])
def test_a_default_number_is_the_models(part: str, key: str) -> None:
    """Those that the model itself holds; the others stand in the pair of short and long forms."""
    (row,) = [row for row in rows(PAGE.section(part)) if codes(row[0]) == [key]]
    assert number(row[2]) == PARTS[part].model_fields[key].default


def test_the_foresight_is_five_by_default(folder: Path) -> None:
    """Written out, it changes nothing."""
    (row,) = [row for row in rows(PAGE.section("weigh")) if codes(row[0]) == ["foresight"]]
    digests = []
    for foresight in ("", f", foresight: {row[2]}", ", foresight: 1"):
        strategy = f"actors: {{south: {{strategies: {{weigh: {{weigh: {{rationality: 5{foresight}}}}}}}}}}}"
        scenario = load_text(f"extends: border.yaml\n{strategy}\n", "page.yaml", folder)
        digests.append(sim.run(scenario, runs=64, regime="no_treaty").digest)
    assert digests[0] == digests[1] != digests[2]


def test_the_forms_of_initial_and_after_are_those_of_the_page(folder: Path) -> None:
    """Each form is accepted."""
    forms = [codes(row[0])[0] for row in rows(PAGE.section("actions")) if len(row) == 2]
    assert len(forms) == 4
    for form in forms:
        actions = f"actors: {{north: {{actions: {{fortify: {{after: {form}}}}}}}}}"
        load_text(
            f"extends: border.yaml\nparameters: {{a: 1, b: 2, c: 3, m: 1, low: 0, high: 1}}\n{actions}\n",
            "p.yaml",
            folder,
        )
    for form in ("upkeep * 2", "{1: 2, 0.5: upkeep}", "{low: 0, high: upkeep}"):
        load_text(f"extends: border.yaml\nstate: {{mood: {{initial: {form}}}}}\n", "p.yaml", folder)


def test_the_functions_are_those_of_the_page() -> None:
    """Every function by name, and no other."""
    table = [
        row for row in rows(PAGE.section("5. Expressions")) if "(" in row[0] and len(row) == 2 and row[0][:2] != "`("
    ]
    named = [call.split("(")[0] for row in table for call in codes(row[0]) if re.match(r"[a-z]+\([a-zi]", call)]
    assert sorted(named) == sorted(FUNCTIONS)


RESULTS_OF_EXPRESSIONS = [
    (codes(row[0])[0], row[1]) for row in rows(PAGE.section("5. Expressions")) if re.fullmatch(r"[-\d.]+", row[1])
]


@pytest.mark.parametrize(("expression", "value"), RESULTS_OF_EXPRESSIONS)
def test_an_expression_gives_what_the_page_says(expression: str, value: str) -> None:
    """Worked out as a derived name."""
    scenario = load_text(f"scenario: s\nclock: {{turns: 1}}\nactors: {{a: {{}}}}\nderived: {{d: '{expression}'}}\n")
    assert sim.trace(scenario).result("final.d") == float(value)


def test_there_are_results_of_expressions() -> None:
    """The test above has something to test."""
    assert len(RESULTS_OF_EXPRESSIONS) == 17


@pytest.mark.parametrize(
    "expression", ["1 / x > 2", "min(1 / x, 3)", "0 * (1 / x)", "+x", "x == true", "x.real", "'x'"]
)
def test_what_the_page_calls_an_error_is_one(expression: str) -> None:
    """In the file or in the run."""
    with pytest.raises(ScenarioError):
        sim.trace(
            load_text(
                f'scenario: s\nclock: {{turns: 1}}\nstate: {{x: 0}}\nactors: {{a: {{incentives: {{i: "{expression}"}}}}}}\n'
            )
        )


@pytest.mark.parametrize(
    "expression",
    [
        "1 / x if x > 0 else 0",
        "pick(x, 0, 1 / x)",
        "x > 0 and 1 / x > 2",
        "x == 0 or 1 / x",
        "x > 1 > 1 / x",
        "d if x else 0",
        "exp(-10000)",
    ],
)
def test_what_is_not_used_may_be_anything(expression: str) -> None:
    """The page's list of guards; `d` is finite again at the end, when every derived name is read."""
    text = f"scenario: s\nclock: {{turns: 1}}\nstate: {{x: {{initial: 0, drift: 1}}}}\nderived: {{d: 1 / x}}\nactors: {{a: {{incentives: {{i: '{expression}'}}}}}}\n"
    assert sim.trace(load_text(text)).result("a") in (0, 1)


def test_a_derived_name_has_to_be_finite_at_the_end() -> None:
    """Used or not."""
    with pytest.raises(ScenarioError, match="NOT-FINITE"):
        sim.trace(load_text("scenario: s\nclock: {turns: 1}\nstate: {x: 0}\nderived: {d: 1 / x}\nactors: {a: {}}\n"))


@pytest.mark.parametrize("number", ["010", "0x10", "1_000"])
def test_numbers_in_expressions_are_decimal(number: str) -> None:
    """What YAML reads, or Python, is refused within an expression."""
    assert f"`{number}`" in PAGE.said("5. Expressions")
    with pytest.raises(ScenarioError, match="a number is not written like this"):
        load_text(f"scenario: s\nclock: {{turns: 1}}\nactors: {{a: {{}}}}\nderived: {{d: {number} + 1}}\n")


ONLY_READ = "scenario: s\nclock: {turns: 1}\nparameters: {p: 0}\nactors: {a: {actions: {go: {}, no: {available: 0, cost: %s}}, strategies: {s: go}}}\n"


@pytest.mark.parametrize(
    "read",
    [
        "state: {x: 1 / p}",
        "derived: {d: 1 / p}",
        "hazards: {h: {rate: 1 / p}}",
        "hazards: {h: {chance: p - 1}}",
        "state: {x: {drift: 1 / p}}",
    ],
)
def test_what_every_run_reads_is_judged_with_the_file(read: str) -> None:
    """And nothing else that names a parameter."""
    load_text(ONLY_READ % "1 / p")
    for wrong in (ONLY_READ % "1 / 0", ONLY_READ % 0 + read):
        with pytest.raises(ScenarioError, match=r"NOT-FINITE|OUT-OF-RANGE"):
            load_text(wrong)


def test_yaml_values_mean_what_the_page_says() -> None:
    """Numbers of YAML 1.2, and texts where YAML 1.1 had others."""
    said = PAGE.said("2. The file")
    assert all(word in said for word in ("`010` is ten", "`0x10` and `0o20` are both 16", "`1e3` is a number"))
    assert [source.resolve(word) for word in ("010", "0x10", "0o20", "1e3")] == [10, 16, 16, 1000.0]
    for word in ("yes", "no", "on", "off", "1:30", "2001-12-08"):
        assert f"`{word}`" in said
        assert source.resolve(word) == word


def test_names_are_as_the_page_says() -> None:
    """What cannot be one, and which words are taken."""
    said = codes(PAGE.section("3. Names"))
    assert not any(is_name(word) for word in ("if", "and", "is", "pass", "from", "min", "Total", "2x", "a" * 65))
    assert is_name("a" * 64)
    assert set(RESULTS) <= set(said)
    assert {"turn", "costs"} <= set(said)
    assert DEFAULT_REGIME in codes(PAGE.section("8. Claims"))


LIMITS = {
    "bytes of a file": text.LARGEST_FILE,
    "levels of mappings and lists": source.DEEPEST,
    "keys, values and list entries of a file": source.MOST_VALUES,
    "characters of a name": 64,
    "parents above one another": merge.DEEPEST,
    "characters of an expression or claim": expressions.LONGEST,
    "levels of operators within each other (a chain such as `a + b - c` is one)": expressions.DEEPEST,
    "brackets open at once": expressions.BRACKETS,
    "levels of a derived name with all derived names below it": cycles.DEEPEST,
    "turns": 10_000,
    "runs": 10**12,
    "foresight": 1000,
    "level": 4,
    "faults reported at once": source.MOST_FAULTS,
}


def test_the_limits_are_those_of_the_code() -> None:
    """Each number of the table, and the same numbers elsewhere on the page."""
    assert {row[0]: number(row[1]) for row in rows(PAGE.section("12. Limits"))} == LIMITS
    assert f"up to {source.MOST_FAULTS} faults" in PAGE.said("2. The file")
    assert f"at most {merge.DEEPEST} deep" in PAGE.said("10. One scenario on top of another")


WEIGHS = "actors: {north: {strategies: {w: {weigh: {rationality: %s, foresight: %s, level: %s}}}}}"


@pytest.mark.parametrize(
    ("fits", "beyond"),
    [
        ("clock: {turns: 10000}", "clock: {turns: 10001}"),
        ("clock: {discount: 1}", "clock: {discount: 1.01}"),
        ("clock: {discount: 0.01}", "clock: {discount: 0}"),
        ("monte_carlo: {runs: 1000000000000}", "monte_carlo: {runs: 1000000000001}"),
        ("monte_carlo: {seed: 9223372036854775807}", "monte_carlo: {seed: 9223372036854775808}"),
        (WEIGHS % (0, 1000, 4), WEIGHS % (-1, 1000, 4)),
        (WEIGHS % (0, 0, 0), WEIGHS % (0, 1001, 4)),
        (WEIGHS % (0, 0, 0), WEIGHS % (0, 1000, 5)),
        (WEIGHS % (0, 0, 0), WEIGHS % (0, 1.5, 0)),
    ],
)
def test_a_bound_is_the_last_that_fits(fits: str, beyond: str, folder: Path) -> None:
    """What lies beyond is an error."""
    load_text(f"extends: border.yaml\n{fits}\n", "p.yaml", folder)
    with pytest.raises(ScenarioError):
        load_text(f"extends: border.yaml\n{beyond}\n", "p.yaml", folder)


def test_luck_has_the_addresses_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario with everything that is drawn draws at these names and at no others; two of them once a run."""
    drawn: dict[str, set[int]] = {}
    uniforms = luck.Stream.uniforms

    def noted(stream: luck.Stream, first: int, count: int, turn: int) -> luck.Floats:
        drawn.setdefault(stream.name, set()).add(turn)
        return uniforms(stream, first, count, turn)

    monkeypatch.setattr(luck.Stream, "uniforms", noted)
    everything = """
scenario: drawn
clock: {turns: 2}
state: {VARIABLE: {initial: {low: 0, high: 1}}}
actors:
  ACTOR:
    actions: {go: {chance: 0.5 + 0 * turn, after: [0, 1], add: {VARIABLE: 1}}}
    strategies: {plan: [{do: {go: turn}}], mixed: {mix: {plan: 1, go: 1}}}
    plays: mixed
hazards: {HAZARD: {chance: 1, outcomes: {o: {}}}}
"""
    sim.run(load_text(re.sub("[A-Z]{3,}", lambda word: word[0].lower(), everything)), runs=32)
    said = [codes(row[0])[0].lower() for row in rows(PAGE.section("9. Luck"))]
    assert sorted(drawn) == sorted(said)
    assert drawn["variable.initial"] == drawn["actor.mix"] == {0}
    assert drawn["hazard.moment"] == {0, 1}


# --- Claims ----------------------------------------------------------------------------------------------------------


def test_claims_may_name_the_results_of_the_page(folder: Path) -> None:
    """Every form of the table, in one claim; `==`, `or` and division are none."""
    named = {
        "REGIME": "treaty", "ACTOR": "south", "ENTRY": "costs", "NAME": "cover", "HAZARD": "clash", "OUTCOME": "war", "ACTION": "keep",
    }  # fmt: skip
    forms = [codes(row[0])[0] for row in rows(PAGE.section("8. Claims"))]
    assert len(forms) == 9
    assert forms.pop() == "equilibrium(REGIME, ACTOR, STRATEGY, ...)"
    results = [re.sub(r"[A-Z]+", lambda word: named[word[0]], form) for form in forms]
    claim = f"2 * ({results[0]} - 1) + {' - '.join(results[1:])} < 1e9 and 0 < treaty.duration <= 9"
    scenario = load_text(
        f"extends: border.yaml\nclaims: {{north_loses: {{says: S, holds: {claim}}}}}\n", "p.yaml", folder
    )
    assert sim.claims(scenario, runs=20).all_hold
    load_text(
        "extends: border.yaml\nclaims: {north_loses: {says: S, holds: treaty.north < 1 and (treaty.north < 2)}}\n",
        "p.yaml",
        folder,
    )
    for wrong in (
        "treaty.north == 1",
        "treaty.north in treaty.south",
        "not treaty.north < 1",
        "treaty.north < 010",
        "treaty.north < 1 or treaty.south < 1",
        "treaty.north / 2 < 1",
        "1 < 2",
    ):
        with pytest.raises(ScenarioError, match="CLAIM"):
            load_text(f"extends: border.yaml\nclaims: {{north_loses: {{says: S, holds: {wrong}}}}}\n", "p.yaml", folder)


def test_claims_may_speak_of_equilibria(folder: Path) -> None:
    """Of those alone and of numbers; a least probability of 0 is at least 0, but not above it."""
    asked = "equilibrium(treaty, south, honest)"
    document = "extends: border.yaml\nclaims: {north_loses: {says: S, holds: '%s'}}\n"
    load_text(document % f"2 * {asked} - equilibrium(no_treaty, south, honest, weigh) < 1.5", "p.yaml", folder)
    with pytest.raises(ScenarioError, match="CLAIM"):
        load_text(document % f"{asked} < treaty.south", "p.yaml", folder)
    pytest.importorskip("nashpy")
    for holds, verdict in ((">= 0", "holds"), ("> 1", "fails")):
        scenario = load_text(document % f"{asked} {holds}", "p.yaml", folder)
        assert sim.claims(scenario, runs=20).results[0].verdict == verdict


def test_what_is_equal_in_every_run_is_undecided(folder: Path) -> None:
    """Even with `<=`; and one run alone decides nothing."""
    claim = "claims: {north_loses: {says: S, holds: treaty.final.guns <= treaty.final.guns_known}}"
    scenario = load_text(f"extends: border.yaml\n{claim}\n", "p.yaml", folder)
    assert [sim.claims(scenario, runs=runs).results[0].verdict for runs in (1, 50)] == ["undecided"] * 2


# --- Error codes -----------------------------------------------------------------------------------------------------

NOT_CODES = {
    "COLUMNS",
    "LOG",
    "SCENARIO",
    "ADDRESS",
    "DIR",
    "NULL",
    "TRUE",
    "FALSE",
    "EDQUOT",
    "FILE",
    "KINDS",
    "ACTOR",
    "POINT",
    "METHODS",
    "PAWN",
    "ST",
    "GROUP",
    "WF",
    "VARCHAR",
    "BIGINT",
    "BOOLEAN",
    "DOUBLE",
    "NFC",
    "COMMIT",
    "ROLLBACK",
    "DENY",
    "GET",
    "HEAD",
    "OPTIONS",
    "POST",
}
"""Words in capitals that the source uses for something else."""

BY_OPTION = {
    "AS",
    "SAVE-SCENARIO",
    "TO",
    "CSV",
    "ALL",
    "NFG",
    "ROBUST-RUNS",
    "RUNS",
    "SEED",
    "JOBS",
    "BLOCK",
    "ENGINE",
    "PLAY",
    "SET",
}
"""Codes made of an option's name."""

TABLES = [heading for heading in PAGE.sections() if re.search(r"\(exit \d\)", heading)]


def codes_of_the_page() -> list[str]:
    return [code for heading in TABLES for row in rows(PAGE.section(heading)) for code in codes(row[0])]


def codes_of_the_source() -> set[str]:
    """Every text in the source that looks like a code."""
    found = {
        code for path in SOURCES for code in re.findall(r'"([A-Z]{2,}(?:-[A-Z]+)*)"', path.read_text(encoding="utf-8"))
    }
    return found - NOT_CODES


def test_every_code_of_the_program_stands_on_the_page_once() -> None:
    """And the page has no code that the program does not have."""
    told = codes_of_the_page()
    assert len(told) == len(set(told))
    kinds = {code for code in told if code.startswith("UNKNOWN-")}
    assert (
        set(told) - kinds - BY_OPTION
        == {code for code in codes_of_the_source() if not code.startswith("UNKNOWN-")} - BY_OPTION
    )
    assert set(told) >= BY_OPTION


HEAD = "scenario: s\nclock: {turns: 2}\n"
ONE = "actors: {a: {actions: {x: {}, y: {}}}}\n"
FAULTY = {
    "TOO-LARGE": "#" * (text.LARGEST_FILE + 1),
    "ENCODING": b"\xe9",
    "CHARACTER": "a: \x07",
    "SYNTAX": "a: - b",
    "INDENTATION": "a:\n  b: 1\n c: 2",
    "TAB": "a:\n\tb: 1",
    "QUOTE": 'a: "b',
    "BRACKET": "a: {b: 1",
    "UNQUOTED": "a: {b: f(1, 2)}",
    "KEY": "{[a]: 1}",
    "DUPLICATE-KEY": "a: 1\na: 2",
    "DEPTH": "a: " + "[" * 30 + "]" * 30,
    "ANCHOR": "a: &b 1",
    "ALIAS": "a: *b",
    "MERGE": "<<: {a: 1}",
    "TAG": "a: !b 1",
    "DIRECTIVE": "%YAML 1.2\n---\na: 1",
    "DOCUMENTS": "a: 1\n---\nb: 1",
    "EXTENDS": "extends: nowhere.yaml",
    "EMPTY": "",
    "WRONG-KIND": HEAD + ONE + "parameters: {p: much}",
    "MISSING-KEY": HEAD + ONE + "hazards: {h: {}}",
    "UNKNOWN-KEY": HEAD + ONE + "wars: {}",
    "TWO-KINDS": HEAD + ONE + "hazards: {h: {rate: 1, payoffs: {a: 1}, outcomes: {o: {}}}}",
    "BOUNDS": HEAD + ONE + "state: {z: {min: 1, max: 0}}",
    "OUT-OF-RANGE": HEAD + ONE + "hazards: {h: {rate: -1}}",
    "NAME": HEAD + ONE + "parameters: {P: 1}",
    "IDENTIFIER": "scenario: A B\nclock: {turns: 2}\n" + ONE,
    "DUPLICATE-NAME": HEAD + ONE + "parameters: {p: 1}\nstate: {p: 1}",
    "RESERVED-NAME": HEAD + "actors: {final: {}}",
    "UNKNOWN-NAME": HEAD + ONE + "derived: {d: e}",
    "UNKNOWN-FUNCTION": HEAD + ONE + "derived: {d: sin(1)}",
    "UNKNOWN-ACTION": HEAD + ONE + "regimes: {r: {forbid: {a: [z]}}}",
    "UNKNOWN-ACTOR": HEAD + ONE + "regimes: {r: {forbid: {b: [x]}}}",
    "UNKNOWN-ENTRY": HEAD + ONE + "claims: {c: {says: S, holds: base.a.z < 1}}",
    "UNKNOWN-HAZARD": HEAD + ONE + "claims: {c: {says: S, holds: base.count.z < 1}}",
    "UNKNOWN-OUTCOME": HEAD + ONE + "hazards: {h: {rate: 1, outcomes: {o: {}}}}\nclaims: {c: {says: S, holds: base.count.h.z < 1}}",
    "UNKNOWN-PARAMETER": HEAD + ONE + "regimes: {r: {parameters: {p: 1}}}",
    "UNKNOWN-REGIME": HEAD + ONE + "claims: {c: {says: S, holds: r.a < 1}}",
    "UNKNOWN-RESULT": HEAD + ONE + "claims: {c: {says: S, holds: base.b < 1}}",
    "UNKNOWN-STRATEGY": HEAD + ONE + "regimes: {r: {plays: {a: z}}}",
    "UNKNOWN-VARIABLE": HEAD + ONE + "regimes: {r: {initial: {z: 1}}}",
    "NOT-STATE": HEAD + ONE + "parameters: {p: 1}\nhazards: {h: {rate: 1, set: {p: 2}}}",
    "NOT-A-PARAMETER": HEAD + ONE + "state: {z: turn}",
    "MOVES": "scenario: s\nclock: {turns: 2, moves: [a]}\nactors: {a: {}, b: {}}",
    "NESTED-MIX": HEAD + "actors: {a: {actions: {x: {}}, strategies: {m: {mix: {x: 1}}, n: {mix: {m: 1}}}}}",
    "UNREACHABLE": HEAD + "actors: {a: {actions: {x: {}}, strategies: {s: [{do: x}, {do: x}]}}}",
    "LEVEL": HEAD + "actors: {a: {actions: {x: {}}, strategies: {w: {weigh: {rationality: 1, level: 1}}}}}",
    "CYCLE": HEAD + ONE + "derived: {d: e, e: d}",
    "EXPRESSION": HEAD + ONE + "derived: {d: 1 +}",
    "TOO-LONG": HEAD + ONE + f"derived: {{d: {'1' * 401} + 1}}",
    "TOO-DEEP": HEAD + ONE + f"derived: {{d: {'**'.join('1' * 101)}}}",
    "NOT-FINITE": HEAD + ONE + "parameters: {p: .inf}",
    "CLAIM": HEAD + ONE + "claims: {c: {says: S, holds: base.a}}",
}  # fmt: skip
"""For each code that a text alone can earn, a text that does."""

BY_FILE = {"NO-SUCH-FILE": "none.yaml", "NOT-A-FILE": ".", "UNREADABLE": "loop.yaml"}


@pytest.mark.parametrize("code", FAULTY)
def test_a_code_means_what_the_page_says(code: str, tmp_path: Path) -> None:
    """An example of each fault is told with its code first."""
    given = FAULTY[code]
    path = tmp_path / "s.yaml"
    path.write_bytes(given if isinstance(given, bytes) else given.encode())
    with pytest.raises(ScenarioError) as caught:
        sim.load(path)
    assert caught.value.faults[0].code == code


@pytest.mark.parametrize("code", BY_FILE)
def test_a_file_that_cannot_be_read_is_told(code: str, tmp_path: Path) -> None:
    """What is no file, a folder, or a link to itself."""
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(ScenarioError) as caught:
        sim.load(tmp_path / BY_FILE[code])
    assert caught.value.faults[0].code == code


def test_every_code_of_exit_3_has_its_example() -> None:
    """But for the one that only a program in Python meets."""
    told = [
        code
        for heading in TABLES
        if "(exit 3)" in heading
        for row in rows(PAGE.section(heading))
        for code in codes(row[0])
    ]
    assert set(told) - {"NO-TEXT"} == set(FAULTY) | set(BY_FILE)


def test_the_sum_of_a_constant_weight_is_seen() -> None:
    """A weight that is plain arithmetic above 0 always applies; the page says so of unreachable rules."""
    load_text(HEAD + "parameters: {p: 1}\nactors: {a: {actions: {x: {}}, strategies: {s: [{do: {x: p}}, {do: x}]}}}")
    with pytest.raises(ScenarioError, match="UNREACHABLE"):
        load_text(HEAD + "actors: {a: {actions: {x: {}}, strategies: {s: [{do: {x: 1 + 1}}, {do: x}]}}}")


def test_the_fault_shown_is_the_one_told(folder: Path) -> None:
    """The page's example of a fault, by misspelling one name of its scenario."""
    (folder / "misspelled.yaml").write_text((folder / "border.yaml").read_text().replace("(1 + walls)", "(1 + wals)"))
    with pytest.raises(ScenarioError) as caught:
        sim.load(folder / "misspelled.yaml")
    told = str(caught.value).replace(str(folder / "misspelled.yaml"), "border.yaml")
    assert f"\n    {told}\n" in PAGE.section("13. Errors")
