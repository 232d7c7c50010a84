"""`casesys stats`: how many cases there are of each kind, and how long the resolved ones took.

It reads the log alone: no key is needed, because no figure rests on personal data.
"""

from casesys.bootstrap import open_service
from casesys.cli import options as o
from casesys.cli.language import spoken
from casesys.cli.printing import say, say_json
from casesys.projections.statistics import Figures, Quantile, of_log
from casesys.settings import StoreSettings
from casesys.store.sqlite import open_log


def stats(
    store: o.StoreAddress,
    *,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Count cases and say how long they took."""
    figures = _figures(o.settings_of(store))
    if json:
        say_json(figures)
    else:
        _print(figures)


def _figures(settings: StoreSettings) -> Figures:
    if settings.path is None:
        with open_service(settings) as service:
            return of_log(service.engine.log)
    with open_log(settings.path) as log:
        return of_log(log)


def _print(figures: Figures) -> None:
    position = figures.position
    say(
        spoken(
            f"{figures.cases}件事项（日志位置{position}）",
            f"{figures.cases} cases (as of log position {position})",
        )
    )
    for title, counts in (
        (spoken("按阶段", "by stage"), figures.stages),
        (spoken("按结果", "by result"), figures.results),
        (spoken("按结果性质", "by kind of result"), figures.result_kinds),
        (spoken("按事项类型", "by type"), figures.case_types),
        (spoken("按类别", "by category"), figures.categories),
    ):
        say(f"{title}:")
        for code, count in counts.items():
            say(f"  {count:>8}  {code}")
    durations = figures.days_to_resolution
    share = f"{durations.resolved.numerator}/{durations.resolved.denominator}"
    say(
        spoken(
            f"已解决{share}；从登记到办结：", f"{share} resolved; days from collection to closing:"
        )
    )
    say(f"  {spoken('中位数', 'median')}: {_days(durations.median)}")
    say(f"  {spoken('第90百分位', '90th percentile')}: {_days(durations.p90)}")


def _days(quantile: Quantile | None) -> str:
    if quantile is None:
        return "–"
    return spoken(
        f"{quantile.days:.3f}天（第{quantile.rank}个，共{quantile.of}个）",
        f"{quantile.days:.3f} (number {quantile.rank} of {quantile.of})",
    )
