import { parseArgs, type ParseArgsConfig } from 'node:util'

/** What the command line says. Ends the program where that is not how it is used. */
export function readOptions<Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config)
  } catch (error) {
    // What follows the first sentence is about arguments of programs in general.
    const [problem] = (error instanceof Error ? error.message : String(error)).split('. ')
    console.error(`${problem}. It is used so: ${usage}`)
    process.exit(1)
  }
}

/** The names that `--only` chooses, all where it is absent. Ends the program where one of them is unknown. */
export function readOnlyOption(only: string | undefined, known: readonly string[], what: string): readonly string[] {
  if (only === undefined) return known
  const chosen = only.split(',')
  const unknown = chosen.filter((name) => !known.includes(name))
  if (unknown.length === 0) return chosen
  console.error(`There is no ${unknown.join(', ')}. The ${what} are ${known.join(', ')}.`)
  process.exit(1)
}
