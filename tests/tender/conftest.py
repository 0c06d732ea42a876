"""A stage for every test, and no test that could reach its user's own keys or folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from .staged import Stage, staged


@pytest.fixture(autouse=True)
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFTAKE_KEYS", str(tmp_path / "keys"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return staged(tmp_path)
