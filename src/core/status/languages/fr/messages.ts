// Français, brouillon : voir README.md. Mots courts, phrases entières ; l’écriture des heures et des petits nombres est à la fin.

import type { Messages } from "../sentences.ts";

export const messages: Messages = {
  "headline.blind": "Nous ne voyons pas si la messagerie fonctionne.",
  "headline.normal": "La messagerie fonctionne normalement.",
  "headline.normal.gone": "La messagerie fonctionne, mais des messages plus anciens sont perdus.",
  "headline.planned": "Travaux prévus : {window}.",
  "headline.planned.unknown": "Des travaux sont prévus sur la messagerie.",
  "headline.work": "Les travaux prévus sur la messagerie sont en cours.",
  "headline.overrun": "Les travaux sur la messagerie durent plus longtemps que prévu.",
  "headline.suspected": "La messagerie est peut-être lente. Nous regardons pourquoi.",
  "headline.down": "La messagerie ne fonctionne pas.",
  "headline.down.long":
    "Messagerie arrêtée depuis plus {days, plural, =1 {d’un jour} other {de # jours}}. {share, select, much {Beaucoup de} other {Des}} messages peuvent être renvoyés.",
  "headline.filter": "Les messages ont du retard. Notre contrôle des messages ne marche pas.",
  "headline.receiving": "Les nouveaux messages n’arrivent pas. L’envoi marche, à notre connaissance.",
  "headline.sending": "Les messages ne partent pas. La réception marche, à notre connaissance.",
  "headline.again": "La messagerie s’est de nouveau arrêtée.",
  "headline.again.long":
    "Nouvel arrêt depuis plus {days, plural, =1 {d’un jour} other {de # jours}}. Des messages peuvent être renvoyés.",
  "headline.again.filter": "De nouveau du retard. Notre contrôle des messages ne marche plus.",
  "headline.again.receiving": "De nouveau, rien n’arrive. L’envoi marche, à notre connaissance.",
  "headline.again.sending": "De nouveau, rien ne part. La réception marche, à notre connaissance.",
  "headline.partial": "La messagerie ne fonctionne qu’en partie.",
  "headline.lines":
    "La messagerie fonctionne, mais {failing} de nos {of} lignes {failingN, plural, one {est} other {sont}} en panne.",
  "headline.places": "La messagerie fonctionne, mais le courrier vers quelques endroits doit attendre.",
  "headline.parts":
    "La messagerie fonctionne, mais {n, plural, =1 {une partie} other {# parties}} de notre service ne {n, plural, =1 {marche} other {marchent}} pas.",
  "headline.late.only": "La messagerie fonctionne, mais du courrier a du retard.",
  "headline.late": "La messagerie fonctionne de nouveau. Du courrier en retard doit encore arriver.",
  "headline.late.through": "La messagerie fonctionne de nouveau. Nous ne voyons plus de retard.",
  "headline.resolved": "La messagerie est revenue à la normale.",
  "headline.resolved.gone": "La messagerie est revenue à la normale, mais des messages sont perdus.",

  "promise.broken": "Nous avions promis des nouvelles avant {by}. Il n’y en avait pas. Nous en sommes désolés.",

  "blind.unknown":
    "Nous ne voyons plus le serveur et ne savons pas comment va la messagerie. Ce que nous avons dit avant n’est peut-être plus vrai.",
  "normal.works": "Les messages partent et arrivent comme d’habitude.",
  "planned.when": "Nous ferons des travaux sur notre serveur de messagerie {window}.",
  "planned.whenUnknown": "Nous ferons des travaux sur notre serveur de messagerie. Nous dirons quand.",
  "work.began": "Nous voulions commencer {at}, et les travaux sont en cours.",
  "work.underWay": "Nous travaillons sur notre serveur de messagerie.",
  "work.until": "Nous pensons finir avant {to}.",
  "work.overrun": "Nous pensions finir avant {to}. C’est plus long que prévu, et nous en sommes désolés.",
  "work.overrun.end": "Nous ne pouvons pas encore dire quand nous aurons fini.",
  "work.became": "Cela a commencé par des travaux prévus qui durent plus longtemps que nous l’avions dit.",
  "down.since": "La messagerie ne fonctionne plus depuis {at}.",
  "down.sinceUnknown": "La messagerie ne fonctionne plus.",
  "receiving.since": "Les nouveaux messages n’arrivent plus depuis {at}.",
  "receiving.sinceUnknown": "Les nouveaux messages n’arrivent pas en ce moment.",
  "sending.since": "Les messages ne partent plus depuis {at}.",
  "sending.sinceUnknown": "Les messages ne partent pas en ce moment.",
  "filter.since": "Nous contrôlons chaque message contre les virus et le spam. Ce contrôle ne marche plus depuis {at}.",
  "filter.sinceUnknown": "Nous contrôlons chaque message contre les virus et le spam. Ce contrôle ne marche pas.",
  "again.times": "La messagerie a fonctionné {worked}, puis elle s’est de nouveau arrêtée.",
  "again.stopped": "La messagerie est de nouveau arrêtée depuis {stopped}.",
  "again.sorry": "Nous avons dit trop tôt que tout était réparé. Nous en sommes désolés.",
  "again.times.part": "La messagerie a fonctionné en partie {worked}, puis elle s’est de nouveau arrêtée.",
  "again.sorry.part": "Nous en sommes désolés.",
  "again.estimate": "Notre dernière estimation ne tient plus : merci de ne plus en tenir compte.",
  "again.care": "Nous dirons que c’est réparé quand tout aura marché 2 heures de suite.",
  "suspected.quiet":
    "Aucun message n’est arrivé depuis un moment. C’est peut-être une heure calme, ou bien il y a un problème. Nous vérifions.",
  "suspected.late": "Plus de messages que d’habitude attendent. Nous regardons pourquoi.",
  "suspected.sign": "Nous avons vu un signe de panne. Ce n’est peut-être rien. Nous vérifions.",
  "suspected.means": "Si quelque chose ne va pas, une partie de votre courrier peut arriver en retard.",
  "seems.back": "Cela semble marcher depuis {at}. Nous voulons en être sûrs avant de le dire.",
  "parts.failing":
    "{n, plural, =1 {Cette partie ne marche pas} other {Ces parties ne marchent pas}} normalement : {names}.",
  "partial.since": "Cela dure depuis {at}.",
  "partial.sinceUnknown": "Une partie de notre messagerie ne fonctionne pas.",
  "lines.failing": "Nous ne pouvons pas utiliser {failing} de nos {of} lignes de messagerie.",
  "places.since": "Certains endroits où nous envoyons du courrier ne répondent plus depuis {at}.",
  "places.sinceUnknown": "Certains endroits où nous envoyons du courrier ne répondent pas.",
  "late.back": "La messagerie fonctionne de nouveau depuis {at}.",
  "late.new": "Les nouveaux messages passent comme d’habitude.",
  "late.new.slow": "Les nouveaux messages peuvent être lents tant que le courrier en retard n’est pas passé.",
  "resolved.since": "La messagerie fonctionne sans interruption depuis {at}.",
  "resolved.again": "La messagerie fonctionne sans interruption depuis plus de 2 heures.",

  "means.neither": "Vous ne pouvez ni envoyer ni recevoir de messages.",
  "means.mayNot": "Vous ne pourrez peut-être ni envoyer ni recevoir de messages.",
  "means.work": "Pendant les travaux, vous ne pourrez peut-être pas envoyer, recevoir ou lire vos messages.",
  "work.notLost": "Les messages que l’on vous envoie pendant ce temps ne sont pas perdus.",
  "work.keep": "Les autres serveurs gardent ce qu’ils ne peuvent pas remettre, et ils essaient encore.",
  "means.receiving":
    "Les nouveaux messages ne vous arrivent pas. Pour autant que nous le voyons, vous pouvez toujours en envoyer.",
  "means.sending":
    "Ce que vous envoyez doit attendre. Pour autant que nous le voyons, les nouveaux messages vous arrivent.",
  "means.filter": "Ce que vous envoyez et recevez doit attendre que le contrôle marche de nouveau.",
  "means.lines":
    "Environ {failing} message{failing, plural, one {} other {s}} sur {of} {failing, plural, one {peut} other {peuvent}} vous arriver en retard, par une autre ligne.",
  "means.lines.rest": "Tous les autres messages vous arrivent par les lignes qui marchent.",
  "means.places":
    "{n, plural, =0 {Le courrier pour ces endroits attend chez nous.} other {Environ # messages pour ces endroits attendent chez nous.}} Nous essayons encore.",
  "means.places.rest": "Le courrier vers tous les autres endroits n’est pas touché.",
  "means.unclear": "Une partie de vos messages peut avoir du retard. Nous ne pouvons pas encore dire combien.",

  "senders.notLost": "Les messages qui vous sont envoyés ne sont pas perdus jusqu’ici.",
  "senders.keep": "Les autres serveurs les gardent et essaient encore, la plupart pendant plusieurs jours.",
  "senders.keepMail":
    "Les autres serveurs gardent ce que l’on vous envoie et essaient encore, la plupart pendant plusieurs jours.",
  "senders.days":
    "La plupart des expéditeurs essaient pendant 4 ou 5 jours. Certains abandonnent après {days, plural, =1 {un jour} other {# jours}}.",
  "senders.most": "La plupart des expéditeurs abandonnent après 4 ou 5 jours.",
  "senders.nearlyAll": "À présent, presque tous les expéditeurs ont cessé d’essayer.",
  "senders.mayReturn":
    "{share, select, much {Beaucoup de} other {Des}} messages envoyés depuis {since} peuvent donc être renvoyés à leur expéditeur.",
  "senders.mayHaveReturned": "Des messages envoyés pendant la panne ont pu être renvoyés à leur expéditeur.",
  "senders.stillOut":
    "{n, plural, =0 {Des messages en retard pour vous sont} other {Environ # messages en retard pour vous sont}} encore sur d’autres serveurs.",
  "senders.stillOut.range": "Nous attendons 9 sur 10 de ces messages avant {by}.",
  "senders.stillOut.rest": "Nous en attendons 99 sur 100 avant {until}.",
  "senders.stillOut.why": "Chaque serveur choisit lui-même quand il essaie de nouveau.",
  "senders.stillOut.late":
    "Ils ont plus de retard que nous le pensions. Nous ne pouvons pas encore dire quand ils arriveront.",
  "senders.stillOut.unknown": "Nous ne pouvons pas encore dire quand ils arriveront.",

  "kept.here":
    "Les messages qui attendent chez nous sont gardés. Nous les enverrons quand ce sera de nouveau possible.",
  "kept.atRisk": "Des messages qui attendent ici peuvent être renvoyés à leur expéditeur si cela dure.",
  "kept.all": "Aucun d’eux n’est perdu.",

  "late.waiting":
    "{n, plural, =0 {Des messages en retard attendent} other {Environ # messages en retard attendent}} encore chez nous.",
  "late.unknown": "Nous ne savons pas combien de messages en retard restent.",
  "late.expected": "Nous pensons que le retard chez nous sera rattrapé {between}.",
  "late.share": "Nous avons raison environ 8 fois sur 10.",
  "late.cannotSay": "Nous ne pouvons pas encore dire quand le retard chez nous sera rattrapé.",
  "late.gone": "Tout le courrier en retard que nous connaissons est passé.",
  "late.nearlyGone": "Presque tout le courrier en retard chez nous est passé.",
  "late.watching": "Nous observons encore pendant 2 heures avant de dire que tout va bien.",
  "late.watching.staff": "Nous continuons à observer et dirons ici quand tout ira bien.",
  "late.oldDate": "Un message en retard garde son ancienne date : il peut se trouver plus bas dans votre boîte.",
  "down.cannotSay": "Nous ne pouvons pas encore dire quand ce sera réparé.",
  "places.cannotSay": "Nous ne pouvons pas encore dire quand ils répondront.",

  "account.times": "La panne a duré {stretch}.",
  "account.length": "Cela fait {length}.",
  "account.late":
    "{n, plural, =0 {Des messages en retard sont arrivés} other {Environ # messages en retard sont arrivés}} ensuite.",
  "account.arrived": "Tout le courrier en retard que nous connaissons est maintenant arrivé.",
  "account.gone": "Tout le courrier en retard que nous connaissons est maintenant parti.",
  "account.returned":
    "Nous n’avons pas pu remettre {n, plural, =0 {quelques messages} other {# messages}}, qui ont été renvoyés à leurs expéditeurs.",
  "account.uncounted": "Nous ne pouvons pas compter ce que d’autres serveurs ont abandonné avant.",

  "hole.copy": "Nous avons dû revenir à une copie plus ancienne de nos messages.",
  "hole.gone": "Les messages arrivés {stretch} sont perdus.",
  "hole.more":
    "Ceux {n, plural, =1 {d’une période plus ancienne} other {de # périodes plus anciennes}} sont perdus aussi.",

  "do.nothing": "Rien pour le moment.",
  "do.nothingWork": "Rien, sauf si vous attendez quelque chose d’urgent.",
  "do.nothingIfWorks": "Si votre messagerie marche, vous n’avez rien à faire.",
  "do.otherWay": "Si quelque chose est urgent, merci d’utiliser un autre moyen.",
  "do.ask": "Si vous attendez quelque chose d’urgent, demandez un envoi par un autre moyen.",
  "do.wait": "Merci d’attendre jusqu’à {until} avant de renvoyer ou de redemander quelque chose.",
  "do.missing": "S’il vous manque encore quelque chose, demandez à l’expéditeur de le renvoyer.",
  "do.sendAgain": "Demandez aux expéditeurs des messages perdus de les renvoyer.",
  "do.sparing":
    "Merci de ne pas vous connecter sans cesse pour vérifier : notre serveur est à sa limite, et cela freine le courrier.",
  "do.follow": "Inutile de nous appeler : nous disons ici ce que nous savons.",

  "next.by": "avant {by}, même sans nouvelles.",
  "next.start": "{at}, au début des travaux.",

  "update.noNews": "Nous n’avons pas encore de nouvelles et nous continuons.",
  "update.estimate": "Nous avons une nouvelle estimation.",
  "update.withdrawn": "Notre dernière estimation ne tient plus : merci de ne plus en tenir compte.",

  "title.suspected": "Signes de panne de la messagerie",
  "title.down": "Panne de la messagerie",
  "title.filter": "Retard : panne du contrôle des messages",
  "title.receiving": "Réception des messages en panne",
  "title.sending": "Envoi des messages en panne",
  "title.lines": "Panne de {failing} de nos {of} lignes de messagerie",
  "title.partial": "Panne d’une partie de la messagerie",
  "title.late": "Messages en retard",
  "title.overrun": "Travaux plus longs que prévu",
  "title.trouble": "Problème de messagerie",
  "title.window": "Travaux prévus sur la messagerie",

  "admin.blind": "Mailtide ne voit rien : {why}.",
  "admin.unknown": "L’état de la file d’attente est inconnu.",
  "admin.clear":
    "Aucun message n’a de retard ; {n, plural, one {# message est} other {# messages sont}} en file d’attente.",
  "admin.delayed":
    "{delayed, number} sur {messages, plural, one {# message} other {# messages}} en retard ({state, select, draining {la file se vide} waiting {tout attend le prochain essai} stalled {rien ne bouge} growing {la file grandit} other {inconnu}}), {due, number} à essayer maintenant.",
  "admin.range":
    "Fin du retard vers {likely}, 8 fois sur 10 entre {earliest} et {latest} ; limité par {limit, select, capacity {la puissance du serveur} retry_timers {l’attente entre les essais} senders {les expéditeurs} destination {des destinations qui ne répondent pas} stalls {un blocage} other {rien}}.",
  "admin.stuck": "Bloqué vers {place} : {n, plural, one {# destinataire} other {# destinataires}} ({reason}).",
  "admin.stuck.until":
    "Bloqué vers {place} : {n, plural, one {# destinataire} other {# destinataires}} ({reason}), abandon à partir de {from}.",
  "admin.stuck.more": "{n, plural, one {# autre destination est bloquée} other {# autres destinations sont bloquées}}.",
  "admin.waiting":
    "Chez leurs expéditeurs, {n, plural, one {environ # message attend} other {environ # messages attendent}}.",
  "admin.counted": "Une vigie a compté {n, number} de ces messages ({at}).",
  "admin.counted.between": "Une vigie a compté entre {n, number} et {most, number} de ces messages ({at}).",
  "admin.counted.part": "Une vigie a compté {n, number} de ces messages ({at}), mais n’observe pas depuis le début.",
  "admin.givenUp": "Environ {n, number} sont déjà abandonnés.",
  "admin.nextGiveUp": "Les prochains expéditeurs abandonnent à partir de {from}.",
  "admin.mark18":
    "Notre serveur est absent depuis {hours, number} heures : les premiers expéditeurs abandonnent à partir de {from}. Mettez avant cela un serveur qui accepte le courrier, ou prévenez les gens.",
  "admin.returning":
    "Environ {out, number} messages sur {held, number} sont encore chez leurs expéditeurs ; presque tous devraient être ici avant {by}.",
  "admin.within1h":
    "{n, plural, one {# destinataire sera abandonné} other {# destinataires seront abandonnés}} dans l’heure, sauf remise.",
  "admin.held": "{n, plural, one {# message est retenu} other {# messages sont retenus}}.",
  "admin.lines":
    "Parmi nos adresses, {n, plural, one {celle-ci ne répond pas} other {ces # ne répondent pas}} : {names}.",
  "admin.promise.soon": "Le public attend des nouvelles promises avant {by} : dites quelque chose maintenant.",
  "admin.promise.broken": "Le public attendait des nouvelles avant {by} et n’en a pas eu.",

  moment: "{day} à {time}",
  "between.day": "{day} entre {from} et {to}",
  "between.days": "entre {from} et {to}",
  "stretch.day": "{day} de {from} à {to}",
  "stretch.days": "de {from} à {to}",
  zone: " ({zone})",
  word: "{n, plural, =1 {une} =2 {deux} =3 {trois} =4 {quatre} =5 {cinq} =6 {six} =7 {sept} =8 {huit} =9 {neuf} =10 {dix} =11 {onze} =12 {douze} other {#}}",
};
