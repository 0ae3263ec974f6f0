"""How guidance is called on pages."""

from monitor.guidance.kinds import Applies, Kind
from web.translations import N_, _

TITLES = {
    Kind.SELF_HARM: N_("Somebody may harm themselves"),
    Kind.SAFETY: N_("Somebody is in danger"),
    Kind.ABUSIVE: N_("A post that attacks people"),
    Kind.LAWYER: N_("A lawyer, a court or the police"),
    Kind.REGULATOR: N_("A regulator or an ombudsman"),
    Kind.CHARGEBACK: N_("A chargeback"),
    Kind.PRESS: N_("The press"),
}


def guidance_title(kind: Kind) -> str:
    return _(TITLES[kind])


def say_applies(applies: Applies) -> str:
    """`The press: “journalist”`; hostile where it quotes the post."""
    title = guidance_title(applies.kind)
    return f"{title}: {', '.join(f'“{word}”' for word in applies.words)}" if applies.words else title
