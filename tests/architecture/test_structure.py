"""The promises about the code itself."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TOP_LEVEL = {
    "manage.py", "pyproject.toml", "README.md", "shop", "catalog", "static", "tests",
    "procurement", "traceability", "livestream",
    # what the ecosystem expects
    "Makefile", "LICENSE", "CHANGELOG.md", "README.zh-CN.md", "docs", "deploy", "package.json", "package-lock.json",
    "requirements.lock", "requirements-dev.lock",
}  # fmt: skip
MAX_LINES = 400
FORBIDDEN = re.compile(
    r"/work/|/root/|/opt/hq|\.library/|pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|maven2/|proxy\.golang"
)


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def sources(*suffixes: str) -> list[Path]:
    return [path for path in tracked() if path.suffix in suffixes]


def test_the_top_level_holds_only_what_it_should() -> None:
    names = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_files_stay_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sources(".py", ".js", ".html")
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_nothing_names_a_machine_or_a_registry() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in sources(".py", ".js", ".mjs", ".html", ".css", ".md", ".toml", ".lock", ".json", ".sh", ".po")
        if path != Path(__file__) and (match := FORBIDDEN.search(path.read_text(encoding="utf-8")))
    ]
    assert guilty == []


def test_inline_imports_say_why() -> None:
    silent = []
    for path in sources(".py"):
        if "migrations" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.match(r"\s+(from \S+ import|import \S)", line) and "reason:" not in line and not line.endswith("("):
                silent.append(f"{path.relative_to(ROOT)}:{number}")
    assert silent == []


def test_locks_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "package-lock.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text.replace('"url": "https://', "").replace('"funding": "https://', ""), name


PUBLIC = {"queries", "operations", "states", "payables", "search", "errors", "hooks", "rules", "signals"}
OURS = ("shop.core", "shop.accounts", "catalog", "shop.sales", "shop.campaigns", "shop.demo", "shop.config")


@pytest.mark.parametrize("package", ["shop/accounts", "catalog", "shop/sales", "shop/campaigns"])
def test_packages_meet_only_at_their_doors(package: str) -> None:
    """Across packages: only queries, operations, states, … (core is everybody's)."""
    own = package.replace("/", ".")
    guilty = []
    for path in (ROOT / package).rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            match = re.match(r"\s*from ((?:shop\.(?:accounts|sales|campaigns)|catalog))(?:\.(\w+))?", line)
            if match and match.group(1) != own and (match.group(2) or "") not in PUBLIC | {"books", "messages"}:
                guilty.append(f"{path.relative_to(ROOT)}: {line.strip()}")
    assert guilty == []
