"""Conformance suites and test servers; imported by no product module."""

from pkgutil import iter_modules

import pytest

# So that a failed assertion says what it compared, as it does in the tests' own files.
pytest.register_assert_rewrite(*(module.name for module in iter_modules(__path__, f"{__name__}.")))
