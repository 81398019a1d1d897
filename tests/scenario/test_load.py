"""A file becomes a scenario, or all of its faults at once: code, line, column and likely word of each."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

import sim
from sim.errors import ScenarioError
from sim.scenario.flatten import flattened
from sim.scenario.load import load, load_text
from sim.scenario.schema import Scenario
from sim.scenario.source import Mapping, Node, Sequence, parse_source
from tests.generated import scenario_texts

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "scenarios").rglob("*.yaml"))

EXAMPLE = """\
scenario: inf-2018              # identifier: lower-case letters, digits, hyphens; the file's stem
title: The incentives of 2018
summary: One side has little reason to come back. What would change that?

clock:
  turns: 20                     # 1 to 10,000
  turn: 1 year                  # what a turn stands for (a label)
  start: 2018                   # label of the first turn (optional)
  discount: 0.95                # weight of a turn's payoffs relative to the turn before; over 0, at most 1
  moves: simultaneous           # or a list of actors: later ones see what earlier ones did this turn

parameters:
  arms_burden: 0.25             # short form
  commitment: {value: 0.1, range: [0, 1], label: Leadership's commitment to arms control, source: article}

state:
  missiles: {initial: 1, min: 0, max: 4, label: Ground-launched brigades, seen_as: {nato: missiles_known}}
  missiles_known: {initial: 0, min: 0, max: 4}
  defence: {initial: 0, min: 0, max: 3}
  tension: {initial: 0.2, min: 0, max: 1, drift: -0.1 * tension}
  resolve: {initial: {1: 0.6, 0: 0.4}, min: 0, max: 1, label: The adversary's type, seen_as: {nato: guess}}
  guess: 0.5                      # short form: constant until something sets it

derived:
  screen: 1 - 0.2 * defence

actors:
  nato:
    label: NATO
    incentives:
      security: -missiles / 4 * screen
      burden: -0.05 * defence
    actions:
      hold: {label: Keep to the treaty}
      harden: {label: Build defences, available: missiles_known > 0, cost: 0.1, after: [1, 2], add: {defence: 1}}
    strategies:
      steady: hold                                        # always this action
      prepare:                                            # the first rule that applies
        - {when: missiles_known > 0 and defence < 2, do: harden}
        - {do: hold}
    plays: prepare
  adversary:
    incentives:
      strike: (0.5 + 0.3 * resolve) * missiles / 4 * screen
      burden: -arms_burden * missiles / 4
      legacy: commitment * (missiles == 0)
    actions:
      comply: {}
      build: {cost: 0.1, chance: 0.9, after: {mean: 1.5}, add: {missiles: 1, tension: 0.1}}
    strategies:
      comply: comply
      cheat: [{when: missiles < 3, do: build}, {do: comply}]
      weigh: {weigh: {rationality: 6, foresight: 5}}
    plays: weigh

hazards:
  detection: {rate: 0.4 * (missiles > missiles_known), set: {missiles_known: missiles}, add: {tension: 0.2}}
  crisis:
    rate: 0.05 + 0.15 * tension
    outcomes:
      settled: {weight: 2, payoffs: {nato: -0.2, adversary: -0.2}, add: {tension: -0.2}}
      war: {weight: 0.02 + 0.1 * missiles / 4, payoffs: {nato: -25, adversary: -25}, ends: true}

regimes:
  treaty: {label: Treaty-compliant, plays: {adversary: comply}, forbid: {adversary: [build]}}
  post_treaty: {label: Post-treaty}

claims:
  nato_loses:
    says: NATO does worse outside the treaty.
    holds: post_treaty.nato < treaty.nato

monte_carlo: {runs: 10000, seed: 2018}
"""


def plain(node: Node) -> object:
    """Return a document as dicts, lists and values."""
    if isinstance(node, Mapping):
        return {key.text: plain(value) for key, value in node}
    return [plain(item) for item in node] if isinstance(node, Sequence) else node.value


def told(text: str) -> list[str]:
    """Return the faults of a text as ``line:column CODE: message``."""
    with pytest.raises(ScenarioError) as caught:
        load_text(text, "f.yaml")
    assert caught.value.exit_status == 3
    assert all("\n" not in str(fault) for fault in caught.value.faults)
    return [str(fault).removeprefix("f.yaml:").replace(": ", " ", 1) for fault in caught.value.faults]


def whole(body: str) -> str:
    """Return a scenario with ``body`` from line 3 on, and an actor if it has none."""
    actors = "" if "\nactors:" in f"\n{body}" else "actors: {a: {}}\n"
    return f"scenario: s\nclock: {{turns: 3}}\n{body}\n{actors}"


# ---------------------------------------------------------------- valid files


def test_the_example_of_the_language_page_loads() -> None:
    """Every form of the example arrives as the models' one form."""
    scenario = load_text(EXAMPLE)
    assert scenario.clock.turns == 20
    assert scenario.parameters["arms_burden"].value == 0.25
    assert scenario.parameters["commitment"].range == (0.0, 1.0)
    assert scenario.state["guess"].initial is not None
    assert scenario.state["guess"].initial.value is not None
    assert scenario.state["guess"].initial.value.text == "0.5"
    resolve = scenario.state["resolve"].initial
    assert resolve is not None
    assert [(value.text, weight.text) for value, weight in resolve.choices] == [("1.0", "0.6"), ("0.0", "0.4")]
    nato = scenario.actors["nato"]
    assert nato.strategies["steady"].action == "hold"
    assert [list(rule.do) for rule in nato.strategies["prepare"].rules or ()] == [["harden"], ["hold"]]
    harden = nato.actions["harden"].after
    assert harden is not None
    assert (harden.low, harden.high) != (None, None)
    assert scenario.hazards["crisis"].outcomes["war"].ends is True
    assert [str(one) for one in scenario.claims["nato_loses"].holds.references] == ["post_treaty.nato", "treaty.nato"]
    assert (scenario.file, scenario.document is not None) == ("scenario.yaml", True)


VALID = {
    "no regimes, no strategies": "actors: {a: {actions: {go: {}, stay: {}}, plays: stay}}",
    "an actor without actions": "actors: {a: {incentives: {x: 1}}, b: {}}",
    "a strategy named as an action wins": "actors: {a: {actions: {go: {}, stay: {}}, strategies: {go: stay}, plays: go}}",
    "labels on every kind of strategy": """\
actors:
  a:
    actions: {go: {}, stay: {}}
    strategies:
      one: {action: go, label: One}
      two: {rules: [{when: turn > 1, do: go}], label: Two}
      three: {script: [go, stay], label: Three}
      four: {mix: {one: 1, go: 2}, label: Four}
      five: {weigh: {rationality: 1}, label: Five}""",
    "a rule after one whose action may be unavailable":
        "actors: {a: {actions: {go: {available: turn > 2}, stay: {}}, strategies: {s: [{do: go}, {do: stay}]}}}",
    "a rule after one whose action is forbidden somewhere": """\
actors: {a: {actions: {go: {}, stay: {}}, strategies: {s: [{do: go}, {do: stay}]}}}
regimes: {r: {forbid: {a: [go]}}, q: {}}""",
    "a rule after weights that may all be zero":
        "actors: {a: {actions: {go: {}, stay: {}}, strategies: {s: [{do: {go: turn - 1}}, {do: stay}]}}}",
    "a guard protects": "parameters: {p: 0}\nderived: {d: 1 / p if p > 0 else 0, e: 'pick(0, 1, 1 / p)', f: p > 0 and 1 / p > 2}",
    "a regime makes a parameter fit": "parameters: {p: 2}\nhazards: {h: {chance: p}}\nregimes: {r: {parameters: {p: 0.5}}}",
    "a first value may be drawn outside the bounds": "state: {x: {initial: {low: -1, high: 2}, min: 0, max: 1}}",
    "weights that are no whole numbers": "state: {x: {initial: {0.5: 0.3, p + 1: 0.7}}}\nparameters: {p: 1}",
    "every word of YAML for a number": "parameters: {a: 1, b: -2.5, c: 1e3, d: .5, e: 0x10, f: +3}",
    "numbers in expressions": "derived: {a: 1e-3, b: .5, c: 5., d: true, e: -0.25, f: '2'}",
    "claims": """\
state: {x: 0}
hazards: {h: {chance: 0.5, outcomes: {o: {}, p: {}}}, i: {rate: 1}}
actors: {a: {incentives: {w: x}, actions: {go: {}}}}
claims:
  c: {says: All of it, holds: base.a > base.a.costs + 2 * base.a.w - base.a.h and base.final.x <= base.count.h.o + base.count.i}
  d: {says: And these, holds: 0 <= base.actions.a.go < base.ended + base.duration}""",
    "level one with two actors":
        "actors: {a: {actions: {go: {}}, strategies: {w: {weigh: {rationality: 1, level: 1}}}}, b: {}}",
    "no moves, named in order": "actors: {a: {}, b: {}}",
    "extends that is null": "extends: null",
    "extends that is empty": "extends:",
    "a large seed": "monte_carlo: {seed: 9223372036854775807}",
}  # fmt: skip


@pytest.mark.parametrize("body", VALID.values(), ids=VALID.keys())
def test_a_valid_file_loads(body: str) -> None:
    """What the language allows is accepted."""
    assert load_text(whole(body)).scenario == "s"


GUARDED = "actors: {a: {actions: {go: {%s}, stay: {}}, strategies: {s: [{do: go}, {do: stay}]}}}"
LEFT_TO_THE_RUN: dict[str, str] = {
    "a cost": "parameters: {p: 0}\n" + GUARDED % "available: p > 0, cost: 1 / p",
    "a lead time": "parameters: {p: 0}\n" + GUARDED % "available: p > 0, after: [1, p]",
    "effects": "parameters: {p: 0}\nstate: {x: 0}\n" + GUARDED % "available: p > 0, add: {x: 1 / p}, now: {set: {x: 1 / p}}",
    "payoffs of an outcome without weight": "parameters: {p: 0}\nhazards: {h: {rate: 9, outcomes: {o: {weight: p, payoffs: {a: 1 / p}}, q: {}}}}",
    "a chance where the action is forbidden": """\
parameters: {p: 0.5}
actors: {a: {actions: {go: {chance: p}, stay: {}}}}
regimes: {r: {}, q: {parameters: {p: 2}, forbid: {a: [go]}}}""",
    "a strategy nobody plays": """\
parameters: {p: 0}
actors:
  a:
    actions: {go: {}}
    strategies:
      s: go
      t: [{when: 1 / p > 1, do: {go: 1 / p}}]
      u: {mix: {go: 1 / p}}
      v: {weigh: {rationality: 1 / p, foresight: p - 1, level: 1 / p, believes: {p: 1 / p}}}""",
    "a first value that another regime replaces":
        "parameters: {p: 0}\nstate: {x: 1 / p}\nregimes: {r: {initial: {x: 1}}, q: {parameters: {p: 2}}}",
    "an incentive and a drift after the end":
        "parameters: {p: 0}\nstate: {x: {drift: 1 / p}}\nactors: {a: {incentives: {i: 1 / p}}}\nhazards: {h: {chance: 1, ends: true}}",
}  # fmt: skip


@pytest.mark.parametrize("body", LEFT_TO_THE_RUN.values(), ids=LEFT_TO_THE_RUN.keys())
def test_what_no_run_reads_is_no_fault(body: str) -> None:
    """Only results that are used must be finite and within their bounds."""
    scenario = load_text(whole(body))
    for name in scenario.regimes or [None]:
        sim.run(scenario, regime=name, runs=3)


def test_a_parent_may_be_left_empty() -> None:
    """The key says nothing, and is not kept."""
    document = load_text(whole("extends: null")).document
    assert document is not None
    assert "extends" not in document


def test_large_seeds_are_exact() -> None:
    """The last seed there is arrives whole."""
    assert load_text(whole(VALID["a large seed"])).monte_carlo.seed == 2**63 - 1


def test_windows_files_with_byte_order_mark_load(tmp_path: Path) -> None:
    """O-Y18: CRLF, a byte-order mark, comments, a quoted "NO", an emoji in a display name."""
    text = 'scenario: s # one\nclock: {turns: 1, turn: "NO"}\nactors:\n  a: {label: "\U0001f680 NATO", actions: {no: {label: "NO"}}}\n'
    path = tmp_path / "s.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    scenario = load(path)
    assert scenario.clock.turn == "NO"
    assert scenario.actors["a"].label == "\U0001f680 NATO"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_scenarios_load(path: Path) -> None:
    """What ships has no fault."""
    assert isinstance(load(path), Scenario)


@settings(max_examples=60, phases=(Phase.explicit, Phase.generate))
@given(scenario_texts())
def test_generated_scenarios_load_and_survive_flattening(text: str) -> None:
    """A generated scenario has no fault, nor has its document written out, which says the same."""
    scenario = load_text(text)
    assert scenario.document is not None
    again = load_text(flattened(scenario.document))
    assert again.document is not None
    assert plain(again.document) == plain(scenario.document)


# ---------------------------------------------------------------- invalid files

INVALID: list[tuple[str, str, str]] = [
    # (from line 3 on, "line:column CODE", words of the message)
    # keys
    ("hazards: {h: {probabilty: 0.4}}", "3:15 UNKNOWN-KEY", "did you mean 'probability'? the language calls it 'chance'"),
    ("hazards: {h: {probability: 0.4}}", "3:15 UNKNOWN-KEY", "the language calls it 'chance'"),
    ("paramters: {p: 1}\nderived: {d: p}", "3:1 UNKNOWN-KEY", "did you mean 'parameters'?"),
    ("players: {p: {}}", "3:1 UNKNOWN-KEY", "the language calls it 'actors'"),
    ("xyzzy: 1", "3:1 UNKNOWN-KEY", "expected one of: scenario, title, summary, extends, clock"),
    ("state: {x: {initail: 1}}", "3:13 UNKNOWN-KEY", "did you mean 'initial'?"),
    ("actors: {a: {actions: {go: {delay: 1}}}}", "3:29 UNKNOWN-KEY", "the language calls it 'after'"),
    ("actors: {a: {actions: {go: {after: {low: 1, high: 2, mod: 1.5}}}}}", "3:54 UNKNOWN-KEY", "did you mean 'mode'?"),
    ("actors: {a: {actions: {go: {}}, strategies: {s: [{if: turn, do: go}]}}}", "3:51 UNKNOWN-KEY", "calls it 'when'"),
    ("parameters: {p: {range: [0, 1]}}", "3:17 MISSING-KEY", "'value' is missing"),
    ("claims: {c: {says: x}}", "3:13 MISSING-KEY", "'holds' is missing"),
    ("actors: {a: {actions: {go: {}}, strategies: {s: [{when: 1}]}}}", "3:50 MISSING-KEY", "'do' is missing"),
    ("actors: {a: {strategies: {s: {weigh: {level: 0}}}}}", "3:38 MISSING-KEY", "'rationality' is missing"),
    ("hazards: {h: {ends: true}}", "3:14 MISSING-KEY", "either a 'rate' or a 'chance'"),
    ("hazards: {h: {rate: 1, chance: 1}}", "3:14 TWO-KINDS", "exactly one"),
    ("state: {x: {initial: {low: 1}}}", "3:22 MISSING-KEY", "'low' and 'high'"),
    ("actors: {a: {actions: {go: {after: {low: 1}}}}}", "3:36 MISSING-KEY", "no lead time"),
    ("actors: {a: {strategies: {s: {label: x}}}}", "3:30 MISSING-KEY", "exactly one kind"),
    ("state: {x: 1, x: 2}", "3:15 DUPLICATE-KEY", "stands twice"),
    # kinds
    ("parameters:", "3:12 EMPTY", "expected names with their values, found nothing"),
    ("actors: {a: {actions: {go: }}}", "3:27 EMPTY", "write keys and values, or {} for nothing"),
    ("parameters: {w: ~}", "3:17 EMPTY", "expected a number, or {value: a number}, found '~'; write a number, such as 0.25"),
    ("actors: {a: {strategies: {s: {weigh: 3}}}}", "3:38 WRONG-KIND", "a mapping with 'rationality', found '3'; write {rationality: 5}"),
    ("hazards: {h: }", "3:13 EMPTY", "write {rate: 0.1} or {chance: 0.1}"),
    ("claims: {c: 1 < 2}", "3:13 WRONG-KIND", "write {says: what is claimed, holds: a comparison of results}"),
    ("derived: {d: }", "3:13 EMPTY", "write a number or an expression"),
    ("state: {x: {initial: [1, 2]}}", "3:22 WRONG-KIND", "found a list; write {low: 1, high: 2} for a value between two bounds"),
    ("state: {x: {initial: [1, 2, 3]}}", "3:22 WRONG-KIND", "write {low: a, high: b}"),
    ("state: {x: {initial: [[1], 2]}}", "3:22 WRONG-KIND", "write {low: a, high: b}"),
    ("state: {x: {drift: }}", "3:19 EMPTY", "a number or an expression"),
    ("sources: one", "3:10 WRONG-KIND", "expected a list, found 'one'"),
    ("parameters: [1]", "3:13 WRONG-KIND", "expected names with their values, found a list"),
    ("parameters: {p: high}", "3:17 WRONG-KIND", "expected a number, found 'high'"),
    ("parameters: {p: {value: 1, range: [0]}}", "3:35 WRONG-KIND", "expected two numbers"),
    ("monte_carlo: {runs: 1.5}", "3:21 WRONG-KIND", "expected a whole number, found '1.5'"),
    ("hazards: {h: {rate: 1, ends: yes}}", "3:30 WRONG-KIND", "expected true or false, found 'yes'"),
    ("actors: {a: {actions: {go: {add: 1}}}}", "3:34 WRONG-KIND", "expected names with their values"),
    ("actors: {a: {strategies: {s: []}}}", "3:30 WRONG-KIND", "a list that is not empty"),
    ("actors: {}", "3:9 EMPTY", "at least one entry"),
    ("hazards: {h: {rate: 1, add: {x: 1}, outcomes: {o: {}}}}\nstate: {x: 0}", "3:14 TWO-KINDS", "outcomes"),
    # numbers
    ("parameters: {p: .nan}", "3:17 NOT-FINITE", "'.nan' is not a finite number"),
    ("actors: {a: {actions: {go: {cost: .nan}}}}", "3:35 NOT-FINITE", "finite"),
    ("actors: {a: {actions: {go: {cost: 1e999}}}}", "3:35 NOT-FINITE", "finite"),
    ("monte_carlo: {runs: 0}", "3:21 OUT-OF-RANGE", "from 1 to 1000000000000"),
    ("monte_carlo: {seed: -1}", "3:21 OUT-OF-RANGE", "from 0 to 9223372036854775807"),
    ("hazards: {h: {outcomes: {o: {weight: 1:30}}, chance: 1}}", "3:39 EXPRESSION", "':' has no meaning"),
    ("parameters: {p: {value: 0, range: [1, 0]}}", "3:17 BOUNDS", "the range begins at 1 and ends at 0"),
    ("state: {x: {min: 2, max: 1, initial: 1}}", "3:12 BOUNDS", "min 2 is above max 1"),
    ("actors: {a: {actions: {go: {after: [2, 1]}}}}", "3:40 BOUNDS", "2 stands before 1"),
    ("state: {x: {initial: {low: 2, high: 1}}}", "3:37 BOUNDS", "2 stands before 1"),
    # names
    ("state: {Missiles: 1}", "3:9 NAME", "'Missiles' cannot be a name"),
    ("state: {lambda: 1}", "3:9 NAME", "no word of Python"),
    ("state: {max: 1}", "3:9 NAME", "cannot be a name"),
    ("state: {turn: 1}", "3:9 RESERVED-NAME", "number of the current turn"),
    ("actors: {final: {}}", "3:10 RESERVED-NAME", "claims use the word"),
    ("hazards: {costs: {rate: 1}}", "3:11 RESERVED-NAME", "ledger"),
    ("actors: {a: {incentives: {costs: 1}}}", "3:27 RESERVED-NAME", "ledger"),
    ("parameters: {x: 1}\nstate: {x: 1}", "4:9 DUPLICATE-NAME", "already a parameter (f.yaml:3:14)"),
    ("actors: {a: {incentives: {war: 1}}}\nhazards: {war: {rate: 1}}", "3:27 DUPLICATE-NAME", "already a hazard"),
    # names in expressions
    ("state: {resolve: 1}\nderived: {d: 1 + resovle}", "4:18 UNKNOWN-NAME", "did you mean 'resolve'?"),
    ("state: {x: {drift: x > 0 and true}}", "3:30 UNKNOWN-NAME", "unknown name 'true'; write 1 for true, 0 for false"),
    ("derived: {d: 2 * qq}", "3:18 UNKNOWN-NAME", "expected one of: d, turn"),
    ("state: {x: 0}\nderived: {d: qq(x)}", "4:14 UNKNOWN-FUNCTION", "expected one of: min, max, abs"),
    ("state: {x: {drift: 'maximum(x, 1)'}}", "3:21 UNKNOWN-FUNCTION", "did you mean 'max"),
    ("state: {x: 0, y: x}", "3:18 NOT-A-PARAMETER", "a first value is read before the run"),
    ("actors: {a: {strategies: {w: {weigh: {rationality: turn}}}}}", "3:52 NOT-A-PARAMETER", "a rationality is read"),
    ("state: {x: 0}\nactors: {a: {actions: {go: {}}, strategies: {m: {mix: {go: x}}}}}", "4:60 NOT-A-PARAMETER", "a weight"),
    ("derived: {d: e, e: f, f: d}", "3:26 CYCLE", "d -> e -> f -> d"),
    ("derived: {d: d + 1}", "3:14 CYCLE", "d -> d"),
    # names elsewhere
    ("state: {x: {seen_as: {b: x}}}", "3:23 UNKNOWN-ACTOR", "expected one of: a"),
    ("state: {x: {seen_as: {a: y}}}", "3:26 UNKNOWN-VARIABLE", "unknown state variable 'y'"),
    ("parameters: {p: 1}\nhazards: {h: {rate: 1, set: {p: 2}}}", "4:30 NOT-STATE", "'p' is a parameter"),
    ("derived: {d: 1}\nhazards: {h: {rate: 1, add: {d: 2}}}", "4:30 NOT-STATE", "'d' is a derived name"),
    ("hazards: {h: {rate: 1, payoffs: {nobody: 2}}}", "3:34 UNKNOWN-ACTOR", "unknown actor 'nobody'"),
    ("actors: {a: {actions: {build: {}}, strategies: {s: [{do: biuld}]}}}", "3:58 UNKNOWN-ACTION", "did you mean 'build'?"),
    ("actors: {a: {actions: {build: {}}, strategies: {s: {script: [build, x]}}}}", "3:69 UNKNOWN-ACTION", "'x'"),
    ("actors: {a: {actions: {build: {}}, strategies: {s: [{do: {build: 1, x: 1}}]}}}", "3:69 UNKNOWN-ACTION", "'x'"),
    ("actors: {a: {actions: {build: {}}, strategies: {s: biuld}}}", "3:52 UNKNOWN-ACTION", "did you mean 'build'?"),
    ("actors: {a: {actions: {build: {}}, strategies: {s: {mix: {t: 1}}}}}", "3:59 UNKNOWN-STRATEGY", "expected one of: s, build"),
    ("actors: {a: {actions: {go: {}}, strategies: {s: {mix: {t: 1}}, t: {mix: {go: 1}}}}}", "3:56 NESTED-MIX", "'t' is a mix"),
    ("actors: {a: {actions: {go: {}}, plays: og}}", "3:40 UNKNOWN-STRATEGY", "expected one of: go"),
    ("actors: {a: {strategies: {w: {weigh: {rationality: 1, believes: {p: 1}}}}}}", "3:66 UNKNOWN-PARAMETER", "'p'"),
    ("regimes: {r: {plays: {b: x}}}", "3:23 UNKNOWN-ACTOR", "'b'"),
    ("regimes: {r: {plays: {a: x}}}", "3:26 UNKNOWN-STRATEGY", "there is no strategy here"),
    ("regimes: {r: {parameters: {p: 1}}}", "3:28 UNKNOWN-PARAMETER", "'p'"),
    ("regimes: {r: {initial: {p: 1}}}", "3:25 UNKNOWN-VARIABLE", "'p'"),
    ("regimes: {r: {forbid: {a: [go]}}}", "3:28 UNKNOWN-ACTION", "'go'"),
    ("actors: {a: {actions: {go: {}}, strategies: {s: [{do: go}, {when: 1, do: go}]}}}", "3:60 UNREACHABLE", "line 3"),
    ("actors: {a: {actions: {go: {}}, strategies: {s: [{do: {go: 2}}, {do: go}]}}}", "3:65 UNREACHABLE", "never be reached"),
    ("actors: {a: {actions: {go: {}}, strategies: {w: {weigh: {rationality: 1, level: 1}}}}}", "3:81 LEVEL", "1 actors"),
    # values known before a run
    ("hazards: {h: {chance: 1.5}}", "3:23 OUT-OF-RANGE", "a chance is 1.5; write a number from 0 to 1"),
    ("parameters: {p: -1}\nhazards: {h: {rate: 2 * p}}", "4:21 OUT-OF-RANGE", "a rate is -2 where p = -1"),
    ("state: {x: {initial: 5, min: 0, max: 4}}", "3:22 OUT-OF-RANGE", "the first value is 5, which is outside 0 to 4"),
    ("state: {x: {min: 1}}", "3:9 OUT-OF-RANGE", "'x' starts from 0, which is below 1"),
    ("state: {x: {max: 1}}\nregimes: {r: {initial: {x: 2}}}", "4:28 OUT-OF-RANGE", "above 1"),
    ("state: {x: {initial: {1: 0, 2: 0}}}", "3:23 OUT-OF-RANGE", "all weights are 0"),
    ("state: {x: {initial: {1: -1, 2: 1}}}", "3:26 OUT-OF-RANGE", "a weight is -1"),
    ("actors: {a: {actions: {go: {after: -1}}}}", "3:36 OUT-OF-RANGE", "a lead time is -1"),
    ("actors: {a: {strategies: {w: {weigh: {rationality: 1, foresight: 2.5}}}}}", "3:66 OUT-OF-RANGE", "a whole number"),
    ("derived: {d: 9**9**9}", "3:14 NOT-FINITE", "infinite"),
    ("derived: {d: (-8)**(1/3)}", "3:14 NOT-FINITE", "no number"),
    ("derived: {d: 1 + 1e308*10}", "3:18 NOT-FINITE", "'1e308*10': the result is infinite"),
    ("parameters: {p: 3}\nderived: {d: 1/(p-p)}", "4:14 NOT-FINITE", "where p = 3"),
    ("parameters: {p: 0}\nactors: {a: {incentives: {i: 1/p}}}", "4:30 NOT-FINITE", "where p = 0"),
    ("parameters: {p: 0}\nstate: {x: {drift: 1/p}}", "4:20 NOT-FINITE", "where p = 0"),
    ("parameters: {p: 2}\nhazards: {h: {chance: p}}", "4:23 OUT-OF-RANGE", "a chance is 2 where p = 2"),
    ("actors: {a: {actions: {go: {available: 0, chance: 2}}}}", "3:51 OUT-OF-RANGE", "a chance is 2"),
    ("actors: {a: {actions: {go: {available: 0, cost: 1e308*10}}}}", "3:49 NOT-FINITE", "infinite"),
    ("state: {x: 9**9**9}\nregimes: {r: {initial: {x: 1}}}", "3:12 NOT-FINITE", "infinite"),
    ("parameters: {p: 0}\nstate: {x: 1/p}\nregimes: {r: {initial: {x: 1}}, q: {}}", "4:12 NOT-FINITE", "in regime 'q'"),
    ("parameters: {p: 1}\nregimes: {r: {}, s: {parameters: {p: 0}}}\nderived: {d: 1/p}", "5:14 NOT-FINITE", "p = 0 in regime 's'"),
    # claims
    ("claims: {c: {says: x, holds: base.a > bas.a}}", "3:39 UNKNOWN-REGIME", "did you mean 'base'?"),
    ("claims: {c: {says: x, holds: base.aa > 1}}", "3:35 UNKNOWN-RESULT", "did you mean 'a'?"),
    ("claims: {c: {says: x, holds: base.a.cost > 1}}", "3:37 UNKNOWN-ENTRY", "did you mean 'costs'?"),
    ("claims: {c: {says: x, holds: base.final.x > 1}}", "3:41 UNKNOWN-NAME", "'x'"),
    ("claims: {c: {says: x, holds: base.final > 1}}", "3:30 UNKNOWN-RESULT", "only the beginning"),
    ("claims: {c: {says: x, holds: base > 1}}", "3:30 UNKNOWN-RESULT", "go on with one of: a, final"),
    ("claims: {c: {says: x, holds: base.ended.a > 1}}", "3:41 UNKNOWN-RESULT", "'base.ended' is a whole result"),
    ("claims: {c: {says: x, holds: base.a}}", "3:30 CLAIM", "compares results"),
    ("claims: {c: {says: x, holds: base.a * base.a > 1}}", "3:30 CLAIM", "multiplied"),
    ("claims: {c: {says: x, holds: '  base.a == 1'}}", "3:40 CLAIM", "'=' has no meaning in a claim"),
    # places
    ("derived:\n  d: >-\n    1 +\n    2 * foo", "6:9 UNKNOWN-NAME", "'foo'"),
    ("derived:\n  d: |\n    1 +\n      foo", "6:7 UNKNOWN-NAME", "'foo'"),
    ('derived: {d: "1 + \\x66oo"}', "3:19 UNKNOWN-NAME", "'foo'"),
    ("derived:\n  d: 1\n     + foo", "5:8 UNKNOWN-NAME", "'foo'"),
    ("extends: nowhere.yaml", "3:10 EXTENDS", "there is no file 'nowhere.yaml'"),
    ("extends: [a, b]", "3:10 EXTENDS", "one scenario file"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "where", "words"), INVALID, ids=[f"{where} {body[:60]}" for body, where, _ in INVALID]
)
def test_an_invalid_file_is_refused(body: str, where: str, words: str) -> None:
    """There is one fault, and it says where, what and what instead."""
    (fault,) = told(whole(body))
    assert fault.startswith(f"{where}: "), fault
    assert words in fault


HEADS: list[tuple[str, list[str]]] = [
    ("scenario: s\nclock: {turns: 1}", ["1:1 MISSING-KEY"]),
    ("title: t", ["1:1 MISSING-KEY"] * 3),
    ("scenario: S!\nclock: {turns: 1}\nactors: {a: {}}", ["1:11 IDENTIFIER"]),
    ("scenario: s\nclock: {turns: 0}\nactors: {a: {}}", ["2:16 OUT-OF-RANGE"]),
    ("scenario: s\nclock: {turns: 10001, discount: 0}\nactors: {a: {}}", ["2:16 OUT-OF-RANGE", "2:33 OUT-OF-RANGE"]),
    ("scenario: s\nclock: {turns: 1, discount: q}\nactors: {a: {}}", ["2:29 UNKNOWN-NAME"]),
    ("scenario: s\nclock: {turns: 1, moves: [b, a, a]}\nactors: {a: {}, c: {}}",
     ["2:26 MOVES", "2:27 UNKNOWN-ACTOR", "2:33 MOVES"]),
    ("scenario: s\nclock: {turns: 1, moves: in order}\nactors: {a: {}}", ["2:26 WRONG-KIND"]),
    ("scenario: s\nclock: {turns: 1, start: 2001-13-45}\nactors: {a: {}}", ["2:26 WRONG-KIND"]),
    (f"scenario: s\nclock: {{turns: {'9' * 5000}}}\nactors: {{a: {{}}}}", ["2:16 NOT-FINITE"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "faults"), HEADS, ids=[text[:60] for text, _ in HEADS])
def test_the_head_of_a_file_is_checked(text: str, faults: list[str]) -> None:
    """What every scenario must say is asked for; what it says of the clock is checked."""
    assert [fault.split(": ")[0] for fault in told(text)] == faults


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "O-Y01": ("a: &a [x, x, x]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)), "ANCHOR"),
    "O-Y02": ("a: &a {x: 1}\n" + "".join(f"{b}: &{b} {{<<: [*{a}, *{a}]}}\n" for a, b in zip("abcdefghijklmnopqrstu", "bcdefghijklmnopqrstuv", strict=True)), "ANCHOR"),
    "O-Y03": ("a: " + "[" * 1000, "DEPTH"),
    "O-Y04": ("a: " + "[" * 100_000, "DEPTH"),
    "O-Y05": (whole("actors: {a: {}}\nhazards: {h: {rate: 1, payoffs: {a: 1, a: 2}}}"), "DUPLICATE-KEY"),
    "O-Y06": ('a: !!python/object/apply:os.system ["true"]', "TAG"),
    "O-Y07": ('a: !!int ""', "TAG"),
    "O-Y08": (f"scenario: s\nclock: {{turns: {'9' * 5000}}}\nactors: {{a: {{}}}}", "NOT-FINITE"),
    "O-Y09": ("scenario: s\nclock: {turns: 1, start: 2001-13-45}\nactors: {a: {}}", "WRONG-KIND"),
    "O-Y10": (whole("actors: {NO: {}}"), "NAME"),
    "O-Y11": (whole("hazards: {h: {chance: 1, outcomes: {o: {weight: 1:30}}}}"), "EXPRESSION"),
    "O-Y12": (whole("actors: {a: {actions: {go: {cost: .nan}}}}"), "NOT-FINITE"),
    "O-Y13": ("a: &a [*a]", "ANCHOR"),
    "O-Y14": (whole("hazards: {h: {probabilty: 0.4}}"), "UNKNOWN-KEY"),
    "O-Y15": ("a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf:\n\tg: 1", "TAB"),
    "O-Y16": (b"scenario: caf\xe9", "ENCODING"),
    "O-Y17": ("", "EMPTY"),
    "O-Y19": (whole("actors: {a: {actions: {go: {}}, strategies: {s: [{when: clip(x, 0, 1) > 0.5, do: go}]}}}\nstate: {x: 0}"), "UNQUOTED"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_at_once(case: str, tmp_path: Path) -> None:
    """One line a fault, exit status 3, within two seconds."""
    text, code = HOSTILE[case]
    path = tmp_path / "s.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    began = time.monotonic()
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert time.monotonic() - began < 2
    assert code in [fault.code for fault in caught.value.faults]
    assert all(str(fault).isprintable() and str(fault).startswith(str(path)) for fault in caught.value.faults)


# ---------------------------------------------------------------- all faults at once

MANY = """\
scenario: Many Faults
clock: {turns: 0, discount: 1.5}
paramters:
  p: 1
  q: {valu: 2}
state:
  x: {initial: 5, max: 4, drift: q * xx}
  y: {min: 3, max: 1, drift: 1 +}
derived:
  d: y + z
actors:
  a:
    actions:
      act: {chance: 1.5, add: {p: 1}}
      wait: {coast: 1, available: 1 +}
    strategies:
      s: [{do: act, when: 1 +}, {do: wait}, {do: act}]
    plays: s
regimes:
  r: {plays: {a: wait}}
claims:
  c: {says: x, holds: r.a > r.final.y and r.b > 1}
"""


def test_all_faults_of_a_file_come_at_once_and_in_order() -> None:
    """Faults of shape, of names and of values stand side by side; none follows from another."""
    assert [fault.split(": ")[0] for fault in told(MANY)] == [
        "1:11 IDENTIFIER",
        "2:16 OUT-OF-RANGE",
        "2:29 OUT-OF-RANGE",
        "3:1 UNKNOWN-KEY",
        "5:7 UNKNOWN-KEY",
        "7:16 OUT-OF-RANGE",
        "7:38 UNKNOWN-NAME",
        "8:6 BOUNDS",
        "8:33 EXPRESSION",
        "10:10 UNKNOWN-NAME",
        "14:21 OUT-OF-RANGE",
        "14:32 NOT-STATE",
        "15:14 UNKNOWN-KEY",
        "15:38 EXPRESSION",
        "17:30 EXPRESSION",
        "22:45 UNKNOWN-RESULT",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "parameters: {p: x}\nderived: {d: p}",
        "state: {x: {drift: 1 +}}\nderived: {d: x}\nhazards: {h: {rate: 1, add: {x: 1}}}",
        "actors: {a: {actions: {go: {cost: 1 +}}, plays: go}}",
        "actors: {a: {actions: {go: {}}, strategies: {s: {mix: {go: 1 +}}}, plays: s}}",
        "hazards: {h: {rate: 1 +, outcomes: {o: {}}}}\nclaims: {c: {says: x, holds: base.count.h.o > base.a.h}}",
        "actors: {a: {actions: {go: {available: 1 +}, stay: {}}, strategies: {s: [{do: go}, {do: stay}]}}}",
        "actors: {a: {actions: {go: {}, stay: {}}, strategies: {s: [{do: go, when: 1 +}, {do: stay}]}}}",
        "state: {x: {initial: 1 +, min: 1}}",
        "actors: 5\nhazards: {h: {rate: 1, payoffs: {nato: 1}}}\nclaims: {c: {says: x, holds: base.nato > 1}}",
        "state: [x]\nderived: {d: x}",
        "actors: {a: {actoins: {go: {}}, plays: go}}",
        "actors: {a: {actions: 5, plays: go}}",
    ],
)
def test_one_fault_brings_no_others(body: str) -> None:
    """A faulty part still declares its names, and what is left without it is not blamed."""
    assert len(told(whole(body))) == 1


def test_no_more_than_fifty_faults_are_told() -> None:
    """A file full of faults does not fill the screen."""
    body = "derived:\n" + "".join(f"  d{number}: nothing_{number}\n" for number in range(80))
    faults = told(whole(body))
    assert len(faults) == 50
    assert faults[0].startswith("4:7 ")


def test_a_long_chain_of_derived_names_is_refused_not_followed() -> None:
    """Thousands of derived names, each built on the one before, end in one fault."""
    body = "derived:\n  d0: 1\n" + "".join(f"  d{number}: d{number - 1} + turn\n" for number in range(1, 3000))
    (fault,) = told(whole(body))
    assert "TOO-DEEP" in fault


def test_a_doubling_chain_of_derived_names_takes_no_time() -> None:
    """Each of 60 names uses the one before twice: read anew at each use, the last would take for ever."""
    body = "parameters: {p: 1e10}\nderived:\n  d0: p * p\n" + "".join(
        f"  d{number}: d{number - 1} * 0.5 + d{number - 1} * 0.5\n" for number in range(1, 40)
    )
    began = time.monotonic()
    load_text(whole(body))
    assert time.monotonic() - began < 2


def test_places_name_the_file_as_it_was_given(tmp_path: Path) -> None:
    """Spaces, quotes and letters of any alphabet in a path do no harm."""
    path = tmp_path / "Ñandú's 'file' 李.yaml"
    path.write_text("scenario: s\nclock: {turns: 1}\nactors: {a: {}}\nstate: {x: q}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="4:12: UNKNOWN-NAME") as caught:
        load(path)
    assert str(caught.value).startswith(str(path))


def test_loading_is_quick_and_needs_no_numpy() -> None:
    """A file of 20 KB loads in well under 150 ms on one processor, without numpy."""
    script = """
import sys, time
from sim.scenario.load import load_text
text = sys.stdin.read()
best = 9.0
for _ in range(5):
    began = time.process_time()
    load_text(text)
    best = min(best, time.process_time() - began)
print(best, 'numpy' in sys.modules)
"""
    rules = "".join(
        f"        - {{when: missiles > {n} and tension < 0.{n}, do: build, note: A longer remark on rule number {n}}}\n"
        for n in range(10, 180)
    )
    text = EXAMPLE.replace("      cheat: ", f"      many:\n{rules}      cheat: ")
    assert len(text) > 18_000
    ran = subprocess.run([sys.executable, "-c", script], input=text, capture_output=True, text=True, check=True)
    seconds, numpy = ran.stdout.split()
    assert float(seconds) < 0.3
    assert numpy == "False"


def test_the_example_is_valid_yaml_for_others() -> None:
    """The example parses to the same values as nodes of its own document."""
    document = parse_source(EXAMPLE, "f.yaml")
    assert isinstance(plain(document), dict)
