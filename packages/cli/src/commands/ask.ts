import type { Command } from 'commander'
import { openCli, readDuration, type Surroundings } from '../cli.js'
import { CommandError, exitCodes } from '../exit-codes.js'

interface AskOptions {
  option?: string[]
  expires: string
}

export function addAsk(program: Command, around: Surroundings): void {
  program
    .command('ask')
    .description('Ask a user, and wait for the answer')
    .argument('<user>', 'your own id of the user')
    .argument('<question>', 'what to ask, in Markdown')
    .option('--option <option...>', 'what can be answered, as id=Text or Text; without any, the answer is written')
    .option('--expires <duration>', 'how long the question is open', '5m')
    .addHelpText(
      'after',
      `
The answer alone is written to standard output, so that a script can use it:
  $ [ "$(tellwire ask owner "Deploy **v2** to production?" --option yes=Deploy no=Wait)" = yes ] && ./deploy.sh`,
    )
    .action(async (user: string, text: string, options: AskOptions, command: Command) => {
      const cli = openCli(around, command)
      const expiresIn = readDuration(options.expires)
      const choices = options.option?.map((each) => {
        const [id, ...label] = each.split('=')
        return label.length > 0 ? { id: id ?? '', text: label.join('=') } : { id: each.toLowerCase(), text: each }
      })
      cli.out.note('Waiting for the answer …')
      const tellwire = await cli.tellwire()
      const question = await tellwire.questions.ask(
        {
          to: { user_id: user },
          text,
          expires_in: expiresIn,
          ...(choices ? { options: choices } : { free_text: {} }),
        },
        { timeoutMs: (expiresIn + 10) * 1_000, signal: cli.signal },
      )
      if (!question.answer) {
        if (cli.out.isJson) cli.out.result(question, () => '')
        const why = question.failure ? `${question.status}, ${question.failure}` : question.status
        throw new CommandError(
          `There is no answer: ${why}.`,
          question.status === 'expired' ? exitCodes.timeout : exitCodes.bad,
        )
      }
      const { option, text: written } = question.answer
      cli.out.result(question, () => option ?? written ?? '')
    })
}
