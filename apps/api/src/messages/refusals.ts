import type { ProblemCode } from '../problems.js'

/** Codes of what can be in the way of a message that is well formed, wherever one is given. */
export const messageRefusals: readonly ProblemCode[] = [
  'attachments_refused',
  'buttons_refused',
  'file_too_large',
  'file_unknown',
  'impossible_combination',
  'link_preview_refused',
  'markup_invalid',
  'message_too_long',
  'template_unknown',
  'template_unpublished',
  'text_empty',
  'too_costly',
  'variables_invalid',
]
