"""`[brand.approval]`: whose replies a colleague approves before they are sent, and on which mentions."""

from monitor.section import Section
from monitor.words import Role, Urgency


class ApprovalSettings(Section):
    """With neither `urgency` nor `abuse`, it is asked on every mention. Leads and admins approve, never one's own."""

    roles: tuple[Role, ...] = (Role.AGENT,)
    urgency: tuple[Urgency, ...] = ()
    abuse: bool = False


def why_ask(rules: ApprovalSettings | None, role: str, urgency: str | None, abuse: bool | None) -> str:
    """Why a reply has to be approved, for whoever approves it; empty where it may go out as it is."""
    if rules is None or role not in rules.roles:
        return ""
    if urgency in rules.urgency:
        return f"the mention is {urgency}"
    if rules.abuse and abuse:
        return "the mention attacks people"
    everything = not rules.urgency and not rules.abuse
    return f"replies of {'an' if role[0] == 'a' else 'a'} {role} are approved first" if everything else ""
