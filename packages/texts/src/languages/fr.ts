import type { Catalogue } from '../text-arguments.js'

export const fr: Catalogue = {
  welcome: 'Vous êtes connecté. Les notifications de {tenant} arriveront ici.\n\nEnvoyez /stop pour y mettre fin.',
  welcome_account:
    'Vous êtes connecté en tant que {account}. Les notifications de {tenant} arriveront ici.\n\nEnvoyez /stop pour y mettre fin.',
  already_connected: 'Cette discussion est déjà connectée à {tenant}. Il n’y a rien d’autre à faire.',
  connected_to: 'Cette discussion reçoit les notifications de {tenants}.',
  hello:
    'Bonjour ! Pour recevoir des notifications ici, ouvrez le lien de connexion que votre application affiche, ou envoyez-moi le code qui se trouve à côté.',
  hello_group:
    'Bonjour ! Pour recevoir des notifications ici, un administrateur envoie /connect et le code que l’application affiche.',
  ask_code: 'Quel code votre application affiche-t-elle ? Envoyez-le après la commande : /connect et le code.',
  unknown_link: 'Je ne connais pas ce lien. Veuillez rouvrir le lien de connexion dans votre application.',
  unknown_code: 'Je ne connais pas ce code. Veuillez vérifier dans votre application.',
  too_many_tries: 'Trop de codes erronés. Veuillez réessayer dans {minutes, plural, one {# minute} other {# minutes}}.',
  codes_paused:
    'Je ne peux pas accepter de codes en ce moment. Veuillez plutôt ouvrir le lien de connexion dans votre application.',
  other_bot: 'Ce lien appartient à un autre bot. Veuillez rouvrir le lien de connexion dans votre application.',
  used: 'Ce lien a déjà été utilisé. Veuillez en demander un nouveau à {tenant}.',
  expired: 'Ce lien n’est plus valable. Veuillez en demander un nouveau à {tenant}.',
  wrong_chat_private:
    'Ce lien de {tenant} est destiné à un autre type de discussion : il connecte une personne. Veuillez l’ouvrir dans une discussion privée avec moi.',
  wrong_chat_group:
    'Ce lien de {tenant} est destiné à un autre type de discussion : il connecte un groupe. Veuillez m’ajouter au groupe et y envoyer /connect et le code.',
  wrong_chat_channel:
    'Ce lien de {tenant} est destiné à un autre type de discussion : il connecte un canal. Veuillez me nommer administrateur du canal et y publier le code.',
  taken:
    'Cette discussion est déjà connectée à un autre compte de {tenant}. Envoyez d’abord /stop, puis rouvrez le lien.',
  not_administrator: 'Seul un administrateur peut connecter ce groupe.',
  new_link: 'Obtenir un nouveau lien',
  confirm_ask: '{tenant} souhaite envoyer des notifications dans cette discussion. L’avez-vous demandé ?',
  confirm_ask_account:
    '{tenant} souhaite envoyer dans cette discussion les notifications du compte {account}. Est-ce votre compte ?',
  confirm_yes: 'Oui, connecter',
  confirm_no: 'Non',
  pick_number: 'Appuyez sur le nombre que la page de {tenant} vous montre.',
  confirm_declined: 'Rien n’a été connecté.',
  wrong_number:
    'Ce n’est pas ce nombre. Pour que personne ne puisse deviner, le lien n’est plus valable. Veuillez en demander un nouveau à {tenant}.',
  press_gone: 'Ce bouton ne peut plus être utilisé.',
  not_yours: 'Ce bouton est destiné à quelqu’un d’autre.',
  stop_ask: 'Cette discussion reçoit les notifications de {tenants}. Dois-je y mettre fin ?',
  stop_yes: 'Oui, mettre fin',
  stop_no: 'Non, continuer',
  stopped:
    'Vous ne recevrez plus de notifications ici. Pour vous reconnecter, ouvrez un nouveau lien de connexion dans votre application.',
  stop_refused:
    'Seul un administrateur de ce groupe, ou la personne qui l’a connecté, peut mettre fin aux notifications.',
  stop_kept: 'D’accord, les notifications continuent.',
  not_connected: 'Cette discussion n’est connectée à rien.',
  apps_title:
    '{count, plural, one {# application peut} other {# applications peuvent}} écrire ici. Appuyez sur l’une d’elles pour changer cela.',
  app_active: '{tenant} peut écrire ici.',
  app_muted: '{tenant} peut écrire ici, sans son.',
  app_muted_until: '{tenant} peut écrire ici, sans son jusqu’à {until}.',
  mute_hour: 'Sans son pendant 1 heure',
  mute_eight_hours: 'Sans son pendant 8 heures',
  mute_always: 'Toujours sans son',
  unmute: 'Remettre le son',
  disconnect: 'Déconnecter',
  report: 'Signaler',
  back: 'Retour',
  disconnected: '{tenant} ne peut plus écrire ici.',
  reported: 'Merci. L’exploitant de ce bot examinera ce que {tenant} envoie.',
  ask_whom: 'À qui est-ce destiné ?',
  passed_on: 'Transmis à {tenant}.',
  unheard: 'Les messages envoyés ici ne sont pas lus. Veuillez joindre {tenant} autrement.',
  received: 'Merci, {tenant} a bien reçu votre message.',
  moved_to_bot: '{tenant} passe à {bot}. Appuyez sur le bouton pour continuer à y recevoir ses notifications.',
  go_to_bot: 'Continuer avec {bot}',
  choose_language: 'Quelle langue dois-je utiliser ici ?',
  language_set: 'Désormais, je parle français.',
  command_connect: 'Connecter cette discussion avec un code',
  command_apps: 'Voir quelles applications écrivent ici',
  command_language: 'Changer la langue',
  command_stop: 'Mettre fin aux notifications',
  command_help: 'Voir ce que je sais faire',
  help: 'Les notifications arrivent ici.',

  page_title: 'Connecter {tenant} à Telegram',
  page_intro: '{tenant} souhaite vous envoyer des notifications dans Telegram. Ouvrez le bot et appuyez sur Démarrer.',
  page_intro_group:
    '{tenant} souhaite envoyer des notifications à un groupe Telegram. Choisissez le groupe auquel ajouter le bot.',
  page_intro_channel:
    '{tenant} souhaite publier dans un canal Telegram. Ajoutez le bot comme administrateur, puis publiez le code ci-dessous dans le canal.',
  open_telegram: 'Ouvrir dans Telegram',
  open_group: 'Choisir un groupe dans Telegram',
  open_channel: 'Ajouter à un canal dans Telegram',
  scan: 'Ou scannez avec votre téléphone',
  qr_label: 'Code QR du lien vers Telegram',
  send_code: 'S’il ne se passe rien, envoyez ce code à {bot}',
  send_code_group: 'S’il ne se passe rien, envoyez ceci dans le groupe',
  send_code_channel: 'Publiez ensuite ce code dans le canal',
  waiting: 'En attente de Telegram …',
  tap_number: 'Appuyez ensuite sur ce nombre dans Telegram',
  connected: 'Connecté',
  connected_detail: '{name} reçoit désormais les notifications de {tenant}. Vous pouvez fermer cette page.',
  go_on: 'Continuer',
  ended: 'Ce lien ne peut plus être utilisé',
  ended_detail: 'Il a expiré ou a été retiré. Demandez-en un nouveau à {tenant}.',
  unknown_page: 'Ce lien n’existe pas',
  unknown_page_detail: 'Vérifiez que vous avez ouvert le lien entier, ou demandez-en un nouveau.',
}
