"""Spanish."""

from __future__ import annotations

from assistant.perimeter.intent_tables.form import IntentTable

SPANISH = IntentTable(
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
