"""What a process of the desk is there for."""

from enum import StrEnum


class PartKind(StrEnum):
    """The command that started it."""

    RUN = "run"  # everything
    WEB = "web"
    SCHEDULER = "scheduler"
    WORKER = "worker"


CAN_PLAN = (PartKind.RUN, PartKind.SCHEDULER)
CAN_WORK = (PartKind.RUN, PartKind.WORKER)
CAN_SERVE = (PartKind.RUN, PartKind.WEB)
