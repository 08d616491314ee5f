"""A month is exchanged in one go: old shapes are seen until the new ones are there, then the new alone."""

from __future__ import annotations

import pytest

from dashboard.web.scripts import plain_script
from tests.conftest import ROOT

# A map that notes what it is told, and whose worker is done when the test says so.
_MAP = """(script) => {
  const {bringShapes, showShapes} = new Function(script + "; return {bringShapes, showShapes}")()
  const data = {}, states = {}, listeners = new Set()
  const map = {
    busy: false,
    getSource: (name) => ({setData: (given) => { data[name] = given.features; map.busy = true }}),
    isSourceLoaded: () => !map.busy,
    on: (name, call) => listeners.add(call), off: (name, call) => listeners.delete(call),
    removeFeatureState: ({source}) => { states[source] = {} },
    setFeatureState: ({source, id}, state) => { (states[source] ??= {})[id] = state },
  }
  const screen = {map, theme: "light", exchanged: {}}
  const picture = (name) => ({form: "plain", outlined: {features: name ? [{properties: {name}}] : []}})
  window.exchange = {
    bring: (name) => {
      const told = {answer: null}
      bringShapes(screen, picture(name)).then((answer) => { told.answer = answer; if (answer) { showShapes(screen) } })
      return told
    },
    done: async () => { map.busy = false; [...listeners].forEach((call) => call()); await new Promise((next) => setTimeout(next)) },
    held: () => data.outlined?.map(({properties}) => properties.name) ?? [],
    seen: () => (data.outlined ?? []).filter(({id}) => states.outlined?.[id]?.on).map(({properties}) => properties.name),
    listeners: () => listeners.size,
  }
}"""


@pytest.fixture
def exchange(view):
    view.evaluate(_MAP, plain_script(ROOT / "dashboard" / "maps" / "screen" / "exchange.js"))
    return lambda script: view.evaluate(f"async () => {{ {script} }}")


def test_old_shapes_are_seen_until_the_new_ones_are_there(exchange):
    said = exchange("""
      const {bring, done, seen, held} = exchange, told = []
      bring("May"); await done(); told.push(seen())
      bring("June"); await null; told.push(seen(), held()); await done(); told.push(seen())
      bring(""); await null; told.push(seen()); await done(); told.push(seen())
      return told
    """)
    assert said == [["May"], ["May"], ["May", "June"], ["June"], ["June"], []]


def test_of_several_pictures_in_a_row_only_the_last_is_shown(exchange):
    said = exchange("""
      const {bring, done, seen, listeners} = exchange
      bring("April"); await done()
      const asked = ["May", "June", "July"].map(bring)
      await null
      const before = seen()
      await done()
      return [before, seen(), asked.map(({answer}) => answer), listeners()]
    """)
    assert said == [["April"], ["July"], [False, False, True], 0]


def test_a_picture_with_the_same_shapes_waits_for_nothing(exchange):
    said = exchange("""
      const {bring, done, seen} = exchange
      bring("May"); await done()
      const again = bring("May"); await null; await null; await null
      return [again.answer, seen()]
    """)
    assert said == [True, ["May"]]
