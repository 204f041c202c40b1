import type { Chat, Message } from '@tellwire/telegram'

/** The text that somebody wrote, under a picture too. */
export function textOf({ text, caption }: Message): string {
  return text ?? caption ?? ''
}

/** The message that somebody has answered. Telegram lets every message of a forum's topic answer the one that made the topic. */
export function answeredIn({ reply_to_message: replied }: Message): Message['reply_to_message'] {
  return replied?.forum_topic_created ? undefined : replied
}

export function isOfGroup({ type }: Chat): boolean {
  return type === 'group' || type === 'supergroup'
}
