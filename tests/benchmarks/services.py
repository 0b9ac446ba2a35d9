"""A private PostgreSQL (durable: fsync on, so that what writes cost is honest) and Redis, and servers before them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".cache" / "bench"
PG_PORT, REDIS_PORT = 54339, 63809
CONF = f"""
port = {PG_PORT}
listen_addresses = '127.0.0.1'
shared_buffers = 512MB
effective_cache_size = 4GB
work_mem = 16MB
max_wal_size = 4GB
random_page_cost = 1.1
fsync = on
synchronous_commit = on
"""


class MissingError(Exception):
    """Something the benchmark needs is not installed."""


def _pg(program: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    path = str(found[-1]) if found else shutil.which(program)
    if not path:
        raise MissingError("PostgreSQL is not installed: run `make services`")
    return path


def _as_postgres(command: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs, which refuse to run as root."""
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, cwd="/", stdout=subprocess.DEVNULL)


def start_postgres() -> str:
    """Start the benchmark's own cluster where it does not run yet; return its address without a database."""
    address = f"postgres://bench@127.0.0.1:{PG_PORT}"
    if _listens(PG_PORT):
        return address
    data = _data()
    if not (data / "PG_VERSION").exists():
        data.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(data, "postgres", "postgres")
        _as_postgres([_pg("initdb"), "-D", str(data), "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(f"{CONF}unix_socket_directories = '{data}'\n")
    _as_postgres([_pg("pg_ctl"), "-D", str(data), "-l", str(data / "log"), "-w", "start"])
    return address


def start_redis() -> str:
    """Start the benchmark's own Redis where it does not run yet; return its address."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not _listens(REDIS_PORT):
        if not shutil.which("redis-server"):
            raise MissingError("Redis is not installed: run `make services`")
        command = ["redis-server", "--port", str(REDIS_PORT), "--bind", "127.0.0.1", "--save", "", "--daemonize", "yes"]
        subprocess.run([*command, "--dir", str(HOME)], check=True, stdout=subprocess.DEVNULL)
    return f"redis://127.0.0.1:{REDIS_PORT}"


def stop_services() -> None:
    """Stop both; their data stays for the next run."""
    data = _data()
    if _listens(PG_PORT):
        _as_postgres([_pg("pg_ctl"), "-D", str(data), "-m", "fast", "stop"])
    if _listens(REDIS_PORT):
        subprocess.run(["redis-cli", "-p", str(REDIS_PORT), "shutdown", "nosave"], check=False)


def databases(server: str) -> set[str]:
    """Return the names of the databases there are."""
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def run_sql(server: str, database: str, *statements: str) -> None:
    """Run statements outside a transaction."""
    with psycopg.connect(f"{server}/{database}", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A running web server."""

    url: str
    pid: int


@contextmanager
def serving(
    application: str, *, python: str, env: Mapping[str, str], cwd: Path = ROOT, workers: int = 2
) -> Iterator[Server]:
    """Serve a WSGI application with granian, the same for ours, the peer and the bare view; stop it afterwards."""
    command = [python, "-m", "granian", "--interface", "wsgi", "--workers", str(workers), "--no-ws"]
    command += ["--host", "127.0.0.1", "--log-level", "warning", application]
    with _running(command, application, env=env, cwd=cwd) as server:
        yield server


@contextmanager
def serving_asgi(application: str, *, env: Mapping[str, str]) -> Iterator[Server]:
    """Serve sockets with one uvicorn, as production does (docs/deploy.md): pages go first; stop it afterwards."""
    command = ["nice", "-n", "5", sys.executable, "-m", "uvicorn"]
    command += ["--ws", "websockets-sansio", "--ws-per-message-deflate", "false"]
    command += ["--host", "127.0.0.1", "--log-level", "warning", "--no-server-header", application]
    with _running(command, application, env=env, cwd=ROOT) as server:
        yield server


@contextmanager
def _running(command: Sequence[str], name: str, *, env: Mapping[str, str], cwd: Path) -> Iterator[Server]:
    port = free_port()
    HOME.mkdir(parents=True, exist_ok=True)
    log = (HOME / f"{name.replace(':', '.')}.log").open("w")
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=cwd,
        env={**os.environ, **env},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise MissingError(f"{name} did not start: see {log.name}")
            if _listens(port):
                break
            time.sleep(0.1)
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        log.close()


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all below it."""
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue


def memory_of_workers(pid: int) -> int:
    """Return the largest resident size, in MB, among a server's processes."""
    sizes = [0]
    for one in _family(pid):
        try:
            status = Path(f"/proc/{one}/status").read_text()
        except OSError:
            continue
        sizes += [int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmRSS:")]
    return max(sizes)


def cpu_of(*pids: int) -> float:
    """Return the seconds of processor that servers have used so far, with their children, dead ones too."""
    ticks = 0
    for pid in pids:
        for one in _family(pid):
            try:
                fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def postgres_pid() -> int:
    """Return the process of the benchmark's own cluster."""
    return int((_data() / "postmaster.pid").read_text().split()[0])


def _data() -> Path:
    return Path("/var/tmp/heqiao-bench-pg") if os.geteuid() == 0 else HOME / "pg"
