import type { Tellwire } from '@tellwire/sdk'
import {
  type AskOptions,
  conversation,
  type Conversation,
  type ConversationState,
  type Heard,
  isCommand,
  personOf,
  type StateStore,
  textOf,
} from '@tellwire/sdk/conversations'

const number: AskOptions = {
  accept: (event) => /^\d+$/.test(textOf(event)),
  otherwise: 'A number from 1 to 100, please.',
  timeoutMs: 600_000,
}

/** Guess a number: a game for each person, as many at once as there are people, in private and in groups. */
export function guessing(tellwire: Tellwire, store: StateStore<ConversationState>) {
  const playing = new Set<string>()
  const playerOf = (event: Heard): string => `${event.data.connection_id} ${personOf(event)}`
  /** Other commands are no guesses. */
  const keyOf = (event: Heard): string | undefined =>
    event.type === 'command.received' && !isCommand(event, 'guess') ? undefined : playerOf(event)

  async function play(chat: Conversation, first: Heard): Promise<void> {
    playing.add(playerOf(first))
    try {
      const secret = await chat.run(() => 1 + Math.floor(Math.random() * 100))
      let guess = Number(textOf(await chat.ask('I think of a number from 1 to 100. Which is it?', number)))
      for (let tries = 1; guess !== secret; tries++) {
        guess = Number(textOf(await chat.ask(`${tries}. ${guess < secret ? 'It is more.' : 'It is less.'}`, number)))
      }
      await chat.say(`🎉 It is **${secret}**!`)
    } finally {
      playing.delete(playerOf(first))
    }
  }

  const handlers = conversation(tellwire, keyOf, play, { starts: (event) => isCommand(event, 'guess'), store })
  return { handlers, isPlaying: (event: Heard) => playing.has(playerOf(event)) }
}
