"""A private Podman for tests, and an image that has nothing of its own: it shows the programs of this machine.

Import the fixture ``podman`` (one for the session) where it is needed; tests that use it are skipped, by name, where
Podman is not installed.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

IMAGE: Final = "localhost/this-machine:1"

_STORAGE: Final = """
[storage]
driver = "overlay"
runroot = "{folder}/run"
graphroot = "{folder}/graph"
"""

_CONTAINERS: Final = """
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
"""

_MERGED: Final = ("bin", "lib", "lib32", "lib64", "sbin")
"""Links into ``/usr``, as on this machine."""


@pytest.fixture(scope="session")
def podman() -> Iterator[list[str]]:
    """Podman with the image; yields the options that show this machine's programs to its containers."""
    if shutil.which("podman") is None or shutil.which("runc") is None:
        if "CI" in os.environ:
            pytest.fail("there is no Podman, which CI installs")
        pytest.skip("no Podman here")
    with pytest.MonkeyPatch.context() as environment, tempfile.TemporaryDirectory(prefix="pellucid-podman-") as name:
        folder = Path(name)
        for variable, text in (("CONTAINERS_STORAGE_CONF", _STORAGE), ("CONTAINERS_CONF", _CONTAINERS)):
            file = folder / f"{variable}.conf"
            file.write_text(text.format(folder=folder))
            environment.setenv(variable, str(file))
        subprocess.run(["podman", "import", "-q", "-", IMAGE], input=_nearly_nothing(), check=True, capture_output=True)
        shown = {"/usr", "/etc", *_roots(sys.prefix, sys.base_prefix, __file__, tempfile.gettempdir())}
        yield [f"--volume={root}:{root}" for root in sorted(shown)]
        subprocess.run(["podman", "rm", "--all", "--force"], check=False, capture_output=True)
        subprocess.run(["podman", "rmi", "--all", "--force"], check=False, capture_output=True)


def _roots(*paths: str) -> set[str]:
    """The folders at the root that the paths are in."""
    return {f"/{Path(path).resolve().parts[1]}" for path in paths}


def _nearly_nothing() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name in _MERGED:
            if Path("/", name).is_symlink():
                link = tarfile.TarInfo(name)
                link.type, link.linkname = tarfile.SYMTYPE, f"usr/{name}"
                archive.addfile(link)
    return content.getvalue()
