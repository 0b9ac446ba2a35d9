"""Pages as a phone and as a validator see them: Lighthouse (mobile) and the Nu HTML checker, both from npm."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping

import httpx

from tests.benchmarks import services
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import TLS, FailedError

HOME = services.HOME / "npm"
TOOLS = ["lighthouse@12", "vnu-jar@26"]
WARM = 6
PROMISED = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}


def _tools() -> None:
    """Install both checkers apart from the project's own packages, once."""
    if not shutil.which("npm"):
        raise services.MissingError("npm is not installed")
    if not (HOME / "node_modules" / "lighthouse").exists():
        HOME.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(HOME), *TOOLS]
        subprocess.run(install, check=True, stdout=subprocess.DEVNULL)


def _chromium() -> str:
    found = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        raise services.MissingError("Chromium is not installed: run `make services` or set CHROME_PATH")
    return found


def lighthouse(base: str, pages: Mapping[str, str]) -> Iterator[Figure]:
    """Yield the four scores of each page, as Lighthouse's simulated phone gives them; reports stay under .cache."""
    _tools()
    environment = {**os.environ, "CHROME_PATH": _chromium()}
    for name, path in pages.items():
        report = HOME / f"lighthouse-{name}.json"
        command = ["node", str(HOME / "node_modules" / "lighthouse" / "cli" / "index.js"), base + path, "--quiet"]
        command += ["--output=json", f"--output-path={report}", "--form-factor=mobile", "--max-wait-for-load=45000"]
        flags = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"
        for _ in range(WARM):  # Both workers: the phone's network is measured, not a server's first page.
            httpx.get(base + path, timeout=60, verify=TLS).raise_for_status()
        # Chromium sometimes loses the trace (NO_NAVSTART); Lighthouse itself says to run again.
        for _ in range(2):
            done = subprocess.run(
                [*command, f"--chrome-flags={flags}"],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=180,
            )
            if not done.returncode:
                break
        if done.returncode:
            raise FailedError(f"lighthouse {path}: {done.stderr[-800:]}")
        scores = json.loads(report.read_text())["categories"]
        for category, promised in PROMISED.items():
            score = round((scores[category]["score"] or 0) * 100)
            yield Figure(f"Lighthouse mobile, {name}: {category}", score, "of 100").judge(at_least=promised)


def html_errors(base: str, pages: Mapping[str, str]) -> Iterator[Figure]:
    """Yield the number of errors the Nu checker finds in each page, in Chinese and in English."""
    _tools()
    if not shutil.which("java"):
        raise services.MissingError("Java is not installed: the Nu HTML checker needs it")
    jar = next(HOME.glob("node_modules/vnu-jar/**/vnu.jar"))
    for name, path in pages.items():
        errors = 0
        for prefix in ("", "/en"):
            file = HOME / f"{name}{prefix.replace('/', '-')}.html"
            file.write_bytes(httpx.get(base + prefix + path, timeout=60, verify=TLS).content)
            command = ["java", "-jar", str(jar), "--errors-only", "--format", "json", str(file)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
            messages = json.loads(done.stderr)["messages"]
            errors += len(messages)
            file.with_suffix(".errors.json").write_text(json.dumps(messages, indent=1, ensure_ascii=False))
        yield Figure(f"Nu HTML checker, {name}", errors, "errors").judge(at_most=0)
