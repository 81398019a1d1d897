"""The page on commands has every command, option, exit status and JSON key that there is, and no others."""

import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sim.cli
from sim.cli import COMMANDS
from sim.experiment import plan, precision
from tests.commands.asking import Answer, ask
from tests.docs.pages import Page, codes, number, rows

PAGE = Page("reference/commands.md")
SCENARIO = Page("reference/language.md").blocks("yaml")[0].text
STAT = ("mean", "se", "low", "high")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario, a faulty one, a result and a game."""
    here = tmp_path_factory.mktemp("commands")
    (here / "border.yaml").write_text(SCENARIO, encoding="utf-8")
    (here / "faulty.yaml").write_text("scenario: faulty\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        assert ask("run", "border.yaml", "--runs", "2", "--quiet").status == 0
        next((here / "results" / "border").iterdir()).rename(here / "results" / "border" / "answer")
        patch.setattr("sys.stdin", io.StringIO("pass\n" * 100))
        assert ask("play", "border.yaml", "--as", "north", "--runs", "2", "--quiet").status == 0
    (here / "results" / "games" / "border-north-1.jsonl").rename(here / "game.jsonl")
    return here


@pytest.fixture(autouse=True)
def _there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


# --- Commands and options --------------------------------------------------------------------------------------------


@cache
def helped(command: str) -> set[str]:
    """The options that a command's help lists, with what they take."""
    shown = ask(command, "--help").out
    found = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)(?: ([A-Z][A-Z=:,]*|[a-z]+\|[a-z|]+)(?= |$))?", shown, re.MULTILINE)
    return {f"{option} {taken}".strip() for option, taken in found} - {"--help"}


def options_of(command: str) -> set[str]:
    """The options that the page tells of a command."""
    found = re.search(r"^Options: (.*?)$\n\n", PAGE.section(command), re.MULTILINE | re.DOTALL)
    return set(codes(found[1])) if found else set()


def told_options() -> dict[str, list[str]]:
    """The page's table of options, by option."""
    table = rows(PAGE.section("Options"))
    return {codes(row[0])[0]: row for row in table}


def test_the_page_has_every_command() -> None:
    """In its table, and a section each, in the order of the help; the help of the program lists the same."""
    told = [codes(row[0])[0] for row in rows(PAGE.section("Commands")) if row[0].startswith("[")]
    assert told == list(COMMANDS)
    assert [heading for heading in PAGE.sections() if heading in COMMANDS] == told
    listed = re.findall(r"^  ([a-z]+) {2,}", ask("--help").out.split("Commands:")[1], re.MULTILINE)
    assert listed == told


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_the_options_that_the_page_tells(command: str) -> None:
    """All of them, with what they take, and no others; each is explained in the table."""
    assert options_of(command) == helped(command)
    assert options_of(command) <= set(told_options())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_takes_the_words_that_the_page_tells(command: str) -> None:
    """The first line of its section, against its help."""
    said = re.findall(r"^    detente (.*)$", PAGE.section(command), re.MULTILINE)
    usage = ask(command, "--help").out.splitlines()[0]
    words = re.findall(r"\{([A-Z.]+)\}", usage) + re.findall(r"\[\[([A-Z]+)\]\]", usage)
    assert re.findall(r"(?<!-)\b([A-Z]{2,}(?:\.\.\.)?)", said[-1]) == words
    assert said[-1].startswith(command)


def test_every_option_of_the_table_is_some_commands() -> None:
    """Nothing is explained that nobody takes."""
    assert set(told_options()) == {option for command in COMMANDS for option in helped(command)}


def len_of_block(columns: int) -> int:
    """How many runs of so many columns are played together."""
    return plan.Plan(10**6, 0).fitted(columns).together


def test_the_numbers_of_the_options_are_the_programs() -> None:
    """Defaults and bounds."""
    table = told_options()
    assert number(table["--jobs J"][1].split("at most ")[1]) == plan.MOST_JOBS
    least, most = (len_of_block(columns) for columns in (10_000, 1))
    assert re.findall(r"[\d,]*\d", table["--block B"][2])[:2] == [f"{least:,}", f"{most:,}"]
    assert list(plan.Plan(65, 0, "events").slices())[1][0] == number(table["--block B"][2].rsplit(" ", 1)[1])
    assert number(table["--seed S"][1].split(" to ")[1]) == 2**63 - 1
    assert f"a pilot of {precision.PILOT:,} runs" in PAGE.said("How many runs")
    assert f"24 MiB hold, from {least:,} to {most:,}" in PAGE.said("How many runs")
    assert 24 * 2**20 // 2 < 8 * 100 * len_of_block(100) <= 24 * 2**20
    assert set(codes(table["--engine lockstep|events"][0])[0].split()[1].split("|")) == set(plan.ENGINES)
    for option, bound in (
        ("--jobs", "257"),
        ("--runs", "0"),
        ("--seed", "-1"),
        ("--seed", str(2**63)),
        ("--block", "0"),
        ("--precision", "0"),
    ):
        assert ask("run", "border.yaml", "--runs", "1", option, bound).status == 2
    assert ask("run", "border.yaml", "--set", "fear=inf").status == 2
    for command in COMMANDS:
        for option, default in re.findall(r"(--[a-z-]+) .*\[default: (\S+)\]", ask(command, "--help").out):
            (row,) = [row for name, row in table.items() if name.split()[0] == option]
            assert row[2].strip("`") == default


def test_engine_jobs_and_block_leave_the_answer_as_it_is() -> None:
    """The same digest; processes are the business of other tests."""
    asked = ("run", "border.yaml", "--runs", "9", "--regime", "no_treaty", "--json", "--quiet")
    answers = [ask(*asked, *more).document for more in ((), ("--engine", "events"), ("--block", "2"))]
    assert len({answer["digest"] for answer in answers}) == 1


# --- Exit statuses ---------------------------------------------------------------------------------------------------


def crashed(error: BaseException) -> Any:
    def command(*_: object, **__: object) -> None:
        raise error

    return command


def of_status(status: int, patch: pytest.MonkeyPatch) -> Answer:
    """An answer that ends with a status."""
    match status:
        case 1 | 130:
            command = crashed(RuntimeError("oh") if status == 1 else KeyboardInterrupt())
            patch.setattr(sim.cli, "app_for", lambda words: command)
            return ask("list")
        case 2:
            return ask("run", "border.yaml", "--seed", "banana")
        case 3:
            return ask("validate", "faulty.yaml")
        case 4:
            return ask("results", "--out", "border.yaml")
        case 5:
            return ask("run", "border.yaml", "--runs", "1000000000000")
        case 6:
            return ask("claims", "border.yaml", "--runs", "1")
    return ask("validate", "border.yaml")


STATUSES = [int(row[0]) for row in rows(PAGE.section("Exit codes"))]


@pytest.mark.parametrize("status", STATUSES)
def test_an_exit_status_means_what_the_page_says(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each status has a command that ends with it; all but 0 and 6 say why on stderr, in one line."""
    answer = of_status(status, monkeypatch)
    assert answer.status == status
    assert len(answer.faults) == (0 if status in (0, 6) else len(answer.err.splitlines()))
    assert bool(answer.err) == (status not in (0, 6))


def test_the_statuses_are_those_of_the_program() -> None:
    """Those of the error family, of the command line, and of `claims`."""
    from sim import errors
    from sim.commands.claims import UNMET

    family = {error.exit_status for error in vars(errors).values() if hasattr(error, "exit_status")}
    assert set(STATUSES) == {0, sim.cli.BUG, sim.cli.INTERRUPTED, UNMET} | family


def test_new_leaves_a_file_alone() -> None:
    """Exit 2, and the file is as it was."""
    assert ask("new", "border").status == 2
    assert Path("border.yaml").read_text(encoding="utf-8") == SCENARIO


# --- JSON ------------------------------------------------------------------------------------------------------------

NAMES = {
    "ACTOR": ("north", "south"), "REGIME": ("treaty", "no_treaty"), "HAZARD": ("sighting", "clash"), "OUTCOME": ("parley", "war"),
    "CLAIM": ("north_loses",), "PARAMETER": ("pull", "fear"), "ENTRY": ("costs", "safety", "calm", "gain", "burden", "sighting", "clash"),
    "ACTION": ("watch", "protest", "fortify", "keep", "move"), "NAME": ("guns", "guns_known", "walls", "mood", "cover"),
}  # fmt: skip
BELOW = {"actors": "ACTOR", "payoffs": "ACTOR", "regimes": "REGIME", "hazards": "HAZARD", "outcomes": "OUTCOME", "claims": "CLAIM",
         "ledger": "ENTRY", "actions": "ACTION", "final": "NAME"}  # fmt: skip
BELOW |= dict.fromkeys(("strategies", "se", "best_replies", "profile", "alike", "dominated", "kept"), "ACTOR")
BELOW["digests"] = "REGIME"
"""What the keys below a key are names of."""

BELOW_PATH = {
    "ledger": "ACTOR", "points[].payoffs": "REGIME", "points[].payoffs.REGIME": "ACTOR", "points[].prefers": "ACTOR",
    "over": "PARAMETER", "frontiers": "ACTOR", "results[].parameters": "PARAMETER",
    "parameters": "PARAMETER", "joint.parameters": "PARAMETER",
}  # fmt: skip
"""The same, where the place in the document decides."""


def paths(value: Any, path: str = "", whole: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of a document's keys, with names, statistics and lists made out."""
    # A trace's ledger has the actors above the entries.
    name = "ledger" if path == "ledger.ACTOR" else path.rsplit(".", 1)[-1]
    if path in whole or (isinstance(value, dict) and tuple(value) == STAT):
        yield path
    elif isinstance(value, dict):
        for key, held in value.items():
            word = BELOW.get(name, key)
            word = BELOW_PATH.get(path, word)
            assert word == key or key in NAMES[word]
            yield from paths(held, f"{path}.{word}".strip("."), whole)
    elif isinstance(value, list):
        for held in value:
            yield from paths(held, f"{path}[]", whole)
    else:
        yield path


TABLES = (
    *(f"{name}.ACTOR" for name in ("strategies", "payoffs", "se", "best_replies", "equilibria[].profile", "alike", "dominated", "kept")),
    "possible", "ledger.ACTOR.ENTRY",
)  # fmt: skip
"""What of a matrix is told as a whole."""

ROBUST = (
    "claims.CLAIM.warnings",
    "drawn.parameters",
    *(f"claims.CLAIM.robustness.{key}" for key in ("deciding", "region", "map")),
)
"""What of robustness is told as a whole."""

SWEPT = ("regimes", "over.PARAMETER", "points[].parameters", "frontiers.ACTOR")
"""What of a sweep is told as a whole."""

STUDIED = (
    "regimes", "fixed", "kept",
    *(f"results[].parameters.PARAMETER.{key}" for key in ("range", "first", "total")),
)  # fmt: skip
"""What of a sensitivity is told as a whole."""

BALANCED = tuple(f"parameters.PARAMETER.{key}" for key in ("range", "crossings", "kept", "most"))
"""What of a break-even is told as a whole."""

PLAYED = ("moves", "menu", "costliest", "distribution", "others", "events", "trouble")
"""What of a game is told as a whole."""

WITHOUT = {"claims.CLAIM.robustness", "drawn", "joint", "damage[]"}
"""What is null unless it is asked, or empty where nothing is wrong."""

ASKED = {
    "list": ((), ()),
    "validate": (("border.yaml", "faulty.yaml"), ()),
    "run": (("border.yaml", "--runs", "3", "--quiet"), ("warnings",)),
    "trace": (("border.yaml",), ("events[].detail",)),
    "compare": (("border.yaml", "--runs", "3", "--quiet"), ("regimes.REGIME", "differences[].warnings")),
    "matrix": (("border.yaml", "--runs", "3", "--quiet"), TABLES),
    "sweep": (("border.yaml", "--over", "pull=::2", "--over", "fear", "--runs", "3", "--quiet"), SWEPT),
    "sensitivity": (("border.yaml", "--points", "16", "--runs", "2", "--quiet"), STUDIED),
    "breakeven": (
        ("border.yaml", "--actor", "south", "--weights", "fear=2", "--runs", "99", "--quiet"),
        (*BALANCED, "weights"),
    ),
    "claims": (("border.yaml", "--runs", "3", "--robust", "16", "--robust-runs", "2", "--quiet"), ROBUST),
    "play": (("border.yaml", "--resume", "game.jsonl", "--runs", "3", "--quiet"), PLAYED),
    "report": (("results/border/answer", "--quiet"), ()),
    "results": ((), ()),
    "verify": (("results/border/answer",), ()),
    "export": (("results/border/answer", "--overwrite", "--quiet"), ("left_out",)),
    "rerun": (("results/border/answer", "--quiet"), ("changes",)),
}
ANOTHERS = {"resume"}
"""Commands whose document is that of another."""


def told_keys(command: str) -> list[str]:
    return [key for row in rows(PAGE.section(command)) if len(row) == 2 for key in codes(row[0])]


@pytest.mark.parametrize("command", ASKED)
def test_a_document_has_the_keys_that_the_page_tells(command: str) -> None:
    """All of them and no others."""
    words, whole = ASKED[command]
    document = ask(command, *words, "--json").document
    found = set(paths(document, whole=whole))
    told = [key for key in told_keys(command) if key not in WITHOUT]
    assert found == set(told)
    assert len(told) == len(found)


def test_only_commands_with_json_have_keys() -> None:
    """The page has a table of keys where the help has `--json`."""
    assert {command for command in COMMANDS if told_keys(command)} == set(ASKED)
    assert {command for command in COMMANDS if "--json" in helped(command)} == set(ASKED) | ANOTHERS


def test_resume_has_the_document_of_what_it_goes_on_with() -> None:
    """As a folder that is finished keeps it."""
    kept = json.loads(Path("results/border/answer/summary.json").read_text(encoding="utf-8"))
    assert ask("resume", "results/border/answer", "--json", "--quiet").document == kept


def test_compare_has_the_document_of_run_for_each_regime() -> None:
    """Key by key, and of the same runs."""
    compared = ask("compare", "border.yaml", "--runs", "3", "--json", "--quiet").document
    run = ask("run", "border.yaml", "--runs", "3", "--json", "--quiet").document
    assert compared["regimes"]["treaty"] == run


def test_one_run_has_no_interval() -> None:
    """Its last three numbers are null."""
    stat = ask("run", "border.yaml", "--runs", "1", "--json", "--quiet").document["actors"]["north"]["payoff"]
    assert tuple(stat) == STAT
    assert [stat[key] for key in STAT[1:]] == [None] * 3


def test_events_have_the_details_that_the_page_tells() -> None:
    """Kind by kind: what always stands there, and what may."""
    always: dict[str, set[str]] = {}
    ever: dict[str, set[str]] = {}
    torn = "actors: {south: {strategies: {torn: {mix: {weigh: 3, honest: 1}}}, plays: torn}}"
    Path("torn.yaml").write_text(f"extends: border.yaml\n{torn}\n", encoding="utf-8")
    for name, run in [("border.yaml", run) for run in range(12)] + [("torn.yaml", 0)]:
        for event in sim.trace(sim.load(name), regime="no_treaty", run=run).run.events:
            always.setdefault(event.kind, set(event.detail)).intersection_update(event.detail)
            ever.setdefault(event.kind, set()).update(event.detail)
    table = {codes(row[0])[0]: row for row in rows(PAGE.section("trace")) if len(row) == 5}
    assert set(table) == set(ever)
    for kind, row in table.items():
        told = set(codes(row[3])), set(codes(row[4]))
        assert told[0] <= always[kind]
        assert told[0] | told[1] == ever[kind]
