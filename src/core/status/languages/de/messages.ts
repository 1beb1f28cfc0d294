// Deutsch, vollständig. Kurze Wörter, ganze Sätze; wie Zeiten und kleine Zahlen geschrieben werden, steht am Ende.

import type { Messages } from "../sentences.ts";

export const messages: Messages = {
  "headline.blind": "Wir sehen nicht, ob E-Mail funktioniert.",
  "headline.normal": "E-Mail funktioniert normal.",
  "headline.normal.gone": "E-Mail funktioniert, aber einige ältere E-Mails sind verloren.",
  "headline.planned": "Geplante Arbeiten an E-Mail: {window}.",
  "headline.planned.unknown": "Arbeiten an E-Mail sind geplant.",
  "headline.work": "Die geplanten Arbeiten an E-Mail laufen.",
  "headline.overrun": "Die geplanten Arbeiten an E-Mail dauern länger als angekündigt.",
  "headline.suspected": "E-Mail ist vielleicht langsam. Wir gehen der Sache nach.",
  "headline.down": "E-Mail funktioniert nicht.",
  "headline.down.long":
    "E-Mail steht seit mehr als {days, plural, =1 {einem Tag} other {# Tagen}} still. {share, select, much {Vieles} other {Manches}} kann zum Absender zurückgehen.",
  "headline.filter": "E-Mail kommt spät. Unsere Prüfung auf Spam und Viren läuft nicht.",
  "headline.receiving": "Neue E-Mails kommen nicht an. Senden geht, soweit wir wissen.",
  "headline.sending": "E-Mails gehen nicht hinaus. Neue kommen an, soweit wir wissen.",
  "headline.again": "E-Mail funktioniert wieder nicht.",
  "headline.again.long":
    "E-Mail steht wieder seit mehr als {days, plural, =1 {einem Tag} other {# Tagen}} still. Manches kann zurückgehen.",
  "headline.again.filter": "E-Mail kommt wieder spät. Unsere Prüfung auf Spam und Viren läuft nicht.",
  "headline.again.receiving": "Neue E-Mails kommen wieder nicht an. Senden geht, soweit wir wissen.",
  "headline.again.sending": "E-Mails gehen wieder nicht hinaus. Neue kommen an, soweit wir wissen.",
  "headline.partial": "E-Mail funktioniert nur zum Teil.",
  "headline.lines":
    "E-Mail funktioniert, aber {failing} unserer {of} Mail-Leitungen {failingN, plural, one {fällt} other {fallen}} aus.",
  "headline.places": "E-Mail funktioniert, aber die Post an einige andere Stellen muss warten.",
  "headline.parts": "E-Mail funktioniert, aber {n, plural, =1 {ein Teil} other {# Teile}} unseres Dienstes nicht.",
  "headline.late.only": "E-Mail funktioniert, aber manche Post kommt später.",
  "headline.late": "E-Mail funktioniert wieder. Verspätete Post ist noch unterwegs.",
  "headline.late.through": "E-Mail funktioniert wieder. Wir wissen von keiner verspäteten Post mehr.",
  "headline.resolved": "E-Mail funktioniert wieder normal.",
  "headline.resolved.gone": "E-Mail funktioniert wieder normal, aber einige E-Mails sind verloren.",

  "promise.broken": "Wir haben versprochen, bis {by} mehr zu sagen. Da hatten wir nichts Neues. Das tut uns leid.",

  "blind.unknown":
    "Wir sehen unseren Mailserver nicht und wissen deshalb nicht, wie es um E-Mail steht. Was wir zuletzt gesagt haben, kann überholt sein.",
  "normal.works": "E-Mails gehen hinaus und kommen an wie gewohnt.",
  "planned.when": "Wir arbeiten {window} an unserem Mailserver.",
  "planned.whenUnknown": "Wir werden an unserem Mailserver arbeiten. Wir sagen noch, wann.",
  "work.began": "Die Arbeiten waren ab {at} geplant und laufen jetzt.",
  "work.underWay": "Wir arbeiten an unserem Mailserver.",
  "work.until": "Wir wollen bis {to} fertig sein.",
  "work.overrun": "Wir wollten bis {to} fertig sein. Es dauert länger, und das tut uns leid.",
  "work.overrun.end": "Wir können noch nicht sagen, wann wir fertig sind.",
  "work.became": "Begonnen hat es mit geplanten Arbeiten, die länger dauern als angekündigt.",
  "down.since": "E-Mail funktioniert seit {at} nicht mehr.",
  "down.sinceUnknown": "E-Mail funktioniert nicht mehr.",
  "receiving.since": "Neue E-Mails kommen seit {at} nicht mehr an.",
  "receiving.sinceUnknown": "Neue E-Mails kommen zurzeit nicht an.",
  "sending.since": "E-Mails gehen seit {at} nicht mehr hinaus.",
  "sending.sinceUnknown": "E-Mails gehen zurzeit nicht hinaus.",
  "filter.since": "Wir prüfen jede E-Mail auf Spam und Viren. Diese Prüfung läuft seit {at} nicht mehr.",
  "filter.sinceUnknown": "Wir prüfen jede E-Mail auf Spam und Viren. Diese Prüfung läuft nicht.",
  "again.times": "E-Mail hat {worked} funktioniert und steht seitdem wieder still.",
  "again.stopped": "E-Mail steht seit {stopped} wieder still.",
  "again.sorry": "Wir haben zu früh gesagt, dass alles wieder geht. Das tut uns leid.",
  "again.times.part": "E-Mail hat {worked} zum Teil funktioniert und steht seitdem wieder still.",
  "again.sorry.part": "Das tut uns leid.",
  "again.estimate": "Unsere letzte Schätzung gilt nicht mehr, bitte richten Sie sich nicht danach.",
  "again.care": "Wir geben erst Entwarnung, wenn E-Mail 2 Stunden lang ohne Unterbrechung funktioniert hat.",
  "suspected.quiet":
    "Seit einer Weile ist keine E-Mail angekommen. Vielleicht ist es nur gerade ruhig, vielleicht stimmt etwas nicht. Wir sehen nach.",
  "suspected.late": "Es warten mehr E-Mails als sonst. Wir sehen nach, warum.",
  "suspected.sign": "Wir haben ein Zeichen für eine Störung gesehen. Vielleicht ist es nichts. Wir sehen nach.",
  "suspected.means": "Wenn etwas nicht stimmt, kann Post an Sie oder von Ihnen später ankommen.",
  "seems.back": "Seit {at} scheint es wieder zu gehen. Wir warten noch, bis wir sicher sind.",
  "parts.failing":
    "{n, plural, =1 {Dieser Teil funktioniert} other {Diese Teile funktionieren}} nicht wie gewohnt: {names}.",
  "partial.since": "Begonnen hat es am {at}.",
  "partial.sinceUnknown": "Ein Teil unseres Maildienstes funktioniert nicht.",
  "lines.failing": "Wir können {failing} unserer {of} Mail-Leitungen nicht nutzen.",
  "places.since": "Einige Stellen, an die wir E-Mails schicken, antworten seit {at} nicht.",
  "places.sinceUnknown": "Einige Stellen, an die wir E-Mails schicken, antworten nicht.",
  "late.back": "E-Mail funktioniert wieder seit {at}.",
  "late.new": "Neue E-Mails laufen wie gewohnt.",
  "late.new.slow": "Neue E-Mails können langsam sein, bis die verspätete Post durch ist.",
  "resolved.since": "E-Mail funktioniert seit {at} ohne Unterbrechung.",
  "resolved.again": "E-Mail funktioniert seit mehr als 2 Stunden ohne Unterbrechung.",

  "means.neither": "Sie können keine E-Mails senden oder empfangen.",
  "means.mayNot": "Sie können vielleicht keine E-Mails senden oder empfangen.",
  "means.work": "Während wir arbeiten, können Sie vielleicht keine E-Mails senden, empfangen oder lesen.",
  "work.notLost": "E-Mails, die man Ihnen in dieser Zeit schickt, gehen nicht verloren.",
  "work.keep": "Andere Mailserver behalten, was sie nicht übergeben können, und versuchen es wieder.",
  "means.receiving": "Neue E-Mails erreichen Sie nicht. Soweit wir sehen, können Sie weiter E-Mails senden.",
  "means.sending": "Was Sie senden, muss warten. Soweit wir sehen, erreichen neue E-Mails Sie weiter.",
  "means.filter": "Was Sie senden und bekommen, muss warten, bis die Prüfung wieder läuft.",
  "means.lines":
    "Etwa {failing} von {of} E-Mails an Sie {failing, plural, one {kann} other {können}} später kommen, bis eine andere Leitung sie annimmt.",
  "means.lines.rest": "Alle übrigen E-Mails an Sie kommen über die Leitungen, die funktionieren.",
  "means.places":
    "{n, plural, =0 {Die E-Mails für sie warten bei uns.} other {Etwa # E-Mails für sie warten bei uns.}} Wir versuchen es weiter.",
  "means.places.rest": "E-Mails an alle anderen Stellen sind nicht betroffen.",
  "means.unclear": "Ein Teil Ihrer E-Mails kann später kommen. Wir können noch nicht sagen, wie viele.",

  "senders.notLost": "E-Mails an Sie sind bisher nicht verloren.",
  "senders.keep": "Andere Mailserver behalten sie und versuchen es wieder, die meisten mehrere Tage lang.",
  "senders.keepMail":
    "Andere Mailserver behalten, was man Ihnen schickt, und versuchen es wieder, die meisten mehrere Tage lang.",
  "senders.days":
    "Die meisten Absender versuchen es 4 oder 5 Tage lang. Manche geben nach {days, plural, =1 {einem Tag} other {# Tagen}} auf.",
  "senders.most": "Die meisten Absender hören nach 4 oder 5 Tagen auf.",
  "senders.nearlyAll": "Inzwischen haben fast alle Absender aufgehört, es zu versuchen.",
  "senders.mayReturn":
    "{share, select, much {Vieles} other {Manches}}, was man Ihnen seit {since} geschickt hat, kann deshalb zum Absender zurückgehen.",
  "senders.mayHaveReturned":
    "Manches, was man Ihnen während des Ausfalls geschickt hat, kann zum Absender zurückgegangen sein.",
  "senders.stillOut":
    "{n, plural, =0 {Verspätete E-Mails an Sie liegen} other {Etwa # verspätete E-Mails an Sie liegen}} noch bei anderen Mailservern.",
  "senders.stillOut.range": "Wir erwarten 9 von 10 dieser E-Mails bis {by}.",
  "senders.stillOut.rest": "Wir erwarten 99 von 100 bis {until}.",
  "senders.stillOut.why": "Jeder Server wählt selbst, wann er es wieder versucht.",
  "senders.stillOut.late": "Sie kommen später, als wir dachten. Wir können noch nicht sagen, wann sie kommen.",
  "senders.stillOut.unknown": "Wir können noch nicht sagen, wann sie kommen.",

  "kept.here": "E-Mails, die bei uns warten, bleiben erhalten. Wir schicken sie später weiter.",
  "kept.atRisk": "Manches, was hier wartet, kann zum Absender zurückgehen, wenn es länger dauert.",
  "kept.all": "Davon geht nichts verloren.",

  "late.waiting":
    "{n, plural, =0 {Einige verspätete E-Mails warten} other {Etwa # verspätete E-Mails warten}} noch bei uns.",
  "late.unknown": "Wir wissen nicht, wie viele verspätete E-Mails noch warten.",
  "late.expected": "Wir erwarten, dass die Verspätung bei uns {between} endet.",
  "late.share": "Damit haben wir in etwa 8 von 10 Fällen recht.",
  "late.cannotSay": "Wir können noch nicht sagen, wann die verspätete Post bei uns durch ist.",
  "late.gone": "Alle verspätete Post, von der wir wissen, ist jetzt durch.",
  "late.nearlyGone": "Fast alle verspätete Post bei uns ist jetzt durch.",
  "late.watching": "Wir beobachten es 2 Stunden lang, bevor wir Entwarnung geben.",
  "late.watching.staff": "Wir beobachten es weiter und sagen hier, wenn alles gut ist.",
  "late.oldDate": "Verspätete E-Mails behalten ihr altes Datum und können deshalb weiter unten im Posteingang stehen.",
  "down.cannotSay": "Wir können noch nicht sagen, wann es wieder geht.",
  "places.cannotSay": "Wir können noch nicht sagen, wann diese Stellen wieder antworten.",

  "account.times": "Die Störung hat {stretch} gedauert.",
  "account.length": "Das sind {length}.",
  "account.late":
    "Danach {n, plural, =0 {sind noch verspätete E-Mails} other {sind etwa # verspätete E-Mails}} angekommen.",
  "account.arrived": "Alle verspätete Post, von der wir wissen, ist angekommen.",
  "account.gone": "Alle verspätete Post, von der wir wissen, ist hinausgegangen.",
  "account.returned":
    "{n, plural, =0 {Einige E-Mails} other {# E-Mails}} konnten wir nicht zustellen, und sie gingen an ihre Absender zurück.",
  "account.uncounted": "Was andere Server vorher aufgegeben haben, können wir nicht zählen.",

  "hole.copy": "Wir mussten auf eine ältere Kopie unserer E-Mails zurückgehen.",
  "hole.gone": "E-Mails, die {stretch} angekommen sind, sind verloren.",
  "hole.more":
    "Auch E-Mails aus {n, plural, =1 {einem früheren Zeitraum} other {# früheren Zeiträumen}} sind verloren.",

  "do.nothing": "Im Moment nichts.",
  "do.nothingWork": "Nichts, außer Sie erwarten etwas Dringendes.",
  "do.nothingIfWorks": "Wenn Ihre E-Mail funktioniert, müssen Sie nichts tun.",
  "do.otherWay": "Wenn etwas dringend ist, nehmen Sie bitte einen anderen Weg.",
  "do.ask": "Wenn Sie etwas Dringendes erwarten, bitten Sie darum, es auf einem anderen Weg zu schicken.",
  "do.wait": "Bitte warten Sie bis {until}, bevor Sie etwas noch einmal schicken oder andere darum bitten.",
  "do.missing": "Wenn Ihnen dann noch etwas fehlt, bitten Sie den Absender, es noch einmal zu schicken.",
  "do.sendAgain": "Bitten Sie die Absender der verlorenen E-Mails, sie noch einmal zu schicken.",
  "do.sparing":
    "Bitte melden Sie sich nicht immer wieder an, um nachzusehen: Unser Server ist ausgelastet, und das bremst die verspätete Post.",
  "do.follow": "Sie müssen uns nicht anrufen: Wir sagen hier, was wir wissen.",

  "next.by": "bis {by}, auch wenn wir nichts Neues wissen.",
  "next.start": "am {at}, wenn die Arbeiten beginnen.",

  "update.noNews": "Wir wissen noch nichts Neues und bleiben dran.",
  "update.estimate": "Wir haben eine neue Schätzung.",
  "update.withdrawn": "Unsere letzte Schätzung gilt nicht mehr, bitte richten Sie sich nicht danach.",

  "title.suspected": "Anzeichen einer Störung bei E-Mail",
  "title.down": "Ausfall von E-Mail",
  "title.filter": "E-Mail verspätet: Ausfall der Prüfung auf Spam und Viren",
  "title.receiving": "Neue E-Mails kommen nicht an",
  "title.sending": "E-Mails gehen nicht hinaus",
  "title.lines": "Störung bei {failingN, plural, one {einer} other {{failing}}} unserer {of} Mail-Leitungen",
  "title.partial": "E-Mail funktioniert nur zum Teil",
  "title.late": "Verspätete E-Mails",
  "title.overrun": "Geplante Arbeiten dauern länger",
  "title.trouble": "Störung bei E-Mail",
  "title.window": "Geplante Arbeiten an E-Mail",

  "admin.blind": "Mailtide sieht nichts: {why}.",
  "admin.unknown": "Der Zustand der Warteschlange ist unbekannt.",
  "admin.clear":
    "Keine Nachricht ist verspätet; {n, plural, =1 {# Nachricht ist} other {# Nachrichten sind}} in der Warteschlange.",
  "admin.delayed":
    "{delayed, number} von {messages, plural, =1 {# Nachricht} other {# Nachrichten}} verspätet ({state, select, draining {die Warteschlange leert sich} waiting {alles wartet auf den nächsten Versuch} stalled {nichts bewegt sich} growing {die Warteschlange wächst} other {unbekannt}}), {due, number} jetzt fällig.",
  "admin.range":
    "Abgebaut etwa {likely}, in 8 von 10 Fällen zwischen {earliest} und {latest}; begrenzt durch {limit, select, capacity {die Leistung des Servers} retry_timers {die Wartezeiten zwischen den Versuchen} senders {die Absender} destination {Ziele, die nicht antworten} stalls {Stillstand} other {nichts}}.",
  "admin.stuck": "Fest hängt {place}: {n, plural, =1 {# Empfänger} other {# Empfänger}} ({reason}).",
  "admin.stuck.until":
    "Fest hängt {place}: {n, plural, =1 {# Empfänger} other {# Empfänger}} ({reason}), aufgegeben ab {from}.",
  "admin.stuck.more": "{n, plural, =1 {Ein weiteres Ziel hängt} other {# weitere Ziele hängen}} fest.",
  "admin.waiting": "Bei ihren Absendern {n, plural, =1 {wartet etwa # Nachricht} other {warten etwa # Nachrichten}}.",
  "admin.counted": "Ein Ausguck hat {n, number} dieser Nachrichten gezählt ({at}).",
  "admin.counted.between": "Ein Ausguck hat zwischen {n, number} und {most, number} dieser Nachrichten gezählt ({at}).",
  "admin.counted.part":
    "Ein Ausguck hat {n, number} dieser Nachrichten gezählt ({at}), sieht aber nicht von Anfang an zu.",
  "admin.givenUp": "Etwa {n, number} davon sind schon aufgegeben.",
  "admin.nextGiveUp": "Ab {from} geben die nächsten Absender auf.",
  "admin.mark18":
    "Unser Server ist seit {hours, number} Stunden weg: Ab {from} geben die ersten Absender auf. Stellen Sie vorher einen Server hin, der E-Mails annimmt, oder sagen Sie den Leuten, womit sie rechnen müssen.",
  "admin.returning":
    "Etwa {out, number} von {held, number} Nachrichten sind noch bei ihren Absendern; fast alle sollten bis {by} hier sein.",
  "admin.within1h":
    "{n, plural, =1 {# Empfänger wird} other {# Empfänger werden}} in einer Stunde aufgegeben, wenn die Zustellung nicht gelingt.",
  "admin.held": "{n, plural, =1 {# Nachricht ist} other {# Nachrichten sind}} angehalten.",
  "admin.lines":
    "Von unseren eigenen Adressen {n, plural, =1 {antwortet diese} other {antworten diese #}} nicht: {names}.",
  "admin.promise.soon": "Der Öffentlichkeit sind Neuigkeiten bis {by} versprochen: Sagen Sie jetzt etwas.",
  "admin.promise.broken": "Der Öffentlichkeit waren Neuigkeiten bis {by} versprochen, und es kamen keine.",

  moment: "{day} um {time} Uhr",
  "between.day": "am {day} zwischen {from} und {to} Uhr",
  "between.days": "zwischen {from} und {to}",
  "stretch.day": "am {day} von {from} bis {to} Uhr",
  "stretch.days": "von {from} bis {to}",
  zone: " ({zone})",
  word: "{n, plural, =1 {eine} =2 {zwei} =3 {drei} =4 {vier} =5 {fünf} =6 {sechs} =7 {sieben} =8 {acht} =9 {neun} =10 {zehn} =11 {elf} =12 {zwölf} other {#}}",
};
