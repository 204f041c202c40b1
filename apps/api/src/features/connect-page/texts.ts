export interface PageTexts {
  title: (tenant: string) => string
  intro: (tenant: string) => string
  introGroup: (tenant: string) => string
  introChannel: (tenant: string) => string
  button: string
  buttonGroup: string
  buttonChannel: string
  scan: string
  qrLabel: string
  copy: (username: string) => string
  copyChannel: string
  waiting: string
  connected: string
  connectedDetail: (tenant: string, name: string) => string
  back: string
  expired: string
  expiredDetail: (tenant: string) => string
  unknown: string
  unknownDetail: string
}

const en: PageTexts = {
  title: (tenant) => `Connect ${tenant} to Telegram`,
  intro: (tenant) => `${tenant} wants to send you notifications in Telegram. Open the bot and press Start.`,
  introGroup: (tenant) =>
    `${tenant} wants to send notifications to a Telegram group. Choose the group to add the bot to.`,
  introChannel: (tenant) =>
    `${tenant} wants to post in a Telegram channel. Add the bot as an administrator, then post the text below in the channel.`,
  button: 'Open in Telegram',
  buttonGroup: 'Choose a group in Telegram',
  buttonChannel: 'Add to a channel in Telegram',
  scan: 'Or scan with your phone',
  qrLabel: 'QR code of the link to Telegram',
  copy: (username) => `If nothing happens, send this to @${username}`,
  copyChannel: 'Then post this in the channel',
  waiting: 'Waiting for Telegram …',
  connected: 'Connected',
  connectedDetail: (tenant, name) => `${name} now gets notifications from ${tenant}. You can close this page.`,
  back: 'Continue',
  expired: 'This link can no longer be used',
  expiredDetail: (tenant) => `It has expired or was withdrawn. Ask ${tenant} for a new one.`,
  unknown: 'There is no such link',
  unknownDetail: 'Check that you opened the whole link, or ask for a new one.',
}

const de: PageTexts = {
  title: (tenant) => `${tenant} mit Telegram verbinden`,
  intro: (tenant) => `${tenant} möchte dir Benachrichtigungen in Telegram senden. Öffne den Bot und drücke auf Start.`,
  introGroup: (tenant) =>
    `${tenant} möchte Benachrichtigungen an eine Telegram-Gruppe senden. Wähle die Gruppe, die den Bot aufnehmen soll.`,
  introChannel: (tenant) =>
    `${tenant} möchte in einem Telegram-Kanal schreiben. Nimm den Bot als Administrator auf und poste dann den Text unten im Kanal.`,
  button: 'In Telegram öffnen',
  buttonGroup: 'Gruppe in Telegram wählen',
  buttonChannel: 'In einen Kanal aufnehmen',
  scan: 'Oder mit dem Telefon scannen',
  qrLabel: 'QR-Code des Links zu Telegram',
  copy: (username) => `Wenn nichts passiert, sende dies an @${username}`,
  copyChannel: 'Poste dann dies im Kanal',
  waiting: 'Warte auf Telegram …',
  connected: 'Verbunden',
  connectedDetail: (tenant, name) =>
    `${name} bekommt jetzt Benachrichtigungen von ${tenant}. Du kannst diese Seite schließen.`,
  back: 'Weiter',
  expired: 'Dieser Link gilt nicht mehr',
  expiredDetail: (tenant) => `Er ist abgelaufen oder wurde zurückgezogen. Bitte ${tenant} um einen neuen.`,
  unknown: 'Diesen Link gibt es nicht',
  unknownDetail: 'Prüfe, ob du den ganzen Link geöffnet hast, oder bitte um einen neuen.',
}

const es: PageTexts = {
  title: (tenant) => `Conecta ${tenant} con Telegram`,
  intro: (tenant) => `${tenant} quiere enviarte notificaciones por Telegram. Abre el bot y pulsa Iniciar.`,
  introGroup: (tenant) =>
    `${tenant} quiere enviar notificaciones a un grupo de Telegram. Elige el grupo al que añadir el bot.`,
  introChannel: (tenant) =>
    `${tenant} quiere publicar en un canal de Telegram. Añade el bot como administrador y publica en el canal el texto de abajo.`,
  button: 'Abrir en Telegram',
  buttonGroup: 'Elegir un grupo en Telegram',
  buttonChannel: 'Añadir a un canal en Telegram',
  scan: 'O escanea con tu teléfono',
  qrLabel: 'Código QR del enlace a Telegram',
  copy: (username) => `Si no ocurre nada, envía esto a @${username}`,
  copyChannel: 'Después publica esto en el canal',
  waiting: 'Esperando a Telegram …',
  connected: 'Conectado',
  connectedDetail: (tenant, name) => `${name} recibe ahora notificaciones de ${tenant}. Puedes cerrar esta página.`,
  back: 'Continuar',
  expired: 'Este enlace ya no se puede usar',
  expiredDetail: (tenant) => `Ha caducado o fue retirado. Pide uno nuevo a ${tenant}.`,
  unknown: 'Este enlace no existe',
  unknownDetail: 'Comprueba que has abierto el enlace completo o pide uno nuevo.',
}

const catalogue: Record<string, PageTexts> = { en, de, es }

/** The first of the wanted languages that we speak, else English. */
export function chooseTexts(wanted: string[]): { language: string; texts: PageTexts } {
  const languages = wanted.map((locale) => locale.slice(0, 2).toLowerCase())
  const language = languages.find((candidate) => Object.hasOwn(catalogue, candidate)) ?? 'en'
  return { language, texts: catalogue[language] ?? en }
}

/** The languages of an Accept-Language header, in its order. */
export function readAcceptLanguage(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim().split(';')[0] ?? '')
    .filter((language) => language !== '')
}
