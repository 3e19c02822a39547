"""What tells languages apart: their commonest words, and those that users write to a help desk."""

from __future__ import annotations

from collections.abc import Mapping

STOP_WORDS: Mapping[str, str] = {
    "en": """the a an and or of to in on at for with from is are was were be been do does did have has had will would
        can could should i you he she it we they my your his her its our their this that these those what which
        who how when where why not no yes there if but about please me any get need want as by just also than then
        am i'm don't it's can't hi hello thanks so some up out us one more many much after before long""",
    "de": """der die das den dem des ein eine einen einem einer und oder aber nicht ist sind war waren bin hat haben
        habe wird werden kann können ich du er sie es wir ihr mein meine meinen meiner dein ihre mit von zu zum
        zur im in auf für aus bei nach wie was wo wann warum wer welche welcher auch noch nur sich dass wenn bitte
        kein keine man mir mich uns muss möchte gibt wurde schon sehr über""",
    "fr": """le la les un une des du de et ou mais ne pas est sont était je tu il elle nous vous ils mon ma mes votre
        vos notre ce cette ces que qui quoi quand où comment pourquoi avec pour sur dans par en au aux plus être
        avoir ai as avez puis peux peut pouvez c'est j'ai d'un d'une l' qu'il est-ce sans suis fait faire bonjour
        merci très y se me combien quel quelle""",
    "es": """el la los las un una unos unas y o pero no es son era está están yo tú él ella nosotros mi mis su sus este
        esta que quien qué cuándo dónde cómo por para con sin sobre en de del al más ser haber he ha han puedo
        puede pueden tengo tiene quiero se me te lo le hay muy también porque hola gracias cuánto cual cuál hacer
        si""",
    "it": """il lo la i gli le un uno una e o ma non è sono era io tu lui lei noi voi loro mio mia miei suo questo
        questa che chi cosa quando dove come perché con per su in di del della dei delle al alla da dal nel nella
        più essere avere ho ha hanno posso può vorrei si mi ti ci ciao grazie quanto quale anche fare se""",
    "nl": """de het een en of maar niet is zijn was waren ik jij je u hij zij ze wij we mijn uw jouw deze dit die dat
        wat wie waar wanneer waarom hoe met van voor op in aan bij naar uit te om er kan kunnen heb heeft hebben
        wordt worden wil moet geen ook nog als dan meer graag mij ons door over zonder""",
    "pt": """o a os as um uma uns umas e ou mas não é são era está estão eu você ele ela nós meu minha meus seu sua
        este esta isso que quem quando onde como por para com sem sobre em de do da dos das no na nos ao mais ser
        ter tenho tem posso pode quero se me lhe há muito também porque olá obrigado obrigada quanto qual fazer""",
    "sv": """en ett och eller men inte är var jag du han hon vi ni de min mitt mina din ditt sin detta denna dessa som
        vem vad när där hur varför med av för på i till från om att kan ska skulle har hade vill måste blir bli
        också mer mycket mig oss det den finns hej tack min får""",
    "da": """en et og eller men ikke er var jeg du han hun vi i de min mit mine din dit denne dette som hvem hvad
        hvornår hvor hvordan hvorfor med af for på til fra om at kan skal ville har havde vil må bliver også mere
        meget mig os det den der hej tak får""",
    "pl": """i oraz lub ale nie jest są był była ja ty on ona my wy mój moja moje twój się to ten ta te co kto kiedy
        gdzie jak dlaczego z ze w we na do od dla po przez za o czy może mogę można mam ma chcę jestem proszę już
        tylko też bardzo mnie jaki jaka jakie dzień dobry żeby ile""",
}

# Words of short messages ("Rechnung fehlt"), also without their accents: phones leave them out.
DESK_WORDS: Mapping[str, str] = {
    "en": """order orders ordered parcel package delivery deliver delivered shipping shipped invoice bill refund refunds
        return returns returned exchange warranty guarantee password account login device broken damaged faulty missing
        late cancel cancellation subscription payment pay paid price cost costs address change update app error help
        best men women hair spray start over branch
        work works working doesn't didn't money back open code card support service customer product item wrong
        forgot delete contact phone number email website store shop buy bought sell stock size money free install
        reset battery sensor light die war hat man rate pin gift long tell know see time use made make new find""",
    "de": """bestellung bestellungen bestellt bestellen paket lieferung liefern geliefert liefert versand versandkosten
        rechnung rückgabe rücksendung zurückgeben zurückschicken zurück umtausch umtauschen erstattung garantie
        gewährleistung passwort kennwort konto anmelden anmeldung gerät geräte defekt kaputt beschädigt fehlt fehler
        verspätet stornieren storno kündigen kündigung abo zahlung bezahlen zahlen preis kostet kosten adresse ändern
        löschen hilfe brauche geld funktioniert geht danke hallo guten tag morgen vergessen wechseln batterie öffnen
        geöffnet laden kaufen gekauft artikel ware kunde kundendienst öffnungszeiten gutschein lange dauert heute
        woche wochen tage bekomme bekommen erhalten schicken senden habt sie sind euch eure ihnen soll sollte dass
        warte warten immer noch nichts etwas jetzt falsch falsche falschen neue neuen installieren aktualisierung
        zuruck fur moechte konnen brauch hilft bekommt""",
    "fr": """commande commandes commandé commander colis livraison livrer livré livrez facture retour retourner
        remboursement remboursé rembourser échange échanger garantie mot passe compte connexion appareil cassé
        endommagé abîmé panne manque manquante erreur retard annuler annulation abonnement résilier paiement payer
        prix coûte combien adresse changer supprimer aide besoin argent marche fonctionne salut oublié oublie pile
        ouvert ouverts magasin acheter acheté article client horaires bon cadeau aujourd'hui semaine semaines jours
        reçu recevoir envoyer envoi toujours rien maintenant faux mauvais nouveau nouvelle installer veux voudrais
        pouvez puis-je êtes livre ça ca même ici trop jamais beaucoup quels quelles quelque chose depuis mise jour""",
    "es": """pedido pedidos pedir paquete entrega entregar envío envio envíos enviar envían factura devolución
        devolucion devolver devoluciones reembolso cambio cambiar garantía garantia contraseña contrasena cuenta
        sesión aparato dispositivo roto rota dañado danado averiado falta error retraso tarde cancelar anular
        suscripción suscripcion pago pagar precio cuesta cuánto cuanto dirección direccion borrar eliminar ayuda
        ayudar necesito dinero funciona olvidé olvide pila abierto abren tienda comprar compré artículo articulo
        cliente horario hoy semana semanas días dias recibido recibir todavía todavia nada ahora nuevo nueva instalar
        llega llegado llegó donde dónde cuando está esta están estan buenos buenas días tardes ustedes hacer
        quisiera gustaría quiere queremos tienen cómo como mucho muchas algo siempre nunca desde actualización""",
    "it": """ordine ordini ordinare ordinato pacco consegna consegnare spedizione spedire spedite fattura reso
        restituire restituzione rimborso cambio cambiare cambiarlo garanzia password account accesso apparecchio
        dispositivo rotto
        danneggiato guasto manca errore ritardo annullare cancellare disdire disdico abbonamento pagamento pagare
        prezzo costa costo indirizzo eliminare aiuto aiutare bisogno soldi funziona dimenticato dimenticata batteria
        aperto aperti negozio comprare comprato articolo cliente orari oggi settimana settimane giorni ricevuto
        ricevere ancora niente nulla adesso sbagliato nuovo nuova installare arriva arrivato arrivata dov'è c'è
        buongiorno buonasera vorrei voglio volete quali mille molto sempre mai potete avete siete dura qualcosa
        qualcuno aggiornamento rete""",
    "nl": """bestelling bestellingen bestellen besteld pakket pakje levering leveren geleverd levert verzending
        verzenden verzendkosten factuur rekening retour retourneren terugsturen terug terugbetaling ruilen omruilen
        garantie
        wachtwoord inloggen apparaat kapot beschadigd defect ontbreekt fout foutmelding vertraagd laat annuleren
        opzeggen abonnement betaling betalen prijs kost kosten adres wijzigen veranderen verwijderen hulp nodig geld
        werkt vergeten batterij vervangen geopend winkel kopen gekocht artikel klant klantenservice openingstijden
        vandaag week weken dagen ontvangen krijgen gekregen versturen sturen steeds niets iets nu verkeerd verkeerde
        nieuw nieuwe installeren komt hoelang hoeveel welke jullie bedankt dank goedendag hallo hoi zeg alsjeblieft
        alstublieft wilt zit geldt past sinds altijd nooit iemand""",
    "pt": """encomenda encomendas pedido pedidos pacote entrega entregar entregue envio enviar enviam fatura nota fiscal
        devolução devolucao devolver reembolso troca trocar garantia senha palavra-passe conta aparelho dispositivo
        avariado quebrado danificado danificada falta erro atraso atrasada atrasado cancelar cancelamento assinatura
        pagamento pagar preço preco custa quanto morada endereço endereco mudar apagar excluir ajuda ajudar preciso
        dinheiro funciona esqueci pilha bateria aberto abrem loja comprar comprei artigo produto cliente horário hoje
        semana semanas dias recebi receber recebido ainda nada agora errado errada novo nova instalar chega chegou
        chegada vocês voces onde aonde bom boa dia tarde olá ola gostaria queria querem também tambem sempre nunca
        alguém alguem isto minha meu obrigado atualização aplicativo aplicação qual quais desde podem existe isso""",
    "sv": """beställning beställningar beställa beställde beställt paket leverans leverera levererat frakt frakten
        skicka skickar faktura fakturan returnera retur återbetalning byta byte garanti garantin lösenord lösenordet
        konto kontot logga apparat apparaten trasig skadat skadad saknas fel försenad försenat avbeställa avsluta
        abonnemang betalning betala pris kostar adress adressen ändra radera hjälp hjälpa behöver pengar pengarna
        fungerar glömt batteri batteriet öppet butik köpa köpt köpte vara varan kund öppettider idag vecka veckor
        dagar fått få inget något nu ny nya installera kommer mycket länge lång vilka vilken själv också tillbaka
        alltid aldrig någon finns går göra vet uppdateringen""",
    "da": """bestilling bestillinger bestille bestilte bestilt pakke pakken levering levere leveret fragt fragten sende
        sender faktura regning returnere returnering retur refusion bytte garanti garantien adgangskode kodeord konto
        kontoen log apparat apparatet ødelagt beskadiget mangler fejl forsinket afbestille annullere opsige opsiger
        abonnement betaling betale pris koster adresse adressen ændre slette hjælp hjælpe brug penge pengene virker
        glemt batteri batteriet åben åbent butik købe købt vare varen kunde åbningstider idag uge uger dage fået få
        intet noget nu ny nye installere kommer tak mange længe lang hvilke hvilken selv også tilbage altid aldrig
        nogen findes går gøre ved ikke jeg hvad opdateringen""",
    "pl": """zamówienie zamówienia zamówiłem zamówiłam zamówić zamowienie paczka paczkę paczki przesyłka przesyłkę
        dostawa dostawy dostawę wysyłka wysyłki wysłać wysyłacie faktura faktury fakturę zwrot zwrotu zwrócić
        reklamacja wymiana wymienić gwarancja gwarancji gwarancję hasło hasła haslo konto konta urządzenie
        urządzenia urzadzenie zepsute zepsuty uszkodzona uszkodzony brak brakuje błąd blad spóźniona opóźnienie
        anulować zrezygnować subskrypcja subskrypcję płatność płatności zapłacić cena cenę kosztuje koszt adres
        zmienić zmienic usunąć usunac pomoc pomocy potrzebuję potrzebuje pieniądze pieniędzy pieniadze działa dziala
        zapomniałem zapomniałam bateria baterię otwarte sklep kupić kupiłem kupiłam produkt klient godziny dziś
        dzisiaj tydzień tygodnie dni otrzymałem otrzymałam dostałem nadal nic coś teraz nowy nowa nową zainstalować
        kiedy przyjdzie dziękuję dziekuje witam cześć chciałbym chciałabym chce moge jaką jakie zły zła wysyłką
        aplikacja zresetować ciągle też""",
    # Hindi in Latin letters is no language of ours, and its words look like theirs: it counts as unknown.
    "hi-Latn": """hai hain kya kab kaise kahan mera meri mere mujhe aap aapka aapke ka ki ko ke se mai main hu hun ho
        nahi nhi kar karo karna karne kr krna krne kitna kitne kitni chahiye chaiye tha thi raha rahe rahi aur koi bhi
        toh ye yeh wo woh par pe bhai sir ji haan batao bataye milega milegi aayega ayega liye wala wali abhi jab
        tak kyu kyun le lena dena""",
}
