"""The gate: plans, a policy and waivers in, a verdict out."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from planner import fingerprint, plan, policy_rule, project, quota, together, waiver, waiver_use
from planner.core.entry import load
from planner.core.problem import Finding, InputError, Place, Problem, visible
from planner.core.source import Source, read_yaml
from planner.fingerprint import Input
from planner.plan import LEVELS, Plan
from planner.policy import Money, Policy
from planner.policy import problems as policy_problems
from planner.policy_rule import Case
from planner.project import Files, Request
from planner.scenario import Scenario, Shared
from planner.verdict import Judgement, Row, Verdict, in_order
from planner.waiver import WaiverFile
from pricing import book

NO_POLICY = "no-policy"
UNKNOWN_COST = ("unpriced", "unstated-traffic")
"""Checks that tell what of a plan has no known price or quantity."""


def judge(request: Request, as_of: date) -> Verdict:
    """Read what a request is about, calculate it with prices, and hold it against policy and waivers.

    raises : InputError with everything that is wrong in what could be read
    """
    request = project.found(request)
    files = project.resolve(request)
    policy, policy_source, problems = _policy(files)
    waivers, waiver_source, more = _waivers(files)
    problems += more
    try:
        scenarios = together.read(files.plans, files.shared)
        baseline = together.read(files.baseline, files.shared) if files.baseline else ()
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    problems += _amounts(policy, policy_source, scenarios[0].plan.currency)
    if waiver_source:
        problems += waiver.problems(waivers, waiver_source, policy_rule.codes(), scenarios[0].plan.currency)
    if problems:
        raise InputError(problems)
    made = _priced(scenarios, as_of)
    before = _priced(baseline, as_of) if baseline else None
    inputs = tuple(_inputs(files, scenarios, baseline, policy_source, waiver_source))
    case = Case(made, policy, policy_source, before, inputs)
    findings = [*made.findings, *(one for rule in policy_rule.declared().values() for one in rule.judge(case))]
    rows = [Row(_leveled(one, policy), approvers=policy.can_waive(one.code)) for one in findings]
    if waiver_source:
        rows, told = waiver_use.apply(rows, waivers.waivers, waiver_source, policy, as_of)
        rows += map(Row, told)
    if policy_source is None:
        rows.append(Row(_no_policy(scenarios[0])))
    judgement = Judgement(
        request=request,
        as_of=as_of,
        valid_until=_valid_until(policy, rows, as_of),
        policy=policy if policy_source else None,
        inputs=inputs,
        baseline=before,
        overrides=tuple(_overrides(files, scenarios)),
    )
    return Verdict(made, in_order(rows), judgement)


def _policy(files: Files) -> tuple[Policy, Source | None, list[Problem]]:
    """The policy and its source; without one what holds by default."""
    if files.policy is None:
        return Policy(version=1), None, []
    source: Source = read_yaml(files.policy)
    try:
        policy = load(Policy, source)
    except InputError as error:
        return Policy(version=1), source, list(error.problems)
    return policy, source, list(policy_problems(policy, source, policy_rule.codes(), list(quota.declared())))


def _waivers(files: Files) -> tuple[WaiverFile, Source | None, list[Problem]]:
    if files.waivers is None:
        return WaiverFile(version=1), None, []
    source: Source = read_yaml(files.waivers)
    try:
        return load(WaiverFile, source), source, []
    except InputError as error:
        return WaiverFile(version=1), source, list(error.problems)


def _amounts(policy: Policy, source: Source | None, currency: str) -> Iterator[Problem]:
    """Amounts of a policy in another currency than that of the plan."""
    if source is None:
        return
    found: dict[tuple[str, ...], Money | None] = {
        ("budget", key): getattr(policy.budget, key) for key in type(policy.budget).model_fields
    }
    if policy.allowed_increase:
        for key in type(policy.allowed_increase).model_fields:
            allowed = getattr(policy.allowed_increase, key)
            found["allowed_increase", key, "most"] = allowed and allowed.most
    for path, given in found.items():
        if given and given.currency != currency:
            yield waiver.other_currency(Place(source, (*path, "currency")), given.currency, currency)


def _priced(scenarios: Sequence[Scenario], as_of: date) -> Plan:
    books = book.load_price_lists(scenarios[0].sites, scenarios[0].price_books)
    return plan.make_plan(scenarios, books, as_of)


def _inputs(
    files: Files,
    scenarios: Sequence[Scenario],
    baseline: Sequence[Scenario],
    policy: Source | None,
    waivers: Source | None,
) -> Iterator[Input]:
    """Every file that a verdict rests on, once."""
    listed = [fingerprint.of_file("project", one, origin) for one, origin in files.projects]
    for role, source, key in (("policy", policy, "policy"), ("waivers", waivers, "waivers")):
        if source:
            listed.append(fingerprint.of_file(role, source, files.origins[key]))
    held = {key: files.origins[key] for key in ("estate", "finance", "price_books") if getattr(files.shared, key)}
    for role, key, several in (("plan", "plans", scenarios), ("baseline", "baseline", baseline)):
        for scenario in several:
            listed += fingerprint.of_scenario(scenario, role, files.origins[key], held)
    listed += map(fingerprint.of_shipped, scenarios[0].sites)
    by_path = {(given.role, given.path): given for given in reversed(listed)}
    yield from (given for given in listed if by_path.pop((given.role, given.path), None))


def _overrides(files: Files, scenarios: Sequence[Scenario]) -> Iterator[str]:
    """What the project holds instead of what plans name."""
    shared: Shared = files.shared
    held = {"estate": (shared.estate,), "finance": (shared.finance,), "price_books": shared.price_books}
    for key, paths in held.items():
        by_project = [fingerprint.shown(path) for path in paths if path]
        for one in scenarios if by_project else ():
            stated = one.source.value.get(key)
            named = [stated] if isinstance(stated, str) else stated
            folder = os.path.dirname(one.source.name)
            if named and by_project != [fingerprint.shown(os.path.join(folder, str(path))) for path in named]:
                what = f"the {key.replace('_', ' ')} of the project ({', '.join(by_project)})"
                yield f"{one.plan.name}: {what}, not what the plan names"


def _leveled(finding: Finding, policy: Policy) -> Finding:
    """A finding with the level that the policy gives it: the worst of a check become that, no other is above it."""
    wanted = policy.levels.get(finding.code)
    if wanted is None and finding.code in UNKNOWN_COST:
        wanted = policy.unknown_cost
    if wanted is None:
        return finding
    if finding.level == policy_rule.worst_level(finding.code):
        return replace(finding, level=wanted)
    return replace(finding, level=max(finding.level, wanted, key=LEVELS.index))


def _no_policy(scenario: Scenario) -> Finding:
    return Finding(
        code=NO_POLICY,
        level="warning",
        subject=scenario.plan.name,
        place=scenario.place("name"),
        message="there is no policy: no budget, no price and no region is judged",
        remedy="write a policy, and name it in the project",
        source="",
    )


def _valid_until(policy: Policy, rows: Sequence[Row], as_of: date) -> date | None:
    """The first day on which the decision no longer holds: by the policy, or when a waiver that it rests on expires."""
    ends = [row.waiver.expires for row in rows if row.waiver]
    if policy.decision_valid_days:
        ends.append(as_of + timedelta(days=policy.decision_valid_days))
    return min(ends, default=None)


def sentence(verdict: Verdict) -> str:
    """Why a gate let a plan pass or not: what counts, at which line, and who can waive it."""
    one = verdict.judgement
    assert one is not None
    errors, warnings = verdict.of_level("error"), verdict.of_level("warning")
    waived = sum(row.waiver is not None for row in verdict.rows)
    also = [_count(len(warnings), "warning")] if warnings else []
    also += [f"{waived} waived"] if waived else []
    valid = f"; valid until {one.valid_until}, exclusive" if one.valid_until else ""
    if not errors:
        return f"PASSED as of {one.as_of}: no error counts{_listed(also)}{valid}"
    first = errors[0]
    where = ""
    if first.finding.location:
        location = first.finding.location
        where = f" at {fingerprint.shown(location.file)}:{location.line}:{location.column}"
    who = f"{' or '.join(first.approvers)} can waive it" if first.approvers else "the policy names nobody to waive it"
    which = "" if len(errors) == 1 else "the first is "
    return visible(
        f"FAILED as of {one.as_of}: {_count(len(errors), 'error')}{_listed(also)}; {which}{first.finding.code}{where}:"
        f" {first.finding.message}; {who}"
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _listed(parts: Sequence[str]) -> str:
    return "".join(f", {part}" for part in parts)
