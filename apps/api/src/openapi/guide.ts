import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assetsFolder } from '../folders.js'
import { fieldCodes, problems } from '../problems.js'

/** Reads the guide that stands before the reference, with the codes of errors filled in. In Markdown. */
export function readGuide(): string {
  const guide = readFileSync(join(assetsFolder, 'guide.md'), 'utf8')
  return guide.replace('{{problems}}', tellProblems()).replace('{{fieldCodes}}', tellFieldCodes())
}

function tellProblems(): string {
  const rows = Object.entries(problems)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(
      ([code, { status, title, isRetryable }]) =>
        `| ${status} | \`${code}\` | ${title} | ${isRetryable ? 'yes' : ''} |`,
    )
  return ['| Status | Code | Meaning | Try again? |', '|--:|:--|:--|:--|', ...rows].join('\n')
}

function tellFieldCodes(): string {
  const rows = Object.entries(fieldCodes).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`)
  return ['| Code | Meaning |', '|:--|:--|', ...rows].join('\n')
}
