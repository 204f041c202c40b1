import type MarkdownIt from 'markdown-it'

const word = /[\p{L}\p{N}_]/u
const digit = /\d/
/** The end of a phrase, after which `**` ends what is bold though a word follows at once. */
const phraseEnd = /[:.,;!?)\]"']/
const counterparts: Record<string, string> = { '"': '"', "'": "'", '`': '`', '(': ')', '[': ']', '{': '}', '“': '”' }

/**
 * Asterisks, tildes and bars are marks only where they are surely meant. In scripts without spaces between words,
 * punctuation inside of a mark is no reason against it (`**提示：**后`); between digits, in paths and in quotes they are text.
 */
export function addSureDelimiters(parser: MarkdownIt): void {
  const Base = parser.inline.State
  parser.inline.State = class extends Base {
    override scanDelims(start: number, canSplitWord: boolean): ReturnType<InstanceType<typeof Base>['scanDelims']> {
      const found = super.scanDelims(start, canSplitWord)
      if (!canSplitWord) return found
      const { length } = found
      const before = this.src.slice(Math.max(0, start - 2), start)
      const previous = Array.from(before).at(-1) ?? ''
      const next = Array.from(this.src.slice(start + length, start + length + 2))[0] ?? ''
      const marker = this.src.charAt(start)
      if (marker === '|')
        return { length, can_open: opensSpoiler(previous, next), can_close: opensSpoiler(next, previous) }
      if (marker === '*' && isText(previous, next, length)) return { length, can_open: false, can_close: false }
      return {
        length,
        can_open: found.can_open || opensBesidePunctuation(previous, next),
        can_close: found.can_close || closesBesidePunctuation(previous, next, length),
      }
    }
  }
}

/** A spoiler has no word on its outer side, and text on its inner one. */
function opensSpoiler(outer: string, inner: string): boolean {
  return !word.test(outer) && /\S/.test(inner)
}

/** A factor, a part of a path, or an asterisk that is spoken of. */
function isText(previous: string, next: string, length: number): boolean {
  if (previous === '/' || next === '/') return true
  if (counterparts[previous] !== undefined && counterparts[previous] === next) return true
  const isInWord = word.test(previous) && word.test(next)
  return length === 1 && isInWord && (digit.test(previous) || digit.test(next))
}

function opensBesidePunctuation(previous: string, next: string): boolean {
  return word.test(previous) && isPunctuation(next) && (isForeign(previous) || isForeign(next))
}

function closesBesidePunctuation(previous: string, next: string, length: number): boolean {
  if (!isPunctuation(previous) || !word.test(next)) return false
  return isForeign(previous) || isForeign(next) || (length === 2 && phraseEnd.test(previous))
}

function isPunctuation(character: string): boolean {
  return character !== '' && !word.test(character) && /\S/.test(character)
}

function isForeign(character: string): boolean {
  return character > '\u007f'
}
