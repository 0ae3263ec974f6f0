"""The words by which the courtesy check knows a no, a reproach, a thank-you and a next step. English."""

import re


def any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


TOLD = r"(?:said|told|explained|mentioned|stated|advised|informed)"
MISSED = r"(?:follow|read|check|provide|give|listen|pay)"
# "You should have read it" reproaches; "you should have received it" and "you should have time" tell.
DEED = (
    r"(?!received|been|gotten|had)(?:\w+ed|read|told|kept|known|done|brought|gone|made|paid|sent|put|taken|given|seen)"
)
REPROACH = any_of(
    rf"\byou (?:really )?should(?:n['’]?t| not)? have {DEED}\b",
    r"\byou(?: have|['’]ve)? (?:failed|neglected|forgot|refused) to\b",
    rf"\b(?:because|since|as|that) you (?:did|had)(?:n['’]?t| not) {MISSED}\w*",
    r"\byour (?:own )?(?:fault|mistake|error|negligence|carelessness)\b",
    rf"\bas (?:(?:i|we)(?:['’]ve| have)? )?(?:already|previously) (?:been )?{TOLD}\b",
    r"\b(?:you claim|you allege|calm down|you (?:need|must|have) to understand|you must understand)\b",
    r"\bwhy did(?:n['’]?t| not) you\b",
)
NO_DEED = (
    r"(?:offer|give|provide|refund|allow|accept|change|make|grant|exchange|cancel|waive|extend|honou?r|guarantee|rebook"
    r"|compensate|reimburse|permit|add|move|transfer|issue|remove|send|sell|support|hold|discuss|assist|help"
    r"|do (?:this|that|it|so))"
)
DENIED = r"(?:possible|permitted|allowed|eligible|available|refundable|something (?:we|i)(?:['’]d| would)?)"
LOOKING = r"(?! (?:see|find|locate|view|tell|hear|read|say|comment|confirm|replicate|reproduce))"
REFUSAL = any_of(
    rf"\b(?:we|i)(?:['’]re|['’]m| are| am) (?:\w+ly )?(?:unable to|not (?:\w+ )?able to|not going to){LOOKING}",
    rf"\b(?:we|i) (?:\w+ly )?(?:can['’]?t|cannot|can not|won['’]?t|will not|do not|don['’]t) (?:\w+ly )?{NO_DEED}\b",
    rf"\b(?:is|are|it['’]s|that['’]s) (?:unfortunately )?(?:not {DENIED}|non-?refundable|ineligible)\b",
    rf"\b(?:is|are)n['’]t {DENIED}\b",
    r"\b(?:have|had) to (?:decline|refuse|say no)\b",
    r"\bno longer (?:offer|possible|available)\b",
)
UNDERSTANDING = any_of(
    r"\b(?:sorry|apolog\w+|understand\w*|frustrat\w+|disappoint\w+|regret\w*|appreciate|unfortunate\w*|sympathi\w+)\b",
    r"\b(?:know|imagine|see|get|reali[sz]e) (?:how|why|that|this|it)\b",
    r"\b(?:hear (?:you|that|this|about)|wish we could|hate)\b",
)
REASON = any_of(
    r"\b(?:because|since|due to|owing to|in order to|so that|based on|according to|reason|would mean)\b",
    r"\bas (?:the|this|that|it|we|our|your|they|all|these|there|stated|per)\b",
    r"\b(?:polic(?:y|ies)|rules?|regulations?|law|legal\w*|terms|restrict\w+|limited|require\w*|safety|security)\b",
    r"\b(?:after|until|unless|once|only|depend\w*|has to|have to|must|(?:out of|beyond) our control)\b",
)
INSTEAD = any_of(
    r"\b(?:instead|however|alternative\w*|another|options?|other way|what (?:we|i|you) can|happy to|glad to)\b",
    r"\b(?:we|i|they|he|she|our \w+|agents?) (?:can(?!['’]t)|could|will|would|may|do have)\b(?! not)",
    r"\byou(?:['’]ll| will)? (?:can|could|may|be able)\b",
    r"\b(?:we['’]ll|i['’]ll|let (?:us|me)|please|if you|feel free|recommend\w*|suggest\w*)\b",
)
US = r"(?:we|i|it|this|that|they|\w+ team)(?: have| has|['’]ve|['’]s| is| are| was)?"
# Of ourselves, and done: nothing is left to wait for.
DONE = any_of(
    rf"\b{US} (?:now |just |already |been |all |since )*"
    r"(?:refunded|fixed|resolved|solved|sorted|replied|responded|sent|forwarded|passed|shared|reported|escalated|credited"
    r"|cancelled|canceled|rebooked|replaced|dispatched|shipped|delivered|updated|restored|corrected|reset|closed)\b"
)
# The next step is the customer's, who was told or asked for it.
THEIR_TURN = any_of(
    r"\?",
    r"\b(?:please|pls|kindly)\s+(?!accept|know|be assured|rest assured|note|bear|excuse|forgive)\w+",
    r"\b(?:dm|message|email|e-mail|call|contact|send|tell|give) us\b",
    r"\b(?:let (?:us|me) know|feel free to|you can|you may|you(?:['’]ll| will) (?:need|have) to|must be|welcome to)\b",
    r"\b(?:we|i)(?:['’]d| would)? (?:recommend|suggest|advise)\b",
)
THANKS = any_of(r"\b(?:thanks?|thank(?:s|ing)? you|thx|ta for|cheers|appreciat\w+|grateful)\b")
