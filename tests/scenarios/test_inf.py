"""The INF scenarios: every mechanism is there, the claims follow, the counterfactuals turn them around, directions hold.

Seeds are fixed, so a test that passes goes on passing. For tests of means the rate below is the chance that it would
fail with a fresh seed, from the margins measured with 2,000 runs: margins lie z standard errors from where a test
fails, and z >= 6.7 - at 95 % for a verdict, 1.96 of them are used up - means a rate of at most 1e-6. Tests that compare
run by run on the same luck are exact: they hold or fail for every seed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
NAMES = ("inf", "inf-1987", "inf-2018", "post-inf")
PARTS = ("parameters", "state", "derived", "hazards", "regimes")
OF_ACTORS = ("actions", "incentives", "strategies")

MECHANISMS = {
    "M1": ("parameters.surprise_fear", "parameters.use_or_lose", "derived.prompt_threat", "adversary.incentives.fear"),
    "M2": ("parameters.airsea_share", "parameters.hypersonic_share", "derived.substitutes"),
    "M3": ("parameters.survivability", "parameters.option_value", "adversary.incentives.options"),
    "M4": ("parameters.coercion_gain", "parameters.coercion_loss", "state.cohesion", "nato.incentives.coercion"),
    "M5": ("parameters.arms_burden", "parameters.nato_burden", "adversary.incentives.burden"),
    "M6": ("parameters.will", "parameters.capital", "parameters.grievance", "adversary.incentives.leadership"),
    "M7": ("parameters.national_means", "adversary.actions.cheat", "hazards.spotted", "hazards.inspected"),
    "M8": ("parameters.inspection_power", "nato.actions.propose", "adversary.actions.accept", "hazards.nato_caught"),
    "M9": ("nato.actions.publish", "parameters.publicity", "parameters.isolation", "parameters.source_loss"),
    "M10": ("nato.actions.talk", "parameters.persuasion", "state.goodwill"),
    "M11": ("nato.actions.arm", "parameters.strike_effect", "state.strike"),
    "M12": ("nato.actions.defend", "parameters.defence_effect", "state.defence"),
    "M13": ("nato.actions.disperse", "parameters.dispersal_effect", "state.dispersal"),
    "M14": ("nato.actions.study", "parameters.research_gain", "parameters.deploy_lead", "derived.lead"),
    "M15": ("nato.actions.withdraw", "nato.actions.deploy_europe", "nato.actions.deploy_asia", "parameters.asia_gain"),
    "M16": ("hazards.crisis", "parameters.crisis_base", "parameters.crisis_tension", "parameters.war_cost"),
}

MENU = {
    "nato": ("comply", "persuade", "prepare", "mirror", "weigh"),
    "adversary": ("comply", "covert", "breakout", "deterrable", "weigh"),
}

# The values of the mechanisms that changed between the eras, and nothing else.
CHANGED = {
    "M2": ("airsea_share", "hypersonic_share"),
    "M5": ("arms_burden",),
    "M6": ("will", "capital", "grievance"),
}
PAIRS = (("M2", "M5"), ("M2", "M6"), ("M5", "M6"))


@cache
def scenario(name: str) -> Any:
    return sim.load(SCENARIOS / f"{name}.yaml")


def values(name: str, mechanisms: Any = tuple(CHANGED)) -> dict[str, float]:
    """What an era gives to mechanisms."""
    return {key: scenario(name).parameters[key].value for mechanism in mechanisms for key in CHANGED[mechanism]}


def compared(name: str, *regimes: str, runs: int, **more: Any) -> dict[str, Any]:
    """Ensembles on the same luck, by regime."""
    return dict(sim.compare(scenario(name), regimes=list(regimes), runs=runs, **more).ensembles)


def distance(margins: Any) -> float:
    """Mean of paired margins in standard errors."""
    return float(np.mean(margins) / (np.std(margins, ddof=1) / np.sqrt(len(margins))))


def found(name: str, path: str) -> Any:
    """The part of a scenario at a dotted path; an actor's parts begin with its name."""
    first, *rest = path.split(".")
    part = scenario(name).actors[first] if first in scenario(name).actors else scenario(name)
    for word in rest if part is not scenario(name) else (first, *rest):
        part = part[word] if isinstance(part, dict) else getattr(part, word)
    return part


# ---------------------------------------------------------------- what the files say


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_is_there_and_says_so(name: str, mechanism: str) -> None:
    """Each of M1 to M16 is a named part of the scenario, and its label carries the number."""
    for path in MECHANISMS[mechanism]:
        assert mechanism in found(name, path).label.split("(")[-1].rstrip(")").split(", "), path


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_labelled(name: str) -> None:
    """Whatever `describe` shows has a label; parameters have a source and a range around their value as well."""
    shown = [(part, key, value) for part in PARTS for key, value in getattr(scenario(name), part).items()]
    for actor in scenario(name).actors.values():
        shown += [(part, key, value) for part in OF_ACTORS for key, value in getattr(actor, part).items()]
    for hazard in scenario(name).hazards.values():
        shown += [("outcome", key, value) for key, value in hazard.outcomes.items()]
    assert [(part, key) for part, key, value in shown if not value.label] == []
    for key, parameter in scenario(name).parameters.items():
        assert parameter.source, key
        low, high = parameter.range
        assert low <= parameter.value <= high, key


@pytest.mark.parametrize("name", NAMES)
def test_each_teaches(name: str) -> None:
    """A summary, sources, questions and notes."""
    here = scenario(name)
    assert here.summary
    assert here.sources
    assert len(here.teaching.questions) >= 3
    assert here.teaching.notes


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("actor", MENU)
def test_the_menu(name: str, actor: str) -> None:
    """Compliance, covert violation, open breakout, persuasion, preparation, mirror deployment and weighing."""
    assert set(MENU[actor]) <= set(scenario(name).actors[actor].strategies)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_tells_editors_the_schema(name: str) -> None:
    first = (SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"


@pytest.mark.parametrize("name", ["inf", "inf-1987", "inf-2018"])
def test_the_treaty_forbids_and_pays_nothing(name: str) -> None:
    """The regimes differ in what is played and forbidden; no parameter and no payoff belongs to a regime."""
    treaty, outside = (scenario(name).regimes[regime] for regime in ("treaty", "post_treaty"))
    assert (treaty.label, outside.label) == ("Treaty-compliant", "Post-treaty")
    assert dict(treaty.parameters) == dict(outside.parameters) == {}
    assert {"cheat", "break_out"} <= set(treaty.forbid["adversary"])
    assert {"deploy_europe", "deploy_asia"} <= set(treaty.forbid["nato"])


@pytest.mark.parametrize("name", ["inf", "inf-2018"])
def test_the_same_conduct_pays_the_same_in_either_regime(name: str) -> None:
    """Exact: if both comply outside the treaty as well, every run pays what it pays inside."""
    inside, outside = compared(
        name, "treaty", "post_treaty", runs=300, play={"nato": "comply", "adversary": "comply"}
    ).values()
    for actor in ("nato", "adversary"):
        np.testing.assert_array_equal(inside.payoffs[actor], outside.payoffs[actor])


# ---------------------------------------------------------------- claims


@pytest.mark.parametrize(
    ("name", "claims"),
    [
        ("inf", ["crises", "inspection_deters"]),
        ("inf-1987", ["crises", "c1", "c1_open"]),
        ("inf-2018", ["crises", "c2", "c2_choice", "c2_open", "c3", "c4", "c6", "c7", "c8"]),
        ("post-inf", ["prepared", "theatre", "research_first", "europe_alone"]),
    ],
)
def test_the_claims_hold(name: str, claims: list[str]) -> None:
    """With 1,000 runs the nearest margins, c7 and research_first, lie 9 standard errors from zero (rate 1e-6)."""
    said = sim.claims(scenario(name), runs=1000).to_dict()["claims"]
    # C5 is nearer to zero and takes more runs: the next test.
    assert {claim: said[claim]["verdict"] for claim in said if claim != "c5"} == dict.fromkeys(claims, "holds")


def test_preparing_while_negotiating() -> None:
    """C5 with 8,000 runs: z = 8, so that 2 is missed with rate 1e-6; and what it costs is more than nothing."""
    regimes = ("talks_rewarded", "hedged_rewarded", "hedged_spurned", "talks_spurned")
    back, hedged_back, hedged_out, out = (
        ensemble.payoffs["nato"] for ensemble in compared("inf-2018", *regimes, runs=8000).values()
    )
    assert distance(hedged_out - out - 4 * (back - hedged_back)) > 2
    assert distance(back - hedged_back) > 2


# ---------------------------------------------------------------- counterfactuals


def gain_outside(name: str, others: dict[str, float], runs: int = 500) -> Any:
    inside, outside = compared(name, "treaty", "post_treaty", runs=runs, set=others).values()
    return outside.payoffs["adversary"] - inside.payoffs["adversary"]


@pytest.mark.parametrize("mechanisms", [*PAIRS, tuple(CHANGED)])
def test_1987_values_bring_the_adversary_of_2018_back(mechanisms: tuple[str, ...]) -> None:
    """Any two of the three mechanisms turn C2 around, and so do all three (z < -20; rate 1e-6)."""
    assert distance(gain_outside("inf-2018", values("inf-1987", mechanisms))) < -10


@pytest.mark.parametrize("mechanisms", [*PAIRS, tuple(CHANGED)])
def test_2018_values_break_the_bargain_of_1987(mechanisms: tuple[str, ...]) -> None:
    """Any two of the three break C1 for the adversary, and so do all three (z > 11; rate 1e-6)."""
    assert distance(gain_outside("inf-1987", values("inf-2018", mechanisms), runs=2000)) > 2


@pytest.mark.parametrize("mechanism", CHANGED)
def test_one_mechanism_alone_does_not_break_the_bargain_of_1987(mechanism: str) -> None:
    """As the notes say (z < -12; rate 1e-6)."""
    assert distance(gain_outside("inf-1987", values("inf-2018", (mechanism,)))) < -6


@pytest.mark.parametrize("mechanism", CHANGED)
def test_one_mechanism_alone_takes_most_of_the_gain_of_2018(mechanism: str) -> None:
    """As the notes say: what is left is less than half of it, above zero or below (z > 7; rate 1e-6)."""
    gain = gain_outside("inf-2018", {}).mean()
    assert abs(gain_outside("inf-2018", values("inf-1987", (mechanism,))).mean()) < gain / 2


def test_1987_values_turn_the_choice_of_2018_around() -> None:
    """An adversary that weighs stays out with 3 levels or more in its own year and keeps under 1.5 with 1987's values."""
    for others, low, high in (({}, 3.0, 4.0), (values("inf-1987"), 0.0, 1.5)):
        played = sim.run(scenario("inf-2018"), regime="own_choice", runs=400, set=others)
        assert low <= played.column("final.missiles").mean() <= high  # 10 standard errors away: rate 1e-6


def test_persuasion_works_on_a_leadership_that_could_be_persuaded() -> None:
    """Talks change little in 2018, but more once leadership is as in 1987: 0.8 levels, z = 13 (rate 1e-6)."""
    waits, talks = compared("inf-2018", "no_talks", "persuasion", runs=1000, set=values("inf-1987", ("M6",))).values()
    assert distance(waits.column("final.missiles") - talks.column("final.missiles")) > 8


def test_the_arithmetic_in_the_notes() -> None:
    """The adversary's year with full forces on both sides, less a year of compliance, from the parameters alone."""

    def year(name: str, cohesion: float, unscreened: float, exposed: int, inspected: int, **others: float) -> float:
        p = {key: parameter.value for key, parameter in scenario(name).parameters.items()} | others
        left_over = 1 - p["airsea_share"] - p["hypersonic_share"]
        return (
            p["option_value"] * p["survivability"]
            + p["coercion_gain"] * unscreened * (1 - cohesion)
            - p["surprise_fear"] * left_over
            - p["arms_burden"]
            - p["will"] * p["capital"]
            + p["grievance"] * (1 - p["clearing"] * inspected)
            - p["isolation"] * exposed
        )

    assert year("inf-1987", 0.5, 1, 0, 1) == pytest.approx(-0.4, abs=0.05)
    assert year("inf-1987", 0.5, 1, 0, 1, **values("inf-2018")) == pytest.approx(0.3, abs=0.05)
    assert year("inf-2018", 0.75, 0.67, 1, 0) == pytest.approx(0.15, abs=0.05)
    assert year("inf-2018", 0.75, 0.67, 1, 0, **values("inf-1987")) == pytest.approx(-0.6, abs=0.05)


# ---------------------------------------------------------------- directions, strategies fixed

CALM = {"crisis_base": 0.0, "crisis_tension": 0.0}
"""Without crises a parameter reaches a payoff by one way only, and run by run comparisons are exact."""


def under(name: str, regime: str, parameter: str, low: float, high: float, **more: Any) -> tuple[Any, Any]:
    """The same regime on the same luck, with a parameter low and high."""
    given, runs = more.pop("set", {}), more.pop("runs", 200)
    settings = ({**given, parameter: value} for value in (low, high))
    first, second = (sim.run(scenario(name), regime=regime, runs=runs, set=setting, **more) for setting in settings)
    return first, second


@pytest.mark.parametrize("conduct", ["covert", "creep", "breakout"])
@pytest.mark.parametrize("parameter", ["caught_cost", "isolation", "arms_burden", "war_cost", "surprise_fear"])
def test_dearer_violation_never_pays_the_violator_more(parameter: str, conduct: str) -> None:
    """Exact, run by run: none of these prices changes what happens."""
    cheap, dear = under("inf-2018", "post_treaty", parameter, 0.05, 0.9, play={"adversary": conduct})
    assert (dear.payoffs["adversary"] <= cheap.payoffs["adversary"]).all()
    if (parameter, conduct) != ("caught_cost", "breakout"):  # what is open cannot be found
        assert dear.payoffs["adversary"].mean() < cheap.payoffs["adversary"].mean()


def test_more_inspection_never_finds_less() -> None:
    """Exact without crises: inspectors strike no less often, nothing more stays hidden, and the cheat gains less."""
    blind, sharp = under(
        "inf", "verified", "inspection_power", 0.1, 1.0, play={"adversary": "covert"}, set={"national_means": 0, **CALM}
    )
    assert (sharp.column("count.inspected") >= blind.column("count.inspected")).all()
    assert (sharp.column("final.hidden") <= blind.column("final.hidden")).all()
    assert (sharp.column("adversary.inspected") <= blind.column("adversary.inspected")).all()
    assert sharp.column("count.inspected").mean() > blind.column("count.inspected").mean()


def test_inspections_and_national_means_add_up() -> None:
    """With both, more inspection finds a violation no later: known levels are never fewer at the end."""
    blind, sharp = under("inf", "verified", "inspection_power", 0.1, 1.0, play={"adversary": "covert"}, set=CALM)
    assert (sharp.column("final.missiles_known") >= blind.column("final.missiles_known")).all()


def test_reciprocal_inspections_find_things_on_both_sides() -> None:
    """NATO's quiet work is found 9 times a run under inspections, 4.5 without, z = 45 (rate 1e-6), and costs it more."""
    apart, watched = compared(
        "inf", "unverified", "verified", runs=300, play={"nato": "stretch", "adversary": "hold"}, set=CALM
    ).values()
    assert distance(watched.column("count.nato_caught") - apart.column("count.nato_caught")) > 10
    assert (watched.column("nato.nato_caught") <= apart.column("nato.nato_caught")).mean() > 0.9


def test_only_a_side_that_complies_accepts_inspections() -> None:
    """The offer is accepted by an adversary that weighs and keeps to the treaty, not by one that violates."""
    offered = {"nato": "verify", "adversary": "weigh"}
    keeps = sim.run(scenario("inf"), regime="treaty", runs=200, play=offered)
    violates = sim.run(scenario("inf-2018"), regime="no_talks", runs=200, play=offered)
    # Shares of 1 and 0.06 of 200 runs: one half is more than ten standard errors away (rate 1e-6).
    assert keeps.column("final.inspections").mean() > 0.5 > violates.column("final.inspections").mean()


@pytest.mark.parametrize("parameter", ["defence_effect", "strike_effect", "alliance_cohesion", "publicity"])
def test_defence_strike_and_cohesion_weaken_coercion(parameter: str) -> None:
    """Exact without crises, for both sides of the coercion."""
    regime = "published" if parameter == "publicity" else "prepared"
    weak, strong = under("inf-2018", regime, parameter, 0.05, 0.2, set=CALM)
    assert (strong.column("adversary.coercion") <= weak.column("adversary.coercion")).all()
    assert (strong.column("nato.coercion") >= weak.column("nato.coercion")).all()
    assert strong.column("adversary.coercion").mean() < weak.column("adversary.coercion").mean()


def test_a_cohesive_alliance_is_coerced_less_often_in_crises() -> None:
    """0.5 against 0.1 times a run, 9 standard errors apart (rate 1e-6)."""
    divided, united = under("inf-2018", "post_treaty", "alliance_cohesion", 0.3, 0.95)
    assert united.column("count.crisis.coerced").mean() < divided.column("count.crisis.coerced").mean()


def test_dispersal_saves_losses_once_conflict_begins() -> None:
    """In peace it saves nothing, exactly; in crises NATO loses less (z = 9 with 2,000 runs, rate 1e-6)."""
    little, much = under("inf-2018", "prepared", "dispersal_effect", 0.02, 0.3, set=CALM)
    np.testing.assert_array_equal(much.payoffs["nato"], little.payoffs["nato"])
    little, much = under("inf-2018", "prepared", "dispersal_effect", 0.02, 0.3, runs=2000)
    assert much.column("nato.crisis").mean() > little.column("nato.crisis").mean()


def test_survivable_missiles_are_worth_more_and_press_less_for_war() -> None:
    """Exact: war is the last outcome of a crisis to be drawn, so that a smaller weight only takes wars away."""
    findable, survivable = under("inf-2018", "post_treaty", "survivability", 0.3, 0.9, set=CALM)
    assert (survivable.column("adversary.options") > findable.column("adversary.options")).all()
    findable, survivable = under("inf-2018", "post_treaty", "survivability", 0.3, 0.9, set={"use_or_lose": 0.3})
    assert (survivable.column("count.crisis.war") <= findable.column("count.crisis.war")).all()


def test_substitutes_lower_what_ground_launched_missiles_add() -> None:
    """The fear that NATO's deployment adds shrinks, run by run, as air- and sea-launched missiles take over."""
    added = []
    for share in (0.2, 0.7):
        inside, outside = compared(
            "inf-2018", "treaty", "post_treaty", runs=300, set={"airsea_share": share, **CALM}
        ).values()
        added.append(inside.column("adversary.fear") - outside.column("adversary.fear"))
    assert (added[0] > added[1]).all()
    assert (added[1] > 0).all()


def test_research_brings_deployment_forward() -> None:
    """Exact without crises: the more of the lead research removes, the more its missiles earn."""
    little, much = under("inf-2018", "hedged_both", "research_gain", 0.1, 0.45, set=CALM)
    assert (much.column("nato.asia") >= little.column("nato.asia")).all()
    assert much.column("nato.asia").mean() > little.column("nato.asia").mean()


def test_dearer_sources_make_publishing_pay_less() -> None:
    """Exact: sources change no event here."""
    cheap, dear = under("inf-2018", "published", "source_value", 0.0, 0.3)
    assert (dear.payoffs["nato"] < cheap.payoffs["nato"]).all()


def test_withdrawal_is_easier_once_the_evidence_is_public() -> None:
    """Exact: notice costs 0.3 at once and unpublished, and 0.3 of that, in the fourth year, once published."""
    for strategy, price in (("mirror", 0.3), ("full_answer", 0.09 * 0.95**3)):
        free, dear = under("inf-2018", "post_treaty", "withdrawal_cost", 0.0, 0.3, play={"nato": strategy}, set=CALM)
        np.testing.assert_allclose(free.payoffs["nato"] - dear.payoffs["nato"], price, atol=1e-12)


def test_crises_are_more_frequent_under_tension() -> None:
    """1.2 against 3.9 crises a run, 20 standard errors apart (rate 1e-6)."""
    calm, tense = under("inf-2018", "post_treaty", "crisis_tension", 0.05, 0.4)
    assert (tense.column("count.crisis") >= calm.column("count.crisis")).mean() > 0.9
    assert tense.column("count.crisis").mean() > calm.column("count.crisis").mean()
