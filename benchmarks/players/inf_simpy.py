"""INF written by hand with SimPy: how an engineer would write this one scenario without the project.

Years, hazards' strikes and what is on its way are processes of one calendar a run; numbers are Python's floats, luck is
the standard library's. Only what the question needs is kept: both payoffs. The strategies are those of two regimes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from typing import Any

import simpy

from benchmarks.players.inf_terms import DISCOUNT, TURNS, Parameters, State, terms
from benchmarks.players.serving import Play, Results, serve

Process = Generator[simpy.Event, None, None]


def clipped(value: float, low: float, high: float) -> float:
    """Return a value, kept between two bounds."""
    if value < low:
        return low
    return high if value > high else value  # noqa: FURB136 - min() and max() take twice as long


class Run:
    """One run: the state as attributes, what may happen as methods."""

    def __init__(self, parameters: Parameters, start: State, treaty: bool, luck: random.Random) -> None:
        self.p, self.treaty, self.luck = parameters, treaty, luck
        self.env = simpy.Environment()
        self.over = self.env.event()
        self.year, self.weight = 0, 1.0
        self.nato = self.adversary = 0.0
        (
            self.missiles, self.missiles_known, self.dismantling, self.nato_missiles, self.asia_missiles,
            self.europe_ordered, self.asia_ordered, self.nato_hidden, self.strike, self.defence, self.dispersal,
            self.research, self.in_force, self.notice, self.offer, self.inspections, self.published, self.sources,
            self.goodwill, self.cohesion, self.tension,
        ) = start  # fmt: skip

    def play(self) -> tuple[float, float]:
        """Play the run and return both payoffs: NATO's and the adversary's."""
        self.env.process(self.years())
        self.env.run(until=self.over)
        return self.nato, self.adversary

    def years(self) -> Process:
        """Each year: what is due lands, both act, hazards are drawn; at its end scores, then drift."""
        for year in range(TURNS):
            yield self.env.timeout(0.0)
            self.year, self.weight = year, DISCOUNT**year
            nato, adversary = self.nato_choice(), self.adversary_choice()
            nato()
            adversary()
            self.draw_hazards()
            yield self.env.timeout(1.0)
            self.score()
            self.drift()
        self.over.succeed()

    def after(self, delay: float, effect: Callable[[], None]) -> None:
        """Let an effect happen after a delay."""
        self.env.process(self.later(delay, effect))

    def later(self, delay: float, effect: Callable[[], None]) -> Process:
        """Wait, then let the effect happen."""
        yield self.env.timeout(delay)
        effect()

    # What follows from the state.

    @property
    def force(self) -> float:
        """The adversary's force, as a share of the largest."""
        return self.missiles / 4

    @property
    def deployed(self) -> float:
        """NATO's deployment in Europe, as a share of the largest."""
        return self.nato_missiles / 4

    @property
    def hidden(self) -> float:
        """Levels that nobody has found."""
        return max(0.0, self.missiles - self.missiles_known)

    @property
    def prompt_threat(self) -> float:
        """The prompt threat that the adversary faces."""
        substitutes = min(1.0, self.p.airsea_share + self.p.hypersonic_share)
        return substitutes + (1 - substitutes) * self.deployed

    @property
    def elusive(self) -> float:
        """Survivability under the inspections there are."""
        return self.p.survivability * (1 - self.p.revealing * self.inspections)

    @property
    def unscreened(self) -> float:
        """The share of the threat that defence and assured retaliation leave."""
        return (1 - self.p.defence_effect * self.defence) * (1 - self.p.strike_effect * self.strike)

    @property
    def leverage(self) -> float:
        """The adversary's hold over a divided alliance."""
        return self.force * self.unscreened * (1 - self.cohesion)

    @property
    def exposed(self) -> float:
        """Whether the adversary is exposed as a violator."""
        return self.published if self.missiles > 0 else 0.0

    # What NATO does.

    def nato_choice(self) -> Callable[[], None]:
        """Return NATO's action of this year."""
        can_reduce = self.nato_missiles + self.asia_missiles > 0
        if self.treaty or self.missiles_known == 0:
            return self.reduce if can_reduce else self.hold
        if self.published == 0:
            return self.publish
        if self.defence < 1:
            return self.defend
        if self.research < 1:
            return self.study
        if self.year + 1 > self.p.patience and self.in_force > 0 and self.notice == 0:
            return self.withdraw
        if self.europe_ordered < self.missiles_known and self.in_force == 0 and self.europe_ordered < 4:
            return self.deploy
        if self.strike < 2:
            return self.arm
        return self.disperse if self.dispersal < 2 else self.hold

    def hold(self) -> None:
        """Do nothing."""

    def pay(self, entry: str, nato: float = 0.0, adversary: float = 0.0) -> None:
        """Add to the payoffs what something brings in this year; payoffs alone need not know what it is."""
        self.nato += self.weight * nato
        self.adversary += self.weight * adversary

    def publish(self) -> None:
        """Publish the evidence."""
        self.pay("costs", nato=-0.05)
        self.published = 1.0
        self.sources *= 1 - self.p.source_loss
        self.add_tension(0.05)

    def defend(self) -> None:
        """Add missile defence."""
        self.pay("costs", nato=-self.p.programme_cost)
        self.after(1.0, self.defence_lands)

    def defence_lands(self) -> None:
        """A step of missile defence is there."""
        self.defence = min(self.defence + 1, 2.0)

    def study(self) -> None:
        """Research ground-launched missiles."""
        self.pay("costs", nato=-self.p.programme_cost)
        self.after(1.0, self.research_lands)

    def research_lands(self) -> None:
        """A step of research is done."""
        self.research = min(self.research + 1, 2.0)

    def arm(self) -> None:
        """Add air- and sea-launched strike."""
        self.pay("costs", nato=-self.p.programme_cost)
        self.after(1.0, self.strike_lands)

    def strike_lands(self) -> None:
        """A step of strike is there."""
        self.strike = min(self.strike + 1, 2.0)

    def disperse(self) -> None:
        """Prepare to disperse."""
        self.pay("costs", nato=-self.p.programme_cost / 2)
        self.after(1.0, self.dispersal_lands)

    def dispersal_lands(self) -> None:
        """A step of dispersal is there."""
        self.dispersal = min(self.dispersal + 1, 2.0)

    def withdraw(self) -> None:
        """Give notice of withdrawal."""
        exposed = self.exposed
        self.pay("costs", nato=-self.p.withdrawal_cost * (1 - 0.7 * exposed))
        self.notice = 1.0
        self.add_cohesion(-0.15 * (1 - exposed))
        self.add_tension(0.05)
        self.after(self.p.notice_period, self.withdrawal_lands)

    def withdrawal_lands(self) -> None:
        """The treaty is no longer in force."""
        self.in_force = self.notice = 0.0

    def deploy(self) -> None:
        """Order missiles for Europe."""
        readiness = min(2.0, self.research + self.nato_hidden)
        lead = self.p.deploy_lead * (1 - self.p.research_gain * readiness)
        self.pay("costs", nato=-self.p.programme_cost)
        self.europe_ordered = min(self.europe_ordered + 1, 4.0)
        self.after(self.luck.uniform(0.75 * lead, 1.25 * lead), self.deployment_lands)

    def deployment_lands(self) -> None:
        """Missiles are there."""
        self.nato_missiles = min(self.nato_missiles + 1, 4.0)
        self.add_tension(0.05)

    def reduce(self) -> None:
        """Take the ground-launched missiles down."""
        self.pay("costs", nato=-0.05)
        self.after(1.0, self.reduction_lands)

    def reduction_lands(self) -> None:
        """The missiles are gone."""
        self.nato_missiles = self.asia_missiles = self.europe_ordered = self.asia_ordered = 0.0

    # What the adversary does.

    def adversary_choice(self) -> Callable[[], None]:
        """Return the adversary's action of this year."""
        if self.treaty:
            if self.missiles > 0 and self.dismantling == 0:
                return self.dismantle
            return self.accept if self.offer > 0 and self.inspections == 0 else self.hold
        if self.dismantling == 0:
            if (self.published > 0 or self.in_force == 0) and self.missiles < 4:
                return self.break_out
            if self.missiles < self.p.covert_limit:
                return self.cheat
        return self.hold

    def dismantle(self) -> None:
        """Dismantle every missile, if it can be carried at home."""
        self.pay("costs", adversary=-self.p.programme_cost)
        if self.luck.random() < 0.5 + 0.5 * self.p.capital:
            self.dismantling = 1.0
            self.after(self.luck.uniform(0.75, 1.75), self.dismantling_lands)

    def dismantling_lands(self) -> None:
        """The missiles are gone."""
        self.missiles = self.missiles_known = self.dismantling = 0.0
        self.add_tension(-0.1)

    def accept(self) -> None:
        """Accept the offer of inspections."""
        self.inspections, self.offer = 1.0, 0.0
        self.add_tension(-0.1)

    def cheat(self) -> None:
        """Add a hidden level."""
        self.pay("costs", adversary=-self.p.programme_cost)
        self.after(1.0, self.cheating_lands)

    def cheating_lands(self) -> None:
        """A hidden level is there."""
        self.missiles = min(self.missiles + 1, 4.0)

    def break_out(self) -> None:
        """Break out openly."""
        self.pay("costs", adversary=-self.p.programme_cost)
        self.after(1.0, self.breakout_lands)

    def breakout_lands(self) -> None:
        """Two levels are there, for all to see."""
        self.missiles = min(self.missiles + 2, 4.0)
        self.missiles_known = self.missiles
        self.published = max(self.published, self.in_force)
        self.inspections = 0.0
        self.add_tension(0.1)

    # What may happen.

    def draw_hazards(self) -> None:
        """Draw for each hazard whether it strikes this year, and when."""
        p, hidden = self.p, self.hidden
        by_inspectors = p.inspection_power * self.inspections
        self.draw(by_inspectors * hidden, self.inspected)
        self.draw(p.national_means * self.sources * hidden, self.spotted)
        self.draw((p.national_means + by_inspectors) * self.nato_hidden, self.nato_caught)
        self.draw(p.crisis_base + p.crisis_tension * self.tension, self.crisis)

    def draw(self, rate: float, strike: Callable[[], None]) -> None:
        """Draw one hazard of a rate."""
        if rate > 0:
            wait = self.luck.expovariate(rate)
            if wait < 1:
                self.after(wait, strike)

    def inspected(self) -> None:
        """Inspectors find what is hidden."""
        self.found("inspected")

    def spotted(self) -> None:
        """National means find what is hidden."""
        self.found("spotted")

    def found(self, how: str) -> None:
        """All that is hidden is found."""
        self.pay(how, adversary=-self.p.caught_cost * self.in_force)
        self.missiles_known = self.missiles
        self.add_tension(0.1)

    def nato_caught(self) -> None:
        """NATO's quiet work is found."""
        self.pay("nato_caught", nato=-self.p.caught_cost * self.in_force)
        self.nato_hidden = 0.0
        self.add_cohesion(-0.1)
        self.add_tension(0.1)

    def crisis(self) -> None:
        """A crisis ends in one of four ways."""
        p = self.p
        dispersed = 1 - p.dispersal_effect * self.dispersal
        coerced = 2 * self.leverage * dispersed
        firm = 0.5 + 0.5 * self.cohesion
        war = p.war_base + p.use_or_lose * self.prompt_threat * self.force * (1 - self.elusive)
        number = self.luck.random() * (1 + coerced + firm + war)
        if number < 1:
            self.add_tension(-0.1)
        elif number < 1 + coerced:
            self.pay("crisis", nato=-1.5, adversary=1.0)
            self.add_cohesion(-0.1)
        elif number < 1 + coerced + firm:
            self.pay("crisis", nato=-0.2, adversary=-0.3)
            self.add_cohesion(0.05)
            self.add_tension(0.1)
        else:
            self.pay("crisis", nato=-p.war_cost * dispersed, adversary=-p.war_cost)
            self.over.succeed()

    # What a year brings, and what it leaves.

    def score(self) -> None:
        """Add the year's incentives to both payoffs."""
        p = self.p
        force, deployed, leverage, exposed = self.force, self.deployed, self.leverage, self.exposed
        kept = 1.0 if self.missiles == 0 else 0.0
        intrusion = p.intrusion * self.inspections
        nato = (
            -p.exposure_loss * force * self.unscreened
            - p.coercion_loss * leverage
            + p.alliance_value * self.cohesion
            + p.europe_gain * deployed * force
            + p.asia_gain * self.asia_missiles / 4
            - p.nato_burden * (deployed + self.asia_missiles / 4)
            - p.upkeep * (self.strike + self.defence + self.dispersal)
            - p.source_value * (1 - self.sources)
            - intrusion
        )
        adversary = (
            -p.surprise_fear * self.prompt_threat
            + p.option_value * self.elusive * force
            + p.coercion_gain * leverage
            - p.arms_burden * (force + deployed) / 2
            + p.will * p.capital * kept * (1 + p.persuasion * self.goodwill)
            - p.grievance * kept * (1 - p.clearing * self.inspections) * (1 - p.persuasion * self.goodwill)
            - p.isolation * exposed
            - intrusion
        )
        self.pay("incentives", nato, adversary)

    def drift(self) -> None:
        """Let goodwill, cohesion and tension move to where the situation keeps them."""
        p, exposed, deployed = self.p, self.exposed, self.deployed
        settled_tension = max(
            0.0,
            0.1 + 0.3 * self.missiles_known / 4 + 0.15 * deployed - 0.05 * self.inspections - 0.05 * self.goodwill,
        )
        settled_cohesion = clipped(
            p.alliance_cohesion + p.publicity * exposed - 0.1 * deployed * (1 - exposed), 0.0, 1.0
        )
        self.goodwill = clipped(0.75 * self.goodwill, 0.0, 1.0)
        self.add_cohesion(0.2 * (settled_cohesion - self.cohesion))
        self.add_tension(0.25 * (settled_tension - self.tension))

    def add_tension(self, step: float) -> None:
        """Change tension, within its bounds."""
        self.tension = clipped(self.tension + step, 0.0, 1.0)

    def add_cohesion(self, step: float) -> None:
        """Change cohesion, within its bounds."""
        self.cohesion = clipped(self.cohesion + step, 0.0, 1.0)


def prepare(setup: Mapping[str, Any]) -> Play:
    """Return what plays the regime of the set-up."""
    parameters, start, treaty = terms(setup)

    def play(runs: int, seed: int) -> Results:
        luck = random.Random(seed)
        payoffs = [Run(parameters, start, treaty, luck).play() for _ in range(runs)]
        nato, adversary = zip(*payoffs, strict=True)
        return {"nato": nato, "adversary": adversary}

    return play


if __name__ == "__main__":
    serve(prepare)
