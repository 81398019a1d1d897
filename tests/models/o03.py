"""O3, thresholds of deterrence and trust: the break-even of two strategies, and what the better one brings."""

from __future__ import annotations

import sim
from sim.experiment.breakeven import breakeven
from sim.experiment.plan import planned_for
from tests.models.published import Row

TITLE = "Deterrence and trust thresholds"
SAYS = (
    "When does a challenge pay against a defender who may be hard or soft (Zagare and Kilgour 2000, the Rudimentary "
    "Asymmetric Deterrence Game; Ellsberg 1959), when does a threat that is only sometimes carried out keep a "
    "compromise (Brams and Kilgour 1985, on Chicken), and how much trust does cooperation take (Kydd 2000)? In "
    "`asymmetric-deterrence`, `deterrent-threat` and `minimum-trust` types are drawn and threats carried out by luck. "
    "The thresholds are the break-even between two strategies, found by playing both on the same luck; their standard "
    "error is half the width of the 95 % interval by 1.96. The payoffs are those of the challenger's better strategy. "
    "Try `detente breakeven asymmetric-deterrence --actor challenger --strategy wait --strategy challenge`."
)
LEFT_OUT: dict[tuple[str, str], str] = {}

RUNS, SEED = 11_000, 1959

# Case with its payoffs, regime, span of the challenger's payoffs, and the probabilities of a hard defender.
DETERRENCE = (
    ("RADG aDC,aSQ,aDD=(10, 4, -5)", "RADG (10, 4, -5)", "high_wait", 15.0, (0.2, 0.8)),
    ("RADG aDC,aSQ,aDD=(1.0, 0.7, -3.0)", "RADG (1.0, 0.7, -3.0)", "low_wait", 4.0, (0.0375, 0.15)),
)
THREATS = (("Brams-Kilgour r3=0.7", "fair_kept"), ("Brams-Kilgour r3=0.85", "generous_kept"))
TRUST = (("Kydd R,T,P,S=(4, 3, 2, 0)", "mild_wary"), ("Kydd R,T,P,S=(3.0, 2.6, 1.0, -2.0)", "harsh_wary"))


def rows() -> list[Row]:
    """Return what is compared."""
    challenge, threat, trust = (
        sim.load(name) for name in ("asymmetric-deterrence", "deterrent-threat", "minimum-trust")
    )
    found = []
    for case, short, regime, span, shares in DETERRENCE:
        found.append(_threshold(case, "threshold t", challenge, regime, "challenger", "wait challenge", "hard_share"))
        found += [_payoff(f"{short} p={share:.4f}", challenge, regime, span, share) for share in shares]
    for case, regime in THREATS:
        sides = "compromise defy"
        found.append(_threshold(case, "least deterrent threat", threat, regime, "row", sides, "column_threat"))
    for case, regime in TRUST:
        found.append(_threshold(case, "minimum trust", trust, regime, "one", "hold_back cooperate", "trust"))
    return found


def _threshold(
    case: str, quantity: str, scenario: sim.Scenario, regime: str, actor: str, sides: str, parameter: str
) -> Row:
    """Where the two strategies are equally good, by the probability of what luck decides: whether, 0 or 1.

    As `sim.breakeven` does, less the search for a change of several parameters at once.
    """
    answer = breakeven(
        scenario,
        actor,
        regimes=[regime],
        strategies=sides.split(),
        parameters=[parameter],
        plan=planned_for(scenario, RUNS, SEED),
        joint=False,
    )
    (alone,) = answer.parameters
    (root,) = alone.crossings
    assert root.at is not None
    # The second strategy is the better one below and the worse one above; trust is the other way round.
    assert root.signs == ((-1, 1) if parameter == "trust" else (1, -1))
    return Row("O3", case, quantity, root.at, error=(root.high - root.low) / 2 / 1.96, span=1.0, runs=RUNS)


def _payoff(case: str, scenario: sim.Scenario, regime: str, span: float, share: float) -> Row:
    """What the better of the challenger's strategies brings; waiting brings the same in every run."""
    choices = [
        sim.run(
            scenario, regime=regime, runs=RUNS, seed=SEED, play={"challenger": strategy}, set={"hard_share": share}
        ).stats["challenger"]
        for strategy in ("wait", "challenge")
    ]
    best = max(choices, key=lambda stat: stat.mean)
    if not best.se:
        return Row("O3", case, "A payoff", best.mean)
    return Row("O3", case, "A payoff", best.mean, error=best.se, span=span, runs=RUNS)
