"""How the tests share the machine when pytest-xdist runs them in several processes."""

from __future__ import annotations

import os

import pytest

IN_A_WORKER = "PYTEST_XDIST_WORKER" in os.environ
if IN_A_WORKER:
    # Each of the processes would render with all cores. Read when numba is first imported, and by our children too.
    os.environ.setdefault("NUMBA_NUM_THREADS", "1")

SPLIT = {"test_proof.py", "test_samples.py"}
"""Long files whose tests go where there is time, those of one technique together: they share what is made for one."""

NAMES = ("technique_id", "technique", "sample", "shown")
"""Parameters of theirs that tell which technique it is."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, where they share what was expensive to make."""
    for item in items if IN_A_WORKER else ():
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(group_of(item)))


def group_of(item: pytest.Item) -> str:
    """The file's name, with that of the technique in a file that is split."""
    parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    if item.path.name not in SPLIT:
        return item.path.name
    about = next((parameters[name] for name in NAMES if name in parameters), "")
    return f"{item.path.name} {getattr(about, 'technique', getattr(about, 'id', about))}"
