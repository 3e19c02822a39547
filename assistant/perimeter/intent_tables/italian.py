"""Italian."""

from __future__ import annotations

from assistant.perimeter.intent_tables.form import IntentTable

ITALIAN = IntentTable(
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
