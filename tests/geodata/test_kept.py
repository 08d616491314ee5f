from __future__ import annotations

from geodata.kept import Kept


def test_a_result_is_made_once_and_the_one_asked_for_longest_ago_goes_first():
    made = []
    kept = Kept(2)

    def ask(name):
        return kept.once(name, lambda: made.append(name) or name.upper())

    assert [ask(name) for name in "abab"] == ["A", "B", "A", "B"]
    assert made == ["a", "b"]
    ask("a")
    ask("c")
    ask("a")
    assert made == ["a", "b", "c"]
    ask("b")
    assert made == ["a", "b", "c", "b"]


def test_nothing_found_is_a_result_too():
    made = []
    kept = Kept(2)
    for _ in range(2):
        assert kept.once("none", lambda: made.append(1)) is None
    assert made == [1]
