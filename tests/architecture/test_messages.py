"""What is shown to people is found by what collects it for translation."""

import ast
from collections.abc import Iterator

from .test_structure import ROOT, code

NAMES = {"_", "gettext", "ngettext", "pgettext", "npgettext", "gettext_lazy", "ngettext_lazy", "pgettext_lazy"}


def hidden(source: str) -> Iterator[int]:
    """Yield the lines of calls for a translation inside an f-string, which no collector of messages reads."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for each in ast.walk(node):
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in NAMES:
                    yield each.lineno


def test_no_message_hides_in_an_f_string() -> None:
    assert list(hidden("x = f\"{_('Shared canteen')} {name}\"")) == [1]
    own = [path for path in code() if "tests" not in path.parts]
    assert len(own) > 100
    assert [f"{path.relative_to(ROOT)}:{line}" for path in own for line in hidden(path.read_text())] == []
