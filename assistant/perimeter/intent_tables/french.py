"""French."""

from __future__ import annotations

from assistant.perimeter.intent_tables.form import IntentTable

FRENCH = IntentTable(
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
