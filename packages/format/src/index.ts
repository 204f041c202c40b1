export { renderMarkdown } from './render-markdown.js'
export { renderPlain } from './render-plain.js'
export { codePointLength, isBlank, messageLengthMax } from './limits.js'
export type { Entity, FormattedText } from './formatted-text.js'
