/** Texts that the bot answers with, in the languages it speaks. `tenant` is plain text. */
export interface Replies {
  welcome: (tenant: string) => string
  alreadyConnected: (tenant: string) => string
  bareStart: string
  help: string
  unknownToken: string
  foreignToken: string
  usedToken: (tenant: string) => string
  expiredToken: (tenant: string) => string
  wrongChat: (tenant: string) => string
  taken: (tenant: string) => string
  stopped: string
  stopRefused: string
  notConnected: string
}

const en: Replies = {
  welcome: (tenant) => `You are connected. Notifications from ${tenant} will arrive here.\n\nSend /stop to end that.`,
  alreadyConnected: (tenant) => `This chat is already connected to ${tenant}. There is nothing more to do.`,
  bareStart: 'Hello! To get notifications here, open the connect link that your app shows you.',
  help: 'Notifications arrive here. Send /stop to end them.',
  unknownToken: 'I do not know this link. Please open the connect link in your app again.',
  foreignToken: 'This link belongs to another bot. Please open the connect link in your app again.',
  usedToken: (tenant) => `This link was used already. Please ask ${tenant} for a new one.`,
  expiredToken: (tenant) => `This link is no longer valid. Please ask ${tenant} for a new one.`,
  wrongChat: (tenant) =>
    `This link from ${tenant} is for another kind of chat. Please open it the way your app describes.`,
  taken: (tenant) =>
    `This chat is already connected to another account of ${tenant}. Send /stop first, then open the link again.`,
  stopped: 'You will get no more notifications here. To connect again, open a new connect link in your app.',
  stopRefused: 'Only an administrator of this group, or whoever connected it, can end the notifications.',
  notConnected: 'This chat is not connected to anything.',
}

const de: Replies = {
  welcome: (tenant) =>
    `Du bist verbunden. Benachrichtigungen von ${tenant} kommen ab jetzt hier an.\n\nMit /stop beendest du das.`,
  alreadyConnected: (tenant) => `Dieser Chat ist schon mit ${tenant} verbunden. Es ist nichts weiter zu tun.`,
  bareStart: 'Hallo! Um hier Benachrichtigungen zu bekommen, öffne den Verbindungslink, den dir deine App zeigt.',
  help: 'Hier kommen Benachrichtigungen an. Mit /stop beendest du das.',
  unknownToken: 'Diesen Link kenne ich nicht. Bitte öffne den Verbindungslink in deiner App noch einmal.',
  foreignToken: 'Dieser Link gehört zu einem anderen Bot. Bitte öffne den Verbindungslink in deiner App noch einmal.',
  usedToken: (tenant) => `Dieser Link wurde schon benutzt. Bitte ${tenant} um einen neuen.`,
  expiredToken: (tenant) => `Dieser Link gilt nicht mehr. Bitte ${tenant} um einen neuen.`,
  wrongChat: (tenant) =>
    `Dieser Link von ${tenant} ist für eine andere Art von Chat. Bitte öffne ihn so, wie deine App es beschreibt.`,
  taken: (tenant) =>
    `Dieser Chat ist schon mit einem anderen Konto von ${tenant} verbunden. Sende erst /stop und öffne den Link dann noch einmal.`,
  stopped:
    'Du bekommst hier keine Benachrichtigungen mehr. Um dich wieder zu verbinden, öffne einen neuen Verbindungslink in deiner App.',
  stopRefused: 'Nur wer die Gruppe verwaltet oder sie verbunden hat, kann die Benachrichtigungen beenden.',
  notConnected: 'Dieser Chat ist mit nichts verbunden.',
}

const es: Replies = {
  welcome: (tenant) =>
    `Ya estás conectado. Las notificaciones de ${tenant} llegarán aquí.\n\nEnvía /stop para terminar.`,
  alreadyConnected: (tenant) => `Este chat ya está conectado con ${tenant}. No hay nada más que hacer.`,
  bareStart: '¡Hola! Para recibir notificaciones aquí, abre el enlace de conexión que te muestra tu aplicación.',
  help: 'Aquí llegan las notificaciones. Envía /stop para terminar.',
  unknownToken: 'No conozco este enlace. Abre de nuevo el enlace de conexión en tu aplicación.',
  foreignToken: 'Este enlace es de otro bot. Abre de nuevo el enlace de conexión en tu aplicación.',
  usedToken: (tenant) => `Este enlace ya se ha usado. Pide uno nuevo a ${tenant}.`,
  expiredToken: (tenant) => `Este enlace ya no es válido. Pide uno nuevo a ${tenant}.`,
  wrongChat: (tenant) => `Este enlace de ${tenant} es para otro tipo de chat. Ábrelo como indica tu aplicación.`,
  taken: (tenant) =>
    `Este chat ya está conectado con otra cuenta de ${tenant}. Envía primero /stop y abre el enlace de nuevo.`,
  stopped:
    'Ya no recibirás notificaciones aquí. Para volver a conectarte, abre un enlace de conexión nuevo en tu aplicación.',
  stopRefused: 'Solo quien administra este grupo, o quien lo conectó, puede terminar las notificaciones.',
  notConnected: 'Este chat no está conectado con nada.',
}

const catalogue: Record<string, Replies> = { en, de, es }

/** The replies in the first of the wanted languages that we speak, else in English. */
export function chooseReplies(...wanted: (string | undefined)[]): Replies {
  for (const locale of wanted) {
    const replies = locale === undefined ? undefined : catalogue[locale.slice(0, 2).toLowerCase()]
    if (replies) return replies
  }
  return en
}
