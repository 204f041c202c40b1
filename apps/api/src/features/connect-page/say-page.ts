import type { Page, PageState } from './page-state.js'

/** Everything that a page says, in the words of its language. */
export interface PageTexts {
  title: string
  detail: string
  /** The label of what leads to Telegram, or on. */
  button: string
  scan: string
  qr_label: string
  code_label: string
  number_label: string
  waiting: string
}

type Pending = Extract<PageState, { kind: 'pending' }>

/** The text that is to be written or posted where the button leads nowhere. */
export function codeToSend({ chat, addresses, botUsername }: Pending): string {
  return chat === 'group' ? `/connect@${botUsername} ${addresses.code}` : addresses.code
}

export function sayPage({ state, speaker: { say } }: Page): PageTexts {
  switch (state.kind) {
    case 'pending': {
      const { tenantName: tenant, chat, botUsername } = state
      return {
        ...nothing,
        title: say('page_title', { tenant }),
        detail: say(intros[chat], { tenant }),
        button: say(buttons[chat]),
        scan: say('scan'),
        qr_label: say('qr_label'),
        code_label: chat === 'private' ? say('send_code', { bot: `@${botUsername}` }) : say(codeLabels[chat]),
        number_label: say('tap_number'),
        waiting: say('waiting'),
      }
    }
    case 'connected': {
      const { tenantName: tenant, displayName: name } = state
      return {
        ...nothing,
        title: say('connected'),
        detail: say('connected_detail', { tenant, name }),
        button: say('go_on'),
      }
    }
    case 'ended':
      return { ...nothing, title: say('ended'), detail: say('ended_detail', { tenant: state.tenantName }) }
    case 'unknown':
      return { ...nothing, title: say('unknown_page'), detail: say('unknown_page_detail') }
  }
}

const nothing: PageTexts = {
  title: '',
  detail: '',
  button: '',
  scan: '',
  qr_label: '',
  code_label: '',
  number_label: '',
  waiting: '',
}

const intros = { private: 'page_intro', group: 'page_intro_group', channel: 'page_intro_channel' } as const
const buttons = { private: 'open_telegram', group: 'open_group', channel: 'open_channel' } as const
const codeLabels = { group: 'send_code_group', channel: 'send_code_channel' } as const
