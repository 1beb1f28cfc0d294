// Español, borrador: véase README.md. Palabras cortas, frases enteras; cómo se escriben las horas y los números pequeños está al final.

import type { Messages } from "../sentences.ts";

export const messages: Messages = {
  "headline.blind": "No vemos si el correo funciona.",
  "headline.normal": "El correo funciona con normalidad.",
  "headline.normal.gone": "El correo funciona, pero se han perdido mensajes anteriores.",
  "headline.planned": "Trabajos previstos en el correo: {window}.",
  "headline.planned.unknown": "Hay trabajos previstos en el correo.",
  "headline.work": "Los trabajos previstos en el correo están en marcha.",
  "headline.overrun": "Los trabajos en el correo duran más de lo que dijimos.",
  "headline.suspected": "El correo puede ir lento. Estamos mirando por qué.",
  "headline.down": "El correo no funciona.",
  "headline.down.long":
    "Sin correo desde hace más de {days, plural, =1 {un día} other {# días}}. {share, select, much {Muchos} other {Algunos}} mensajes pueden ser devueltos.",
  "headline.filter": "El correo llega tarde. Nuestra revisión de mensajes no funciona.",
  "headline.receiving": "No llegan mensajes nuevos. El envío funciona, hasta donde sabemos.",
  "headline.sending": "Los mensajes no salen. La llegada funciona, hasta donde sabemos.",
  "headline.again": "El correo ha dejado de funcionar otra vez.",
  "headline.again.long":
    "Otra vez sin correo desde hace más de {days, plural, =1 {un día} other {# días}}. Puede haber devoluciones.",
  "headline.again.filter": "El correo llega tarde otra vez. Nuestra revisión no funciona.",
  "headline.again.receiving": "Otra vez no llegan mensajes. El envío funciona, hasta donde sabemos.",
  "headline.again.sending": "Otra vez no salen mensajes. La llegada funciona, hasta donde sabemos.",
  "headline.partial": "El correo funciona solo en parte.",
  "headline.lines":
    "El correo funciona, pero {failing} de nuestras {of} líneas {failingN, plural, one {está parada} other {están paradas}}.",
  "headline.places": "El correo funciona, pero lo que va a algunos sitios tiene que esperar.",
  "headline.parts": "El correo funciona, pero {n, plural, =1 {una parte} other {# partes}} de nuestro servicio no.",
  "headline.late.only": "El correo funciona, pero algunos mensajes llegan tarde.",
  "headline.late": "El correo funciona de nuevo. Aún hay mensajes atrasados en camino.",
  "headline.late.through": "El correo funciona de nuevo. No sabemos de más mensajes atrasados.",
  "headline.resolved": "El correo ha vuelto a la normalidad.",
  "headline.resolved.gone": "El correo ha vuelto a la normalidad, pero se han perdido mensajes.",

  "promise.broken": "Prometimos novedades para {by}. No había nada nuevo. Lo sentimos.",

  "blind.unknown":
    "No vemos nuestro servidor de correo y no sabemos cómo está. Lo que dijimos antes puede no ser cierto ya.",
  "normal.works": "Los mensajes salen y llegan como siempre.",
  "planned.when": "Trabajaremos en nuestro correo. Será {window}.",
  "planned.whenUnknown": "Trabajaremos en nuestro servidor de correo. Diremos cuándo.",
  "work.began": "Queríamos empezar {at}, y los trabajos están en marcha.",
  "work.underWay": "Estamos trabajando en nuestro servidor de correo.",
  "work.until": "Los trabajos duran, según nuestro plan, hasta {to}.",
  "work.overrun": "Dijimos que los trabajos durarían hasta {to}. Duran más, y lo sentimos.",
  "work.overrun.end": "Aún no podemos decir cuándo terminaremos.",
  "work.became": "Esto empezó con trabajos previstos que duran más de lo que dijimos.",
  "down.since": "El correo no funciona desde {at}.",
  "down.sinceUnknown": "El correo ha dejado de funcionar.",
  "receiving.since": "No llegan mensajes nuevos desde {at}.",
  "receiving.sinceUnknown": "En este momento no llegan mensajes nuevos.",
  "sending.since": "Los mensajes no salen desde {at}.",
  "sending.sinceUnknown": "En este momento los mensajes no salen.",
  "filter.since": "Revisamos cada mensaje contra virus y spam. Esa revisión no funciona desde {at}.",
  "filter.sinceUnknown": "Revisamos cada mensaje contra virus y spam. Esa revisión no funciona.",
  "again.times": "El correo funcionó {worked}. Luego se paró otra vez.",
  "again.stopped": "El correo está parado otra vez desde {stopped}.",
  "again.sorry": "Dijimos demasiado pronto que estaba arreglado. Lo sentimos.",
  "again.times.part": "El correo funcionó en parte {worked}. Luego se paró otra vez.",
  "again.sorry.part": "Lo sentimos.",
  "again.estimate": "Nuestro último cálculo ya no vale: por favor, no lo tenga en cuenta.",
  "again.care": "Diremos que está arreglado cuando haya funcionado 2 horas seguidas.",
  "suspected.quiet":
    "Hace un rato que no llega ningún mensaje. Puede ser una hora tranquila, o puede que algo vaya mal. Lo estamos mirando.",
  "suspected.late": "Esperan más mensajes de lo normal. Estamos mirando por qué.",
  "suspected.sign": "Hemos visto una señal de avería. Puede no ser nada. Lo estamos mirando.",
  "suspected.means": "Si algo va mal, una parte de su correo puede llegar tarde.",
  "seems.back": "Parece que funciona desde {at}. Esperamos a estar seguros.",
  "parts.failing": "{n, plural, =1 {Esta parte no funciona} other {Estas partes no funcionan}} bien: {names}.",
  "partial.since": "Es así desde {at}.",
  "partial.sinceUnknown": "Una parte de nuestro correo no funciona.",
  "lines.failing": "No podemos usar {failing} de nuestras {of} líneas de correo.",
  "places.since": "Algunos sitios a los que enviamos correo no responden desde {at}.",
  "places.sinceUnknown": "Algunos sitios a los que enviamos correo no responden.",
  "late.back": "El correo funciona de nuevo desde {at}.",
  "late.new": "Los mensajes nuevos van como siempre.",
  "late.new.slow": "Los mensajes nuevos pueden ir lentos hasta que pase el correo atrasado.",
  "resolved.since": "El correo funciona sin interrupción desde {at}.",
  "resolved.again": "El correo funciona sin interrupción desde hace más de 2 horas.",

  "means.neither": "Usted no puede enviar ni recibir mensajes.",
  "means.mayNot": "Es posible que usted no pueda enviar ni recibir mensajes.",
  "means.work": "Durante los trabajos, es posible que no pueda enviar, recibir ni leer mensajes.",
  "work.notLost": "Los mensajes que le envíen en ese tiempo no se pierden.",
  "work.keep": "Los otros servidores guardan lo que no pueden entregar y lo intentan otra vez.",
  "means.receiving": "No le llegan mensajes nuevos. Hasta donde vemos, usted puede seguir enviando mensajes.",
  "means.sending": "Lo que usted envía tiene que esperar. Hasta donde vemos, le siguen llegando mensajes nuevos.",
  "means.filter": "Lo que usted envía y recibe tiene que esperar a que la revisión funcione.",
  "means.lines":
    "Cerca de {failing} de cada {of} mensajes {failing, plural, one {puede} other {pueden}} llegarle tarde, por otra línea.",
  "means.lines.rest": "Todos los demás mensajes le llegan por las líneas que funcionan.",
  "means.places":
    "{n, plural, =0 {El correo para ellos espera en nuestro servidor.} other {Unos # mensajes para ellos esperan en nuestro servidor.}} Seguimos intentándolo.",
  "means.places.rest": "El correo a todos los demás sitios no está afectado.",
  "means.unclear": "Una parte de su correo puede llegar tarde. Aún no podemos decir cuánto.",

  "senders.notLost": "Los mensajes que le han enviado no se han perdido hasta ahora.",
  "senders.keep": "Otros servidores los guardan y lo intentan otra vez, la mayoría durante varios días.",
  "senders.keepMail":
    "Otros servidores guardan lo que le envían y lo intentan otra vez, la mayoría durante varios días.",
  "senders.days":
    "La mayoría de los remitentes lo intentan 4 o 5 días. Algunos abandonan después de {days, plural, =1 {un día} other {# días}}.",
  "senders.most": "La mayoría de los remitentes abandonan después de 4 o 5 días.",
  "senders.nearlyAll": "A estas alturas casi todos los remitentes han dejado de intentarlo.",
  "senders.mayReturn":
    "Por eso {share, select, much {muchos} other {algunos}} mensajes que le han enviado desde {since} pueden ser devueltos a su remitente.",
  "senders.mayHaveReturned":
    "Algunos mensajes que le enviaron durante la avería pueden haber sido devueltos a su remitente.",
  "senders.stillOut":
    "{n, plural, =0 {Hay mensajes atrasados para usted} other {Unos # mensajes atrasados para usted están}} todavía en otros servidores.",
  "senders.stillOut.range": "Esperamos que 9 de cada 10 lleguen, a más tardar, {by}.",
  "senders.stillOut.rest": "Esperamos que 99 de cada 100 lleguen, a más tardar, {until}.",
  "senders.stillOut.why": "Cada servidor elige cuándo lo intenta otra vez.",
  "senders.stillOut.late": "Llegan más tarde de lo que pensábamos. Aún no podemos decir cuándo llegarán.",
  "senders.stillOut.unknown": "Aún no podemos decir cuándo llegarán.",

  "kept.here": "Guardamos los mensajes que esperan en nuestro servidor. Los enviaremos cuando sea posible.",
  "kept.atRisk": "Algunos de los que esperan aquí pueden ser devueltos a su remitente si esto dura.",
  "kept.all": "Ninguno de ellos se ha perdido.",

  "late.waiting":
    "{n, plural, =0 {Hay mensajes atrasados que esperan} other {Unos # mensajes atrasados esperan}} todavía en nuestro servidor.",
  "late.unknown": "No sabemos cuántos mensajes atrasados quedan.",
  "late.expected": "Esperamos acabar {between}.",
  "late.share": "Acertamos unas 8 de cada 10 veces.",
  "late.cannotSay": "Aún no podemos decir cuándo habrá pasado el correo atrasado de nuestro servidor.",
  "late.gone": "Todo el correo atrasado que conocemos ya ha pasado.",
  "late.nearlyGone": "Casi todo el correo atrasado de nuestro servidor ya ha pasado.",
  "late.watching": "Seguimos mirando durante 2 horas antes de decir que todo va bien.",
  "late.watching.staff": "Seguimos mirando y diremos aquí cuándo todo va bien.",
  "late.oldDate": "Un mensaje atrasado conserva su fecha: puede aparecer más abajo en su bandeja.",
  "down.cannotSay": "Aún no podemos decir cuándo estará arreglado.",
  "places.cannotSay": "Aún no podemos decir cuándo responderán esos sitios.",

  "account.times": "La avería duró {stretch}.",
  "account.length": "Son {length}.",
  "account.late": "Después {n, plural, =0 {llegaron mensajes atrasados} other {llegaron unos # mensajes atrasados}}.",
  "account.arrived": "Todo el correo atrasado que conocemos ya ha llegado.",
  "account.gone": "Todo el correo atrasado que conocemos ya ha salido.",
  "account.returned":
    "No pudimos entregar {n, plural, =0 {algunos mensajes} other {# mensajes}}, que fueron devueltos a sus remitentes.",
  "account.uncounted": "No podemos contar lo que otros servidores abandonaron antes.",

  "hole.copy": "Tuvimos que volver a una copia anterior de nuestro correo.",
  "hole.gone": "Se han perdido mensajes. Llegaron {stretch}.",
  "hole.more": "También se han perdido los de {n, plural, =1 {un período anterior} other {# períodos anteriores}}.",

  "do.nothing": "Nada por ahora.",
  "do.nothingWork": "Nada, salvo que espere algo urgente.",
  "do.nothingIfWorks": "Si su correo funciona, no tiene que hacer nada.",
  "do.otherWay": "Si algo es urgente, use por favor otra vía.",
  "do.ask": "Si espera algo urgente, pida que se lo envíen por otra vía.",
  "do.wait": "Por favor, espere hasta {until} antes de enviar o pedir algo otra vez.",
  "do.missing": "Si todavía le falta algo, pida a su remitente que lo envíe otra vez.",
  "do.sendAgain": "Pida a los remitentes de los mensajes perdidos que los envíen otra vez.",
  "do.sparing":
    "Por favor, no entre una y otra vez para mirar: nuestro servidor está al límite, y eso frena el correo atrasado.",
  "do.follow": "No hace falta que nos llame: decimos aquí lo que sabemos.",

  "next.by": "{by} a más tardar, aunque no haya nada nuevo.",
  "next.start": "{at}, cuando empiecen los trabajos.",

  "update.noNews": "Aún no sabemos nada nuevo y seguimos en ello.",
  "update.estimate": "Tenemos un nuevo cálculo.",
  "update.withdrawn": "Nuestro último cálculo ya no vale: por favor, no lo tenga en cuenta.",

  "title.suspected": "Señales de avería en el correo",
  "title.down": "Avería del correo",
  "title.filter": "Correo atrasado: la revisión de mensajes no funciona",
  "title.receiving": "No llegan mensajes nuevos",
  "title.sending": "No salen mensajes",
  "title.lines": "Avería en {failing} de nuestras {of} líneas de correo",
  "title.partial": "El correo funciona solo en parte",
  "title.late": "Correo atrasado",
  "title.overrun": "Trabajos más largos de lo previsto",
  "title.trouble": "Problema con el correo",
  "title.window": "Trabajos previstos en el correo",

  "admin.blind": "Mailtide no ve nada: {why}.",
  "admin.unknown": "El estado de la cola es desconocido.",
  "admin.clear": "Ningún mensaje está atrasado; {n, plural, =1 {hay # mensaje} other {hay # mensajes}} en la cola.",
  "admin.delayed":
    "{delayed, number} de {messages, plural, =1 {# mensaje} other {# mensajes}} con retraso ({state, select, draining {la cola se vacía} waiting {todo espera el próximo intento} stalled {nada se mueve} growing {la cola crece} other {desconocido}}), {due, number} para intentar ahora.",
  "admin.range":
    "Fin del retraso: {likely}; 8 de cada 10 veces entre {earliest} y {latest}; el límite es {limit, select, capacity {lo que puede el servidor} retry_timers {la espera entre intentos} senders {los remitentes} destination {destinos que no responden} stalls {un bloqueo} other {ninguno}}.",
  "admin.stuck": "Parado en {place}: {n, plural, =1 {# destinatario} other {# destinatarios}} ({reason}).",
  "admin.stuck.until":
    "Parado en {place}: {n, plural, =1 {# destinatario} other {# destinatarios}} ({reason}), se abandona desde {from}.",
  "admin.stuck.more": "{n, plural, =1 {Hay # destino parado más} other {Hay # destinos parados más}}.",
  "admin.waiting":
    "En casa de sus remitentes {n, plural, =1 {espera cerca de # mensaje} other {esperan cerca de # mensajes}}.",
  "admin.counted": "Un vigía ha contado {n, number} de estos mensajes ({at}).",
  "admin.counted.between": "Un vigía ha contado entre {n, number} y {most, number} de estos mensajes ({at}).",
  "admin.counted.part": "Un vigía ha contado {n, number} de estos mensajes ({at}), pero no observa desde el principio.",
  "admin.givenUp": "Ya se han abandonado cerca de {n, number}.",
  "admin.nextGiveUp": "Los próximos remitentes abandonan desde {from}.",
  "admin.mark18":
    "Nuestro servidor falta desde hace {hours, number} horas: los primeros remitentes abandonan desde {from}. Ponga antes un servidor que acepte correo, o avise a la gente.",
  "admin.returning":
    "Unos {out, number} de {held, number} mensajes siguen con sus remitentes; casi todos deberían estar aquí, a más tardar, {by}.",
  "admin.within1h":
    "{n, plural, =1 {# destinatario será abandonado} other {# destinatarios serán abandonados}} en una hora si no se entrega.",
  "admin.held": "{n, plural, =1 {Hay # mensaje retenido} other {Hay # mensajes retenidos}}.",
  "admin.lines": "De nuestras direcciones, {n, plural, =1 {esta no responde} other {estas # no responden}}: {names}.",
  "admin.promise.soon": "Se prometió decir algo nuevo al público; el plazo es {by}: diga algo ahora.",
  "admin.promise.broken": "Se prometió decir algo nuevo al público; el plazo era {by}, y no se dijo nada.",

  moment: "el {day} a {hour, plural, =1 {la} other {las}} {time}",
  "between.day":
    "el {day} entre {fromHour, plural, =1 {la} other {las}} {from} y {toHour, plural, =1 {la} other {las}} {to}",
  "between.days": "entre {from} y {to}",
  "stretch.day":
    "el {day} desde {fromHour, plural, =1 {la} other {las}} {from} hasta {toHour, plural, =1 {la} other {las}} {to}",
  "stretch.days": "desde {from} hasta {to}",
  zone: " ({zone})",
  word: "{n, plural, =1 {una} =2 {dos} =3 {tres} =4 {cuatro} =5 {cinco} =6 {seis} =7 {siete} =8 {ocho} =9 {nueve} =10 {diez} =11 {once} =12 {doce} other {#}}",
};
