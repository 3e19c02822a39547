"""Portuguese."""

from __future__ import annotations

from assistant.perimeter.intent_tables.form import IntentTable

PORTUGUESE = IntentTable(
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
