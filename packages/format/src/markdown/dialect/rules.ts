import type MarkdownIt from 'markdown-it'
import type { StateBlock } from 'markdown-it'

export type BlockRule = (state: StateBlock, startLine: number, endLine: number, isSilent: boolean) => boolean

/** The parser's own rule of a name, for one that replaces it and goes on with it. */
export function ruleOf(parser: MarkdownIt, name: string): BlockRule {
  // The ruler shows its rules by chain only, without their names.
  const { __rules__: rules } = parser.block.ruler as unknown as { __rules__: { name: string; fn: BlockRule }[] }
  const rule = rules.find((each) => each.name === name)
  if (!rule) throw new Error(`the parser has no rule ${name}`)
  return rule.fn
}

/** The text of a line, without its indentation. */
export function lineOf({ src, bMarks, tShift, eMarks }: StateBlock, line: number): string {
  return src.slice((bMarks[line] ?? 0) + (tShift[line] ?? 0), eMarks[line])
}
