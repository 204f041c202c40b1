import type { Chat, Message } from '@tellwire/telegram'

/** The text that somebody wrote, under a picture too. */
export function textOf({ text, caption }: Message): string {
  return text ?? caption ?? ''
}

export function isOfGroup({ type }: Chat): boolean {
  return type === 'group' || type === 'supergroup'
}
