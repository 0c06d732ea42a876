"""Sums of columns and numbers on a grid of cells: what rows are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Sums:
    """One sum for each cell: entry e adds factor[e] × column[e] to cell[e], all flat; plus `fixed`.

    Implements `offtake.clauses.base.Affine`.
    """

    fixed: Numbers
    cell: Indices
    column: Indices
    factor: Numbers

    @property
    def shape(self) -> tuple[int, ...]:
        """The grid of cells."""
        return tuple(int(n) for n in self.fixed.shape)

    @classmethod
    def zero(cls, shape: tuple[int, ...]) -> Sums:
        """All cells empty."""
        return cls(np.zeros(shape), _NONE, _NONE, np.zeros(0))

    @classmethod
    def columns(cls, index: Indices, factor: float | Numbers = 1.0) -> Sums:
        """One cell for each column of an index array, times a factor."""
        flat = index.ravel()
        by = np.full(index.shape, factor, dtype=float).ravel()
        return cls(np.zeros(index.shape), np.arange(flat.size), flat, by)

    def __add__(self, other: Sums) -> Sums:
        if self.shape != other.shape:
            shape = np.broadcast_shapes(self.shape, other.shape)
            return self.spread(shape) + other.spread(shape)
        return Sums(
            self.fixed + other.fixed,
            np.concatenate([self.cell, other.cell]),
            np.concatenate([self.column, other.column]),
            np.concatenate([self.factor, other.factor]),
        )

    def __sub__(self, other: Sums) -> Sums:
        return self + other * -1.0

    def __mul__(self, factor: float | Numbers) -> Sums:
        shape = np.broadcast_shapes(self.shape, np.shape(factor))
        if shape != self.shape:
            return self.spread(shape) * factor
        by = np.broadcast_to(np.asarray(factor, dtype=float), shape)
        return Sums(self.fixed * by, self.cell, self.column, self.factor * by.ravel()[self.cell])

    def spread(self, shape: tuple[int, ...]) -> Sums:
        """The same sums on a larger grid, by broadcasting."""
        if self.shape == shape:
            return self
        source = np.broadcast_to(np.arange(self.fixed.size).reshape(self.shape), shape).ravel()
        entry, cell = _pairs(self.cell, source)
        return Sums(
            np.broadcast_to(self.fixed, shape).copy(),
            cell,
            self.column[entry],
            self.factor[entry],
        )

    def over(self, groups: Sequence[Sequence[int]]) -> Sums:
        """The last axis summed into groups; what is in several counts in each."""
        width = self.shape[-1]
        member = np.array([m for members in groups for m in members], dtype=np.int64)
        group = np.repeat(np.arange(len(groups)), [len(members) for members in groups])
        entry, which = _pairs(self.cell % width, member)
        fixed = np.zeros((*self.shape[:-1], len(groups)))
        for g, members in enumerate(groups):
            fixed[..., g] = self.fixed[..., list(members)].sum(axis=-1)
        return Sums(
            fixed,
            (self.cell[entry] // width) * len(groups) + group[which],
            self.column[entry],
            self.factor[entry],
        )


def spans(first: Indices, length: Indices) -> tuple[Indices, Indices]:
    """Ranges of whole numbers end to end: to which range each number belongs, and the numbers."""
    which = np.repeat(np.arange(first.size), length)
    return which, np.arange(which.size) - np.repeat(np.cumsum(length) - length - first, length)


def _pairs(wanted: Indices, keys: Indices) -> tuple[Indices, Indices]:
    """Every pair of positions (in `wanted`, in `keys`) that hold the same number."""
    order = np.argsort(keys, kind="stable")
    starts = np.searchsorted(keys[order], wanted, side="left")
    times = np.searchsorted(keys[order], wanted, side="right") - starts
    entry, position = spans(starts, times)
    return entry, order[position]
