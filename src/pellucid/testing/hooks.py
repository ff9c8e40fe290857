"""What every hook must do, as tests: subclass ``HookTests`` and say how the library is used.

class TestArgparse(HookTests):
    library = "argparse"
    patch = staticmethod(argparse_hook.patch)

    def use(self, library: ModuleType) -> object:
        return library.ArgumentParser().parse_args([])
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import ClassVar

import pytest

from pellucid.hooks import guard
from pellucid.hooks.registry import Patch, Registry
from pellucid.hooks.sink import ARGUMENTS, Argument, LibrarySink
from pellucid.testing.reports import RecordedReports


class RecordingSink:
    """Keeps what hooks report.

    Attributes:
        reports: each call.
        overrides: what to answer when asked for replacements.
        library: what libraries report to.
        configurations: texts by name.
    """

    def __init__(self, overrides: Mapping[str, str] | None = None) -> None:
        self.reports: list[list[Argument]] = []
        self.overrides = dict(overrides or {})
        self.library = RecordedReports()
        self.configurations: dict[str, str] = {}

    def report_arguments(self, arguments: Sequence[Argument], section: str = ARGUMENTS) -> None:
        """Keep them."""
        self.reports.append(list(arguments))

    def argument_overrides(self, section: str = ARGUMENTS) -> Mapping[str, str]:
        """What was given."""
        return self.overrides

    def report_configuration(self, name: str, text: str, kind: str) -> None:
        """Keep it."""
        self.configurations[name] = text

    def configuration_override(self, name: str) -> str | None:
        """None."""
        return None

    def for_library(self, *switches: str) -> LibrarySink | None:
        """Whatever is switched."""
        return self.library


class FailingSink(RecordingSink):
    """Has trouble with everything."""

    def report_arguments(self, arguments: Sequence[Argument], section: str = ARGUMENTS) -> None:
        """Fail."""
        raise RuntimeError("a sink in trouble")

    def argument_overrides(self, section: str = ARGUMENTS) -> Mapping[str, str]:
        """Fail."""
        raise RuntimeError("a sink in trouble")

    def for_library(self, *switches: str) -> LibrarySink | None:
        """Fail."""
        raise RuntimeError("a sink in trouble")


class HookTests:
    """The suite. The library is imported anew for each test, so that nobody else's copy is touched."""

    library: ClassVar[str]
    patch: ClassVar[Callable[..., object]]

    def use(self, library: ModuleType) -> object:
        """Do once what the hook observes; the result must compare equal each time."""
        raise NotImplementedError("a subclass uses its library")

    def misuse(self, library: ModuleType) -> None:
        """Do what the hook observes so that the library raises ``LookupError``."""
        raise NotImplementedError("a subclass misuses its library")

    def is_untouched(self, library: ModuleType) -> bool:
        """Whether nothing of the hook is in the library."""
        raise NotImplementedError("a subclass looks at its library")

    @pytest.fixture(autouse=True)
    def fresh(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Forget the library, as if nobody had imported it, and keep the process's own hooks away from it."""
        others = [finder for finder in sys.meta_path if type(finder).__module__ != Registry.__module__]
        monkeypatch.setattr(sys, "meta_path", others)
        for name in list(sys.modules):
            if name == self.library or name.startswith(f"{self.library}."):
                monkeypatch.delitem(sys.modules, name)

    @pytest.fixture
    def registry(self) -> Iterator[Registry]:
        """A registry with this one hook."""
        patch: Patch = type(self).patch  # type: ignore[assignment]  # a subclass gives a real one
        registry = Registry({self.library: patch})
        yield registry
        registry.uninstall()

    @pytest.mark.parametrize("imported_first", [True, False])
    def test_import_and_patch_in_both_orders(self, registry: Registry, imported_first: bool) -> None:
        """A library is observed whether it was imported before or after."""
        registry.sink = sink = RecordingSink()
        with guard.loud_errors():
            if imported_first:
                library = importlib.import_module(self.library)
                registry.install()
            else:
                registry.install()
                library = importlib.import_module(self.library)
            self.use(library)

        assert len(sink.reports) == 1

    def test_patching_twice_is_patching_once(self, registry: Registry) -> None:
        """Each use is reported once."""
        registry.sink = sink = RecordingSink()
        library = importlib.import_module(self.library)
        with guard.loud_errors():
            registry.install()
            registry.install()
            registry.patch(library)
            self.use(library)

        assert len(sink.reports) == 1

    def test_undo_restores_the_library(self, registry: Registry) -> None:
        """And may be done twice."""
        registry.sink = sink = RecordingSink()
        library = importlib.import_module(self.library)
        assert self.is_untouched(library)
        registry.install()
        assert not self.is_untouched(library)

        registry.uninstall()
        registry.uninstall()

        assert self.is_untouched(library)
        self.use(library)
        assert sink.reports == []

    def test_nobody_listens(self, registry: Registry) -> None:
        """Without a sink the library does what it always does."""
        library = importlib.import_module(self.library)
        expected = self.use(library)
        with guard.loud_errors():
            registry.install()
            assert self.use(library) == expected

    def test_a_failing_sink_is_harmless(self, registry: Registry) -> None:
        """The program gets its result; in tests our error is heard."""
        library = importlib.import_module(self.library)
        expected = self.use(library)
        registry.sink = FailingSink()
        registry.install()

        assert self.use(library) == expected
        with guard.loud_errors(), pytest.raises(RuntimeError, match="in trouble"):
            self.use(library)

    def test_the_library_s_own_errors_reach_the_program(self, registry: Registry) -> None:
        """Untouched, and nothing is reported."""
        registry.sink = sink = RecordingSink()
        library = importlib.import_module(self.library)
        registry.install()

        with guard.loud_errors(), pytest.raises(LookupError):
            self.misuse(library)
        assert sink.reports == []

    def test_the_import_leaves_no_trace(self, registry: Registry) -> None:
        """A library that was imported through us looks like one that was not."""
        registry.install()
        library = importlib.import_module(self.library)

        assert library.__spec__ is not None
        assert library.__spec__.loader is library.__loader__
        assert type(library.__loader__).__module__ != "pellucid.hooks.registry"
