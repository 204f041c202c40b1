import type { Command } from 'commander'
import type { Surroundings } from '../cli.js'
import { CommandError } from '../exit-codes.js'

const scripts: Record<string, string> = {
  bash: `_tellwire() {
  mapfile -t COMPREPLY < <(compgen -W "$(tellwire complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _tellwire tellwire
`,
  zsh: `#compdef tellwire
_tellwire() {
  local -a found
  found=("\${(@f)$(tellwire complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
}
compdef _tellwire tellwire
`,
  fish: `complete -c tellwire -f -a '(tellwire complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}

export function addCompletion(program: Command, { stdout }: Surroundings): void {
  program
    .command('completion')
    .description('Write what a shell needs to complete commands')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      `
Where it goes:
  bash  tellwire completion bash > ~/.local/share/bash-completion/completions/tellwire
  zsh   tellwire completion zsh > "\${fpath[1]}/_tellwire"
  fish  tellwire completion fish > ~/.config/fish/completions/tellwire.fish`,
    )
    .action((shell: string) => {
      const script = scripts[shell]
      if (script === undefined)
        throw new CommandError(`There is nothing for "${shell}": it has to be bash, zsh or fish.`)
      stdout.write(script)
    })

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action((words: string[]) => {
      stdout.write(`${candidates(program, words).join('\n')}\n`)
    })
}

/** Lists the words that can stand in the place of the last one. */
export function candidates(program: Command, words: readonly string[]): string[] {
  const last = words.at(-1) ?? ''
  let command = program
  for (const word of words.slice(0, -1)) command = command.commands.find((each) => each.name() === word) ?? command
  const found = last.startsWith('-')
    ? [...command.options, ...program.options].flatMap(({ long }) => long ?? [])
    : command.commands.filter((each) => !isHidden(each)).map((each) => each.name())
  return [...new Set(found)].filter((each) => each.startsWith(last)).toSorted()
}

function isHidden(command: Command): boolean {
  return command.name() === 'complete'
}
