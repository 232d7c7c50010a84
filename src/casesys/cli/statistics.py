"""`casesys stats`: how many cases there are of each kind, how long they took, and what the charter measures.

It reads the log alone: no key is needed, because no figure rests on personal data.
"""

import msgspec

from casesys.bootstrap import open_service
from casesys.cli import options as o
from casesys.cli.language import spoken
from casesys.cli.printing import say, say_json
from casesys.domain.messages import Text
from casesys.domain.vocabulary import Stage
from casesys.projections.counting import Counted, of_log
from casesys.projections.figures import Durations, Figures, Quantile, Share, Stays
from casesys.projections.metrics import MetricFigure
from casesys.settings import StoreSettings
from casesys.store.sqlite import open_log


def stats(
    store: o.StoreAddress,
    *,
    json: o.AsJson = False,
    language: o.InLanguage = None,  # noqa: ARG001 - settled already
) -> None:
    """Count cases and say how long they took."""
    counted = _counted(o.settings_of(store))
    if json:
        figures = msgspec.to_builtins(counted.figures)
        say_json({"position": counted.position, **figures, "metrics": counted.metrics})
    else:
        _print(counted)


def _counted(settings: StoreSettings) -> Counted:
    if settings.path is None:
        with open_service(settings) as service:
            return of_log(service.engine.log)
    with open_log(settings.path) as log:
        return of_log(log)


def _print(counted: Counted) -> None:
    figures, position = counted.figures, counted.position
    say(
        spoken(
            f"{figures.cases}件事项（日志位置{position}）",
            f"{figures.cases} cases (as of log position {position})",
        )
    )
    _print_counts(figures)
    share = _share(figures.days_to_resolution.resolved)
    say(
        spoken(
            f"已解决{share}；从登记到办结：", f"{share} resolved; days from collection to closing:"
        )
    )
    _print_quantiles(figures.days_to_resolution)
    for stage in Stage:
        if stage in figures.days_in_stages:
            _print_stays(stage.label, figures.days_in_stages[stage])
    for metric in counted.metrics:
        _print_metric(metric)


def _print_stays(stage: Text, stays: Stays) -> None:
    share = _share(stays.ended)
    say(spoken(f"在“{stage.zh}”阶段；已结束{share}：", f"days in {stage.en}; {share} are over:"))
    _print_quantiles(stays)


def _print_counts(figures: Figures) -> None:
    for title, counts in (
        (spoken("按阶段", "by stage"), figures.stages),
        (spoken("按结果", "by result"), figures.results),
        (spoken("按结果性质", "by kind of result"), figures.result_kinds),
        (spoken("按事项类型", "by type"), figures.case_types),
        (spoken("按类别", "by category"), figures.categories),
        (spoken("按轨道", "by track"), figures.tracks),
    ):
        say(f"{title}:")
        for code, count in counts.items():
            say(f"  {count:>8}  {code}")


def _print_quantiles(durations: Durations | Stays) -> None:
    say(f"  {spoken('中位数', 'median')}: {_days(durations.median)}")
    say(f"  {spoken('第90百分位', '90th percentile')}: {_days(durations.p90)}")


def _print_metric(metric: MetricFigure) -> None:
    rate = "–" if metric.rate is None else f"{metric.rate:.1%}"
    clauses = ", ".join(f"{each.charter}@{each.version} {each.clause}" for each in metric.clauses)
    say(
        spoken(
            f"{metric.code}: {rate}（有效回访{metric.denominator}次，得{metric.numerator}；{clauses}）",
            f"{metric.code}: {rate} ({metric.numerator} of {metric.denominator} valid callbacks; {clauses})",
        )
    )


def _share(share: Share) -> str:
    return f"{share.numerator}/{share.denominator}"


def _days(quantile: Quantile | None) -> str:
    if quantile is None:
        return "–"
    return spoken(
        f"{quantile.days:.3f}天（第{quantile.rank}个，共{quantile.of}个）",
        f"{quantile.days:.3f} (number {quantile.rank} of {quantile.of})",
    )
