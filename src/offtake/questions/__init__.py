"""Questions over several plans of a book, or of two.

planned.py: plans of many books at once
cases.py: what if the book said something else
reasons.py: why two plans differ
"""

from offtake.questions.cases import Answer, Answers, Case, ask, cases
from offtake.questions.reasons import Explained, Part, explain, other

__all__ = [
    "Answer",
    "Answers",
    "Case",
    "Explained",
    "Part",
    "ask",
    "cases",
    "explain",
    "other",
]
