"""Price books that may be used."""

from collections.abc import Iterator

from planner.core.problem import Finding, Place
from planner.fingerprint import Input, shown
from planner.policy_rule import Case, Rule


def judge(case: Case) -> Iterator[Finding]:
    """One finding per price book whose hash the policy does not name."""
    allowed = case.policy.price_books
    for one in case.inputs:
        if one.role == "price book" and allowed.own is not None and one.sha256 not in allowed.own:
            yield _refused(case, one, "own", f"the price book {one.path}")
        elif one.role == "shipped price books" and allowed.shipped is not None and one.sha256 not in allowed.shipped:
            yield _refused(case, one, "shipped", f"the price books of site {one.path} that cenplan ships")


def _refused(case: Case, one: Input, key: str, what: str) -> Finding:
    scenario = case.plan.scenarios[0]
    source = next((book for book in scenario.price_books if shown(book.name) == one.path), None)
    return Finding(
        code="price-books",
        level="error",
        subject=one.path,
        place=Place(source) if source else scenario.place("currency"),
        message=f"{what} may not be used: the policy does not name its SHA-256 {one.sha256}",
        remedy="use the book that was approved, or have its hash put into the policy",
        source=case.cite("price_books", key),
    )


RULE = Rule("Only price books are used whose hashes the policy names.", "price_books", judge)
