"""What the store says of the desk, as Prometheus takes it; read anew for each scrape."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from monitor.models import Part
from monitor.parts.kinds import CAN_WORK, PartKind
from monitor.queries.vitals import Vitals

Metric = GaugeMetricFamily | CounterMetricFamily


class DeskCollector(Collector):
    """Asks `read` once a scrape. Counts of mentions, alerts and replies mean "or more" where they are 1,001."""

    def __init__(self, read: Callable[[], Vitals], boards: Callable[[], int]) -> None:
        self.read, self.boards = read, boards

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that the registry does not read the store before anybody asks."""
        return ()

    def collect(self) -> Iterable[Metric]:
        vitals = self.read()
        yield from mentions(vitals)
        yield from feeds(vitals)
        yield from outgoing(vitals)
        yield from parts(vitals)
        yield gauge("boards_open", "Boards that this process tells what happens.", self.boards())


def mentions(vitals: Vitals) -> Iterable[Metric]:
    yield by_label("mentions_unanswered", "Open mentions without an answer.", "urgency", vitals.unanswered)
    yield gauge("mentions_overdue", "Of those, past their due time.", vitals.overdue)
    yield gauge("mentions_unjudged", "Mentions that wait for the classifier.", vitals.unjudged)
    yield gauge("mentions_set_aside", "Mentions that could not be judged.", vitals.set_aside)
    yield gauge(
        "oldest_unclaimed_seconds", "Since the oldest mention was posted that nobody holds.", vitals.oldest_unclaimed
    )
    yield by_label("promises", "Promises that are to be dealt with.", "state", vitals.promises)


def feeds(vitals: Vitals) -> Iterable[Metric]:
    yield by_label("feeds", "Feeds in use.", "state", vitals.feeds)
    yield gauge("poll_lateness_seconds", "How late the most overdue poll is.", vitals.lateness)
    yield gauge("gaps_open", "Windows of feeds that could not be read.", vitals.gaps)


def outgoing(vitals: Vitals) -> Iterable[Metric]:
    yield by_label(
        "alerts", "Alerts on their way, those of them tried in vain, and those given up.", "state", vitals.alerts
    )
    yield gauge("alerts_sent_last_hour", "Alerts that reached their channel.", vitals.alerted)
    yield by_label("replies", "Replies that are not settled.", "state", vitals.replies)


def parts(vitals: Vitals) -> Iterable[Metric]:
    """A worker has no address of its own; what it did stands in the store, no more than five seconds old."""
    kinds = {str(kind): vitals.parts.count(kind) for kind in PartKind}
    yield by_label("parts", "Processes of the desk that are alive.", "kind", kinds)
    yield gauge("planning", "1 where one of them polls, reminds and sends digests.", int(vitals.parts.planning))
    workers = [part for part in vitals.parts.alive if part.kind in CAN_WORK]
    yield counter("judged", "Mentions judged.", workers, lambda part: part.counts.get("judged", 0))
    yield counter(
        "judging_seconds", "Time spent on judging.", workers, lambda part: part.counts.get("judging_ms", 0) / 1_000
    )


def gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"mentiondesk_{name}", says, value=value)


def by_label(name: str, says: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"mentiondesk_{name}", says, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def counter(name: str, says: str, workers: Iterable[Part], count: Callable[[Part], float]) -> CounterMetricFamily:
    family = CounterMetricFamily(f"mentiondesk_{name}", says, labels=["host", "pid"])
    for part in workers:
        family.add_metric([part.host, str(part.pid)], count(part))
    return family
