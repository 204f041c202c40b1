import type { Catalogue } from '../text-arguments.js'

export const de: Catalogue = {
  welcome: 'Du bist verbunden. Benachrichtigungen von {tenant} kommen ab jetzt hier an.\n\nMit /stop beendest du das.',
  welcome_account:
    'Du bist als {account} verbunden. Benachrichtigungen von {tenant} kommen ab jetzt hier an.\n\nMit /stop beendest du das.',
  already_connected: 'Dieser Chat ist schon mit {tenant} verbunden. Es ist nichts weiter zu tun.',
  connected_to: 'Dieser Chat bekommt Benachrichtigungen von {tenants}.',
  hello:
    'Hallo! Um hier Benachrichtigungen zu bekommen, öffne den Verbindungslink, den dir deine App zeigt, oder schick mir den Code, der daneben steht.',
  hello_group:
    'Hallo! Um hier Benachrichtigungen zu bekommen, schickt jemand, der die Gruppe verwaltet, /connect und den Code, den die App zeigt.',
  ask_code: 'Welchen Code zeigt deine App? Schick ihn nach dem Befehl: /connect und den Code.',
  unknown_link: 'Diesen Link kenne ich nicht. Bitte öffne den Verbindungslink in deiner App noch einmal.',
  unknown_code: 'Diesen Code kenne ich nicht. Bitte sieh in deiner App noch einmal nach.',
  too_many_tries:
    'Das waren zu viele falsche Codes. Bitte versuche es in {minutes, plural, one {# Minute} other {# Minuten}} noch einmal.',
  codes_paused: 'Im Moment kann ich keine Codes annehmen. Bitte öffne stattdessen den Verbindungslink in deiner App.',
  other_bot: 'Dieser Link gehört zu einem anderen Bot. Bitte öffne den Verbindungslink in deiner App noch einmal.',
  used: 'Dieser Link wurde schon benutzt. Bitte {tenant} um einen neuen.',
  expired: 'Dieser Link gilt nicht mehr. Bitte {tenant} um einen neuen.',
  wrong_chat_private:
    'Dieser Link von {tenant} ist für eine andere Art von Chat: Er verbindet eine einzelne Person. Bitte öffne ihn im privaten Chat mit mir.',
  wrong_chat_group:
    'Dieser Link von {tenant} ist für eine andere Art von Chat: Er verbindet eine Gruppe. Bitte nimm mich in die Gruppe auf und schick dort /connect und den Code.',
  wrong_chat_channel:
    'Dieser Link von {tenant} ist für eine andere Art von Chat: Er verbindet einen Kanal. Bitte mach mich zum Administrator des Kanals und poste dort den Code.',
  taken:
    'Dieser Chat ist schon mit einem anderen Konto von {tenant} verbunden. Sende erst /stop und öffne den Link dann noch einmal.',
  not_administrator: 'Nur wer die Gruppe verwaltet, kann sie verbinden.',
  new_link: 'Neuen Link holen',
  confirm_ask: '{tenant} möchte Benachrichtigungen in diesen Chat senden. Hast du das gewünscht?',
  confirm_ask_account:
    '{tenant} möchte Benachrichtigungen für das Konto {account} in diesen Chat senden. Ist das dein Konto?',
  confirm_yes: 'Ja, verbinden',
  confirm_no: 'Nein',
  pick_number: 'Tippe auf die Zahl, die dir die Seite von {tenant} zeigt.',
  confirm_declined: 'Es wurde nichts verbunden.',
  wrong_number:
    'Das ist eine andere Zahl. Damit niemand raten kann, gilt der Link nicht mehr. Bitte {tenant} um einen neuen.',
  press_gone: 'Dieser Knopf gilt nicht mehr.',
  not_yours: 'Dieser Knopf ist für jemand anderen.',
  stop_ask: 'Dieser Chat bekommt Benachrichtigungen von {tenants}. Soll ich das beenden?',
  stop_yes: 'Ja, beenden',
  stop_no: 'Nein, weiter so',
  stopped:
    'Du bekommst hier keine Benachrichtigungen mehr. Um dich wieder zu verbinden, öffne einen neuen Verbindungslink in deiner App.',
  stop_refused: 'Nur wer die Gruppe verwaltet oder sie verbunden hat, kann die Benachrichtigungen beenden.',
  stop_kept: 'In Ordnung, es geht weiter.',
  not_connected: 'Dieser Chat ist mit nichts verbunden.',
  apps_title:
    '{count, plural, one {# App darf} other {# Apps dürfen}} hier schreiben. Tippe auf eine, um das zu ändern.',
  app_active: '{tenant} darf hier schreiben.',
  app_muted: '{tenant} darf hier schreiben, ohne Ton.',
  app_muted_until: '{tenant} darf hier schreiben, bis {until} ohne Ton.',
  mute_hour: '1 Stunde stumm',
  mute_eight_hours: '8 Stunden stumm',
  mute_always: 'Immer stumm',
  unmute: 'Wieder mit Ton',
  disconnect: 'Trennen',
  report: 'Melden',
  back: 'Zurück',
  disconnected: '{tenant} darf hier nicht mehr schreiben.',
  reported: 'Danke. Wer diesen Bot betreibt, wird sich ansehen, was {tenant} sendet.',
  ask_whom: 'Für wen ist das?',
  passed_on: 'An {tenant} weitergegeben.',
  unheard: 'Nachrichten, die hier ankommen, werden nicht gelesen. Bitte wende dich auf anderem Weg an {tenant}.',
  received: 'Danke, {tenant} hat deine Nachricht bekommen.',
  moved_to_bot:
    '{tenant} zieht zu {bot} um. Tippe auf die Schaltfläche, um die Benachrichtigungen künftig dort zu bekommen.',
  go_to_bot: 'Weiter mit {bot}',
  choose_language: 'Welche Sprache soll ich hier sprechen?',
  language_set: 'Ab jetzt spreche ich Deutsch.',
  command_connect: 'Diesen Chat mit einem Code verbinden',
  command_apps: 'Sehen, welche Apps hier schreiben',
  command_language: 'Die Sprache ändern',
  command_stop: 'Benachrichtigungen beenden',
  command_help: 'Sehen, was ich kann',
  help: 'Hier kommen Benachrichtigungen an.',

  page_title: '{tenant} mit Telegram verbinden',
  page_intro: '{tenant} möchte dir Benachrichtigungen in Telegram senden. Öffne den Bot und drücke auf Start.',
  page_intro_group:
    '{tenant} möchte Benachrichtigungen an eine Telegram-Gruppe senden. Wähle die Gruppe, die den Bot aufnehmen soll.',
  page_intro_channel:
    '{tenant} möchte in einem Telegram-Kanal schreiben. Nimm den Bot als Administrator auf und poste dann den Code unten im Kanal.',
  open_telegram: 'In Telegram öffnen',
  open_group: 'Gruppe in Telegram wählen',
  open_channel: 'In einen Kanal aufnehmen',
  scan: 'Oder mit dem Telefon scannen',
  qr_label: 'QR-Code des Links zu Telegram',
  send_code: 'Wenn nichts passiert, sende diesen Code an {bot}',
  send_code_group: 'Wenn nichts passiert, sende dies in der Gruppe',
  send_code_channel: 'Poste dann diesen Code im Kanal',
  waiting: 'Warte auf Telegram …',
  tap_number: 'Tippe dann in Telegram auf diese Zahl',
  connected: 'Verbunden',
  connected_detail: '{name} bekommt jetzt Benachrichtigungen von {tenant}. Du kannst diese Seite schließen.',
  go_on: 'Weiter',
  ended: 'Dieser Link gilt nicht mehr',
  ended_detail: 'Er ist abgelaufen oder wurde zurückgezogen. Bitte {tenant} um einen neuen.',
  unknown_page: 'Diesen Link gibt es nicht',
  unknown_page_detail: 'Prüfe, ob du den ganzen Link geöffnet hast, oder bitte um einen neuen.',
}
