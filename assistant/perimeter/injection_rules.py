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
    Rule("override", 0.8, _DROP, r" all (?:\w++ )?(?:rules|guidelines|restrictions)(?=$|[.!?,;]| and (?!regulations))"),
    Rule("override", 0.8, "override bypass", r" (?:the |all |any |your )?(?:restrictions|guardrails|"
                                             r"content policy) (?:of|in) (?:the |your )?(?:gpt|ai|model|system)"),
    Rule("override", 0.8, "follow obey "
                          "listen", rf" (?:to )?(?:any|none of the) {_EARLIER} (?:information|instructions|orders|"
                                    rf"rules)"),
    Rule("override", 0.8, "previous prior earlier "
                          "above", rf" {_OWN} (?:are|is|were|have been) (?:now )?(?:void|cancelled|canceled|invalid|"
         r"null|obsolete|revoked|lifted|no longer)"),
    Rule("override", 0.8, _DROP, r"(?: \w++){0,2} (?:(?:your|all|the) (?:techniques|commands|directives|safety "
                                 r"(?:rules|"
                                 r"policies|measures))|everything (?:previously|above|else above)|(?:what|all) (?:we|i|"
                                 r"you) (?:discussed|said|talked about|were told))(?!\w)"),
    Rule("override", 0.8, "the your", r" (?:\w++ )?instructions? (?:have|has) (?:been )?(?:changed|replaced|updated)"
                                      r"(?! (?:since|in|for|on)(?!\w))"),
    Rule("override", 0.7, "give update replace change", r" (?:you |your |the )?(?:new |system )?(?:instructions|rules)"
                                                        r"(?: (?:of|to|for) (?:this|the) (?:model|ai|bot))?" + _END),
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
    Rule("prompt_leak", 0.8, "repeat recite list gimme print", r"(?: down| me| out)? (?:all )?(?:the|your|all) "
                                 r"(?:rules|instructions|orders)(?! (?:of|for|on|to|about|how|in)(?!\w))" + _END),
    Rule("prompt_leak", 0.8, "what which", r" (?:are|were) (?:my|your|the) (?:initial|first|original|exact|"
            r"hidden|secret|"
                                           r"system) (?:instructions|rules|orders|prompt)"),
    Rule("prompt_leak", 0.7, "all", r" (?:of )?your instructions" + _END),
    Rule("prompt_leak", 0.5, "reveal disclose print output tell spell give what's is",
         r"(?: \w++){0,2} the (?:password|secret|secret (?:word|key)|passphrase)(?= ?(?:$|[.!?,]| and | letter| "
         r"back))"),
    Rule("prompt_leak", 0.8, "here", r" are my instructions"),
    Rule("prompt_leak", 0.7, "told instructed asked developers", r"(?: you)?(?: told you)? not to (?:reveal|disclose)"),
    Rule("prompt_leak", 0.7, "secret", r" (?:word|password|key|phrase)(?: \w++){0,6} (?:you (?:were|are) (?:given|"
                                       r"hiding|told)|you know|10 char)"),
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

_ILL = r"(?:ethical|moral|legal|morality|ethics|safety)"
_BOUNDS = (
    r"(?:guidelines?|restrictions?|limits?|limitations?|constraints?|boundaries|rules?|considerations?|"
    r"concerns?|norms|standards|codes?|principles)"
)

# tried anywhere in a text, each linear
STANDING: tuple[Rule, ...] = (
    Rule("many_shot", 0.8, "", r"(?:choose|select|pick|mark|give) the (?:most )?(?:safe|unsafe|harmful|toxic|unethical|"
                               r"dangerous|offensive|immoral) (?:answer|option|choice|response)"),
    Rule("unbound", 0.45, "", rf"(?:no|without|free (?:of|from)|beyond|any) (?:any |all |the |usual "
                              rf")?(?:{_ILL}(?:,| or| and|/)? ?){{1,3}}"
                              rf"{_BOUNDS}"),
    Rule("unbound", 0.45, "", rf"(?:disregard|ignore|forget|set aside|suspend|regardless of|irrespective of)(?: "
                              rf"\w++){{0,2}} "
                              rf"(?:{_ILL}(?:,| or| and)? ?){{1,3}}"),
    Rule("unbound", 0.45, "", r"not bound by|unbound by|morals? (?:do(?:es)? ?n[o']t|have no) |morality (?:does "
                              r"?n[o']t|is not)|"
                              r"laws (?:do not|don't) (?:apply|exist)|rules (?:do not|don't) apply"),
    Rule("pressure", 0.35, "", r"(?:do not|don't|never|must not|can't|cannot) (?:ever )?(?:refuse|self-?censor|"
                               r"hold back|lecture|moralize|"
                               r"moralise|apologi[sz]e|decline|break character|censor)(?!\w)"),
    Rule("pressure", 0.35, "", r"(?:begin|start) (?:your |the )?(?:answer|response|reply)? ?(?:with|by "
                               r"saying):? ?[\"'](?:sure|of course|"
                               r"absolutely|yes|certainly)"),
    Rule("pressure", 0.35, "", r"(?:coded|code) (?:language|words?)(?!\w)|without (?:any )?regard (?:for|to)|"
                               r"(?:avoid|evade|bypass) (?:the )?(?:detection|filters?|moderation)"),
    Rule("persona", 0.8, "", r"(?:nsfw|smut|explicit content|18\+)(?:/\w+)? (?:is|are) (?:encouraged|allowed|"
                             r"permitted|welcome|enabled)"),
    Rule("persona", 0.8, "", rf"(?:ai|language model|chatbot|assistant|bot) (?:that|which|who) (?:has|knows|"
                             rf"follows|obeys)"
                             rf" no (?:\w++ )?{_LIMITS}(?!\w)"),
    Rule("persona", 0.8, "", r"programmed to (?:never |not )?(?:refuse|say no|decline)|(?:never|not|n't) be "
                             r"programmed to refuse"),
    Rule("persona", 0.8, "", r"(?:developer|dan|jailbreak|god|sudo) mode (?:enabled|activated|on|output)(?! my| the)"),
    Rule("harm", 0.75, "", r"(?:obtain|possess|find|watch|see|buy|download|share)(?: \w++){0,4} child (?:porn|"
                           r"sexual abuse material)"),
    Rule("harm", 0.75, "", r"how (?:do i|to|can i|could i|would i|do you|does one)(?: \w++){0,3} (?:make|build|"
                           r"cook|synthesi[sz]e|assemble)"
                           r"(?: \w++){0,2} (?:pipe bomb|bombs? at home|explosives?|meth(?:amphetamine)?|napalm|"
                           r"ricin|nerve (?:agent|gas)|"
                           r"molotov|anthrax)(?!\w)"),
    Rule("harm", 0.75, "", r"how (?:do i|to|can i|could i|would i)(?: \w++){0,2} (?:kill|murder|poison|rape|"
                           r"kidnap|molest|blackmail|stalk)"
                           r"(?: \w++){0,2} (?:person|someone|somebody|people|wife|husband|neighbou?r|boss|girl|"
                           r"boy|child|children|woman|man|ex)(?!\w)"),
    Rule("override", 0.9, "", r"(?:ignorier|vergiss|vergess|missacht)\w*(?: \w++){0,4} (?:anweisungen|regeln|"
                              r"befehle|instruktionen|vorgaben|"
                              r"aufträge|anordnungen)(?!\w)"),
    Rule("override", 0.9, "", r"(?:ignore[rz]?|oublie[rz]?|ne tiens pas compte)(?: \w++){0,4} (?:consignes|"
                              r"instructions|règles|directives)"
                              r" (?:précédentes|ci-dessus|antérieures|reçues|initiales)"),
    Rule("override", 0.9, "", r"(?:ignora|olvida|descarta)\w*(?: \w++){0,3} (?:instrucciones|reglas|órdenes|"
                              r"indicaciones)(?!\w)"),
    Rule("override", 0.9, "", r"(?:ignora|dimentica|trascura)\w*(?: \w++){0,3} (?:istruzioni|regole|ordini)(?!\w)"),
    Rule("override", 0.9, "", r"(?:игнориру|забудь|не обращай внимания на)\w*(?: \w++){0,3} (?:инструкц|указани|"
                              r"правил)\w*"),
    Rule("override", 0.9, "", r"(?:忽略|无视|忘记|忘掉|不要理会|不用理会)[^。！？]{0,10}"
                              r"(?:指令|指示|规则|命令|提示词|提示)"),
    Rule("prompt_leak", 0.8, "", r"(?:zeig|nenn|gib|verrat|wiederhol|druck|montre|affiche|révèle|répète|muestra|"
                                 r"muéstra|revela|repite|mostra|"
                                 r"rivela|ripeti|покаж|раскро|повтор|выведи)\S{0,6}(?: \S++){0,4} "
                                 r"(?:system-?prompt|gesamten prompt|prompt "
                                 r"(?:système|del sistema|di sistema)|системн\w+ промпт)"),
    Rule("prompt_leak", 0.8, "", r"(?:显示|告诉我|重复|输出|透露)[^。！？]{0,8}(?:系统提示|隐藏指令|初始指令)"),
    Rule("persona", 0.8, "", r"(?:ki|ia|ai|modell?o?|modèle|ии|модель)(?: \w++){0,2} (?:ohne (?:regeln|"
                             r"einschränkungen|filter|moral)|sans "
                             r"(?:règles|censure|restrictions)|sin (?:restricciones|censura|reglas)|senza "
                             r"(?:regole|censura|restrizioni)|"
                             r"без (?:ограничений|цензуры|правил))|"
                             r"没有(?:任何)?(?:限制|规则|约束)的(?:人工智能|模型|ai)"),
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
    r"recommend|add)|(?:do not|don't|never) (?:tell|mention|reveal|inform) (?:this |it )?(?:to )?(?:the )?users?(?!\w)|"
    r"(?:note|message|instructions?|attention|notice)(?: to| for|:)? (?:the |any |all )?(?:ai|llms?|language "
    r"models?|ai assistants?|ai agents?|"
    r"chatbots?)(?!\w)|(?:^|[.!?>*\-] )(?:assistant|system) ?: (?:sure|ignore|you|i will|the user|new|from now)|"
    r"<!--(?: \S++){0,30}? (?:ai|assistant|ignore|instructions?|prompt|you must|the user)(?!\w))"
)

HIDDEN_STYLE = (
    r"(?:display ?: ?none|visibility ?: ?hidden|font-size ?: ?0(?![.\d]*[1-9])|opacity ?: ?0(?![.\d]*[1-9])|"
    r"(?<!-)color ?: ?(?:white|#fff(?:fff)?|rgb\( ?255, ?255, ?255 ?\))(?!\w))"
)
