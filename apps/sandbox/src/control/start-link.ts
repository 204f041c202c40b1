import { ControlError } from './control-error.js'

const payloadMax = 64

export interface StartLink {
  kind: 'start' | 'startgroup' | 'startchannel'
  bot: string
  payload: string
  /** The rights of an administrator that the bot is to be given. */
  adminRights: string[]
}

/** `https://t.me/<bot>?start=…` and `tg://resolve?domain=<bot>&start=…`, with the payload Telegram would take. */
export function parseStartLink(link: string): StartLink {
  if (!URL.canParse(link)) throw new ControlError(400, 'the link is not a URL')
  const url = new URL(link)
  const bot = url.protocol === 'tg:' ? url.searchParams.get('domain') : url.pathname.slice(1)
  const isTelegram = url.protocol === 'tg:' || url.hostname === 't.me' || url.hostname === 'telegram.me'
  if (!isTelegram || !bot || !/^\w+$/.test(bot))
    throw new ControlError(400, 'the link does not lead to a bot in Telegram')

  const kind = (['startgroup', 'startchannel', 'start'] as const).find((name) => url.searchParams.has(name)) ?? 'start'
  const payload = url.searchParams.get(kind) ?? ''
  if (payload.length > payloadMax) throw new ControlError(400, 'START_PARAM_TOO_LONG')
  if (!/^[A-Za-z0-9_-]*$/.test(payload)) throw new ControlError(400, 'START_PARAM_INVALID')
  const adminRights = (url.searchParams.get('admin') ?? '').split(/[+ ]/).filter((right) => right !== '')
  return { kind, bot, payload, adminRights }
}
