// Holds our parsers of Telegram's own markup against recorded answers: `conformance.js <folder>`. The folder has
// parse-mode-vectors.json (what the parser finds) and parse-mode-postprocess.json (what is then sent).
import './node-version.js'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

const { root, setUp } = await import('./set-up.js')
const [given] = process.argv.slice(2)
if (given === undefined) {
  console.error('Which folder? npm run conformance -- path/to/vectors')
  process.exit(2)
}
// npm runs scripts in the project's folder and keeps in INIT_CWD where it was called.
const folder = resolve(process.env.INIT_CWD ?? process.cwd(), given)

const readVectors = (name) => JSON.parse(readFileSync(resolve(folder, name), 'utf8'))

function answer(make) {
  try {
    const { text, entities } = make()
    return { ok: true, text, entities }
  } catch (error) {
    return { ok: false, error: error.message }
  }
}

function expected({ ok, text, entities, error }) {
  return ok ? { ok, text, entities } : { ok, error }
}

/** Tells every miss; returns how many there were. */
function compare(title, vectors, expectedOf, make) {
  const misses = vectors.flatMap((vector) => {
    const wanted = expected(expectedOf(vector))
    const found = answer(() => make(vector))
    return isDeepStrictEqual(wanted, found) ? [] : [{ vector, wanted, found }]
  })
  for (const { vector, wanted, found } of misses) {
    console.log(`MISS ${vector.mode} ${JSON.stringify(vector.input)}`)
    console.log(`  expected ${JSON.stringify(wanted)}`)
    console.log(`  found    ${JSON.stringify(found)}`)
  }
  console.log(`${title}: ${vectors.length - misses.length} of ${vectors.length}`)
  return misses.length
}

try {
  const parsed = readVectors('parse-mode-vectors.json')
  const sent = readVectors('parse-mode-postprocess.json')
  await setUp()
  const { finishTelegramText, parseTelegramText } = await import(`${root}/packages/format/dist/index.js`)
  const misses =
    compare(
      'What the parser finds',
      parsed,
      (vector) => vector,
      ({ input, mode }) => parseTelegramText(input, mode),
    ) +
    compare(
      'What is sent',
      sent,
      (vector) => vector.sent_formatting_only,
      ({ input, mode }) => finishTelegramText(parseTelegramText(input, mode)),
    )
  process.exitCode = misses === 0 ? 0 : 1
} catch (error) {
  console.error('\n' + String(error))
  process.exit(1)
}
