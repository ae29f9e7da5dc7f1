"""What of the defaults may be overridden, and on which evidence."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from planner.core.problem import Finding, Level, Place
from planner.policy_rule import Case, Rule


def judge(case: Case) -> Iterator[Finding]:
    """One finding per answer and limit that may not be overridden so; information on the evidence that answers need."""
    yield from _assumptions(case)
    yield from _limits(case)


def _assumptions(case: Case) -> Iterator[Finding]:
    allowed = case.policy.overrides.assumptions
    if allowed is None:
        return
    for scenario in case.plan.scenarios:
        stated = scenario.source.value.get("assumptions") or {}
        for name, answer in stated.items():
            rule, place = allowed.get(name), scenario.place("assumptions", name)
            level: Level = "error"
            if rule is None:
                said = "the plan's own answer, and the policy lets plans answer none but those it names"
            elif rule.answers and str(answer) not in rule.answers:
                said = f"the policy accepts {', '.join(rule.answers)}"
            else:
                said, level = f"to be shown for it: {rule.evidence}", "info"
            where = ("assumptions", name) if rule else ("assumptions",)
            yield _finding(case, level, name, place, f"{name}: {answer}; {said}", where)


def _limits(case: Case) -> Iterator[Finding]:
    allowed = case.policy.overrides.limits
    if allowed is None:
        return
    tables = case.plan.inventory
    for grant in tables.limits:
        holders = tables.accounts if grant.holder == "account" else tables.routers.ids
        rule, holder, source = allowed.get(grant.quota), holders[grant.code], grant.reference.title
        where: tuple[str, ...] = ("limits", grant.quota) if rule else ("limits",)
        if rule is None:
            message = f"the estate states a limit of {grant.value}, and the policy lets it state none"
        elif rule.most is not None and grant.value > rule.most:
            message = f"the estate states a limit of {grant.value}; the policy accepts at most {rule.most}"
        elif not fnmatchcase(source, rule.source):
            message = f"the limit of {grant.value} rests on {source!r}; the policy asks for {rule.source!r}"
        else:
            continue
        subject = f"{grant.quota}/{holder}"
        yield _finding(case, "error", subject, grant.place, f"{holder}, {grant.quota}: {message}", where)


def _finding(case: Case, level: Level, subject: str, place: Place, message: str, where: tuple[str, ...]) -> Finding:
    remedy = "take it out, or have the policy allow it" if level == "error" else ""
    return Finding("overrides", level, subject, place, message, remedy, case.cite("overrides", *where))


RULE = Rule(
    "Open questions are answered otherwise, and limits stated, only where and as the policy allows.", "overrides", judge
)
