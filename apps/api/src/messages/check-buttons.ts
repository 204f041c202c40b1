import type { AddressRules } from '@tellwire/domain'
import { checkLink, findUserId } from '@tellwire/format'
import { refusal } from '../errors.js'
import type { MessageInput } from './schemas.js'

const buttonsMax = 300
const valueBytesMax = 4_096
const kinds = ['url', 'action', 'copy', 'web_app'] as const

type Button = NonNullable<MessageInput['buttons']>[number][number]

/** @throws `buttons_refused`, in the words of Telegram where it is about an address. */
export function assertButtons(addresses: AddressRules, { buttons, keyboard }: MessageInput): void {
  if ((keyboard?.buttons.flat().length ?? 0) > buttonsMax) {
    throw refused('/keyboard', `has more than ${buttonsMax} buttons`)
  }
  if (!buttons) return
  if (buttons.flat().length > buttonsMax) throw refused('/buttons', `has more than ${buttonsMax} buttons`)
  for (const [row, items] of buttons.entries()) {
    for (const [column, button] of items.entries()) assertButton(addresses, button, `/buttons/${row}/${column}`)
  }
}

/** An album has no buttons: they need a text that follows it. */
export function assertAlbumHasText(
  { buttons, keyboard, remove_keyboard: isRemoved, attachments }: MessageInput,
  hasText: boolean,
): void {
  const [field] = [buttons && '/buttons', keyboard && '/keyboard', isRemoved && '/remove_keyboard'].filter(Boolean)
  if (!field || hasText || (attachments?.length ?? 0) < 2) return
  throw refused(String(field), 'is not for albums: give a text, which follows it with them')
}

function assertButton(addresses: AddressRules, button: Button, pointer: string): void {
  const given = kinds.filter((kind) => button[kind] !== undefined)
  if (given.length !== 1) throw refused(pointer, `needs exactly one of ${kinds.join(', ')}`)
  if (button.value !== undefined) assertValue(button, pointer)
  if (button.url !== undefined && findUserId(button.url) === undefined)
    assertAddress(addresses, button.url, `${pointer}/url`)
  if (button.web_app !== undefined) {
    assertAddress(addresses, button.web_app, `${pointer}/web_app`)
    if (!/^https:\/\//i.test(button.web_app)) throw refused(`${pointer}/web_app`, 'Only HTTPS links are allowed')
  }
}

function assertValue({ action, value }: Button, pointer: string): void {
  if (action === undefined) throw refused(`${pointer}/value`, 'belongs to an action')
  if (Buffer.byteLength(JSON.stringify(value)) > valueBytesMax) {
    throw refused(`${pointer}/value`, `must not take more than ${valueBytesMax} bytes as JSON`)
  }
}

/** Without a scheme an address is http to Telegram; other schemes that it opens are its own. */
function assertAddress(addresses: AddressRules, url: string, pointer: string): void {
  const checked = checkLink(url)
  const fault =
    'refusal' in checked
      ? `is not an address that Telegram opens: ${checked.refusal}`
      : /^https?:/.test(checked.url) && addresses.findFault(/^https?:/i.test(url) ? url : checked.url)
  if (fault) throw refused(pointer, fault)
}

function refused(pointer: string, detail: string) {
  return refusal('buttons_refused', `${pointer} ${detail}.`, { pointer, detail })
}
