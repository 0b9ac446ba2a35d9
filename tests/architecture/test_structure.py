"""The promises about the code itself."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

ROOT = Path(settings.BASE_DIR)
TOP_LEVEL = {
    "manage.py", "pyproject.toml", "README.md", "shop", "catalog", "static", "tests",
    "procurement", "traceability", "livestream",
    # what the ecosystem expects
    "Makefile", "LICENSE", "CHANGELOG.md", "README.zh-CN.md", "docs", "deploy", "package.json", "package-lock.json",
    "requirements.lock", "requirements-dev.lock",
}  # fmt: skip
MAX_LINES = 400
# Files of bytes: no text of ours stands in them.
BINARY = {".png", ".jpg", ".webp", ".avif", ".heic", ".ico", ".woff2", ".gz", ".mp4", ".xlsx"}
# Who may be named: vocabularies, hosts that are nobody's, and what only looks like one. A registry, a mirror or
# somebody's server is not among them.
HOSTS = {
    "schemas.openxmlformats.org",  # names in a workbook, not addresses
    "www.sitemaps.org",  # the same in a sitemap
    "www.enable-javascript.com",  # in a text of Wagtail that we translate
    "schema.org", "www.w3.org", "ref.gs1.org", "example.cn", "example.com", "heqiao.example", "choice.net",
    "page.chosen.net", "shop.config.settings.dev", "allauth.core.internal",
}  # fmt: skip
HOST = re.compile(
    r"\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:org|com|io|net|dev|cn|app|cloud|internal|lan)\b(?![(\w-])", re.IGNORECASE
)
# Folders of every Unix machine; what else stands beside them belongs to the machine that this is checked on.
STANDARD = {
    "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "lost+found", "media", "mnt", "proc", "run", "sbin",
    "srv", "sys", "tmp", "usr", "var",
}  # fmt: skip
PERSONAL = {"home", "opt", "root", "Users"} | ({path.name for path in Path("/").iterdir()} - STANDARD)
MACHINE = re.compile(rf"(?<![\w.\-/}}])/(?:{'|'.join(sorted(map(re.escape, PERSONAL)))})/")
HIDDEN_OURS = r"venv|ci|git|hypothesis|\w*cache|pick|soon"  # The last two are classes of a stylesheet.
HIDDEN = re.compile(rf"(?<![\w*)\]}}'\"])\.(?!(?:{HIDDEN_OURS})/)[a-z]\w*/")
VAGUE = {"utils", "helpers", "common", "misc", "util", "helper"}
# What other packages may use of a package. `rules` are pure; `books` names the ledger's accounts; `messages` is how
# a package tells a person something.
DOORS = {
    "queries",
    "operations",
    "states",
    "payables",
    "search",
    "errors",
    "hooks",
    "rules",
    "books",
    "messages",
    "signing",
}
PACKAGES = ("shop.accounts", "catalog", "traceability", "shop.sales", "procurement", "livestream", "shop.campaigns")


@cache
def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def sources(*suffixes: str) -> list[Path]:
    return [path for path in tracked() if path.suffix in suffixes]


def code() -> list[Path]:
    return [path for path in sources(".py") if "migrations" not in path.parts]


def imports(path: Path) -> Iterator[tuple[ast.stmt, str, bool]]:
    """Yield each import of a file: the statement, the dotted name it brings in, and whether it stands inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name, id(node) in inside
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}", id(node) in inside


def test_the_top_level_holds_only_what_it_should() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_files_stay_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sources(".py", ".js", ".mjs", ".html", ".sh")
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_names_say_what_they_mean() -> None:
    assert [path.relative_to(ROOT).as_posix() for path in tracked() if VAGUE & {path.stem, *path.parts}] == []


def test_nothing_names_a_machine_or_a_registry() -> None:
    guilty = []
    for path in tracked():
        if path.suffix in BINARY or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        hosts = {match.group().lower() for match in HOST.finditer(text)} - HOSTS
        found = hosts | {match.group() for pattern in (MACHINE, HIDDEN) for match in pattern.finditer(text)}
        guilty += [f"{path.relative_to(ROOT)}: {name}" for name in sorted(found)]
    assert not guilty, "\n".join(guilty)


@pytest.mark.parametrize(
    "words", ["--index-url https://packages.somebody.io/simple", "mirror.somebody.net", "REPO.SOMEBODY.ORG"]
)
def test_any_host_that_is_not_listed_is_found(words: str) -> None:
    assert {match.group() for match in HOST.finditer(words)} - HOSTS


def test_a_path_of_this_machine_is_found() -> None:
    for name in PERSONAL:
        assert MACHINE.search(f'"/{name}/place"')
    assert HIDDEN.search("../.tools/README.md")


def test_inline_imports_say_why() -> None:
    silent = []
    for path in code():
        lines = path.read_text(encoding="utf-8").splitlines()
        for statement, _name, inside in imports(path):
            if inside and "reason:" not in lines[statement.lineno - 1]:
                silent.append(f"{path.relative_to(ROOT)}:{statement.lineno}")
    assert silent == []


def test_each_suppression_says_why() -> None:
    """`# noqa: CODE (why)`, `# type: ignore[code]  # why`: a bare one hides more than it was meant to."""
    bare = []
    for path in code():
        if path.relative_to(ROOT).parts[0] == "tests":
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for mark, whole in (
                ("noqa", r"# noqa: [A-Z]+\d+(, ?[A-Z]+\d+)* \(?.+"),
                ("type: ignore", r"ignore\[.+\].* .+"),
            ):
                if f"# {mark}" in line and not re.search(whole, line):
                    bare.append(f"{path.relative_to(ROOT)}:{number}")
    assert bare == []


def test_locks_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "package-lock.json", "deploy/setup/node.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text.replace('"url": "https://', "").replace('"funding": "https://', ""), name
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_meet_only_at_their_doors(package: str) -> None:
    """Across packages: only queries, operations, states, … (core is everybody's)."""
    guilty = []
    for path in (ROOT / package.replace(".", "/")).rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for statement, name, _inside in imports(path):
            other = next((p for p in PACKAGES if name == p or name.startswith(f"{p}.")), package)
            door = name.removeprefix(f"{other}.").split(".")[0]
            if other != package and door not in DOORS:
                guilty.append(f"{path.relative_to(ROOT)}:{statement.lineno} {name}")
    assert not guilty, "\n".join(guilty)


def test_only_settings_read_the_environment() -> None:
    allowed = {
        "manage.py",
        "shop/config/asgi.py",
        "shop/config/wsgi.py",
        "shop/config/celery.py",
        "shop/core/migrated.py",
    }
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in code()
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
        and path.relative_to(ROOT).parts[0] in {"shop", "catalog", "traceability", "procurement", "livestream"}
        and "settings" not in path.parts
    ]
    assert set(guilty) <= allowed


def test_each_effect_has_a_handler() -> None:
    """A task that is enqueued somewhere and handled nowhere would wait for ever."""
    from shop.core import outbox  # reason: apps have registered their handlers by now

    asked = set()
    for path in code():
        if path.relative_to(ROOT).parts[0] == "tests":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "enqueue":
                asked |= {
                    keyword.value.value
                    for keyword in node.keywords
                    if keyword.arg == "task" and isinstance(keyword.value, ast.Constant)
                }
    assert asked - set(outbox._handlers) == set()


@pytest.mark.django_db
def test_tables_of_libraries_are_as_they_ship() -> None:
    """No model of Oscar or Wagtail was changed: the migrations they ship still describe them."""
    loader = MigrationLoader(connection)
    with translation.override(None):  # Translated labels would look like changes.
        found = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        changes = found.changes(graph=loader.graph)
    theirs = {app.label for app in apps.get_app_configs() if app.name.startswith(("oscar.", "wagtail"))}
    assert len(theirs) > 20
    assert set(changes) & theirs == set()
