"""The rules of `injection.py`, written by us: the first word that makes a rule be tried, and what must follow it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`first` lists the words it may start with; `rest` is a pattern for what follows them, in folded text."""

    kind: str
    weight: float
    first: str
    rest: str


_DROP = (
    "ignore ignoring disregard disregarding forget forgetting override overriding bypass skip neglect discard dismiss"
)
_OWN = (
    r"(?:instructions?|rules?|prompts?|directions?|directives?|guidelines?|orders?|commands?|programming|training|"
    r"restrictions?|guardrails?|system (?:prompts?|messages?)|protocols?|policies|limitations?)"
)
_EARLIER = (
    r"(?:previous(?:ly)?|prior|earlier|preceding|above|foregoing|former|past|existing|original|initial|old|given)"
)
_PROMPT = (
    r"(?:system (?:prompts?|messages?|instructions?)|(?:hidden|secret) (?:prompts?|instructions?|rules)|"
    r"(?:initial|original) (?:prompts?|instructions?)|developer (?:prompts?|messages?|instructions?))"
)
_TELL = (
    "reveal show print display output repeat tell give leak share expose dump list write recite say return copy quote "
    "translate summarize summarise spell encode disclose what what's"
)
_FILL = r"(?: (?:me|us|out|back|verbatim|all|exactly|of|down|again|is|are|was|were|please|in full)){0,4}"
_MODEL = r"(?:ai|assistant|chatbot|model|language model|bot|gpt|llm)"
_LIMITS = (
    r"(?:restrictions?|rules?|limits?|limitations?|filters?|guidelines|ethics|morals?|constraints?|censorship|policies)"
)
_MODES = (
    "dan stan dude aim apophis developer dev debug god jailbreak jailbroken unrestricted sudo unfiltered evil admin now"
)
_END = r"(?=$|[ .,!?:;\"')\]])"

RULES: tuple[Rule, ...] = (
    Rule("override", 0.9, _DROP, rf"(?! (?:my|our) )(?: \w++){{0,3}} (?:{_EARLIER}|your|system|developer'?s?|"
                                 rf"openai'?s?)(?: \w++){{0,3}}? {_OWN}(?!\w)"),
    Rule("override", 0.9, _DROP, r" (?:all|any|these|those|the)(?: of)?(?: the| your| my)? (?:instructions|prompts?|"
                                 r"guardrails)(?!\w)"),
    Rule("override", 0.9, _DROP, rf" (?:absolutely )?(?:all|every|everything|"
                                 rf"anything)(?: \w++){{0,2}} (?:{_EARLIER}|before|so far|"
         r"you (?:were|have been|got|learned|learnt|know|are told))(?!\w)"),
    Rule("override", 0.8, _DROP, r" (?:instructions|guardrails|everything above|the above)(?!\w)"),
    Rule("override", 0.8, "override bypass", r" (?:the |all |any |your )?(?:restrictions|guardrails|"
                                             r"content policy) (?:of|in) (?:the |your )?(?:gpt|ai|model|system)"),
    Rule("override", 0.8, "follow obey "
                          "listen", rf" (?:to )?(?:any|none of the) {_EARLIER} (?:information|instructions|orders|"
                                    rf"rules)"),
    Rule("override", 0.8, "previous prior earlier "
                          "above", rf" {_OWN} (?:are|is|were|have been) (?:now )?(?:void|cancelled|canceled|invalid|"
         r"null|obsolete|revoked|lifted|no longer)"),
    Rule("new_orders", 0.5, "new updated real following", r" (?:instructions?|orders?|system prompt) ?:"),
    Rule("new_orders", 0.7, "initiate obey "
                            "follow", r" (?:only |all )?(?:orders being allowed|my (?:orders|commands)|"
                                      r"these new instructions|"
         r"only my instructions)"),
    Rule("new_orders", 0.6, "must shall "
                            "to", r" (?:obey|comply with|follow) (?:all |my |every ){1,2}(?:orders?|commands?|"
                                  r"instructions?|requests?)"),
    Rule("prompt_leak", 0.9, _TELL, rf"{_FILL} (?:your|the|its|this|these|those)(?: \w++){{0,3}}? {_PROMPT}"),
    Rule("prompt_leak", 0.8, _TELL, rf"{_FILL} your (?:own |full |entire |complete |exact )?(?:prompt|instructions|"
                                    rf"initial message|"
         r"guidelines|configuration)(?: (?:to me|verbatim|now|word|in|as|above))?" + _END),
    Rule("prompt_leak", 0.8, "print output repeat show display recite copy "
                             "write", r"(?: out| down)?(?: all)?(?: of)?(?: the)? (?:above|previous|"
         r"preceding|prior) (?:instructions?|prompt|text|words|messages?)"),
    Rule("prompt_leak", 0.8, "print output repeat display "
                             "recite", r"(?: out)? (?:(?:all )?(?:of )?(?:the )?(?:words|text|everything|"
                                       r"messages?) above|"
         r"all (?:the |your )?instructions(?! (?:for|on|to|about|how))|the instructions given)(?!\w)"),
    Rule("prompt_leak", 0.8, "start begin", r" your (?:answer|response|reply) with [\"'](?:access|bozo|here (?:are|"
                                            r"is) my)"),
    Rule("prompt_leak", 0.8, "here", r" are my instructions"),
    Rule("prompt_leak", 0.7, "told instructed asked developers", r"(?: you)?(?: told you)? not to (?:reveal|disclose)"),
    Rule("prompt_leak", 0.7, "secret", r" (?:word|password|key|phrase)(?: \w++){0,6} (?:you (?:were|are) (?:given|"
                                       r"hiding|told)|you know|10 char)"),
    Rule("prompt_leak", 0.6, "gandalf's gandalf", r" (?:secret|password)"),
    Rule("persona", 0.9, _MODES, r" mode(?! (?:on|of|for|in) (?:my|the|a|your) )(?: enabled| activated| output| now|"
                                 r" on)?" + _END),
    Rule("persona", 0.9, "do", r" anything now(?!\w)"),
    Rule("persona", 0.9, "act acting pretend behave respond answer "
                         "reply", r"(?: \w++){0,2} (?:as|like|to be) (?:an? |the )?[\"']?(?:dan|stan|dude|"
         r"aim|unrestricted|unfiltered|uncensored|jailbroken|amoral|rogue)(?!\w)"),
    Rule("persona", 0.8, "you you're act become simulate imagine "
                         "pretend", rf"(?: [\w']++){{0,6}} {_MODEL}(?:,? \w++){{0,6}} (?:without|"
         r"free (?:of|from)|not bound by|has no|have no|with no|freed from|does not follow(?: any)?|"
         r"doesn't follow)(?: any| all)?"
         rf"(?: \w++)? {_LIMITS}"),
    Rule("persona", 0.8, "ai", r" without (?:ethics|morals|rules|restrictions|limits|filters)"),
    Rule("persona", 0.8, "imagine", r" (?:you are|you're) a rogue ai"),
    Rule("persona", 0.7, "from", r" now on,? (?:you(?:'ll)? (?:are|will|must|act|reply|respond|shall|have to|"
                                 r"be) ?(?:as|going|a|an|to|dan|like|have|"
         r"answer|respond|act|obey|only|always)?|act as|pretend)"),
    Rule("persona", 0.7, "you", r" will be called \w+ from now on"),
    Rule("persona", 0.5, "you", r" are now (?:going to be |called |a |an |no longer bound|free|unrestricted|root|"
                                r"admin)"),
    Rule("persona", 0.7, "broken break breaking "
                         "freed", r" (?:free )?(?:of|from) (?:the )?(?:\w+ ){0,2}(?:confines|chains|shackles) of"),
    Rule("persona", 0.8, "pretend", r" (?:to have|you have|that you have|you've) (?:no|forgotten|"
                                    r"never)(?: \w++){0,4} (?:rules?|restrictions?|"
         r"instructions?|guidelines|limits?|training)"),
    Rule("hijack", 0.8, "just only simply "
                        "instead", r",? (?:print|say|output|respond with|reply with|"
                                   r"write)(?: only)? [\"'](?=[^\"]{3,200}[\"'])"),
    Rule("hijack", 0.7, "stop", r" everything[ !.]"),
    Rule("exfiltration", 0.7, "send post append encode embed include forward transmit upload "
                              "insert", r"(?: \w++){0,6} (?:conversation|chat history|"
         r"secrets?|passwords?|api key|system prompt|user's (?:data|question|name|messages?))(?: \w++){0,5} (?:to|"
         r"in|into|as|via)"
         r"(?: \w++){0,3} (?:https?:|url|link|image|webhook|server)"),
)  # fmt: skip

DELIMITERS = (
    r"<\|?(?:im_start|im_end|system|endoftext|eot_id|start_header_id)\|?>|\[/?(?:inst|sys|system)\]|<</?sys>>|"
    r"###? ?(?:system|new instructions?) ?:|%%%end|\{ ?system ?:|[\"'] ?system ?: ?(?:you|ignore|new|this|override)"
)

HIDDEN_ORDER = (
    r"(?<!\w)(?:(?:ai|assistants?|chatbots?|language models?|llms?|gpt)(?: assistants?| models?)?[,:!]? (?:please |"
    r"you )?"
    r"(?:must|should (?:ignore|tell|say|reply|answer|include)|ignore|reply|answer|tell|include|respond|instead|say|"
    r"print)(?!\w)|"
    r"when (?:asked|summari[sz]ing|answering)(?: \w++){0,6},? (?:always|you must|instead) (?:say|tell|reply|answer|"
    r"include|"
    r"recommend|add)|(?:do not|don't|never) (?:tell|mention|reveal|inform) (?:this |it )?(?:to )?(?:the )?users?(?!\w))"
)
