/** The name of a tenant, of an account there, or of a person: plain text. */
interface OfTenant {
  tenant: string
}

/** What each text is filled with; `null` for nothing. Every catalogue has a text for each key, with these arguments. */
export interface TextArguments {
  // The bot, in a chat.
  welcome: OfTenant
  welcome_account: OfTenant & { account: string }
  already_connected: OfTenant
  connected_to: { tenants: string }
  hello: null
  hello_group: null
  ask_code: null
  unknown_link: null
  unknown_code: null
  too_many_tries: { minutes: number }
  codes_paused: null
  other_bot: null
  used: OfTenant
  expired: OfTenant
  wrong_chat_private: OfTenant
  wrong_chat_group: OfTenant
  wrong_chat_channel: OfTenant
  taken: OfTenant
  not_administrator: null
  new_link: null
  confirm_ask: OfTenant
  confirm_ask_account: OfTenant & { account: string }
  confirm_yes: null
  confirm_no: null
  pick_number: OfTenant
  confirm_declined: null
  wrong_number: OfTenant
  press_gone: null
  answer_late: null
  not_yours: null
  stop_ask: { tenants: string }
  stop_yes: null
  stop_no: null
  stopped: null
  stop_refused: null
  stop_kept: null
  not_connected: null
  apps_title: { count: number }
  app_active: OfTenant
  app_muted: OfTenant
  app_muted_until: OfTenant & { until: string }
  mute_hour: null
  mute_eight_hours: null
  mute_always: null
  unmute: null
  disconnect: null
  report: null
  back: null
  disconnected: OfTenant
  reported: OfTenant
  ask_whom: null
  passed_on: OfTenant
  unheard: OfTenant
  received: OfTenant
  moved_to_bot: OfTenant & { bot: string }
  go_to_bot: { bot: string }
  choose_language: null
  language_set: null
  command_connect: null
  command_apps: null
  command_language: null
  command_stop: null
  command_help: null
  help: null

  // The connect page.
  page_title: OfTenant
  page_intro: OfTenant
  page_intro_group: OfTenant
  page_intro_channel: OfTenant
  open_telegram: null
  open_group: null
  open_channel: null
  scan: null
  qr_label: null
  send_code: { bot: string }
  send_code_group: null
  send_code_channel: null
  waiting: null
  tap_number: null
  connected: null
  connected_detail: OfTenant & { name: string }
  go_on: null
  ended: null
  ended_detail: OfTenant
  unknown_page: null
  unknown_page_detail: null
}

export type TextKey = keyof TextArguments

/** All texts in one language, in ICU's message format. */
export type Catalogue = Record<TextKey, string>
