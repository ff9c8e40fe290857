"""Files under one root that no path can leave.

Each component is opened relative to its folder's descriptor and links are not followed, so the kernel itself keeps
every access inside the root, whatever a client calls a file and whatever stands on the disk.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from pellucid.base.ids import new_id

_LONGEST_NAME: Final = 255
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class BadPathError(ValueError):
    """A path that is no path of a file here; the text says why."""


class Receiving:
    """An upload that is under way.

    Attributes:
        file: what has arrived, open for appending.
    """

    def __init__(self, file: IO[bytes], folder: int, partial: str, name: str) -> None:
        self.file = file
        self._folder = folder
        self._partial = partial
        self._name = name

    def settle(self) -> None:
        """It is all there: put it in its place."""
        os.replace(self._partial, self._name, src_dir_fd=self._folder, dst_dir_fd=self._folder)

    def discard(self) -> None:
        """It is of no use."""
        with suppress(FileNotFoundError):
            os.unlink(self._partial, dir_fd=self._folder)


class FileTree:
    """Reads, replaces and deletes files by relative path."""

    def __init__(self, root: Path) -> None:
        """The root is made if it is missing."""
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._root = root

    @contextmanager
    def replacing(self, path: str) -> Iterator[IO[bytes]]:
        """A file to write the new content into; it takes its place when the block is left without an exception.

        Raises:
            BadPathError: the path leads outside, through a link, or onto a folder.
        """
        with self._folder(path, create=True) as (folder, name):
            temporary = f".{new_id()}.part"
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    yield file
                os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            except IsADirectoryError:
                raise BadPathError(f"{path!r} is a folder") from None
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=folder)

    @contextmanager
    def receiving(self, path: str, upload: str) -> Iterator[Receiving | None]:
        """What has arrived of an upload, to be appended to; it stays when the block is left, whatever happens.

        Args:
            path: where it is to be stored.
            upload: names it.

        Yields:
            ``None`` if somebody else is appending.

        Raises:
            BadPathError: as above.
        """
        with self._folder(path, create=True) as (folder, name):
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(_partial(upload), flags, 0o600, dir_fd=folder)
            with os.fdopen(descriptor, "ab", buffering=0) as file:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield None
                else:
                    receiving = Receiving(file, folder, _partial(upload), name)
                    try:
                        yield receiving
                    except IsADirectoryError:
                        receiving.discard()
                        raise BadPathError(f"{path!r} is a folder") from None
                    finally:
                        if os.fstat(descriptor).st_size == 0:
                            receiving.discard()

    def received(self, path: str, upload: str) -> int:
        """How many bytes have arrived of an upload."""
        try:
            with self._folder(path, create=False) as (folder, _):
                return os.stat(_partial(upload), dir_fd=folder, follow_symlinks=False).st_size
        except FileNotFoundError:
            return 0

    def open(self, path: str) -> IO[bytes]:
        """A file to read.

        Raises:
            BadPathError: as above.
            FileNotFoundError: there is no such file.
        """
        with self._folder(path, create=False) as (folder, name):
            try:
                descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
            except OSError as error:
                raise FileNotFoundError(path) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(path)
        return os.fdopen(descriptor, "rb")

    def delete(self, path: str) -> None:
        """Delete a file. Raises as ``open`` does."""
        with self._folder(path, create=False) as (folder, name):
            try:
                os.unlink(name, dir_fd=folder)
            except OSError as error:
                raise FileNotFoundError(path) from error

    @contextmanager
    def _folder(self, path: str, *, create: bool) -> Iterator[tuple[int, str]]:
        *folders, name = _components(path)
        descriptor = os.open(self._root, _FOLDER)
        try:
            for component in folders:
                if create:
                    with suppress(FileExistsError):
                        os.mkdir(component, 0o700, dir_fd=descriptor)
                try:
                    deeper = os.open(component, _FOLDER, dir_fd=descriptor)
                except FileNotFoundError:
                    raise
                except OSError as error:
                    raise BadPathError(f"{path!r} leads through {component!r}, which is no folder") from error
                os.close(descriptor)
                descriptor = deeper
            yield descriptor, name
        finally:
            os.close(descriptor)


def _partial(upload: str) -> str:
    return f".{upload}.received"


def _components(path: str) -> list[str]:
    components = [component for component in path.split("/") if component]
    if not components:
        raise BadPathError("the path is empty")
    for component in components:
        if component in (".", "..") or "\0" in component or "\\" in component:
            raise BadPathError(f"{path!r} is no path of a file here")
        if len(component.encode("utf-8", "surrogatepass")) > _LONGEST_NAME:
            raise BadPathError(f"a part of {path!r} is longer than {_LONGEST_NAME} bytes")
    return components
