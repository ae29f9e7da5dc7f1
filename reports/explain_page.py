"""The page of a name: of a billable item, a quota, a check or an assumption.

Whatever is declared has a page; adding one of these is adding its file, and nothing here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import TypeVar

from planner import assumption, check, meter, quota
from planner.assumption import Assumption, Assumptions
from planner.core.provenance import CURRENCY_OF_SITE, EVIDENCE, Reference
from planner.core.region import EVERYWHERE, REGIONS
from pricing import book, coverage, money
from pricing.book import Books, FreeQuota
from pricing.coverage import PRICES_READ, Coverage
from pricing.sku import Sku, skus
from reports.page import Block, Bullets, Code, Facts, Heading, Page

T = TypeVar("T")


@dataclass(frozen=True)
class Kind:
    """What has pages: its items, each on one line, and the page of one."""

    title: str
    plural: str
    lines: Callable[[], Mapping[str, str]]
    page: Callable[[str], Page]


_INCREASABLE = {
    "yes": "yes, on request",
    "no": "no, it cannot be increased",
    "unknown": "unknown: no page that was read says",
}


def kinds() -> tuple[Kind, ...]:
    """Every kind of thing that has pages."""
    return (
        Kind("billable item", "Billable items", lambda: _each(skus(), lambda one: one.title), _item),
        Kind("quota", "Quotas", lambda: _each(quota.declared(), lambda one: _sentence(one.description)), _quota),
        Kind("check", "Checks", lambda: _each(check.declared(), lambda one: _sentence(one.description)), _check),
        Kind("assumption", "Assumptions", lambda: _each(_assumptions(), lambda one: one.title), _assumption),
    )


def _each(declared: Mapping[str, T], line: Callable[[T], str]) -> Mapping[str, str]:
    return {name: line(one) for name, one in declared.items()}


def ids() -> dict[str, str]:
    """Every id that has a page, with the title of its kind."""
    return {name: kind.title for kind in kinds() for name in kind.lines()}


def page(name: str) -> Page:
    """The page of an id; of all kinds that have it, one below the other.

    raises : LookupError where none has it
    """
    found = [kind.page(name) for kind in kinds() if name in kind.lines()]
    if not found:
        raise LookupError(f"nothing is called {name!r}")
    first, *others = found
    more = [block for other in others for block in (Heading(other.title), *other.blocks)]
    return Page(first.title, (*first.blocks, *more))


def nearest(name: str) -> tuple[str, ...]:
    """Ids that resemble a name that does not exist, or contain it; at most three, with their kind."""
    known = ids()
    given = name[:100].lower().replace("_", "-")
    alike = get_close_matches(given, known, n=3, cutoff=0.6)
    containing = [one for one in known if len(given) > 2 and given in one]
    return tuple(f"{one} ({known[one]})" for one in list(dict.fromkeys([*alike, *containing]))[:3])


def index() -> Page:
    """Every id with what it is about, by kind."""
    blocks: list[Block] = []
    for kind in kinds():
        blocks += [Heading(kind.plural), Facts(list(kind.lines().items()))]
    return Page("What `cenplan explain` has pages of", blocks)


# --- pages by kind


def _item(name: str) -> Page:
    one = skus()[name]
    measured, source = measured_by(name)
    blocks: list[Block] = [
        one.description,
        Facts(
            [
                ("unit", one.unit),
                ("price", price_model(one)),
                ("priced by", _PRICED_BY.get(one.priced_by, "")),
                ("priced as", one.priced_as or ""),
                ("quantity", "follows the traffic" if one.usage_based else "follows the time a connection exists"),
                ("free quota", _FREE_QUOTA_OVER.get(one.free_quota_over or "", "none")),
                ("tiers", _TIERS_OVER.get(one.tiers_over or "", "none")),
                ("measured", measured),
                ("rule", source),
                ("source", one.source),
            ]
        ),
    ]
    for site, currency in CURRENCY_OF_SITE.items():
        blocks += _prices(name, one, book.load_books(site), f"Prices of site {site}, in {currency} per {one.unit}")
    return Page(f"{name}: {one.title}", blocks)


def measured_by(name: str) -> tuple[str, str]:
    """How a billable item is measured, and the rule that says so; empty where no meter measures it."""
    return _docstring(meter.declared().get(name))


def price_model(one: Sku) -> str:
    """What kind of price a billable item has."""
    return _MODELS.get(one.model, one.model)


_MODELS = {
    "flat": "flat: one rate for every unit",
    "graduated": "graduated: each unit costs what the tier it falls in says",
}
_PRICED_BY = {
    "lane": "lane, from one region to another on the same side of the border of the Chinese mainland",
    "cross-border-lane": "lane, from one region to another across the border of the Chinese mainland",
    "plan": "each plan, which says what it costs; price books do not",
}
_FREE_QUOTA_OVER = {
    "account": "accumulates over an account, in all regions together, and starts anew every month",
    "account-and-scope": "accumulates over an account in the regions of the quota, and starts anew every month",
}
_TIERS_OVER = {"account-and-region": "accumulate over an account and region, and start anew every month"}


def _prices(name: str, item: Sku, books: Books, title: str) -> Iterator[Block]:
    """What is known of the price of an item at a site, alike regions in one row."""
    if item.priced_by == "plan":
        return
    place = "lanes between areas" if skus()[item.priced_as or name].by_lane else "regions"
    rows = [row for row in _all_rows(books) if row.sku == (item.priced_as or name)]
    alike: dict[tuple[str, str], list[Coverage]] = {}
    for row in rows:
        if row.evidence:
            alike.setdefault((_rates(row), row.evidence), []).append(row)
    regions = REGIONS if item.free_quota_over else ()
    free = {quota: None for region in regions if (quota := books.free_quota(name, region, PRICES_READ))}
    known = sum(map(len, alike.values()))
    yield Heading(title)
    if not known:
        yield f"No price is known, as of {PRICES_READ:%Y-%m}."
        return
    yield f"Known in {known} of {len(rows)} {place} ({_by_evidence(rows)}), as of {PRICES_READ:%Y-%m}:"
    yield Bullets([f"{rates}: {_scopes(own)} ({evidence})" for (rates, evidence), own in alike.items()])
    yield Facts(
        [
            *(("free", _free(quota, item.unit)) for quota in free),
            ("unknown in", ", ".join(row.place for row in rows if not row.evidence)),
        ]
    )
    yield Bullets([reference_words(one) for one in _references(rows, free)])


def _all_rows(books: Books) -> tuple[Coverage, ...]:
    return (*coverage.coverage(books, PRICES_READ), *coverage.between_areas(books, PRICES_READ))


_ADJUSTABLE = {True: "yes, on request", False: "no, it cannot be increased", None: "no page that was read says"}


def _quota(name: str) -> Page:
    one = quota.declared()[name]
    counted, _ = _docstring(one.claims)
    others = [f"`{words}`" for words, _ in one.other_readings(Assumptions())] if one.other_readings else []
    return Page(
        f"{name}: {one.title}",
        (
            one.description,
            Facts(
                [
                    ("default", "unknown" if one.default is None else str(one.default)),
                    ("adjustable", _INCREASABLE[one.increasable]),
                    ("at most", "" if one.maximum is None else str(one.maximum)),
                    ("counted per", one.scope),
                    ("in Quota Center", f"product code {one.product}, to be found by its description"),
                    ("doubt", one.doubt),
                    ("counted", counted),
                    ("remedy", one.remedy),
                    ("other readings", f"{', '.join(others)}, always shown as well" if others else ""),
                    ("source", reference_words(one.reference)),
                ]
            ),
        ),
    )


def _check(name: str) -> Page:
    one = check.declared()[name]
    finds, _ = _docstring(one.find)
    facts = Facts(
        [
            ("finds", finds),
            ("level, at worst", check.levels_in_words(one)),
            ("source", one.source or "follows from the plan alone"),
        ]
    )
    return Page(f"{name}: a check", (one.description, facts))


def _assumption(name: str) -> Page:
    one = _assumptions()[name]
    default, *others = one.answers
    blocks: list[Block] = [
        Facts(
            [
                ("question", one.title),
                ("default", f"{default}: {one.answers[default]}"),
                *(("other answer", f"{word}: {one.answers[word]}") for word in others),
                ("other answers", "" if others else "none: there is no other to choose"),
                ("why open", one.note),
                ("source", one.source),
            ]
        )
    ]
    if others:
        answer = _EXAMPLES.get(others[0], others[0])
        blocks += ["To answer it otherwise, write into the plan:", Code("yaml", f"assumptions:\n  {name}: {answer}")]
    return Page(f"{name}: an assumption", blocks)


_EXAMPLES = {"[region, ...]": "[cn-beijing, us-east-1]", "PERCENT": "5"}
"""An answer for each pattern of answers."""


def _assumptions() -> Mapping[str, Assumption]:
    return assumption.declared()


# --- words


def _docstring(function: object) -> tuple[str, str]:
    """What a function does, in a sentence or two, and the source it names; empty where there is nothing."""
    words = inspect.getdoc(function) if function is not None else None
    said, _, source = (words or "").partition("source :")
    return " ".join(said.split()), " ".join(source.split())


def _sentence(text: str) -> str:
    """The first sentence of a text."""
    first, stop, _ = text.partition(". ")
    return first + stop.strip()


def _rates(row: Coverage) -> str:
    """0.10 to 10,240, then 0.07: the tiers of a price, as far as they are known."""
    parts = [
        f"{tier.rate.value:f}" + (f" to {_quantity(tier.end)}" if tier.end is not None else "") for tier in row.tiers
    ]
    if row.known_to is not None:
        parts.append("unknown")
    return ", then ".join(parts)


def _by_evidence(rows: Sequence[Coverage]) -> str:
    return ", ".join(f"{count} {one}" for one in EVIDENCE if (count := sum(row.evidence == one for row in rows)))


def _scopes(rows: Sequence[Coverage]) -> str:
    return ", ".join(dict.fromkeys(tier.rate.scope for row in rows for tier in row.tiers))


def _free(quota: FreeQuota, unit: str) -> str:
    where = "all regions" if quota.pool == EVERYWHERE else quota.pool
    begins = f", from {quota.effective_from}" if quota.effective_from else ""
    ends = f", to {quota.effective_until - timedelta(days=1)}" if quota.effective_until else ""
    return f"{_quantity(quota.quantity)} {unit} in {where}{begins}{ends} ({quota.reference.evidence})"


def _references(rows: Sequence[Coverage], free: Mapping[FreeQuota, None]) -> Sequence[Reference]:
    """Where prices and free quotas were read, weakest evidence first."""
    found = [tier.rate.reference for row in rows for tier in row.tiers] + [quota.reference for quota in free]
    return sorted(dict.fromkeys(found), key=lambda one: (EVIDENCE.index(one.evidence), one.title))


def reference_words(reference: Reference) -> str:
    """Where something was read, on one line: its evidence first."""
    updated = f"of {reference.updated}" if reference.updated else ""
    said = filter(None, (reference.title, reference.url, updated, f"read {reference.read_on}"))
    return f"{reference.evidence}: {', '.join(said)}"


def _quantity(micro_units: int) -> str:
    return f"{money.decimal(micro_units, 6).normalize():,f}"
