import type { FormattedText } from '@tellwire/format'

/** The name of a sender as one line. */
export function cleanSender(sender: string): string {
  return sender.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}

/** Puts the name of the sender above a text, in a line of its own. */
export function belowSender(sender: string, { text, entities }: FormattedText): FormattedText {
  const name = cleanSender(sender)
  const head = text === '' ? name : `${name}\n`
  return {
    text: head + text,
    entities: [
      { type: 'bold', offset: 0, length: name.length },
      ...entities.map((entity) => ({ ...entity, offset: entity.offset + head.length })),
    ],
  }
}

/** Puts what came of a question below its text. */
export function aboveOutcome(outcome: string, { text, entities }: FormattedText): FormattedText {
  return {
    text: `${text}\n\n${outcome}`,
    entities: [...entities, { type: 'italic', offset: text.length + 2, length: outcome.length }],
  }
}
