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
    const unread = await listUnread(id, chat.unread)
    const texts = unread.map(({ text }) => `> ${(text ?? '').replace(/^\/support\s*/, '')}`)
    await say(
      event,
      `**${name ?? 'Somebody'}** wrote:\n\n${texts.toReversed().join('\n')}\n\nWrite your answer, or /next.`,
    )
    await open.save('open', id)
    await open.remove(`waiting-${id}`)
    // What was written meanwhile is left for the next time.
    const [newest] = unread
    await tellwire.chats.markRead(id, newest ? { up_to: newest.id } : {})
  }

  /** The newest messages of a person, the newest first. */
  async function listUnread(id: string, count: number) {
    const unread = []
    for await (const message of tellwire.chats.listMessages(id, { limit: 100 })) {
      if (unread.length === count) break
      if (message.direction === 'in') unread.push(message)
    }
    return unread
  }

  return {
    /** Somebody asks for help. */
    async receive(event: Heard): Promise<void> {
      await open.save(`waiting-${event.data.connection_id}`, event.id)
      await say(event, 'Thank you. Somebody will answer you here.')
    },
    /** Whether somebody has asked whom nobody has read yet. */
    async isWaiting(event: Heard): Promise<boolean> {
      return (await open.load(`waiting-${event.data.connection_id}`)) !== undefined
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
