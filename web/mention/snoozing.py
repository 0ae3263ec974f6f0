"""Until when a mention sleeps: the choices of the menu as moments."""

from datetime import datetime, time, timedelta

from monitor.desk import Invalid
from monitor.settings import BrandSettings
from web.translations import _

ONE_HOUR = timedelta(hours=1)
MORNING = time(9)  # where a brand gives no hours
LONGEST = timedelta(days=366)


def snooze_until(choice: str, at: str, now: datetime, brand: BrandSettings) -> datetime:
    """The moment (aware) meant by `hour`, `morning`, or `at` as a local time of the brand. Raises `Invalid`."""
    if choice == "hour":
        return now + ONE_HOUR
    if choice == "morning":
        return next_morning(now, brand)
    try:
        until = datetime.fromisoformat(at).replace(tzinfo=brand.zone)
    except (ValueError, OverflowError):
        raise Invalid(_("Choose a day and a time to snooze until.")) from None
    if until - now > LONGEST:
        raise Invalid(_("A snooze lasts a year at most."))
    return until


def next_morning(now: datetime, brand: BrandSettings) -> datetime:
    """When the brand's desk next opens on a later day."""
    tomorrow = now.astimezone(brand.zone).date() + timedelta(days=1)
    if not any(brand.hours.values()):
        return datetime.combine(tomorrow, MORNING, brand.zone)
    return brand.working_hours.add(datetime.combine(tomorrow, time(0), brand.zone), timedelta())
