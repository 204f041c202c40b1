import type { Tellwire } from '@tellwire/sdk'
import { type Heard, isCommand, type StateStore, textOf } from '@tellwire/sdk/conversations'

/** People write `/support …`; whoever is on duty reads and answers, and stays behind the bot. Tellwire keeps what was written. */
export function mailbox(tellwire: Tellwire, open: StateStore<string>) {
  const say = (event: Heard, text: string) =>
    tellwire.chats.answer(event.data.connection_id, { text }, { idempotencyKey: `mail-${event.id}` })

  async function showNext(event: Heard): Promise<void> {
    const [chat] = (await tellwire.chats.list({ unread: true, limit: 1 })).data
    if (!chat) return void (await say(event, 'Nothing is unread.'))
    const { id, display_name: name } = chat.connection
    const { data: messages } = await tellwire.chats.listMessages(id, { limit: 50 })
    const unread = messages.filter(({ direction }) => direction === 'in').slice(0, chat.unread)
    const texts = unread.map(({ text }) => `> ${(text ?? '').replace(/^\/support\s*/, '')}`)
    await say(
      event,
      `**${name ?? 'Somebody'}** wrote:\n\n${texts.toReversed().join('\n')}\n\nWrite your answer, or /next.`,
    )
    await open.save('open', id)
    await tellwire.chats.markRead(id, {})
  }

  return {
    /** Somebody asks for help. */
    async receive(event: Heard): Promise<void> {
      await say(event, 'Thank you. Somebody will answer you here.')
    },
    /** Somebody on duty reads, or answers. */
    async serve(event: Heard): Promise<void> {
      await tellwire.chats.markRead(event.data.connection_id, {})
      if (isCommand(event, 'next')) return showNext(event)
      if (isCommand(event, 'unread')) {
        const { data } = await tellwire.chats.list({ unread: true, limit: 100 })
        const told = data.length === 0 ? 'Nothing is unread.' : `${data.length} people wait. /next shows who.`
        return void (await say(event, told))
      }
      const id = await open.load('open')
      if (id === undefined) return void (await say(event, 'There is /unread and /next.'))
      const answer = { text: textOf(event), format: 'plain' } as const
      await tellwire.chats.answer(id, answer, { idempotencyKey: `answer-${event.id}` })
      await say(event, '✓ Sent.')
    },
  }
}
