import type { Sealer } from '@tellwire/domain'
import type { Said } from './place.js'

/** The things that buttons under our answers belong to. */
export const chatButtonKinds = ['link', 'stop', 'lang', 'apps', 'whom'] as const

/** A button under an answer of ours. */
export interface ChatButton {
  kind: (typeof chatButtonKinds)[number]
  /** What it does there: up to 24 characters of `A-Za-z0-9_.-`. */
  argument: string
}

/** A button that was pressed. */
export interface PressedButton {
  kind: string
  argument: string
  /** Telegram's id of the person whom we answered; undefined where it was whoever speaks for the chat. */
  ownerId: number | undefined
}

const prefix = 'tws'
const signatureLength = 16
const purpose = 'chat button'

interface Signing {
  sealer: Sealer
  botId: string
}

/**
 * The 64 bytes at most that Telegram keeps with a button. They are signed for the chat, so that what a changed app
 * sends is believed no further than a press on what was really shown there.
 */
export function makeChatButton(
  signing: Signing,
  said: Pick<Said, 'chat' | 'from' | 'senderChat' | 'place'>,
  { kind, argument }: ChatButton,
): string {
  const owner = ownerOf(said)?.id.toString(36) ?? ''
  const signature = signing.sealer.derive(purpose, signed(signing, [said.place.chatId, kind, argument, owner]))
  return [prefix, kind, argument, owner, signature.slice(0, signatureLength)].join('~')
}

/** @returns undefined for what is no button that was shown in this chat. */
export function readChatButton(signing: Signing, chatId: number, data: string): PressedButton | undefined {
  const parts = /^tws~([a-z]{4})~([\w.-]{0,24})~([0-9a-z]{0,11})~([\w-]{16})$/.exec(data)
  if (!parts) return undefined
  const [, kind = '', argument = '', owner = '', signature = ''] = parts
  const { sealer } = signing
  const input = signed(signing, [chatId, kind, argument, owner])
  if (!sealer.isDerived(purpose, input, signature, signatureLength)) return undefined
  return { kind, argument, ownerId: owner === '' ? undefined : Number.parseInt(owner, 36) }
}

/** Who writes in the name of a group or channel presses as the person who that is. */
function ownerOf({ chat, from, senderChat, place }: Pick<Said, 'chat' | 'from' | 'senderChat' | 'place'>) {
  const isInChannel = chat.type === 'channel' && place.chatId === chat.id
  return isInChannel || senderChat !== undefined ? undefined : from
}

function signed({ botId }: Signing, about: unknown[]): string {
  return JSON.stringify([botId, ...about])
}
