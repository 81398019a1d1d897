"""Sound scenarios of odd shapes: every command has something to say about each, and no page trips over its words."""

from pathlib import Path

import pytest

from tests.commands import shapes
from tests.commands.asking import Answer, ask
from tests.commands.shapes import mismatches

ODD = {
    "nothing happens": "clock: {turns: 1}\nactors: {a: {}}",
    "over in its first turn": "clock: {turns: 5}\nactors: {a: {incentives: {gain: 1}}, b: {}}\nhazards: {h: {chance: 1, ends: true}}",
    "one regime": "clock: {turns: 2}\nactors: {a: {actions: {go: {cost: 1}}}}\nregimes: {only: {}}",
    "300 turns": "clock: {turns: 300}\nstate: {x: 0}\nactors: {a: {incentives: {gain: x}, actions: {go: {add: {x: 1}}}}}\n"
    "regimes: {one: {}, two: {plays: {a: go}}}",
    "names like markup": 'title: "[bold]Ñandú[/] 李 🕊"\nclock: {turns: 2, turn: "[red]année", start: -500}\nstate: {x: {initial: 0, label: "[/]"}}\n'
    'actors: {a: {label: "O\'Brien <3 & [b]", incentives: {g: {value: x, label: "[link=x]"}}, actions: {go: {label: "🚀", add: {x: 1}}}}}\n'
    'regimes: {one: {label: "[one]"}, two: {label: два, forbid: {a: [go]}}}\nclaims: {c: {says: "[?]", holds: two.a < one.a}}',
    "everything forbidden": "clock: {turns: 2, moves: [b, a]}\nactors: {a: {actions: {go: {}, stay: {}}}, b: {}}\n"
    "regimes: {one: {forbid: {a: [go, stay]}}, two: {}}",
    "numbers near the edge": "clock: {turns: 2, discount: 1e-300}\nstate: {x: 1e149}\nactors: {a: {incentives: {gain: x, tiny: 5e-324, none: -0.0}}}\n"
    "regimes: {one: {}, two: {}}",
    "hundreds of names": "clock: {turns: 1}\nstate: {" + ", ".join(f"x{n}: {n}" for n in range(300)) + "}\nactors: {"
    + ", ".join(f"a{n}: {{incentives: {{gain: x{n}}}}}" for n in range(12)) + "}\nregimes: {one: {}, two: {initial: {x1: 5}}}",
}  # fmt: skip


def sound(answer: Answer, regimes: bool) -> None:
    """Check an answer: fine, or the one refusal there may be, where there is nothing to compare."""
    if not regimes:
        assert answer.status == 2
        assert ": ONE-REGIME: " in answer.faults[0]
        return
    assert answer.status in {0, 6}, answer.err
    assert answer.err == "" or answer.err.startswith("results in ")
    assert answer.out.strip()


@pytest.mark.parametrize("name", ODD)
def test_every_command_on_an_odd_scenario(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and documents alike."""
    monkeypatch.chdir(tmp_path)
    text = f"scenario: odd\n{ODD[name]}\n"
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    two = "two:" in text
    runs = ("--runs", "3", "--quiet")
    for words in (
        ("validate", "odd.yaml"),
        ("describe", "odd.yaml"),
        ("trace", "odd.yaml"),
        ("run", "odd.yaml", *runs),
        ("list",),
        ("claims", "odd.yaml", *runs),
    ):
        sound(ask(*words), regimes=True)
    sound(ask("compare", "odd.yaml", *runs), regimes=two)
    documents = {
        ("run", "odd.yaml", *runs): shapes.RUN,
        ("trace", "odd.yaml"): shapes.TRACE,
        ("claims", "odd.yaml", *runs): shapes.CLAIMS,
    }
    if two:
        documents["compare", "odd.yaml", *runs] = shapes.COMPARE
    for words, shape in documents.items():
        assert mismatches(ask(*words, "--json").document, shape) == []


def test_the_longest_game(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """10,000 turns."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.yaml").write_text(f"scenario: odd\n{ODD['300 turns'].replace('300', '10000')}\n", encoding="utf-8")
    document = ask("run", "odd.yaml", "--runs", "2", "--json").document
    assert (document["turns"], document["duration"]["mean"]) == (10_000, 10_000)
    assert document["actors"]["a"]["payoff"]["mean"] == 10_000 * 10_001 / 2


def test_a_page_shows_labels_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Square brackets are no markup, and a label cannot move the cursor."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.yaml").write_text(f"scenario: odd\n{ODD['names like markup']}\n", encoding="utf-8")
    page = ask("describe", "odd.yaml").out
    assert all(
        label in page
        for label in ("[bold]Ñandú[/] 李 🕊", "[red]année", "O'Brien <3 & [b]", "[link=x]", "🚀", "[one]", "[?]")
    )
    (tmp_path / "bad.yaml").write_text(
        'scenario: bad\ntitle: "\\e[2J"\nclock: {turns: 1}\nactors: {a: {}}\n', encoding="utf-8"
    )
    answer = ask("describe", "bad.yaml")
    assert (answer.status, "\x1b" in answer.out + answer.err) == (3, False)


def test_an_empty_file_and_a_folder_among_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`list` passes over what is no scenario; `validate` names each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.yaml").write_bytes(b"")
    (tmp_path / "folder.yaml").mkdir()
    assert ask("list").status == 0
    answer = ask("validate", "folder.yaml", "empty.yaml", "nowhere.yaml", "post-inf")
    assert [fault.split(": ")[1] for fault in answer.faults] == ["NOT-A-FILE", "EMPTY", "NO-SUCH-FILE"]
    assert (answer.status, answer.out.startswith("post-inf: fine")) == (3, True)
