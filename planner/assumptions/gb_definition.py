"""How large the GB of a plan are."""

from planner.assumption import Assumption

ASSUMPTION = Assumption(
    title="How large the GB of the plan's traffic are",
    note=(
        "Official examples calculate with 1 TB = 1,024 GB; whether a GB on the bill is 10^9 or 2^30 bytes is not"
        " stated. Baselines are GB of the bill and stay as they are. Peaks that are made of GB, and whether"
        " connections carry them, follow it as well."
    ),
    source="Cloud Data Transfer and Express Connect billing pages: worked examples",
    answers={
        "binary": "they are the GB of the bill",
        "decimal": "they are 10^9 bytes, those of the bill 2^30: GB × 10^9 / 2^30 are billed",
    },
    touches=lambda facts: (facts.priced and facts.traffic) or facts.peaks_of_gb,
)
