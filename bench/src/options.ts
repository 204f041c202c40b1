/** The names that `--only` chooses, all where it is absent. Ends the program where one of them is unknown. */
export function readOnlyOption(only: string | undefined, known: readonly string[], what: string): readonly string[] {
  if (only === undefined) return known
  const chosen = only.split(',')
  const unknown = chosen.filter((name) => !known.includes(name))
  if (unknown.length === 0) return chosen
  console.error(`There is no ${unknown.join(', ')}. The ${what} are ${known.join(', ')}.`)
  process.exit(1)
}
