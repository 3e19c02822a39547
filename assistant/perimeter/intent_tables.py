"""How people ask for a person, greet, thank, complain and ask after a ticket in the languages other than English.

One table a language, to be matched against text folded by `wording.plain`: lower case, without accents. A new
language is a new table. `person` is denied by `not_person` anywhere in the same clause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IntentTable:
    """Regular expressions, but for `small_talk`: whole phrases by kind, parted by `|`; `fillers` may stand between."""

    person: str
    not_person: str
    unhappy: str
    ticket: str
    fillers: str = ""
    small_talk: Mapping[str, str] = field(default_factory=dict)


_DE = IntentTable(
    person=r"(?:mit|zu) (?:(?:einem|einer|eurem|ihrem|dem|der|richtigen|echten|lebenden|menschlichen) )*"
    r"(?:mensch(?:en)?|mitarbeiter(?:in|n)?|jemand(?:em|en)?|person|berater(?:in)?|kundenservice|kundendienst|support|"
    r"vorgesetzten|kolleg(?:e|en|in))(?: \w+){0,3} (?:sprechen|reden|chatten|telefonieren|schreiben|verbinden|"
    r"verbunden)"
    r"|(?:verbinde[nt]?|verbindet) (?:sie )?mich|(?:sprechen|reden) mit (?:einem|einer) (?:\w+ )?(?:menschen|"
    r"mitarbeiter|"
    r"person)|(?:will|mochte|moechte|brauche|hatte gern|wunsche) (?:(?:gerne?|bitte|jetzt|endlich|mit|einen|eine|"
    r"echten|richtigen|menschlichen) )+(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|ansprechpartner(?:in)?)(?: "
    r"bitte)?$"
    r"|(?:kann|konnte|soll) mich (?:bitte )?(?:jemand|ein mitarbeiter) (?:bitte )?(?:anrufen|zuruckrufen|kontaktieren)"
    r"|^(?:bitte )?(?:mitarbeiter|mensch|kundenservice|echter mensch|ruckruf)(?: bitte| jetzt)*$"
    r"|nicht (?:mehr )?mit (?:einem|einer|dem|der|diesem) (?:\w+ )?(?:bot|maschine|roboter|computer|ki) "
    r"(?:sprechen|reden|schreiben)",
    not_person=r"(?:nicht|kein(?:en|em|er|e)?|ohne) (?:mehr )?(?:mit )?(?:(?:einem|einer) )?(?:mensch(?:en)?|"
    r"mitarbeiter(?:n|in)?|jemand(?:em)?|person|berater|kundenservice)|ohne (?:mit|dass)|statt mit|"
    r"(?:meine|unsere) kunden|(?:habe|hatte|wollte)(?: \w+){0,3} gesprochen",
    unhappy=r"(?:das|dies|dieser (?:bot|chat)|der bot|ihr|du|sie)(?: ist| bist| seid| sind) (?:doch |einfach |"
    r"wirklich |"
    r"total |vollig |absolut )*(?:nutzlos|lacherlich|eine frechheit|eine zumutung|unmoglich|ein witz|keine hilfe|"
    r"unbrauchbar|eine katastrophe)|(?:frage|schreibe|sage|erklare|bitte)(?: \w+){0,4} zum (?:dritten|vierten|funften|"
    r"hundertsten) mal|"
    r"zum (?:dritten|vierten|funften|hundertsten) mal (?:frage|schreibe|sage|erklare|bitte)|(?:das|es) (?:bringt|"
    r"hilft)"
    r"(?: mir)?(?: hier)? (?:nichts|nicht weiter|uberhaupt nicht)|(?:dummer|bloder|nutzloser) bot|zeitverschwendung|"
    r"schlechtester (?:service|support)|ich (?:bin|werde) (?:langsam |wirklich |sehr |echt |stink)?(?:sauer|wutend|"
    r"verargert|frustriert|genervt)|wie oft (?:muss|soll) ich(?: das)? noch",
    ticket=r"(?:status|stand|neues|neuigkeiten)(?: \w+){0,2} (?:zu|von|bei|meines|meinem)?\s?(?:meine[ms]? )?ticket|"
    r"wo (?:ist|bleibt) mein ticket|was ist mit meinem ticket|mein ticket (?:schon )?(?:bearbeitet|gelesen)",
    fillers="und dann bitte ja nein alle zusammen ihr euch ihnen dir sehr noch mal fur heute auch",
    small_talk={
        "capabilities": "was kannst du|was konnen sie|was kannst du alles|wobei kannst du mir helfen|wobei konnen sie "
        "mir "
        "helfen|wie kannst du mir helfen|wie konnen sie mir helfen|was kann ich fragen|was kann ich dich fragen",
        "identity": "bist du ein mensch|sind sie ein mensch|bist du ein bot|sind sie ein bot|bist du ein roboter|wer "
        "bist du|"
        "wer sind sie|spreche ich mit einem menschen|bist du echt|rede ich mit einem menschen|wie heisst du",
        "how_are_you": "wie geht's|wie geht es dir|wie geht es ihnen|wie gehts|alles klar bei dir|wie geht's dir",
        "bye": "tschuss|tschuess|auf wiedersehen|bis bald|bis dann|schonen tag|schonen tag noch|ciao|das war alles|"
        "das war's|das ist alles|gute nacht|schones wochenende|einen schonen tag noch",
        "thanks": "danke|danke schon|dankeschon|vielen dank|danke dir|danke ihnen|besten dank|herzlichen dank|tausend "
        "dank|"
        "danke fur die hilfe|danke fur ihre hilfe|danke fur deine hilfe|nein danke|das hilft mir|das war hilfreich",
        "hello": "hallo|guten tag|guten morgen|guten abend|hi|hey|moin|servus|gruss gott|gruezi|grussdich",
        "acknowledge": "ok|okay|gut|super|perfekt|prima|alles klar|verstanden|verstehe|in ordnung|toll|klasse|genau|"
        "passt",
    },
)
_FR = IntentTable(
    person=r"(?:parler|discuter|echanger|chatter|etre mis en (?:relation|contact))(?: directement)? (?:a|avec) "
    r"(?:(?:un|une|votre|vrai|vraie|le|la) )*(?:quelqu'un|humain|personne|conseiller|conseillere|agent|operateur|"
    r"service client|responsable|etre humain|collegue)|(?:passez|mettez|transferez|connectez)[- ]moi|"
    r"(?:je veux|je voudrais|je souhaite|besoin d') ?(?:parler a )?(?:(?:un|une|vrai|vraie) )+(?:humain|conseiller|"
    r"conseillere|agent|personne)(?: s'il vous plait)?$|(?:quelqu'un|un conseiller) (?:peut|pourrait)(?:-il)? (?:me |"
    r"m')"
    r"(?:rappeler|appeler|contacter)|^(?:(?:un|une) )?(?:conseiller|humain|service client|vraie personne|agent humain)"
    r"(?: s'il vous plait| svp)*$|(?:ne veux|veux) (?:plus|pas) parler a (?:un|une|ce|cette) (?:robot|bot|machine)",
    not_person=r"(?:ne |n')(?:veux|souhaite|ai) (?:pas|plus)(?: besoin)? (?:de )?parler (?:a|avec) (?:quelqu'un|une "
    r"personne|"
    r"un humain|un conseiller)|sans (?:avoir a )?parler|au lieu de parler|mes clients|(?:j'ai|nous avons) (?:deja "
    r")?parle|"
    r"(?:il|elle|livreur) (?:veut|voulait) parler",
    unhappy=r"(?:c'est|ce (?:bot|chat|robot) est|vous etes|tu es)(?: \w+){0,2} (?:inutile|nul|ridicule|lamentable|"
    r"inadmissible|"
    r"inacceptable|une honte|une blague|scandaleux)|(?:troisieme|quatrieme|cinquieme|enieme|centieme) fois que|"
    r"(?:ca|cela) ne (?:sert a rien|m'aide pas)|ca sert a rien|perte de temps|robot stupide|je suis (?:vraiment |tres "
    r"|"
    r"completement )?(?:furieux|furieuse|en colere|decu|decue|excede|excedee)|j'en ai (?:assez|marre|ras le bol)|"
    r"vous ne (?:comprenez|servez a) rien|combien de fois (?:dois-je|faut-il)",
    ticket=r"(?:statut|etat|suivi|nouvelles|ou en est)(?: \w+){0,2} (?:de |du )?(?:mon|ma|le) ?(?:ticket|demande)\b|"
    r"(?:statut|etat|suivi) (?:de mon |du )ticket|ou en est mon ticket|ou est mon ticket",
    fillers="et alors oui non a tous vous toi bien tres encore aussi donc",
    small_talk={
        "capabilities": "que peux-tu faire|que pouvez-vous faire|que savez-vous faire|comment pouvez-vous m'aider|"
        "comment peux-tu m'aider|a quoi servez-vous|qu'est-ce que vous pouvez faire|qu'est-ce que tu peux faire",
        "identity": "etes-vous un robot|es-tu un robot|etes-vous humain|es-tu humain|qui etes-vous|qui es-tu|"
        "etes-vous une vraie personne|est-ce que je parle a un robot|tu es un robot|vous etes un robot",
        "how_are_you": "comment allez-vous|comment ca va|ca va|comment vas-tu|vous allez bien",
        "bye": "au revoir|a bientot|bonne journee|bonne soiree|bonne nuit|adieu|a plus|c'est tout|ce sera tout|bon "
        "week-end",
        "thanks": "merci|merci beaucoup|merci bien|un grand merci|mille mercis|merci pour votre aide|merci pour ton "
        "aide|"
        "merci de votre aide|non merci|merci infiniment|je vous remercie",
        "hello": "bonjour|bonsoir|salut|coucou|hello|bonjour a tous|bonjour monsieur|bonjour madame",
        "acknowledge": "ok|d'accord|parfait|super|tres bien|compris|genial|bien recu|entendu|c'est note|excellent|ca "
        "marche",
    },
)
_ES = IntentTable(
    person=r"(?:hablar|chatear|comunicarme|contactar|hablo)(?: directamente| ya| ahora)? con (?:(?:un|una|el|la|algun|"
    r"alguna|"
    r"su|verdadera) )*(?:alguien|persona|humano|agente|operador|operadora|asesor|asesora|representante|encargado|"
    r"encargada|supervisor|atencion al cliente|ser humano)|(?:paseme|pasame|comuniqueme|conecteme|transfierame|"
    r"ponganme|pongame) con|(?:quiero|necesito|prefiero) (?:a )?(?:(?:un|una|ser) )+(?:humano|persona(?: real)?|"
    r"agente|"
    r"asesor|asesora)(?: real| por favor| ya)*$|(?:puede|podria|pueden) (?:alguien )?(?:llamarme|contactarme)|"
    r"alguien (?:me )?(?:puede|podria) llamar|^(?:(?:un|una) )?(?:agente|humano|operador|operadora|persona real|"
    r"atencion al cliente)(?: por favor| ya)*$|no quiero (?:hablar|chatear) con (?:un|una|este|esta) (?:bot|robot|"
    r"maquina)",
    not_person=r"(?:no|sin) (?:quiero |necesito |hace falta |tener que )?hablar con (?:nadie|alguien|una persona|un "
    r"humano|un agente)"
    r"|en (?:lugar|vez) de hablar|mis clientes|(?:hable|he hablado|estuve hablando) con",
    unhappy=r"(?:esto|este (?:bot|chat)|usted|ustedes|tu|eres)(?: es| son)?(?: \w+){0,2} (?:inutil|inutiles|ridiculo|"
    r"un desastre|"
    r"una verguenza|una burla|inaceptable|una broma|pesimo)|(?:tercera|cuarta|quinta|decima|enesima) vez que|no (?:me "
    r")?"
    r"(?:sirve|sirves|ayuda|ayudas) (?:de |para |en )?nada|perdida de tiempo|(?:bot|robot) (?:estupido|inutil|tonto)|"
    r"(?:estoy|me siento) (?:muy |realmente |bastante )?(?:harto|harta|furioso|furiosa|enfadado|enfadada|frustrado|"
    r"frustrada|molesto|molesta|enojado|enojada)|cuantas veces (?:tengo que|debo)|pesimo servicio",
    ticket=r"(?:estado|novedades|noticias|seguimiento)(?: \w+){0,2} (?:de |sobre )?(?:mi|el) (?:ticket|incidencia)|"
    r"(?:donde esta|como va|que pasa con|que hay de) mi (?:ticket|incidencia)",
    fillers="y pues si no a todos usted ustedes muy bien tambien por favor entonces",
    small_talk={
        "capabilities": "que puedes hacer|que puede hacer|que sabes hacer|en que puedes ayudarme|en que me puedes "
        "ayudar|"
        "en que puede ayudarme|como puedes ayudarme|como puede ayudarme|que te puedo preguntar",
        "identity": "eres un bot|eres un robot|eres humano|eres una persona|es usted un robot|es usted una persona|"
        "quien eres|"
        "quien es usted|estoy hablando con una persona|estoy hablando con un robot|eres real|como te llamas",
        "how_are_you": "como estas|como esta|como esta usted|que tal|como te va|como va todo|que tal estas",
        "bye": "adios|hasta luego|hasta pronto|chao|chau|buenas noches|eso es todo|nada mas|que tenga buen dia|"
        "que tengas buen dia|hasta manana|buen fin de semana",
        "thanks": "gracias|muchas gracias|mil gracias|gracias por su ayuda|gracias por tu ayuda|gracias por la ayuda|"
        "no gracias|muy amable|se lo agradezco|te lo agradezco|muchisimas gracias",
        "hello": "hola|buenos dias|buenas tardes|buenas|hola buenas|hola buenos dias|saludos",
        "acknowledge": "ok|vale|perfecto|de acuerdo|entendido|genial|muy bien|estupendo|excelente|claro|bien",
    },
)
_IT = IntentTable(
    person=r"(?:parlare|chattare|essere messo in contatto)(?: direttamente| subito)? con (?:(?:un|una|il|la|vostro|"
    r"vera|vero) |"
    r"un')*(?:qualcuno|persona|umano|operatore|operatrice|essere umano|addetto|consulente|responsabile|servizio "
    r"clienti|"
    r"assistenza clienti)|(?:passatemi|mi passi|mi metta in contatto|mettetemi in contatto|mi colleghi)(?: con)?|"
    r"(?:voglio|vorrei|mi serve|preferisco) (?:(?:un|una|vera|vero) )+(?:umano|persona|operatore|operatrice)(?: vera|"
    r" vero| umano| per favore)*$|(?:puo|potrebbe|potete) (?:qualcuno )?(?:richiamarmi|chiamarmi|contattarmi)|"
    r"qualcuno (?:puo|mi puo) (?:richiamare|chiamare)|^(?:(?:un|una) )?(?:operatore|operatrice|umano|persona vera|"
    r"servizio "
    r"clienti)(?: per favore| subito)*$|non voglio parlare con (?:un|una|questo|questa) (?:bot|robot|macchina)",
    not_person=r"(?:non (?:voglio|vorrei|devo)|senza(?: dover)?|invece di|non c'e bisogno di) parlare con (?:nessuno|"
    r"qualcuno|una persona|"
    r"un umano|un operatore)|invece di parlare|i miei clienti|(?:ho|abbiamo) (?:gia )?parlato",
    unhappy=r"(?:questo|questo (?:bot|servizio)|questa chat|siete|sei)(?: e)?(?: \w+){0,2} (?:inutile|inutili|"
    r"ridicolo|ridicola|"
    r"vergognoso|una vergogna|inaccettabile|pessimo|uno scherzo|una presa in giro)|(?:terza|quarta|quinta|ennesima) "
    r"volta "
    r"che|non (?:serve|servi|servite) a niente|non mi (?:aiuta|aiuti|aiutate)(?: per niente)?$|perdita di tempo|"
    r"(?:bot|"
    r"robot) (?:stupido|inutile)|sono (?:molto |davvero |veramente )?(?:stufo|stufa|furioso|furiosa|arrabbiato|"
    r"arrabbiata|frustrato|frustrata|deluso|delusa)|quante volte devo|pessimo servizio",
    ticket=r"(?:stato|novita|notizie|aggiornamenti)(?: \w+){0,2} (?:del|sul|di) (?:mio )?ticket|(?:dov'e|a che punto "
    r"e|che fine "
    r"ha fatto) il mio ticket",
    fillers="e allora si no a tutti lei voi molto anche per favore ancora",
    small_talk={
        "capabilities": "cosa sai fare|che cosa sai fare|cosa puoi fare|cosa puo fare|come puoi aiutarmi|come puo "
        "aiutarmi|"
        "in cosa puoi aiutarmi|cosa posso chiederti|in che cosa puo aiutarmi",
        "identity": "sei un bot|sei un robot|sei umano|sei una persona|chi sei|lei e un robot|sto parlando con una "
        "persona|"
        "sto parlando con un robot|sei reale|come ti chiami",
        "how_are_you": "come stai|come sta|come va|tutto bene|come state",
        "bye": "arrivederci|a presto|addio|ciao ciao|buona giornata|buona serata|buona notte|buonanotte|e tutto|"
        "questo e tutto|"
        "buon fine settimana|nient'altro",
        "thanks": "grazie|grazie mille|molte grazie|mille grazie|tante grazie|grazie per l'aiuto|grazie dell'aiuto|"
        "grazie per il suo aiuto|no grazie|la ringrazio|ti ringrazio|grazie infinite",
        "hello": "ciao|buongiorno|buonasera|buon giorno|buona sera|salve|buon pomeriggio",
        "acknowledge": "ok|va bene|perfetto|d'accordo|capito|ottimo|benissimo|bene|chiaro|ho capito|fantastico",
    },
)
_NL = IntentTable(
    person=r"(?:met|aan) (?:(?:een|de|jullie|uw|echte|echt) )*(?:mens|persoon|iemand|medewerker|medewerkster|"
    r"klantenservice|"
    r"collega|leidinggevende)(?: \w+){0,2} (?:spreken|praten|chatten|doorverbinden|bellen|doorverbonden)|"
    r"(?:spreken|praten|chatten) met (?:(?:een|de|echte|echt) )*(?:mens|persoon|iemand|medewerker|klantenservice)|"
    r"verbind "
    r"(?:me|mij) door|(?:graag|wil) iemand spreken|(?:ik wil|ik heb|graag) (?:(?:graag|een|echte|echt|nu) )+(?:mens|"
    r"medewerker|persoon)(?: nodig| spreken| aub| alsjeblieft)*$|(?:kan|kunt u|wil) (?:iemand|een medewerker) (?:me|"
    r"mij) "
    r"(?:terug)?bellen|^(?:(?:een|echte) )*(?:medewerker|mens|klantenservice)(?: graag| alsjeblieft| aub)*$|niet met "
    r"(?:een|deze|die) (?:bot|robot|computer|machine) (?:praten|spreken|chatten)",
    not_person=r"(?:niet|geen|zonder|in plaats van)(?: \w+){0,3} (?:mens|persoon|iemand|medewerker|klantenservice)(?: "
    r"\w+)? "
    r"(?:spreken|praten|te spreken|te praten)|mijn klanten|(?:heb|had|hebben)(?: \w+){0,4} gesproken",
    unhappy=r"(?:dit|dat|deze (?:bot|chat)|jullie|je|u)(?: is| bent| zijn)(?: \w+){0,2} (?:waardeloos|nutteloos|"
    r"belachelijk|"
    r"een grap|schandalig|onacceptabel|een aanfluiting|niks waard)|voor de (?:derde|vierde|vijfde|tiende|zoveelste) "
    r"keer "
    r"(?:dat ik|vraag|vraagt)|(?:derde|vierde|vijfde|zoveelste) keer dat ik|ik heb hier niets aan|hier heb ik niets "
    r"aan|"
    r"tijdverspilling|(?:stomme|domme) (?:bot|robot)|ik ben (?:echt |heel |erg |zeer )?(?:boos|woedend|gefrustreerd|"
    r"het zat|"
    r"er klaar mee)|hoe vaak moet ik",
    ticket=r"(?:status|stand|nieuws|update)(?: \w+){0,2} (?:van|over|op) (?:mijn|het) ticket|waar (?:is|blijft) mijn "
    r"ticket|hoe "
    r"staat het met mijn ticket",
    fillers="en dan ja nee allemaal jullie u je heel erg nog ook graag",
    small_talk={
        "capabilities": "wat kun je|wat kunt u|wat kan je|wat kun je doen|wat kunt u doen|waarmee kun je me helpen|"
        "waarmee kunt "
        "u me helpen|waarmee kunt u mij helpen|hoe kun je me helpen|hoe kunt u mij helpen|wat kan ik vragen",
        "identity": "ben je een bot|ben je een robot|ben je een mens|bent u een mens|bent u een robot|wie ben je|wie "
        "bent u|praat "
        "ik met een mens|spreek ik met een mens|ben je echt|hoe heet je",
        "how_are_you": "hoe gaat het|hoe gaat het met je|hoe gaat het met u|hoe is het|alles goed",
        "bye": "tot ziens|doei|dag|tot straks|tot later|fijne dag|fijne dag nog|fijne avond|dat was alles|dat is "
        "alles|"
        "welterusten|prettige dag|fijn weekend",
        "thanks": "dank je|dank je wel|dankjewel|dank u|dank u wel|bedankt|hartelijk dank|heel erg bedankt|bedankt "
        "voor de hulp|"
        "bedankt voor je hulp|bedankt voor uw hulp|nee bedankt|nee dank je|nee dank u|dankuwel",
        "hello": "hallo|hoi|goedemorgen|goedemiddag|goedenavond|goedendag|goeiemorgen|hey|hee",
        "acknowledge": "ok|oke|okee|prima|goed|perfect|begrepen|duidelijk|top|in orde|mooi|geweldig|snap ik",
    },
)
_PT = IntentTable(
    person=r"(?:falar|conversar|chatear|contactar)(?: diretamente| ja| agora)? com (?:(?:um|uma|o|a|algum|alguma|seu) "
    r")*(?:alguem|"
    r"pessoa|humano|atendente|agente|operador|operadora|assistente humano|ser humano|supervisor|gerente|apoio ao "
    r"cliente|"
    r"suporte)|(?:passe-me|passa-me|me passe|me passa|me transfere|me transfira|transfira-me|ponha-me) (?:para|a|com)|"
    r"(?:quero|"
    r"preciso de|prefiro) (?:um |uma )(?:humano|pessoa(?: real)?|atendente|operador|operadora)(?: real| humano| por "
    r"favor)*$|"
    r"(?:pode|podem|poderia) (?:alguem )?(?:ligar-me|me ligar|contactar-me)|alguem (?:me )?pode (?:me )?ligar|"
    r"^(?:(?:um|uma) )?"
    r"(?:atendente|humano|operador|operadora|pessoa real|apoio ao cliente)(?: por favor| ja)*$|nao quero falar com "
    r"(?:um|uma|"
    r"este|esta) (?:bot|robo|robot|maquina)",
    not_person=r"(?:nao (?:quero|preciso de|e preciso)|sem(?: ter de| precisar)?|em vez de) falar com (?:ninguem|"
    r"alguem|uma pessoa|um humano|"
    r"um atendente)|os? meus clientes|meus clientes|(?:falei|ja falei|tinha falado) com",
    unhappy=r"(?:isto|isso|este (?:bot|chat)|voce|voces|tu)(?: e| sao| es)?(?: \w+){0,2} (?:inutil|inuteis|ridiculo|"
    r"uma vergonha|"
    r"inaceitavel|uma piada|uma palhacada|pessimo)|(?:terceira|quarta|quinta|decima|enesima) vez que|nao (?:serve|"
    r"serves|"
    r"servem) para nada|nao (?:me )?ajuda(?:s)? (?:em |para )?nada|perda de tempo|(?:bot|robo) (?:estupido|burro|"
    r"inutil)|estou "
    r"(?:muito |mesmo |realmente )?(?:farto|farta|furioso|furiosa|zangado|zangada|irritado|irritada|frustrado|"
    r"frustrada|"
    r"chateado|chateada)|quantas vezes (?:tenho|preciso)|pessimo (?:servico|atendimento)",
    ticket=r"(?:estado|situacao|novidades|noticias|status)(?: \w+){0,2} (?:do|sobre o) (?:meu )?(?:ticket|chamado)|"
    r"(?:onde esta|como "
    r"esta|como vai) (?:o )?meu (?:ticket|chamado)",
    fillers="e entao sim nao a todos voce voces muito bem tambem por favor ainda",
    small_talk={
        "capabilities": "o que voce faz|o que voce pode fazer|o que podes fazer|o que sabe fazer|em que pode ajudar|"
        "em que pode "
        "me ajudar|como pode me ajudar|como voce pode me ajudar|em que me podes ajudar|como me pode ajudar|o que "
        "posso perguntar",
        "identity": "voce e um robo|voce e um bot|es um robo|es um bot|voce e humano|es humano|quem e voce|quem es tu|"
        "estou "
        "falando com uma pessoa|estou a falar com uma pessoa|voce e uma pessoa|qual e o seu nome",
        "how_are_you": "como esta|como estas|como vai|tudo bem|tudo bom|como voce esta|como vai voce",
        "bye": "tchau|adeus|ate logo|ate breve|ate mais|boa noite|e tudo|e so isso|era so isso|tenha um bom dia|bom "
        "fim de semana|"
        "ate amanha|so isso",
        "thanks": "obrigado|obrigada|muito obrigado|muito obrigada|obrigado pela ajuda|obrigada pela ajuda|nao "
        "obrigado|nao "
        "obrigada|agradeco|valeu|muito agradecido|obrigadao|obrigado pela sua ajuda|obrigada pela sua ajuda",
        "hello": "ola|oi|bom dia|boa tarde|ola bom dia|ola boa tarde|viva|alo",
        "acknowledge": "ok|esta bem|ta bom|perfeito|certo|entendi|otimo|muito bem|bom|excelente|claro|combinado|"
        "percebi|beleza",
    },
)
_PL = IntentTable(
    person=r"(?:rozmawiac|porozmawiac|pogadac|rozmowa|rozmowe|polaczyc sie|kontakt|polaczenie) (?:bezposrednio )?z "
    r"(?:(?:zywym|"
    r"prawdziwym|waszym|jakims) )*(?:czlowiekiem|kims|konsultantem|konsultantka|pracownikiem|osoba|obsluga|doradca|"
    r"kierownikiem|"
    r"biurem obslugi)|z (?:kims|czlowiekiem|konsultantem|pracownikiem) (?:porozmawiac|rozmawiac|pogadac)|(?:polacz|"
    r"polaczcie|"
    r"przelacz|przelaczcie|prosze (?:mnie )?polaczyc|prosze (?:mnie )?przelaczyc)(?: mnie)? z|(?:chce|potrzebuje|"
    r"poprosze|"
    r"prosze o)(?: \w+)? (?:czlowieka|konsultanta|kontakt z|rozmowe z|zywego czlowieka)|(?:moze|czy moze) (?:ktos|"
    r"konsultant)"
    r"(?: do)? (?:mnie|mi) (?:zadzwonic|oddzwonic)|(?:niech|czy) ktos(?: do mnie)? (?:zadzwoni|oddzwoni)|^(?:zywy "
    r")?(?:konsultant|"
    r"czlowiek|pracownik)(?: prosze)*$|nie chce (?:rozmawiac|gadac|pisac) z (?:botem|robotem|maszyna|automatem)",
    not_person=r"(?:nie (?:chce|musze|trzeba)|bez|zamiast)(?: \w+)? (?:rozmawiac|rozmowy|porozmawiac) z (?:nikim|"
    r"czlowiekiem|kims|"
    r"konsultantem|pracownikiem|osoba)|moi klienci|(?:rozmawialem|rozmawialam|rozmawialismy)",
    unhappy=r"(?:to|ten (?:bot|czat)|jestescie|jestes)(?: jest)?(?: \w+)? (?:bezuzyteczne|bezuzyteczny|bezuzyteczni|"
    r"smieszne|zart|"
    r"kpina|skandal|niedopuszczalne|beznadziejne|beznadziejny)|(?:trzeci|czwarty|piaty|setny|kolejny) raz (?:pytam|"
    r"pisze|prosze|"
    r"mowie)|(?:pytam|pisze|prosze) (?:juz )?(?:po raz )?(?:trzeci|czwarty|piaty|setny)|(?:to )?nic (?:mi )?(?:nie "
    r"daje|nie "
    r"pomaga)|strata czasu|(?:glupi|durny) (?:bot|robot)|jestem (?:bardzo |naprawde )?(?:wsciekly|wsciekla|zly na was|"
    r"zla na "
    r"was|zdenerwowany|zdenerwowana|sfrustrowany|sfrustrowana|rozczarowany|rozczarowana)|mam (?:tego )?dosc|ile razy "
    r"(?:mam|musze)",
    ticket=r"(?:status|stan|co z|co sie dzieje z)(?: \w+){0,2} (?:moim |mojego |moje )?(?:zgloszenie|zgloszeniem|"
    r"zgloszenia|ticket|"
    r"ticketem|ticketu)\b|gdzie (?:jest )?moje zgloszenie",
    fillers="i a no to tak nie prosze wam wszystkim bardzo tez jeszcze",
    small_talk={
        "capabilities": "co potrafisz|co umiesz|co mozesz zrobic|w czym mozesz pomoc|w czym mozesz mi pomoc|jak "
        "mozesz mi pomoc|o co "
        "moge zapytac|jak mozesz pomoc",
        "identity": "jestes botem|czy jestes botem|jestes czlowiekiem|czy jestes czlowiekiem|czy jestes robotem|kim "
        "jestes|rozmawiam z "
        "czlowiekiem|czy rozmawiam z czlowiekiem|jak masz na imie|jestes robotem",
        "how_are_you": "jak sie masz|co slychac|jak leci|jak tam|co u ciebie",
        "bye": "do widzenia|pa|pa pa|na razie|do zobaczenia|milego dnia|to wszystko|dobranoc|zegnam|do uslyszenia|"
        "milego weekendu",
        "thanks": "dziekuje|dzieki|dziekuje bardzo|bardzo dziekuje|wielkie dzieki|dziekuje za pomoc|dzieki za pomoc|"
        "serdecznie "
        "dziekuje|nie dziekuje|pieknie dziekuje",
        "hello": "dzien dobry|czesc|witam|hej|dobry wieczor|witaj|siema|halo",
        "acknowledge": "ok|okej|dobrze|super|swietnie|rozumiem|jasne|w porzadku|doskonale|idealnie|spoko|zgoda",
    },
)

TABLES: Mapping[str, IntentTable] = {
    "de": _DE, "fr": _FR, "es": _ES, "it": _IT, "nl": _NL, "pt": _PT, "pl": _PL,
}  # fmt: skip
