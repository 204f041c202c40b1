import { isRich } from '@tellwire/domain'
import { measureRich, type RichBlock } from '@tellwire/format'
import type { Call } from '../compose/call.js'

/** Less than this is trimmed or joined. */
const lostShareMax = 0.02
const lostCharactersMax = 64

/**
 * Whether Telegram took a rich message and left out a part of it, which it does without a word where the message costs
 * it too much.
 */
export function isCutShort({ params, droppable }: Call, result: unknown): boolean {
  if (!droppable.some(isRich)) return false
  const sent = 'rich_message' in params ? (params.rich_message as { blocks: RichBlock[] }) : undefined
  const echo =
    typeof result === 'object' && result !== null && 'rich_message' in result ? result.rich_message : undefined
  if (!sent || echo === undefined) return false
  const { characters } = measureRich(sent.blocks)
  const lost = characters - countCharacters(echo)
  return lost > lostCharactersMax && lost > characters * lostShareMax
}

const textFields = new Set(['text', 'summary', 'expression', 'alternative_text', 'caption', 'credit'])

/** Of all texts in an answer, whatever blocks it has: Telegram shows more kinds of them than are sent. */
function countCharacters(value: unknown, isText = false): number {
  if (typeof value === 'string') return isText ? Array.from(value).length : 0
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countCharacters(item, isText), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [name, inner]) => sum + countCharacters(inner, textFields.has(name)), 0)
}
