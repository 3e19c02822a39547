"""Polish."""

from __future__ import annotations

from assistant.perimeter.intent_tables.form import IntentTable

POLISH = IntentTable(
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
