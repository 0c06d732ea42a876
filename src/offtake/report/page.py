"""The plan as one page of HTML that needs nothing else: no network, no second file."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
import string
from collections.abc import Callable
from functools import cache

import polars as pl

from offtake.report import caveats, palette, tables, words
from offtake.report.brief import Summary, summary
from offtake.report.figure import figure
from offtake.report.markup import Content, Markup, escaped, joined, tag
from offtake.report.owed import owed
from offtake.report.owing import Owing
from offtake.report.rehearsed import Rehearsed
from offtake.report.result import Result, builds_anything, frame
from offtake.report.takeaways import takeaway
from offtake.report.tendered import tendered


def page_html(
    result: Result, rehearsal: Rehearsed | None = None, owing: Owing | None = None
) -> str:
    """The whole page: words, charts, tables, certificate; the same bytes for the same plan.

    With a rehearsal of the plan it tells how its purchases fared as tenders; and what is owed
    under signed agreements, if given.
    """
    said = summary(result)
    body = joined([_header(result, said), _main(result, rehearsal, owing), _footer(result)], "\n")
    return document(result.title, body, _library(), _file("script.js"))


def document(title: str, body: Markup, *scripts: str, of: str = "plan") -> str:
    """A page of that body in the report's dress, in which these scripts and no others run."""
    return string.Template(_file("page.html")).substitute(
        policy=_policy(*scripts),
        title=escaped(title),
        skip=escaped(f"Skip to the {of}"),
        style=_style(),
        body=body,
        # Not escaped: a script's text is raw, and its own file or bundle is all it comes from.
        scripts=joined((Markup(f"<script>{one}</script>") for one in scripts), "\n"),
    )


def _file(name: str) -> str:
    found = importlib.resources.files("offtake.report").joinpath(name)
    return found.read_text(encoding="utf-8")


@cache
def _library() -> str:
    """Vega, Vega-Lite and their embedding as one script, of the version that altair writes."""
    import vl_convert

    from offtake.report.charts import vega_lite

    snippet = "window.vegaEmbed = vegaEmbed;"
    bundle: str = vl_convert.javascript_bundle(snippet, vl_version=vega_lite())
    # A script ends at the first such tag, even within a string of its own.
    return bundle.replace("</script", r"<\/script").replace("<!--", r"<\!--")


def _policy(*scripts: str) -> str:
    """Nothing loads, and only these scripts run, whatever else stands in the page."""
    digests = (hashlib.sha256(one.encode()).digest() for one in scripts)
    hashes = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in digests)
    allowed = hashes or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


def _style() -> str:
    light, dark = palette.css(palette.LIGHT), palette.css(palette.DARK)
    # Print is always light: only a screen takes the dark colours.
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"{_file('style.css')}"
    )


def _header(result: Result, said: Summary) -> Markup:
    span = ""
    if result.months:
        first, last = min(result.months), max(result.months)
        span = f" · {words.month(first)} to {words.month(last)}" if last > first else ""
        span = span or f" · {words.month(first)}"
    meta = joined(["Sourcing plan for ", result.buyer, " · as of ", tables.day(result.as_of), span])
    rest = said.paragraph.removeprefix(said.headline)
    return tag(
        "header",
        tag("h1", result.title),
        tag("p", meta, class_="meta"),
        tag("p", tag("strong", said.headline), rest, class_="lead"),
        figures(said),
        tag("noscript", tag("p", "The charts need JavaScript; every number is in the tables too.")),
    )


def figures(said: Summary) -> Markup:
    """The key figures as a list of terms."""
    shown = [
        tag(
            "div",
            tag("dt", one.name),
            tag("dd", one.value, class_="value"),
            tag("dd", one.note, class_="what") if one.note else None,
        )
        for one in said.figures
    ]
    return tag("dl", *shown, class_="figures", aria_label="Key figures")


def _main(result: Result, rehearsal: Rehearsed | None, owing: Owing | None) -> Markup:
    buy = "What to buy and build" if builds_anything(result) else "What to buy"
    sections = [
        ("buy", buy, _buy(result)),
        ("when", "When: notices and rights", _when(result)),
        *([] if rehearsal is None else [("tenders", "Tenders", tendered(result, rehearsal))]),
        ("money", "Money", _money(result)),
        *([] if owing is None else [("owed", "What is owed", owed(result, owing))]),
        ("clauses", "What the clauses cost", _clauses(result)),
        ("scenarios", "Scenarios", _scenarios(result)),
        ("unknown", "What this plan does not know", _unknown(result)),
        ("certificate", "Certificate", caveats.certificate(result)),
    ]
    links = [tag("li", tag("a", title, href=f"#{name}")) for name, title, _ in sections]
    drawn = [
        tag("section", tag("h2", title, id=f"{name}-title"), body, id=name,
            aria_labelledby=f"{name}-title")
        for name, title, body in sections
    ]  # fmt: skip
    return joined(
        [
            tag("nav", tag("ul", *links), aria_label="Sections"),
            tag("main", *drawn, id="main", tabindex="-1"),
        ],
        "\n",
    )


def _footer(result: Result) -> Markup:
    digest = result.certificate.get("digest")
    of = joined(["Book ", tag("code", str(digest)[:16]), ". "]) if digest else None
    return tag("footer", tag("p", of, "Made by offtake; this page loads nothing."))


def _figure(result: Result, name: str, numbers: Markup | None = None) -> Markup:
    from offtake.report.charts import TITLES, specification

    drawn = specification(result, name)
    return figure(name, TITLES[name], takeaway(result, name), drawn, numbers)


def _table(result: Result, name: str, make: Callable[[Result], Markup], otherwise: str) -> Markup:
    """The table of a frame, or a sentence where it has no rows."""
    if frame(result, name).is_empty():
        return tag("p", otherwise, class_="none")
    return make(result)


def _buy(result: Result) -> Markup:
    parts: list[Content] = [
        _figure(result, "capacity", tables.capacity(result)),
        _table(result, "purchases", tables.purchases, "The plan buys nothing."),
    ]
    if builds_anything(result):
        parts.append(_table(result, "builds", tables.builds, "The plan builds nothing."))
    if not frame(result, "choices").is_empty():
        parts.append(tables.choices(result))
    if builds_anything(result):
        parts.append(_figure(result, "sites"))
    if not frame(result, "sites").is_empty():
        parts.append(_figure(result, "site-chips"))
    return joined(parts, "\n")


def _when(result: Result) -> Markup:
    parts = [_figure(result, "notices")]
    if not frame(result, "notices").is_empty():
        parts.append(tables.notices(result))
    parts.append(_figure(result, "rights", tables.rights(result)))
    return joined(parts, "\n")


def _money(result: Result) -> Markup:
    kinds, payees = (
        frame(result, "spend").group_by("year", label).agg(pl.col("amount").sum())
        for label in ("category", "who")
    )
    by = [
        tables.by_year("spend", "Spend by category, not discounted", kinds, "category",
                       result.currency),
        tables.by_year("payees", "Spend by payee, not discounted", payees, "who", result.currency),
    ]  # fmt: skip
    parts = [_figure(result, "spend", by[0]), _figure(result, "suppliers", by[1])]
    if builds_anything(result):
        parts.append(_figure(result, "capital", tables.capital(result)))
    parts.append(_table(result, "limits", tables.limits, "No limit of the book binds this plan."))
    return joined(parts, "\n")


def _clauses(result: Result) -> Markup:
    parts = [_figure(result, "clauses")]
    if not frame(result, "clause_costs").is_empty():
        parts.append(tables.clauses(result))
    return joined(parts, "\n")


def _scenarios(result: Result) -> Markup:
    parts = [_figure(result, "regret")]
    if frame(result, "scenarios").height > 1:
        parts.append(tables.scenarios(result))
    parts += [_figure(result, "unserved"), _figure(result, "served")]
    return joined(parts, "\n")


def _unknown(result: Result) -> Markup:
    return tag("ul", *(tag("li", one) for one in caveats.unknowns(result)), class_="unknowns")
