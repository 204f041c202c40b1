// The control characters of ECMA-48, most of which have a short form of one byte and a long one that begins with an escape.
const [bell, escape, nextLine] = ['\u0007', '\u001b', '\u0085']
const oneByte = '\u0080-\u0084\u0086-\u009f'

/** Characters by which a source tells that a program has written it for a terminal. */
const marks = new RegExp(`[\b\v\f\r${escape}${oneByte}${nextLine}\u2028\u2029]`)

/**
 * Sequences with parameters, those with a string (titles, links), and the short ones. A string ends within its line. What has
 * one byte and no end of a sequence was hardly written for a terminal: a text that was decoded wrongly is full of such
 * characters, and loses nothing but them.
 */
const sequences = [
  `${escape}\\[[0-?]*[ -/]*[@-~]`,
  '\u009b[0-9;]+[A-Za-z]',
  `${escape}[\\]PX^_][^${bell}${escape}\u009c\n]*(?:${bell}|${escape}\\\\|\u009c)`,
  `${escape}[ -/]*[0-~]`,
  `[${escape}${oneByte}]`,
].map((sequence) => new RegExp(sequence, 'g'))

/** The characters of a line that change while something goes on: numbers, bars and turning signs. */
const progress = /[\d\s%=#>.\-|/\\*+_~█▉▊▋▌▍▎▏▒░▓━╸╺⠀-⣿]+/g

/**
 * Reads what a program wrote as it stands on the screen: without its escape sequences, each line in the last state that
 * it was given, letters that were struck over as the last of them, and with `\n` at the end of every line.
 */
export function readTerminalOutput(source: string): string {
  if (!marks.test(source)) return source
  const shown = sequences.reduce((text, sequence) => text.replace(sequence, ''), source)
  const lines = shown.replace(/\r\n|[\v\f\u0085\u2028\u2029]/g, '\n').split('\n')
  return lines.map((line) => lastState(strikeOver(line))).join('\n')
}

/** A step back takes the character before it away, for the one that follows. */
function strikeOver(line: string): string {
  if (!line.includes('\b')) return line
  const kept: string[] = []
  for (const character of line) {
    if (character === '\b') kept.pop()
    else kept.push(character)
  }
  return kept.join('')
}

/** A line that begins anew overwrites itself, where it is the same again; otherwise each time is a line of its own. */
function lastState(line: string): string {
  if (!line.includes('\r')) return line
  const states = line.split('\r').filter((state) => state.trim() !== '')
  return states
    .filter((state, index) => {
      const next = states[index + 1]
      return next === undefined || sameButProgress(state) !== sameButProgress(next)
    })
    .join('\n')
}

function sameButProgress(state: string): string {
  return state.replace(progress, ' ').trim()
}
