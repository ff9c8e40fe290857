"""Which libraries are observed: patches those that are imported, and those that will be when they are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from pellucid.hooks.guard import guarded
from pellucid.hooks.sink import Sink, SinkOfTheDay

if TYPE_CHECKING:
    # The abstract classes take eight milliseconds to import, and the importer asks for none of them.
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec

Undo: TypeAlias = Callable[[], None]


class Patch(Protocol):
    """Puts a hook into a library: receives the imported module, returns what takes the hook out again."""

    def __call__(self, library: ModuleType, sink: SinkOfTheDay, /) -> Undo:
        """Patch the library."""
        ...


class Registry:
    """The hooks of this process.

    Attributes:
        sink: whom they report to; ``None`` for nobody.
    """

    def __init__(self, patches: Mapping[str, Patch]) -> None:
        """Know some hooks; nothing is patched yet.

        Args:
            patches: by the name of the module whose import makes the hook possible.
        """
        self.sink: Sink | None = None
        self._patches = patches
        self._undo: dict[str, tuple[ModuleType, Undo]] = {}
        self._finder = _PatchingFinder(self)

    def install(self) -> None:
        """Patch what is imported, and see to the rest. Harmless when repeated."""
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)
        for name in self._patches:
            if (module := sys.modules.get(name)) is not None:
                self.patch(module)

    def uninstall(self) -> None:
        """Take all patches out. Harmless when repeated."""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        while self._undo:
            name, (_, undo) = self._undo.popitem()
            with guarded(name):
                undo()

    def wants(self, name: str) -> bool:
        """Whether there is a hook for a module."""
        return name in self._patches

    def patch(self, module: ModuleType) -> None:
        """Put the hook into a library, unless it is there."""
        name = module.__name__
        patched = self._undo.get(name)
        if patched is not None and patched[0] is module:
            return
        with guarded(name):
            self._undo[name] = (module, self._patches[name](module, lambda: self.sink))


class _PatchingFinder:
    """Finds nothing itself: has a module that a hook waits for patched when it has been loaded."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Ask those behind us, and put ourselves between the loader and the importer."""
        if not self._registry.wants(fullname):
            return None
        # Not those before us: another finder of this kind would ask us again.
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            find = getattr(finder, "find_spec", None)
            if find is None:
                continue
            spec: ModuleSpec | None = find(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _PatchingLoader(spec.loader, self._registry)  # type: ignore[assignment]  # it acts as one
                return spec
        return None


class _PatchingLoader:
    """Loads as the real loader does, and has the result patched."""

    def __init__(self, loader: Loader, registry: Registry) -> None:
        self._loader = loader
        self._registry = registry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        # From here on the module is its real loader's, as if we had never been there.
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._registry.patch(module)
