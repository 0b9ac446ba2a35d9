"""How a run with several processes (`-n 2 --dist loadfile`) shares the tests among them."""

from typing import Any

import pytest

# Folders whose files share one costly fixture: in two processes it would be made twice, and once more whenever a file of
# another folder came between.
TOGETHER = ("tests/demo/",)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process whole files, and the files of a folder of `TOGETHER` to one."""
    from xdist.scheduler import LoadFileScheduling  # reason: runs without xdist have no need of it

    if config.getoption("dist") != "loadfile":
        return None

    class ByFolder(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.partition("::")[0])

    return ByFolder(config, log)
