"""`cenplan size`: what would so many sites take, before there is a plan?"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.command import Command, Out, SiteName, format_option, path_given, put, show, stop, with_prices

if TYPE_CHECKING:
    from planner.sizing import Wish


class NetworkType(StrEnum):
    """Network types of connections."""

    PUBLIC = "public"
    PRIVATE = "private"


class TunnelBandwidth(StrEnum):
    """Bandwidths of tunnels."""

    STANDARD = "standard"
    LARGE = "large"


class Shares(StrEnum):
    """Which connections share routes."""

    NONE = "none"
    PER_SITE = "per-site"
    GROUP = "group"


class SizeFormat(StrEnum):
    """Formats of `size`."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    region: Annotated[str, typer.Option("--region", metavar="REGION", help="Region, such as ap-southeast-1.")],
    sites: Annotated[str, typer.Option("--sites", metavar="N", help="Number of sites.")],
    per_site: Annotated[str, typer.Option("--per-site", metavar="K", help="Connections of each site.")] = "1",
    network_type: Annotated[
        NetworkType, typer.Option("--network-type", help="Over the Internet, or over a leased line.")
    ] = NetworkType.PUBLIC,
    gb: Annotated[
        str | None, typer.Option("--gb", metavar="GB", help="GB per site and month from the cloud to it.")
    ] = None,
    from_gb: Annotated[
        str | None, typer.Option("--from-gb", metavar="GB", help="GB per site and month from it into the cloud.")
    ] = None,
    peak_mbps: Annotated[
        str | None, typer.Option("--peak-mbps", metavar="M", help="Highest rate of a site, Mbit/s.")
    ] = None,
    peak_to_average: Annotated[
        str | None,
        typer.Option("--peak-to-average", metavar="X", help="Or: how many times the average of the GB it is."),
    ] = None,
    tunnel_bandwidth: Annotated[
        TunnelBandwidth | None, typer.Option("--tunnel-bandwidth", help="Bandwidth of each tunnel.")
    ] = None,
    existing: Annotated[
        str, typer.Option("--existing", metavar="N", help="VPN attachments of the router today.")
    ] = "0",
    limit: Annotated[
        str | None, typer.Option("--limit", metavar="N", help="Limit of the router, where it was increased.")
    ] = None,
    ecmp: Annotated[
        Shares | None,
        typer.Option("--ecmp", help="Which connections share routes. Default: per-site, if a site has several."),
    ] = None,
    site: Annotated[
        SiteName, typer.Option("--site", envvar="CENPLAN_SITE", help="Site of the account: price list and currency.")
    ] = SiteName.INTL,
    start: Annotated[str, typer.Option("--start", metavar="MONTH", help="First month, YYYY-MM.")] = "2027-01",
    months: Annotated[str, typer.Option("--months", metavar="N", help="Number of months.")] = "12",
    plan: Annotated[
        str | None,
        typer.Option("--plan", metavar="DIR", callback=path_given, help="Write it as a plan and estate into a folder."),
    ] = None,
    format: Annotated[list[SizeFormat] | None, format_option("text (default), json or markdown")] = None,
    out: Out = None,
) -> None:
    """Say what a number of sites takes, before there is a plan: attachments, routers, limit to ask for, cost.

    The answer is that of `check` and `estimate` on the plan that --plan writes; it ends with 0 whatever it is.
    """
    if peak_mbps is not None and peak_to_average is not None:
        raise typer.BadParameter("give either --peak-mbps or --peak-to-average", param_hint="--peak-to-average")
    if peak_to_average is not None and gb is None and from_gb is None:
        raise typer.BadParameter("needs GB to be a multiple of: add --gb or --from-gb", param_hint="--peak-to-average")
    from planner import sizing

    wish = sizing.Wish(
        region=region,
        sites=sites,
        per_site=per_site,
        network_type=network_type.value,
        to_gb=gb,
        from_gb=from_gb,
        peak_mbps=peak_mbps,
        peak_to_average=peak_to_average,
        tunnel_bandwidth=tunnel_bandwidth.value if tunnel_bandwidth else None,
        existing=existing,
        limit=limit,
        ecmp=ecmp.value if ecmp else None,
        site=site.value,
        start=start,
        months=months,
    )
    try:
        read = sizing.scenario(wish)
    except sizing.WishError as error:
        stop("\n".join(_said(*problem) for problem in error.problems))
    from reports import page, size_page

    answer = sizing.answer(wish, with_prices(read)[0])
    made = size_page.page(answer)
    hint = "" if plan else "\nAs a plan to go on with: add --plan DIR\n"
    texts = {
        "text": lambda: page.text(made) + (hint if out in (None, "-") else ""),
        "json": lambda: size_page.document(answer),
        "markdown": lambda: page.as_markdown(made),
    }
    written = _write_plan(wish, plan) if plan else ()
    put([one.value for one in format or [SizeFormat.TEXT]], lambda name: texts[name](), out, "size")
    if written and out in (None, "-") and (format or [SizeFormat.TEXT]) == [SizeFormat.TEXT]:
        show("".join(["\n", *(f"{path}\n" for path in written)]))


def _said(option: str, message: str, remedy: str) -> str:
    return f"{f'{option}: ' if option and option not in message else ''}{message}" + (
        f"\n  help: {remedy}" if remedy else ""
    )


def _write_plan(wish: Wish, folder: str) -> tuple[Path, ...]:
    from planner import sizing, starter

    try:
        return starter.write_texts(Path(folder), sizing.texts(wish))
    except starter.StarterError as error:
        stop(str(error))


COMMAND = Command(order=45, run=run)
