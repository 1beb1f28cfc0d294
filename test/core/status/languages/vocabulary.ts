// What the rules look for, a language each: words that only mail administrators say, words that promise nothing, and how the promises read.

export interface Vocabulary {
  /** Nowhere in a text for the public. */
  readonly forbidden: RegExp;
  /** A moment by its distance from now, which a text that is read later gets wrong. */
  readonly relative: RegExp;
  /** We, us, our. */
  readonly we: RegExp;
  /** Somebody else to blame. */
  readonly others: RegExp;
  /** A sentence that gives a time for late mail. */
  readonly expects: RegExp;
  /** How such a time must read: a range, or a share with its later end. */
  readonly range: RegExp;
  /** How often the range is right. */
  readonly share: RegExp;
  readonly cannotSay: RegExp;
  readonly notLost: RegExp;
  readonly allWell: RegExp;
  readonly allThrough: RegExp;
  readonly evenWithout: RegExp;
  readonly restraint: RegExp;
  readonly reason: RegExp;
  readonly spared: RegExp;
  readonly gone: RegExp;
  readonly again: RegExp;
  readonly messages: RegExp;
}

export const vocabularies: Readonly<Record<string, Vocabulary>> = {
  en: {
    forbidden:
      /\b(MTAs?|SMTP|queues?|queued|deferred|deferrals?|bounced?|bounces|DNS|backlogs?|MX|latency|nodes?|spool|retry|retries|destinations?|recipients?|relay|IP|TLS|hosts?)\b|inconvenience|should be fine|\bshortly\b|\bsoon\b|\bsome users\b|%/i,
    relative:
      /\b(today|tomorrow|yesterday|tonight|now on|in \d+ (minutes|hours)|within \d+|\d+ (minutes|hours) ago)\b/i,
    we: /\b(we|us|our)\b/i,
    others: /\b(IT|team|provider|supplier|vendor|administrators?|technicians?|department)\b/,
    expects: /\bWe expect\b/,
    range: /between .*\d\d:\d\d.* and .*\d\d:\d\d|\d+ out of \d+ .*by \d\d:\d\d/,
    share: /8 times out of 10|\d+ out of \d+/,
    cannotSay: /We cannot say yet|We do not know how/,
    notLost: /\bnot lost\b|none of it is lost|no mail is lost/i,
    allWell: /working normally|back to normal|as usual/i,
    allThrough: /no more late mail|All the late mail/,
    evenWithout: /even if we have no news|when the work starts/,
    restraint: /do not keep signing in/i,
    reason: /our server is at its limit/i,
    spared: /not affected|as far as we can see|lines that work|We cannot say yet how much/i,
    gone: /\bis gone\b/,
    again: /send it again/,
    messages: /(?<! in )(?<!\S)(\S+) (?:late )?messages/g,
  },
  de: {
    forbidden:
      /\b(MTAs?|SMTP|Warteschlangen?|Bounces?|DNS|Backlogs?|MX|Latenz(en)?|Knoten|Spool|Relays?|IP|TLS|Hosts?|Queues?|zurückgestellt|Unannehmlichkeiten|in Kürze|bald|demnächst|einige Nutzer|manche Nutzer|zeitnah|umgehend|Rückstau)\b|%|sollte (wieder )?gehen/i,
    relative:
      /(^|[^\p{L}])(heute|morgen|gestern|vorhin|in \d+ (Minuten|Stunden)|vor \d+ (Minuten|Stunden))([^\p{L}]|$)/iu,
    we: /(^|[^\p{L}])(wir|uns|unser\p{L}*)([^\p{L}]|$)/iu,
    others: /\b(IT|Team|Anbieter|Dienstleister|Hersteller|Administrator(en)?|Techniker|Abteilung)\b/,
    expects: /Wir erwarten/,
    range: /zwischen .*\d\d:\d\d.* und .*\d\d:\d\d|\d+ von \d+ .*bis .*\d\d:\d\d/,
    share: /8 von 10 Fällen|\d+ von \d+/,
    cannotSay: /können noch nicht sagen|Wir wissen nicht|Wir sehen unseren Mailserver nicht/,
    notLost: /nicht verloren|geht nichts verloren/i,
    allWell: /funktioniert (wieder )?normal|wie gewohnt/i,
    allThrough: /keiner verspäteten Post mehr|Alle verspätete Post/,
    evenWithout: /auch wenn wir nichts Neues wissen|wenn die Arbeiten beginnen/,
    restraint: /nicht immer wieder an/i,
    reason: /Unser Server ist ausgelastet/,
    spared: /nicht betroffen|soweit wir sehen|die funktionieren|noch nicht sagen, wie viele/i,
    gone: /sind verloren/,
    again: /noch einmal zu schicken/,
    messages: /(?<! von )(?<!\S)(\S+) (?:verspätete )?E-Mails/g,
  },
  fr: {
    forbidden:
      /(^|[^\p{L}])(MTA|SMTP|files? d’attente|files? d'attente|rebonds?|DNS|MX|latence|nœuds?|relais|IP|TLS|hôtes?|bientôt|sous peu|prochainement|dès que possible|meilleurs délais|gêne occasionnée|désagréments?|certains utilisateurs|différés?)([^\p{L}]|$)|%|devrait aller/iu,
    relative:
      /(^|[^\p{L}])(aujourd’hui|demain|hier|ce soir|tout à l’heure|dans \d+ (minutes|heures)|il y a \d+ (minutes|heures))([^\p{L}]|$)/iu,
    we: /(^|[^\p{L}])(nous|notre|nos)([^\p{L}]|$)/iu,
    others: /(^|[^\p{L}])(fournisseur|prestataire|administrateurs?|techniciens?|équipe informatique)([^\p{L}]|$)/iu,
    expects: /Nous pensons que le retard|Nous (en )?attendons/,
    range: /entre .*\d\d:\d\d.* et .*\d\d:\d\d|\d+ sur \d+ .*avant .*\d\d:\d\d/,
    share: /8 fois sur 10|\d+ sur \d+/,
    cannotSay: /ne pouvons pas encore dire|Nous ne savons pas|ne savons pas comment/,
    notLost: /ne sont pas perdus|Aucun d’eux n’est perdu/i,
    allWell: /fonctionne normalement|revenue à la normale|comme d’habitude/i,
    allThrough: /ne voyons plus de retard|Tout le courrier en retard/,
    evenWithout: /même sans nouvelles|au début des travaux/,
    restraint: /ne pas vous connecter sans cesse/i,
    reason: /notre serveur est à sa limite/,
    spared: /n’est pas touché|Pour autant que nous le voyons|lignes qui marchent|pas encore dire combien/i,
    gone: /sont perdus/,
    again: /de les renvoyer/,
    messages: /(?<!\S)([\d\u00a0\u202f]+) messages(?! sur)/g,
  },
  es: {
    forbidden:
      /(^|[^\p{L}])(MTA|SMTP|colas?|rebotes?|rebotados?|DNS|MX|latencia|nodos?|relé|IP|TLS|hosts?|pronto posible|en breve|próximamente|lo antes posible|molestias|algunos usuarios|diferidos?)([^\p{L}]|$)|%|debería ir bien/iu,
    relative:
      /(^|[^\p{L}])(hoy|mañana|ayer|esta noche|dentro de \d+ (minutos|horas)|hace \d+ (minutos|horas))([^\p{L}]|$)/iu,
    we: /(^|[^\p{L}])(nosotros|nos|esperamos|nuestr[oa]s?|vemos|sabemos|podemos|estamos|queríamos|dijimos|decimos|prometimos|tenemos)([^\p{L}]|$)/iu,
    others: /(^|[^\p{L}])(proveedor(es)?|administrador(es)?|técnicos?|departamento)([^\p{L}]|$)/iu,
    expects: /Esperamos (que|acabar)/,
    range: /entre .*\d\d:\d\d.* y .*\d\d:\d\d|\d+ de cada \d+ .*a más tardar, .*\d\d:\d\d/,
    share: /8 de cada 10 veces|\d+ de cada \d+/,
    cannotSay: /Aún no podemos decir|No sabemos|no sabemos/,
    notLost: /no se han perdido|no se pierden|Ninguno de ellos se ha perdido/i,
    allWell: /con normalidad|vuelto a la normalidad|como siempre/i,
    allThrough: /No sabemos de más|Todo el correo atrasado/,
    evenWithout: /aunque no haya nada nuevo|cuando empiecen los trabajos/,
    restraint: /no entre una y otra vez/i,
    reason: /nuestro servidor está al límite/,
    spared: /no está afectado|Hasta donde vemos|líneas que funcionan|no podemos decir cuánto/i,
    gone: /Se han perdido mensajes/,
    again: /que los envíen otra vez/,
    messages: /(?<!cada )(?<!\S)(\S+) mensajes/g,
  },
};
