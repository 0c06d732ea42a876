"""The Merkle tree of RFC 6962, section 2.1.

The leaves, roots and proofs are the published test vectors of Certificate Transparency
(google/certificate-transparency, merkletree/merkle_tree_test.cc).
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offtake.journal import tree as trees
from offtake.journal.tree import EMPTY, Tree, consistent, included

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    # (leaf number, tree size): path
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    # (older size, newer size): path
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def grown(leaves: list[bytes]) -> Tree:
    tree = Tree()
    for one in leaves:
        tree.append(one)
    return tree


VECTORS = grown([leaf(data) for data in LEAVES])


def hashes(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in texts)


# --- what was published ---------------------------------------------------------------------------


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert Tree().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Tree().root() == EMPTY


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_that_were_published(size: int) -> None:
    assert VECTORS.root(size).hex() == ROOTS[size - 1]
    assert grown([leaf(data) for data in LEAVES[:size]]).root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("number", "size"), INCLUSION)
def test_inclusion_proofs_are_those_that_were_published(number: int, size: int) -> None:
    path = hashes(INCLUSION[number, size])
    assert VECTORS.inclusion(number, size) == path
    root = bytes.fromhex(ROOTS[size - 1])
    assert included(leaf(LEAVES[number]), number, size, path, root)


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_that_were_published(old: int, new: int) -> None:
    path = hashes(CONSISTENCY[old, new])
    assert VECTORS.consistency(old, new) == path
    assert consistent(old, new, *hashes([ROOTS[old - 1], ROOTS[new - 1]]), path)


# --- the RFC's own definition, word for word ------------------------------------------------------


def split(count: int) -> int:
    """The largest power of two smaller than n."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def numbered(count: int) -> list[bytes]:
    return [leaf(str(number).encode()) for number in range(count)]


SIZES = st.integers(1, 130)


@given(SIZES, st.data())
def test_roots_and_proofs_of_every_size_are_what_the_rfc_defines(size: int, draw: Any) -> None:
    leaves = numbered(size)
    tree = Tree()
    asked = draw.draw(st.sets(st.integers(0, size), max_size=5))
    for number, one in enumerate(leaves):
        if number in asked:
            # Being asked in between changes nothing.
            tree.root()
        tree.append(one)
    older = draw.draw(st.integers(1, size))
    number = draw.draw(st.integers(0, older - 1))
    assert tree.root(older) == naive_root(leaves[:older])
    assert list(tree.inclusion(number, older)) == naive_path(number, leaves[:older])
    assert list(tree.consistency(older, size)) == naive_subproof(older, leaves, True)


@given(SIZES, st.data())
def test_every_proof_that_the_tree_gives_holds(size: int, draw: Any) -> None:
    tree = grown(numbered(size))
    number, old = draw.draw(st.integers(0, size - 1)), draw.draw(st.integers(0, size))
    path, root = tree.inclusion(number, size), tree.root()
    assert included(tree.leaf(number), number, size, path, root)
    assert consistent(old, size, tree.root(old), root, tree.consistency(old, size))


@given(SIZES, st.data())
def test_no_proof_holds_for_anything_else(size: int, draw: Any) -> None:
    tree = grown(numbered(size))
    number, other = (draw.draw(st.integers(0, size - 1)) for _ in range(2))
    path, root = tree.inclusion(number, size), tree.root()
    assert included(tree.leaf(other), number, size, path, root) == (other == number)
    assert included(tree.leaf(number), other, size, path, root) == (other == number)
    wrong = sha256(root).digest()
    assert not included(tree.leaf(number), number, size, path, wrong)
    assert not included(tree.leaf(number), number, size, (*path, wrong), root)
    if path:
        assert not included(tree.leaf(number), number, size, path[:-1], root)
        changed = draw.draw(st.integers(0, len(path) - 1))
        bent = (*path[:changed], wrong, *path[changed + 1 :])
        assert not included(tree.leaf(number), number, size, bent, root)


@given(SIZES, SIZES, st.data())
def test_no_rewritten_tree_is_consistent_with_an_older_root(
    one: int, other: int, draw: Any
) -> None:
    old, new = sorted((one, other))
    tree = grown(numbered(new))
    path, before, after = tree.consistency(old, new), tree.root(old), tree.root(new)
    rewritten = numbered(new)
    changed = draw.draw(st.integers(0, old - 1))
    rewritten[changed] = leaf(b"something else")
    false = grown(rewritten)
    assert not consistent(old, new, before, false.root(new), false.consistency(old, new))
    assert not consistent(old, new, before, false.root(new), path)
    wrong = sha256(after).digest()
    assert not consistent(old, new, before, wrong, path)
    assert not consistent(old, new, wrong, after, path)
    assert not consistent(old, new, before, after, (*path, wrong))
    for at in range(len(path)):
        assert not consistent(old, new, before, after, (*path[:at], wrong, *path[at + 1 :]))
        assert not consistent(old, new, before, after, path[:at])


def test_every_tree_begins_with_the_empty_one_and_with_itself() -> None:
    root = VECTORS.root()
    assert consistent(0, 8, EMPTY, root, VECTORS.consistency(0, 8))
    assert consistent(8, 8, root, root, VECTORS.consistency(8, 8))
    assert consistent(0, 0, EMPTY, EMPTY, ())
    assert not consistent(0, 8, root, root, ())
    assert not consistent(8, 8, root, EMPTY, ())
    assert not consistent(8, 5, root, VECTORS.root(5), ())
    assert not consistent(3, 8, VECTORS.root(3), root, ())


# --- its edges, and what it costs -----------------------------------------------------------------


def test_there_is_no_proof_of_what_is_not_in_the_tree() -> None:
    for wrong in (
        lambda: VECTORS.root(9),
        lambda: VECTORS.leaf(8),
        lambda: VECTORS.inclusion(5, 5),
        lambda: VECTORS.inclusion(-1, 5),
        lambda: VECTORS.inclusion(0, 9),
        lambda: VECTORS.consistency(6, 5),
        lambda: VECTORS.consistency(5, 9),
    ):
        with pytest.raises(ValueError, match=r"there is no|does not go on"):
            wrong()
    assert not included(leaf(b""), 8, 8, (), VECTORS.root())
    assert not included(leaf(b""), -1, 8, (), VECTORS.root())


def test_a_tree_hashes_once_for_each_leaf_however_often_its_root_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashed = 0

    def counted(data: bytes) -> Any:
        nonlocal hashed
        hashed += 1
        return sha256(data)

    leaves = numbered(4096)
    monkeypatch.setattr(trees, "sha256", counted)
    tree = grown(leaves)
    tree.root()
    assert hashed == 4095
    for _ in range(10):
        tree.append(leaves[0])
        tree.root()
    assert hashed <= 4095 + 10 * 13
