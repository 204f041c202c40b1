import type { LinkChat } from '@tellwire/domain'
import { renderSVG } from 'uqr'

export interface LinkAddresses {
  url: string
  app_url: string
  qr_svg: string
  start_command: string
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
  token: string
}): LinkAddresses {
  const query = {
    private: `start=${link.token}`,
    group: `startgroup=${link.token}`,
    channel: 'startchannel&admin=post_messages',
  }[link.chat]
  const url = `https://t.me/${link.username}?${query}`
  return {
    url,
    app_url: `tg://resolve?domain=${link.username}&${query}`,
    qr_svg: renderSVG(url, { border: 2 }),
    start_command: `${link.chat === 'group' ? `/start@${link.username}` : '/start'} ${link.token}`,
    connect_page_url: `${link.baseUrl}/c/${link.token}`,
  }
}
