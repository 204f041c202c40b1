import { cutText } from '../messages/cut-text.js'
import type { NamedAnswer, QuestionAnswer } from './question.js'

const shownLengthMax = 200
const outcomeLengthMax = 600

/** As many as there is room for in the message, each in a line. */
export function showAnswers(all: readonly NamedAnswer[]): string {
  const lines: string[] = []
  for (const answer of all) {
    const line = showAnswer(answer, answer.name)
    if (lines.join('\n').length + line.length > outcomeLengthMax) return [...lines, '…'].join('\n')
    lines.push(line)
  }
  return lines.join('\n')
}

/** Who has answered what, for everybody in the chats. */
export function showAnswer({ text }: Pick<QuestionAnswer, 'text'>, name: string): string {
  const shown = text ?? ''
  return `✓ ${shown.length > shownLengthMax ? `${cutText(shown, shownLengthMax)}…` : shown} — ${name}`
}
