"""What a package lists in `__all__` is there, is documented, and stands in order."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from types import ModuleType

import pytest

import offtake

SOURCE = Path(offtake.__file__).parent


def listing_modules() -> list[str]:
    """Every module of ours that has an `__all__`, by dotted name."""
    names = []
    for path in sorted(SOURCE.rglob("*.py")):
        if "__all__" in path.read_text():
            parts = path.relative_to(SOURCE.parent).with_suffix("").parts
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


MODULES = listing_modules()


def in_order(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions: the order that ruff keeps."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_the_package_itself_lists_its_names() -> None:
    assert "offtake" in MODULES
    assert {"load"} <= set(offtake.__all__)


def test_what_is_listed_can_be_imported(module: ModuleType) -> None:
    assert not [name for name in module.__all__ if not hasattr(module, name)]


def test_what_is_listed_is_listed_once_and_in_order(module: ModuleType) -> None:
    assert list(module.__all__) == sorted(set(module.__all__), key=in_order)


def test_what_is_listed_is_documented(module: ModuleType) -> None:
    assert (module.__doc__ or "").strip()
    bare = []
    for name in module.__all__:
        thing = getattr(module, name)
        if inspect.isclass(thing):
            written = thing.__dict__.get("__doc__") or ""
            # A dataclass without a docstring is given its own signature as one.
            if not written or written.startswith(f"{thing.__name__}("):
                bare.append(name)
        elif inspect.isroutine(thing) and not inspect.getdoc(thing):
            bare.append(name)
    assert not bare


def test_the_public_names_are_found_lazily_and_no_others() -> None:
    assert set(offtake.__all__) <= set(dir(offtake))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = importlib.import_module("offtake").no_such_name
