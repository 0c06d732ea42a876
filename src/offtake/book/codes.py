"""Every code that reading and checking a book can give: what it means and how to mend it.

Codes are stable: tools and people quote them. Clause kinds state their own codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from offtake.book.codes_checks import CHECKS
from offtake.book.codes_fields import FIELDS
from offtake.book.codes_reading import FILES, TABLES, YAML
from offtake.book.faults import Code

CODES: Mapping[str, Code] = MappingProxyType({**FILES, **YAML, **TABLES, **FIELDS, **CHECKS})
"""All codes of this room, in the order in which a book is read and checked."""
