"""Games small enough to be played on paper; the working stands beside each answer.

What is worked out is asked of the oracle, and the engines have to give what the oracle gives, on the same luck.
"""

import hashlib
import math
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.engine import events, lockstep
from sim.engine.record import columns_of
from sim.model import luck as luck_of_engines
from sim.model.compiling import compiled
from sim.model.game import Setting
from sim.scenario.load import load_text
from tests import oracle
from tests.results import results_of

Luck = Callable[..., None]


@pytest.fixture
def luck(monkeypatch: pytest.MonkeyPatch) -> Luck:
    """Sets the luck of a test: `luck({"crisis.moment": 0.25, ("nato.lead", 1): 0.5})`, 0.5 where nothing is said."""

    def settle(table: dict[Any, float]) -> None:
        def uniform(seed: int, name: str, run: int, turn: int) -> float:
            return table.get((name, turn), table.get(name, 0.5))

        monkeypatch.setattr(oracle, "uniform", uniform)

    return settle


def play(text: str, **how: Any) -> oracle.Result:
    asked = {"seed": 1, "run": 0, **how}
    result = oracle.play(oracle.read_text(text), **asked)
    engines_agree(text, result, **asked)
    return result


def engines_agree(
    text: str,
    result: oracle.Result,
    *,
    seed: int,
    run: int,
    regime: str | None = None,
    plays: dict[str, str] | None = None,
    parameters: dict[str, float] | None = None,
) -> None:
    text = textwrap.dedent(text).strip()
    text = "{scenario: worked, " + text[1:] if text.startswith("{") else "scenario: worked\n" + text
    if "actors:" not in text:
        text += "\nactors: {nobody: {}}\n"
        result = replace(result, payoffs={"nobody": 0.0}, ledger={"nobody": {}}, actions={"nobody": {}})
        result.ledger["nobody"].update(dict.fromkeys(["costs", *result.hazards], 0.0))
    scenario = load_text(text)
    game = compiled(scenario, Setting(regime, plays or {}, parameters or {}))
    expected = results_of(result)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(luck_of_engines.Stream, "uniforms", lambda stream, *at: uniforms(stream.seed, stream.name, *at))
        for engine in (lockstep, events):
            results = dict(zip(columns_of(game), engine.play(game, seed, run, 1)[:, 0], strict=True))
            assert results == pytest.approx(expected, rel=1e-12, abs=1e-12)


def uniforms(seed: int, name: str, first: int, count: int, turn: int) -> np.ndarray:
    return np.array([oracle.uniform(seed, name, run, turn) for run in range(first, first + count)])


def test_the_engines_draw_the_oracles_luck() -> None:
    for name, first, turn in [("nato.decision", 0, 0), ("crisis.moment", 5, 3), ("a.mix", 8_191, 9_999)]:
        drawn = luck_of_engines.uniforms(2018, name, first, 11, turn)
        assert drawn.tolist() == uniforms(2018, name, first, 11, turn).tolist()


def times(result: oracle.Result, kind: str) -> list[tuple[float, str, str]]:
    return [(time, who, what) for time, what_kind, who, what in result.events if what_kind == kind]


# --- Expressions (section 3) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 ** 2", 19),  # 1 + 2 * 9
        ("-2 ** 2", -4),  # the power binds tighter than the minus
        ("-7 // 2", -4),  # rounded down
        ("-7 % 3", 2),  # -7 = 3 * -3 + 2
        ("1 < x < 3", 1),
        ("3 > x > 2", 0),  # x is 2
        ("x == 2 and 5", 1),  # `and` gives 1 or 0, never 5
        ("0 or 0.5", 1),
        ("not x", 0),
        ("x > 5 and 1 / 0 > 2", 0),  # the right side is not used
        ("1 if x else 1 / 0", 1),
        ("5 > 6 > 1 / 0", 0),  # a chain stops like `and`
        ("pick(1.9, 10, 20, 30)", 20),  # 1.9 is rounded down
        ("pick(-3, 10, 1 / 0)", 10),  # clipped to the list; the other value is not used
        ("pick(9, 1 / 0, 30)", 30),
        ("clip(7, 0, 3) + min(4, 2, 3) + max(1, 5)", 10),  # 3 + 2 + 5
        ("logistic(0) + logistic(-5000)", 0.5),
        ("floor(-0.5) + ceil(0.5) + abs(-2)", 2),  # -1 + 1 + 2
        ("sqrt(16) * log(exp(2))", 8),
        ("double + turn", 7),  # double = 2 * x = 4, turn 3
        ("x == 2\n  and turn == 3", 1),
        ("010", 10),  # a number as YAML 1.2 writes it
    ],
)
def test_an_expression_has_its_value(text: str, value: float) -> None:
    view = oracle.View({"p": 1.0}, {"x": 2.0}, {"double": "2 * x"}, 3.0)
    assert oracle.evaluate(text, view) == value


@pytest.mark.parametrize(
    "text",
    [
        "1 / 0",
        "1 / 0 > 2",  # the infinite value is used
        "0 * (1e308 * 10)",
        "(-8) ** (1 / 3)",
        "9 ** 9 ** 9",
        "log(0)",
        "sqrt(-1)",
        "x < 1",
        "f(2)",
        "max()",
        "[0] * 3",
        "1 is 1",
        "+1 + 1",
        "'a'",
        "1 +",
        "1" + " + 1" * 100,  # 401 characters
    ],
)
def test_an_expression_is_refused(text: str) -> None:
    with pytest.raises(oracle.OracleError):
        oracle.evaluate(text, oracle.View({}))


# --- Luck (section 7) ------------------------------------------------------------------------------------------------


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x64-10 (Salmon and others 2011) in whole numbers."""
    mask = 2**64 - 1
    c, k = list(counter), list(key)
    for _ in range(10):
        first, second = c[0] * 0xD2E7470EE14C6C93, c[2] * 0xCA5A826395121157
        c = [(second >> 64) ^ c[1] ^ k[0], second & mask, (first >> 64) ^ c[3] ^ k[1], first & mask]
        k = [(k[0] + 0x9E3779B97F4A7C15) & mask, (k[1] + 0xBB67AE8584CAA73B) & mask]
    return c


@pytest.mark.parametrize(("run", "turn"), [(0, 0), (1, 0), (17, 3), (4_000_003, 9_999)])
def test_luck_is_philox_at_the_address(run: int, turn: int) -> None:
    digest = hashlib.sha256(b"2018/nato.decision").digest()
    key = [int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:16], "little")]
    raw = philox([run // 4 + 1, turn, 0, 0], key)[run % 4]  # numpy counts up before it draws
    assert oracle.uniform(2018, "nato.decision", run, turn) == (raw >> 11) / 2**53


def test_weighted_draw_takes_the_first_entry_to_exceed() -> None:
    weights = {"a": 1.0, "b": 0.0, "c": 3.0}
    assert oracle.weighted_draw(weights, 0.0) == "a"
    assert oracle.weighted_draw(weights, 0.249) == "a"
    assert oracle.weighted_draw(weights, 0.25) == "c"  # 1 does not exceed 0.25 * 4
    assert oracle.weighted_draw({"a": 0.0}, 0.5) is None


# --- Fixed strategies, costs, discounting ----------------------------------------------------------------------------


def test_costs_and_scores_are_discounted() -> None:
    """A buys one x a turn for 2, x is worth 1 a turn, discount 1/2, three turns.

    costs: -2 (1 + 1/2 + 1/4) = -3.5; worth: 1 * 1 + 2 / 2 + 3 / 4 = 2.75; together -0.75.
    """
    result = play("""
        clock: {turns: 3, discount: half}
        parameters: {half: 0.5}
        state: {x: 0}
        actors:
          a:
            incentives: {worth: x}
            actions: {buy: {cost: 2, add: {x: 1}}}
    """)
    assert result.ledger == {"a": {"costs": -3.5, "worth": 2.75}}
    assert result.payoffs == {"a": -0.75}
    assert result.final == {"x": 3}
    assert result.actions == {"a": {"buy": 3}}
    assert (result.ended, result.duration) == (False, 3)


def test_a_failing_action_is_paid_for_and_does_nothing(luck: Luck) -> None:
    """Chance 0.5: u = 0.5 fails (u < chance is needed), u = 0.49 succeeds. Two costs of 1, one effect, one notice."""
    luck({("a.success", 0): 0.5, ("a.success", 1): 0.49})
    result = play("""
        clock: {turns: 2}
        state: {x: 0, told: 0}
        actors: {a: {actions: {attempt: {cost: 1, chance: 0.5, now: {add: {told: 1}}, add: {x: 1}}}}}
    """)
    assert result.payoffs == {"a": -2}
    assert result.final == {"x": 1, "told": 1}
    assert result.actions == {"a": {"attempt": 2}}


def test_an_unavailable_fixed_action_is_a_pass() -> None:
    """x is 0, then drifts to 1: the action is there from the second of three turns."""
    result = play("""
        clock: {turns: 3}
        state: {x: {initial: 0, drift: x == 0}}
        actors: {a: {actions: {go: {available: x > 0, cost: 1}}}, idle: {incentives: {fixed: 3}}}
    """)
    assert times(result, "decision") == [
        (0, "a", "pass"), (0, "idle", "pass"), (1, "a", "go"), (1, "idle", "pass"), (2, "a", "go"), (2, "idle", "pass"),
    ]  # fmt: skip
    assert result.payoffs == {"a": -2, "idle": 9}


# --- State: bounds, order of effects, drift --------------------------------------------------------------------------


def test_set_comes_before_add_and_each_change_is_clamped() -> None:
    """Written the wrong way round: set x = 10 is clamped to 4, add -3 gives 1; y is set after x and sees 4, not 10.

    z: add 5 clamped to 3, then z sees itself no more; w adds z as it then is, 3.
    """
    result = play("""
        clock: {turns: 1}
        state: {x: {initial: 0, max: 4}, y: 0, z: {initial: 1, min: 0, max: 3}, w: 0}
        actors: {a: {actions: {go: {add: {x: -3, z: 5, w: z}, set: {x: 10, y: x}}}}}
    """)
    assert result.final == {"x": 1, "y": 4, "z": 3, "w": 3}


def test_all_drifts_are_read_before_any_variable_moves() -> None:
    """x' = x + y, y' = y + x from (1, 2): (3, 3), then (6, 6); the score of turn 0 is read before the drift: 1, 3."""
    result = play("""
        clock: {turns: 2}
        state: {x: {initial: 1, drift: y}, y: {initial: 2, drift: x}}
        actors: {a: {incentives: {x_now: x}}}
    """)
    assert result.final == {"x": 6, "y": 6}
    assert result.payoffs == {"a": 4}


def test_first_values_are_drawn_once_a_run(luck: Luck) -> None:
    """x: weights 3 of value 1 and 1 of value 7, u = 0.75 is past the first. y = 2 + 0.25 * 4 = 3. z: 9 clamped to 5."""
    luck({"x.initial": 0.75, "y.initial": 0.25})
    text = """
        clock: {turns: 1}
        parameters: {p: 2}
        state:
          x: {initial: {1: 3, 7: p - 1}}
          y: {initial: {low: p, high: 3 * p}}
          z: {initial: {9: 1}, max: 5}
          late: 1
        regimes: {one: {}, two: {initial: {x: 4, late: {low: 0, high: 8}}}}
    """
    assert play(text).final == {"x": 7, "y": 3, "z": 5, "late": 1}
    assert play(text, regime="two", parameters={"p": 4}).final == {"x": 4, "y": 6, "z": 5, "late": 4}


def test_a_first_value_out_of_bounds_is_an_error() -> None:
    with pytest.raises(oracle.OracleError):
        play("{clock: {turns: 1}, state: {x: {initial: 5, max: 4}}}")


# --- Lead times ------------------------------------------------------------------------------------------------------

LEAD = """
    clock: {{turns: 4}}
    state: {{x: 0, at: 0}}
    actors:
      a:
        incentives: {{x_now: x}}
        actions: {{build: {{available: turn == 1, after: {after}, now: {{set: {{at: turn}}}}, add: {{x: 1}}}}}}
        strategies: {{go: build}}
"""


@pytest.mark.parametrize(
    ("after", "u", "landed", "payoff"),
    [
        # landing at t, x is scored at the ends of the turns after it: at 1, 2, 3, 4 from turn floor(t)
        ("0", 0.5, 0.0, 4),
        ("1", 0.5, 1.0, 3),  # at the boundary: step 1 of turn 1, after turn 0 was scored
        ("1.5", 0.5, 1.5, 3),
        ("[1, 3]", 0.25, 1.5, 3),  # 1 + 0.25 * 2
        ("{mean: 2}", 0.5, 2 * math.log(2), 3),  # -2 log(1 - 0.5)
        ("{low: 0, mode: 1, high: 4}", 0.25, 1.0, 3),  # F(1) = 1 / 4
        ("{low: 0, mode: 1, high: 4}", 0.75, 4 - math.sqrt(3), 2),  # 1 - (4 - t)^2 / 12 = 3/4
        ("4", 0.5, None, 0),  # due at the end: never
        ("1 + turn + x", 0.5, 2.0, 2),  # read when taken: turn 1, x 0
    ],
)
def test_a_delivery_lands_after_its_lead(luck: Luck, after: str, u: float, landed: float | None, payoff: float) -> None:
    luck({"a.lead": u})
    result = play(LEAD.format(after=after))
    assert [time for time, _, _ in times(result, "delivery")] == ([] if landed is None else [pytest.approx(landed)])
    assert result.payoffs == {"a": payoff}
    assert result.final == {"x": 0 if landed is None else 1, "at": 1}  # the notice counts whatever the lead


def test_effects_are_read_when_they_land() -> None:
    """Taken at time 0 when y is 0, landing at 2 when y has drifted to 2; a decision at 2 already sees the landing."""
    result = play("""
        clock: {turns: 3}
        state: {x: 0, y: {initial: 0, drift: 1}, seen: 0}
        actors:
          a: {actions: {build: {available: turn == 1, after: 2, set: {x: y}}}}
          b: {actions: {look: {add: {seen: x}}}}
    """)
    assert result.final == {"x": 2, "y": 3, "seen": 2}


# --- Simultaneous and ordered moves ----------------------------------------------------------------------------------

MOVES = """
    clock: {{turns: 1, moves: {moves}}}
    state: {{x: 1}}
    actors:
      a: {{actions: {{double: {{cost: x, set: {{x: 2 * x}}}}}}}}
      b: {{actions: {{add: {{available: x < 2, cost: x, add: {{x: 3}}}}, wait: {{cost: 10 * x}}}},
          strategies: {{plan: [{{do: add}}, {{do: wait}}]}}}}
"""


def test_simultaneous_moves_are_read_on_one_state() -> None:
    """Both pay x = 1 and b still may add; the effects follow as written: 1 * 2 + 3 = 5."""
    result = play(MOVES.format(moves="simultaneous"))
    assert (result.payoffs, result.final) == ({"a": -1, "b": -1}, {"x": 5})


def test_later_movers_see_what_earlier_ones_did() -> None:
    """a first: x = 2, so b may not add and pays 10 * 2. b first: x = 4, a pays 4, x = 8."""
    result = play(MOVES.format(moves="[a, b]"))
    assert (result.payoffs, result.final) == ({"a": -1, "b": -20}, {"x": 2})
    result = play(MOVES.format(moves="[b, a]"))
    assert (result.payoffs, result.final) == ({"a": -4, "b": -1}, {"x": 8})


# --- Strategies ------------------------------------------------------------------------------------------------------


def test_a_script_repeats_its_last_entry_and_passes_where_it_must() -> None:
    result = play("""
        clock: {turns: 5}
        actors:
          a:
            actions: {x: {}, y: {available: turn != 3}}
            strategies: {plan: {script: [x, y], label: First x}}
    """)
    assert [what for _, _, what in times(result, "decision")] == ["x", "y", "pass", "y", "y"]


@pytest.mark.parametrize(("u", "chosen"), [(0.7, "rules"), (0.75, "y")])
def test_a_mix_is_drawn_once_a_run(luck: Luck, u: float, chosen: str) -> None:
    """Weights 3 and 1: the rules below 3/4, the action y from there on; drawn at turn 0 whatever later turns draw."""
    luck({("a.mix", 0): u, "a.mix": 0.99 - u})
    result = play(
        """
        clock: {turns: 2}
        parameters: {three: 3}
        actors:
          a:
            actions: {x: {}, y: {}}
            strategies: {rules: [{do: x}], mixed: {mix: {rules: three, y: 1}}}
        """,
        plays={"a": "mixed"},
    )
    assert result.actions == {"a": {"x": 2, "y": 0} if chosen == "rules" else {"x": 0, "y": 2}}


def test_rules_skip_what_cannot_be_done(luck: Luck) -> None:
    """Turn 1: the rule for x is skipped (unavailable), so is x in the weighted do: u = 0.5 of (y 1, z 1) is z.

    Turn 2: the weights of y and z are 0 and x is forbidden, the rule is skipped; the last rule does w.
    """
    luck({"a.decision": 0.5})
    result = play("""
        clock: {turns: 2}
        actors:
          a:
            actions: {x: {}, y: {}, z: {}, w: {}}
            strategies:
              plan:
                - {when: turn < 3, do: x}
                - {do: {x: 1 / (turn - turn), y: turn == 1, z: turn == 1}}
                - {do: w}
        regimes: {only: {forbid: {a: [x]}}}
    """)
    assert [what for _, _, what in times(result, "decision")] == ["z", "w"]


def test_masks_change_decisions_and_nothing_else() -> None:
    """a sees x and y exchanged (all at once): 5 and 1 instead of 1 and 5, and the derived name on them.

    It acts since gap = x - y = 4 as seen (-4 in truth); the cost x = 1, the effect 2 * x = 2 and the score are true.
    b sees the truth and so passes.
    """
    result = play("""
        clock: {turns: 1}
        state:
          x: {initial: 1, max: 2, seen_as: {a: y}}
          y: {initial: 5, seen_as: {a: x}}
        derived: {gap: {value: x - y}}
        actors:
          a:
            incentives: {gap_now: gap}
            actions: {go: {available: gap > 0, cost: x, set: {x: 2 * x}}}
            strategies: {plan: [{when: gap == 4 and x == 5, do: go}]}
          b:
            incentives: {gap_now: gap}
            actions: {go: {available: gap > 0, cost: x, set: {x: 2 * x}}}
    """)
    assert result.actions == {"a": {"go": 1}, "b": {"go": 0}}
    assert result.ledger == {"a": {"costs": -1, "gap_now": -3}, "b": {"costs": 0, "gap_now": -3}}
    assert result.final == {"x": 2, "y": 5, "gap": -3}


# --- Hazards ---------------------------------------------------------------------------------------------------------

RACE = """
    clock: {{turns: 2, discount: 0.5}}
    state: {{x: 1, saw: 0}}
    actors: {{a: {{actions: {{build: {{available: turn == 1, after: {after}, add: {{x: 1}}}}}}}}}}
    hazards: {{look: {{chance: 0.8 * (turn == 1), payoffs: {{a: 10 * x}}, set: {{saw: x}}}}}}
"""


@pytest.mark.parametrize(("after", "saw"), [("0.4", 2), ("0.5", 2), ("0.6", 1)])
def test_deliveries_and_hazards_come_in_order_of_time(luck: Luck, after: str, saw: float) -> None:
    """u = 0.4 strikes at 0.4 / 0.8 = 0.5; a delivery at the same time comes first."""
    luck({"look.moment": 0.4})
    result = play(RACE.format(after=after))
    assert result.final["saw"] == saw
    assert result.ledger == {"a": {"costs": 0, "look": 10 * saw}}
    assert times(result, "hazard") == [(0.5, "look", "")]
    assert result.hazards == {"look": 1}


def test_a_rate_gives_the_moment(luck: Luck) -> None:
    """Rate 2, u = 1 - 1/e: E = 1, so it strikes half a turn in; rate 1: E/rate = 1 is not before the turn's end."""
    luck({"h.moment": 1 - math.exp(-1) + 1e-12})
    text = "{clock: {turns: 2, discount: 0.5}, parameters: {r: 2}, actors: {a: {}}, "
    text += "hazards: {h: {rate: r, payoffs: {a: 3 * turn}}}}"
    result = play(text)
    assert [time for time, _, _ in times(result, "hazard")] == [pytest.approx(0.5), pytest.approx(1.5)]
    assert result.payoffs == {"a": 6}  # 3 * 1 + 0.5 * 3 * 2
    assert play(text, parameters={"r": 1}).hazards == {"h": 0}
    assert play(text, parameters={"r": 0}).hazards == {"h": 0}


def test_an_ending_stops_the_run_unscored(luck: Luck) -> None:
    """Turns of 1 (discount 1/2), ended at 1.25 in turn k = 1: cost 1 + 1/2, one score of 8, payoff 4 / 2.

    Its effect still counts (x = 7, and y = 14 with it); the hazard at 1.5 and the delivery at 1.75 never happen.
    """
    luck({("war.moment", 1): 0.25, "late.moment": 0.5, "war.outcome": 0.6, "a.lead": 0.75})
    result = play(
        """
        clock: {turns: 9, discount: 0.5}
        state: {x: {initial: 0, drift: 1}}
        derived: {y: 2 * x}
        actors:
          a: {incentives: {flow: 8}, actions: {pay: {cost: 1, after: [1.75, 1.75], add: {x: 100}}}}
        hazards:
          late: {chance: (turn == 2), add: {x: 50}}
          war:
            chance: (turn == 2)
            outcomes:
              peace: {add: {x: 1000}}
              defeat: {payoffs: {a: 4}, set: {x: 7}, ends: true}
    """
    )
    assert (result.ended, result.duration) == (True, 1.25)
    assert result.ledger == {"a": {"costs": -1.5, "flow": 8, "late": 0, "war": 2}}
    assert result.final == {"x": 7, "y": 14}
    assert result.hazards == {"late": 0, "war": 1}
    assert result.outcomes == {"late": {}, "war": {"peace": 0, "defeat": 1}}


def test_a_strike_without_weights_is_none(luck: Luck) -> None:
    """Certain in each turn at k + 0.5; in turn 2 all weights are 0 by a delivery earlier in the turn, at 1.25."""
    luck({})
    result = play("""
        clock: {turns: 2}
        state: {x: 1}
        actors: {a: {actions: {end: {available: turn == 1, after: 1.25, set: {x: 0}}}}}
        hazards: {h: {chance: 1, outcomes: {only: {weight: x, payoffs: {a: 1}}}}}
    """)
    assert (result.payoffs, result.hazards) == ({"a": 1}, {"h": 1})


def test_hazards_are_drawn_before_any_of_them_strikes(luck: Luck) -> None:
    """At k the second hazard's chance is 0 (x = 0); the first one's x = 1 comes too late for it."""
    luck({})
    result = play("""
        clock: {turns: 1}
        state: {x: 0}
        hazards: {first: {chance: 1, set: {x: 1}}, second: {chance: x}}
    """)
    assert result.hazards == {"first": 1, "second": 0}


# --- Weighing (section 5) --------------------------------------------------------------------------------------------


def logit(rationality: float, *values: float) -> list[float]:
    strengths = [math.exp(rationality * value) for value in values]
    return [strength / sum(strengths) for strength in strengths]


WEIGH = """
    clock: {turns: 9, discount: half}
    parameters: {half: 0.5, gain: 4, risk: 0}
    state: {x: 0, told: {initial: 0, max: 1}, known: 2, secret: {initial: 9, seen_as: {a: known}}}
    actors:
      a:
        incentives: {gains: gain * x, shame: -told}
        actions:
          wait: {}
          build: {cost: 1, chance: 0.75, after: [1, 2], now: {add: {told: 1}}, add: {x: secret}}
          never: {available: gain > 99}
        strategies:
          weigh: {weigh: {rationality: 0.5, foresight: 3}}
          wary: {weigh: {rationality: half, foresight: 3, believes: {risk: 1, gain: half}}}
    hazards:
      caught:
        chance: 0.5 * risk * (x > 0)
        outcomes: {fine: {weight: 3, payoffs: {a: -2 * x}, set: {x: 0}}, ruin: {weight: 1, payoffs: {a: -6}, ends: true}}
"""


def test_weighing_by_hand() -> None:
    """s: x 0, told 0, secret seen as 2, so V(s) = 0. Lead floor(1.5) = 1; discounted turns 1, 1/2, 1/4.

    build: j = 0 has the notice only: V = -1. Then x = 2: V = 4 * 2 - 1 = 7. Value -1 + 0.75 (-1 + 7 * 0.75) = 2.1875.
    """
    state = {"x": 0.0, "told": 0.0, "known": 2.0, "secret": 9.0}
    options = oracle.choice_probabilities(oracle.read_text(WEIGH), "a", state, 1)
    wait, build = logit(0.5, 0, 2.1875)
    assert options == {"wait": (0, pytest.approx(wait)), "build": (pytest.approx(2.1875), pytest.approx(build))}


def test_weighing_with_beliefs_and_a_hazard_by_hand() -> None:
    """Believed: risk 1, gain 0.5 (and the true discount). s: V = 0 (no risk at x = 0). With the notice: V = -1.

    After: x = 2, U = 0.5 * 2 - 1 = 0, p = 0.5. fine: -4 + (U(x = 0) = -1) - 0 = -5; ruin: -6 + 0 - 0 = -6;
    mean (3 * -5 + -6) / 4 = -5.25, V = -2.625. build: -1 + 0.75 (-1 - 2.625 * 0.75) = -3.2265625.
    """
    state = {"x": 0.0, "told": 0.0, "known": 2.0, "secret": 9.0}
    options = oracle.choice_probabilities(oracle.read_text(WEIGH), "a", state, 1, strategy="wary")
    assert options["build"][0] == pytest.approx(-3.2265625)
    assert [options[name][1] for name in options] == pytest.approx(logit(0.5, 0, -3.2265625))


def test_a_weighed_choice_is_drawn_in_the_order_written(luck: Luck) -> None:
    """P(wait) = 1 / (1 + exp(0.5 * 2.1875)) = 0.2509...: the draw turns at that number."""
    wait = 1 / (1 + math.exp(0.5 * 2.1875))
    text = WEIGH.replace("turns: 9", "turns: 1")
    luck({"a.decision": wait - 1e-9})
    assert play(text).actions["a"] == {"wait": 1, "build": 0, "never": 0}
    luck({"a.decision": wait + 1e-9})
    assert play(text).actions["a"] == {"wait": 0, "build": 1, "never": 0}


LEVELS = """
    clock: {turns: 1}
    parameters: {prize: 3}
    state:
      x: {initial: 0, seen_as: {b: fog}}
      fog: 1
      y: 0
    actors:
      a:
        incentives: {peace: -2 * y, gain: x}
        actions: {hold: {}, push: {add: {x: 1}}}
        strategies: {weigh: {weigh: {rationality: 1, foresight: 1, level: 1, believes: {prize: 2}}}}
      b:
        incentives: {answer: prize * y * x}
        actions: {sit: {}, hit: {cost: 1, chance: 0.5, after: 3, add: {y: 1}}, gone: {available: prize == 2}}
"""


def test_level_one_by_hand() -> None:
    """a believes prize 2; the truth, 3, decides that b's `gone` is not available. b sees x as fog = 1 in every state.

    b at level 0 (F = 1, r = 1): sit 0. hit: lead 3 is beyond F: -1 + 0.5 * V(y = 0) + 0.5 * V(y = 0) = -1.
    P(hit) = q = e^-1 / (1 + e^-1). For a: W(x) = (1 - q) V + q (0.5 (V - 2) + 0.5 V) = V - q, with V = x here.
    hold: -q; push: 1 - q.
    """
    q = math.exp(-1) / (1 + math.exp(-1))
    options = oracle.choice_probabilities(oracle.read_text(LEVELS), "a", {"x": 0.0, "fog": 1.0, "y": 0.0}, 1)
    hold, push = logit(1, 0, 1)
    assert options["hold"] == pytest.approx((-q, hold))
    assert options["push"] == pytest.approx((1 - q, push))


def test_level_one_answers_depend_on_the_action_weighed() -> None:
    """As above, but b sees x truly and hits at once: hit is worth -1 + 0.5 * 2 * x to it, sit 0 (y = 0).

    x = 0: -1, so P(hit) = e^-1 / (1 + e^-1) = q0. x = 1: 0, so q1 = 1/2. hold: -q0; push: 1 - 1/2.
    """
    text = LEVELS.replace(", seen_as: {b: fog}", "").replace("after: 3, ", "")
    options = oracle.choice_probabilities(oracle.read_text(text), "a", {"x": 0.0, "fog": 1.0, "y": 0.0}, 1)
    q0 = math.exp(-1) / (1 + math.exp(-1))
    assert options["hold"][0] == pytest.approx(-q0)
    assert options["push"][0] == pytest.approx(0.5)


def test_level_two_by_hand() -> None:
    """b at level 1 foresees a at level 0 (r = 1, F = 1): hold is worth x - 2y to a, push one more, wherever it stands.

    So a pushes with p = e / (1 + e) and b's W(x, y) = 2 y (x + p), a's push being sure to work.
    hit: -1 + 0.5 * 2 (x + p) = x + p - 1, sit: 0 (y = 0).
    q(x) = 1 / (1 + exp(1 - x - p)); a at level 2: W(x) = x - q(x): hold -q(0), push 1 - q(1).
    """
    text = LEVELS.replace(", seen_as: {b: fog}", "").replace("after: 3, ", "").replace("level: 1", "level: 2")
    options = oracle.choice_probabilities(oracle.read_text(text), "a", {"x": 0.0, "fog": 1.0, "y": 0.0}, 1)
    p = math.e / (1 + math.e)
    assert options["hold"][0] == pytest.approx(-1 / (1 + math.exp(1 - p)))
    assert options["push"][0] == pytest.approx(1 - 1 / (1 + math.exp(-p)))


# --- Regimes, the command line, errors -------------------------------------------------------------------------------

OVERLAYS = """
    clock: {turns: 1}
    parameters: {p: {value: 1, range: [0, 9]}}
    actors: {a: {incentives: {p_now: p}, actions: {one: {cost: 10}, two: {cost: 20}}, plays: two}}
    regimes: {plain: {}, other: {parameters: {p: 2}, plays: {a: one}}, ban: {forbid: {a: [two]}}}
"""


def test_the_command_line_wins_over_the_regime_over_the_scenario() -> None:
    assert play(OVERLAYS).payoffs == {"a": 1 - 20}
    assert play(OVERLAYS, regime="other").payoffs == {"a": 2 - 10}
    assert play(OVERLAYS, regime="other", plays={"a": "two"}, parameters={"p": 5}).payoffs == {"a": 5 - 20}
    assert play(OVERLAYS, regime="ban").payoffs == {"a": 1}


@pytest.mark.parametrize(
    "how", [{"regime": "x"}, {"plays": {"a": "x"}}, {"plays": {"x": "one"}}, {"parameters": {"x": 1}}]
)
def test_unknown_names_are_errors(how: dict[str, Any]) -> None:
    with pytest.raises(oracle.OracleError):
        play(OVERLAYS, **how)


@pytest.mark.parametrize(
    "part",
    [
        "hazards: {h: {rate: -1}}",
        "hazards: {h: {chance: 1.5}}",
        "hazards: {h: {chance: 1, outcomes: {o: {weight: -1}}}}",
        "actors: {a: {actions: {x: {chance: 2}}}}",
        "actors: {a: {actions: {x: {after: -1}}}}",
        "actors: {a: {incentives: {i: 1 / (turn - 1)}}}",
        "actors: {a: {incentives: {i: x}}}",
        "actors: {a: {actions: {x: {}}, strategies: {w: {weigh: {rationality: 1, level: 0.5}}}}}",
        "actors: {a: {actions: {x: {}}, strategies: {w: {weigh: {rationality: 1, level: 1}}}}}",
        "state: {x: {drift: 1e308 * 10}}",
        "derived: {d: 1 / 0}",
        "clock: {turns: 1, discount: 0}",
    ],
)
def test_a_run_that_misbehaves_is_an_error(part: str) -> None:
    with pytest.raises(oracle.OracleError):
        oracle.play({"clock": {"turns": "1"}, **oracle.read_text(part)}, seed=1, run=0)


# --- extends ---------------------------------------------------------------------------------------------------------


def test_a_child_is_laid_over_its_parent(tmp_path: Path) -> None:
    (tmp_path / "parent.yaml").write_text("""
scenario: parent
clock: {turns: 3, discount: 0.5}
parameters: {p: {value: 1, range: [0, 2]}, q: 3}
state: {x: {initial: {1: 1, 2: 1}, max: 4}, y: {initial: 1, min: 0}}
actors:
  a:
    actions: {go: {after: {mean: 2}, cost: 1, add: {x: 1, y: 1}}, gone: {}, stay: {}}
    strategies: {s: {rules: [{do: go}], label: Go}}
hazards: {h: {rate: 1, set: {x: 0}}}
claims: {c: {says: yes, holds: 1 > 0}}
""")
    (tmp_path / "child.yaml").write_text("""
extends: parent.yaml
scenario: child
clock: {turns: 5}
parameters: {p: 2, r: 1, q: {value: 4}}
state: {x: {initial: {low: 0, high: 1}}, y: 2}
actors:
  a:
    actions: {go: {after: {low: 0, mode: 1, high: 2}, add: {x: null}}, gone: null}
    strategies: {s: {script: [stay]}}
hazards: {h: {chance: 0.5}}
claims: {c: {holds: 1 > 2}}
""")
    document = oracle.read(tmp_path / "child.yaml")
    assert document == {
        "scenario": "child",
        "clock": {"turns": "5", "discount": "0.5"},
        "parameters": {"p": {"value": "2", "range": ["0", "2"]}, "q": {"value": "4"}, "r": "1"},
        "state": {"x": {"initial": {"low": "0", "high": "1"}, "max": "4"}, "y": {"initial": "2", "min": "0"}},
        "actors": {
            "a": {
                "actions": {
                    "go": {"after": {"low": "0", "mode": "1", "high": "2"}, "cost": "1", "add": {"y": "1"}},
                    "stay": {},
                },
                "strategies": {"s": {"script": ["stay"]}},
            }
        },
        "hazards": {"h": {"set": {"x": "0"}, "chance": "0.5"}},
        "claims": {"c": {"holds": "1 > 2"}},
    }
    assert list(document["parameters"]) == ["p", "q", "r"]


def test_parents_may_not_go_round_or_too_deep(tmp_path: Path) -> None:
    for number in range(11):
        (tmp_path / f"s{number}.yaml").write_text(f"extends: s{number + 1}.yaml\nscenario: s{number}\n")
    (tmp_path / "s10.yaml").write_text("scenario: s10\n")
    (tmp_path / "round.yaml").write_text("extends: round.yaml\n")
    assert oracle.read(tmp_path / "s2.yaml") == {"scenario": "s2"}  # eight parents
    for name in ("s1.yaml", "round.yaml"):
        with pytest.raises(oracle.OracleError):
            oracle.read(tmp_path / name)
