// Tells how the product's code looks: lengths of functions and files, casts, comments. `npm run stats -- FOLDER` looks at another checkout.
import './node-version.js'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)))
const fileLinesMax = 250
/** Files of shapes may be as long as what they describe. */
const isOfShapes = (file) => /(schemas|problems)\.ts$/.test(file)

function productFiles() {
  return ['apps', 'packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !/\.(test|d)\.ts$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((file) => /^(apps|packages|examples)\/[^/]+\/src\//.test(file) && !file.includes('/generated/')),
  )
}

function measure(file) {
  const text = readFileSync(join(root, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line
  const functions = []
  let casts = 0
  const visit = (node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const name = node.name?.getText(source) ?? node.parent.name?.getText?.(source) ?? 'a function'
      functions.push({ file, name, lines: lineOf(node.end) - lineOf(node.getStart(source)) + 1 })
    }
    const isConst = ts.isAsExpression(node) && node.type.getText(source) === 'const'
    if ((ts.isAsExpression(node) && !isConst) || ts.isTypeAssertionExpression(node) || ts.isNonNullExpression(node))
      casts++
    ts.forEachChild(node, visit)
  }
  visit(source)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return {
    file,
    functions,
    casts,
    lines: lines.length,
    fileLines: text.split('\n').length - 1,
    commentLines: countComments(text),
  }
}

function countComments(text) {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text)
  let count = 0
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.MultiLineCommentTrivia) count += scanner.getTokenText().split('\n').length
    if (token === ts.SyntaxKind.SingleLineCommentTrivia) count++
  }
  return count
}

const files = productFiles().map(measure)
const functions = files.flatMap((file) => file.functions).toSorted((a, b) => a.lines - b.lines)
const at = (part) => functions[Math.min(functions.length - 1, Math.floor(functions.length * part))].lines
const sum = (field) => files.reduce((total, file) => total + file[field], 0)
const lines = sum('lines')
const longest = functions.at(-1)
const long = files.filter(({ file, fileLines }) => fileLines > fileLinesMax && !isOfShapes(file))

console.log(`files                    ${files.length}, with ${lines} lines that are not empty`)
console.log(`functions                ${functions.length}`)
console.log(
  `lines of a function      median ${at(0.5)}, p99 ${at(0.99)}, longest ${longest.lines} (${longest.name} in ${longest.file})`,
)
console.log(`casts per 1,000 lines    ${((sum('casts') / lines) * 1_000).toFixed(1)} (${sum('casts')})`)
console.log(
  `files over ${fileLinesMax} lines      ${long.map(({ file, fileLines }) => `${file} (${fileLines})`).join(', ') || 'none'}`,
)
console.log(`comment lines            ${((sum('commentLines') / lines) * 100).toFixed(1)} % of the lines`)
