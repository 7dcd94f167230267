"""What apps bring: each thing once, whoever brings it."""

from dataclasses import dataclass

import pytest

from common.registry import FILES, Registry, discover
from common.verbs import VERBS, Verb, verb_label


@dataclass(frozen=True)
class Thing:
    name: str


def test_things_stand_in_the_order_in_which_they_came():
    things: Registry[Thing] = Registry("thing")
    things.register(Thing("b"), Thing("a"))
    assert list(things) == ["b", "a"]
    assert things["a"] == Thing("a")
    assert "c" not in things


def test_a_name_is_given_once():
    things: Registry[Thing] = Registry("thing")
    things.register(Thing("a"))
    with pytest.raises(ValueError, match="thing a is registered twice"):
        things.register(Thing("a"))


def test_to_discover_again_changes_nothing():
    before = list(VERBS)
    discover()
    assert list(VERBS) == before
    assert "verbs" in FILES


def test_what_was_sealed_under_a_former_name_is_read_in_the_words_of_today(monkeypatch):
    verbs: Registry[Verb] = Registry("verb")
    verbs.register(Verb("toy.wind_up", "wind up", formerly=("toy.turn",)))
    monkeypatch.setattr("common.verbs.VERBS", verbs)
    assert verb_label("toy.turn") == "wind up"
