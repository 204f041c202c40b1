import type { FormattedText } from './formatted-text.js'

/** The text as it is: no character in it means anything but itself. */
export function renderPlain(source: string): FormattedText {
  return { text: source, entities: [] }
}
