"""What a browser gets where a page, a panel or a chart fails: a sentence, and nothing of the inside."""

from __future__ import annotations

from types import SimpleNamespace

import panel as pn
import pytest
from bokeh.document import Document
from panel.io.application import Application, _eval_panel
from panel.io.handlers import FunctionHandler

from dashboard.server.failed_page import fail_in_a_sentence
from dashboard.texts import text

PERSON = "王某某"


class Unmade(pn.pane.HTML):
    """A pane that fails only when it is sent."""

    def _get_model(self, *given, **named):
        raise KeyError(PERSON)


def raises():
    raise KeyError(PERSON)


def sent_to_a_browser(make) -> str:
    """Return all texts of the page that a session gets from a server."""

    def app():
        return make()

    handler = FunctionHandler(lambda document: _eval_panel(app, None, "", False, False, document))
    context = SimpleNamespace(application=Application(handler))
    fail_in_a_sentence(SimpleNamespace(_applications={"/": context}), "zh")
    document = Document()
    handler.modify_document(document)
    return str(document.to_json())


@pytest.mark.parametrize("make", [raises, lambda: Unmade("x"), lambda: pn.Column("y", Unmade("x"))])
def test_a_page_that_fails_is_a_sentence_in_the_browser(make, capsys, caplog):
    page = sent_to_a_browser(make)
    assert text("page.failed", "zh") in page
    assert not any(word in page for word in ("Traceback", "KeyError", ".py", PERSON))
    assert PERSON not in capsys.readouterr().out + caplog.text
    assert "KeyError" in caplog.text


def test_a_page_that_does_not_fail_is_as_it_was_made():
    page = sent_to_a_browser(lambda: pn.pane.HTML("whole"))
    assert "whole" in page
    assert text("page.failed", "zh") not in page
