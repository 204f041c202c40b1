import { codeOfToken, type LinkChat, showCode } from '@tellwire/domain'
import { renderSVG } from 'uqr'

export interface LinkAddresses {
  url: string
  app_url: string
  qr_svg: string
  start_command: string
  code: string
  connect_page_url: string
}

/**
 * Makes every address by which a link can be used. A channel's link can carry no token (Telegram's rule): it adds
 * the bot as an administrator, and the command, posted in the channel, connects it.
 */
export function linkAddresses(link: {
  baseUrl: string
  username: string
  chat: LinkChat
  /** Rights of an administrator that the bot is to be given. */
  adminRights: readonly string[]
  token: string
}): LinkAddresses {
  const rights = link.chat === 'channel' ? new Set(['post_messages', ...link.adminRights]) : new Set(link.adminRights)
  const admin = rights.size === 0 ? '' : `&admin=${[...rights].join('+')}`
  const query = {
    private: `start=${link.token}`,
    group: `startgroup=${link.token}${admin}`,
    channel: `startchannel${admin}`,
  }[link.chat]
  const url = `https://t.me/${link.username}?${query}`
  return {
    url,
    app_url: `tg://resolve?domain=${link.username}&${query}`,
    qr_svg: renderSVG(url, { border: 2 }),
    start_command: `${link.chat === 'group' ? `/start@${link.username}` : '/start'} ${link.token}`,
    code: showCode(codeOfToken(link.token)),
    connect_page_url: `${link.baseUrl}/c/${link.token}`,
  }
}
