"""The English of promises: who commits us, to which deeds, and what only sounds as if it did.

Learned from answers of real brands; tests/benchmarks/promises.py measures it on others.
"""

import re

from monitor.words import Promised


def pattern(*parts: str) -> re.Pattern[str]:
    """The alternatives as one pattern; a space stands for any white space, and an apostrophe for any kind of it."""
    joined = "|".join(parts).replace("'", "['’`]").replace(" ?", r"\s*")
    return re.compile(joined.replace(" ", r"\s+"), re.IGNORECASE)


WILL = r"(?:'ll| will| shall|(?:'m|'re| am| are) going to)"
COLLEAGUE = r"(?:teams?|agents?|colleagues?|staff|crew|desk|department|specialists?|managers?|supervisors?|members?)"

SPEAKERS = pattern(
    rf"\b(?:I|we){WILL} ",
    rf"\b(?:our|my|the|an?|one of our) (?:\S+ ){{0,4}}?{COLLEAGUE}(?: there| here)?(?:'ll| will) ",
    r"\b(?:some(?:one|body)(?: from (?:our|the) [\w -]{2,30}?)?|an? member of our (?:\S+ ){0,3}?team)(?:'ll| will) ",
    r"(?:\band|&|\bbut) will ",  # "we see your point and will pass it on"
)
"""Who commits us to what follows."""

SAID_OF_IT = pattern(
    r"\b(?:this|it|these|your(?: \S+){1,4}?)(?:'ll| will)(?: \w+ly| also)? be ", r"\band will(?: \w+ly)? be "
)
"""The matter itself is spoken of: "this will be fed back"."""

TOLD_YOU = pattern(r"\byou(?:'ll| will| can expect to| should) (?:soon |shortly )?", r"\b(?:you can )?expect ")
"""What the customer will have from us."""

ASIDE = pattern(
    r"(?:(?:(?!reply)\w+ly|also|then|now|just|always|go ahead and"
    r"|be sure (?:to|and)|be certain to|make (?:sure|certain) to) )+"
)
"""Words before the verb that make it only firmer."""
GLADLY = pattern(r"be (?:more than )?(?:happy|glad|delighted) to ")
"""An offer, unless what follows needs nobody's yes."""

SEE_TO_IT = pattern(
    r"(?:make (?:sure|certain)|be sure|ensure|see to it)(?: that)? (?!any|an?\b|all\b|every|to\b)(?=\w)"
)

VERBS: dict[str, Promised] = {
    verb: promised
    for promised, verbs in {
        Promised.ANSWER: "reply respond answer update contact confirm",
        Promised.CALL: "call phone ring",
        Promised.MESSAGE: "dm pm message email e-mail text",
        Promised.REFUND: "refund reimburse compensate credit waive",
        Promised.PASS_ON: "pass forward relay convey share feed note document flag escalate raise alert notify inform"
        " report commend log address recognize recognise submit refer thank",
        Promised.CHECK: "check investigate review verify trace track examine ask inquire enquire dig",
        Promised.FIX: "fix resolve repair replace sort correct restore rebook reissue amend arrange ship deliver"
        " reunite locate return bring remove rectify reset unlock cancel handle complete honour honor process issue",
    }.items()
    for verb in verbs.split()
}
"""Verbs that are deeds by themselves."""

THING = r"(?:you|your|the|this|that|these|it|them|things|someone|somebody|our|everyone)\b"
PHRASES: dict[Promised, re.Pattern[str]] = {
    Promised.CALL: pattern(r"give you a (?:call|ring)", r"call you"),
    Promised.MESSAGE: pattern(
        r"(?:send|drop|shoot|write) (?:you|to you|over|out) ",
        r"reply (?:in|by|via) (?:DM|e-?mail)",
    ),
    Promised.ANSWER: pattern(
        r"(?:get|come|be|write|report|circle|reach)(?: right| straight)? back (?:to|with|out|in touch|shortly|soon)",
        r"(?:be|get|keep)(?: back)? in (?:touch|contact)",
        r"reach(?:ing)? (?:back )?out",
        r"have (?:some(?:one|body)|an? \w+|our \w+) (?:reach out|contact|call|get in touch)",
        r"follow(?:ing)?[ -]up",
        r"let you (?:all )?know",
        r"(?:keep|have) you (?:\w+ )?(?:updated|posted|informed)",
        r"(?:tell|advise) you",
        r"be with you (?:as|shortly|soon|momentarily|in|within|by)",
        r"(?:have|provide|post|send|share)(?: you)? (?:an|another|more|some|further)"
        r" (?:\w+ )?(?:update|answer|news|info)",
    ),
    Promised.CHECK: pattern(
        r"look(?:ing)? (?:in ?to|at|for|up|over)",
        r"find out",
        r"(?:take|have) an? (?:\w+ )?(?:look|peek)",
        r"see (?:what|if|whether|about)",
        r"pull (?:up|your|that|it)",
        r"(?:start|begin) (?:locating|looking|searching)",
    ),
    Promised.PASS_ON: pattern(
        r"send (?:\w+ )?(?:kudos|praise|thanks|compliment)",
        r"(?:send|take) (?:this|that|it|your|these|them) ",
        r"send (?:along|on) ",
        r"let (?!you|me|us)",
        r"give (?:them|him|her|the crew|our) ",
        r"bring (?:this|that|it|your) (?:\w+ )?(?:up|to)",
    ),
    Promised.FIX: pattern(
        rf"(?:have|get) {THING}(?! (?:again|soon))",
        r"have wheels",
        r"hang on to",
        r"hold (?:your|it|the)",
        r"send (?:some|a|an|the|our) ",
        r"take care of (?:this|that|it)",
        r"turn the",
        r"start (?:the )?boarding",
        r"(?:add|drop|put|book|change) (?:\S+ ){0,3}?(?:your|you|to)\b",
    ),
}
"""Deeds that take more than one word; the first that fits names what is promised."""

MONEY = pattern(r"\b(?:refund|reimburse|compensat|voucher|points\b|miles\b|credit)\w*")
ON_ITS_WAY = pattern(
    r"\b(?:pass|fed|feed|shar|forward|sent|aware|know|hear|recogni|credit|their way|back to|reach|receive)\w*"
)
DONE: dict[Promised, re.Pattern[str]] = {
    Promised.REFUND: pattern(r"(?:refund|credit|reimburs|compensat)ed", r"(?:processed|issued|paid)"),
    Promised.PASS_ON: pattern(
        r"(?:fed back|passed|forwarded|shared|sent (?:on|to)|relayed|raised|escalated|addressed|reported|flagged)"
    ),
    Promised.CHECK: pattern(r"(?:looked (?:in ?to|at)|investigated|reviewed|checked)"),
    Promised.FIX: pattern(r"(?:replaced|repaired|resolved|fixed|corrected|rebooked|reissued|sorted)"),
}
"""What may be said of a matter after "will be"."""
YOURS: dict[Promised, re.Pattern[str]] = {
    Promised.REFUND: pattern(
        r"(?:(?:have|get|receive|see|expect) )?(?:an?|your|the) (?:\w+ ){0,2}?(?:refund|credit|voucher)"
    ),
    Promised.ANSWER: pattern(
        r"(?:to )?hear (?:back )?from",
        r"(?:(?:have|get|receive|expect) )?(?:an?|our|your|the) (?:[\w-]+ ){0,3}?"
        r"(?:response|reply|answer|update|e-?mail|call|message|confirmation|news)\b",
    ),
}
"""What the customer may be told to expect."""

A_MOMENT = pattern(
    r"\b(?:give|allow) (?:me|us) (?:just )?(?:an?|one|some|a few|few|a couple of) (?:\w+ )?"
    r"(?:moment|minute|min|second|sec|hour|hr)s?\b(?! chance)"
)
LET_ME = pattern(r"\b(?:let me|allow me to) (?:just |quickly )?(?!know\b|down\b|tell\b)")

NOT = pattern(r"(?:not|never|only|no longer) ")
IF = pattern(
    r"\b(?:if|unless|as long as|in case|provided(?: that)?|should (?:you|anything|it)|whenever)\b",
    r"\b(?:when|once|as soon as|after|until) (?:you|your|travel)\b",
)
HABIT = pattern(r"\b(?:maybe|perhaps|sometimes|usually|normally|typically|generally|often|occasionally)\b")
ASKING = pattern(r"\b(?:see|check|ask|find out|verify|determine|regret|sorry|appreciate) $")
REQUEST = pattern(
    r"\b(?:please|kindly) (?!rest assured|be assured|know|accept|bear|give (?:me|us)|allow (?:me|us))",
    r"^\W*(?:just )?(?:dm|pm|send|reach|contact|call|let us know|leave|follow|share|provide|reply|respond|make your"
    r"|click|visit|fill|tell us|drop|message|join|sit back|feel free)\b",
)
"""What makes the rest of a sentence hang on the customer: "DM us and we'll look"."""
