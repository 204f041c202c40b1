import type { CursorStore, Tellwire } from '@tellwire/sdk'

/** Answers what is written to the shop, each message once. */
export function answerOwner(
  tellwire: Tellwire,
  { from, store, signal }: { from: string; store: CursorStore; signal: AbortSignal },
): Promise<void> {
  return tellwire.listen(
    {
      async message({ id, data }) {
        const isGreeting = data.text?.trim().toLowerCase() === 'hello'
        const text = isGreeting
          ? `Hello, ${data.from?.name ?? 'you'}! The shop is open.`
          : 'I report what happens in the shop, and ask you who may sign in. Say hello.'
        // A message that comes again, as the program ended in between, is answered under the same key: once.
        await tellwire.chats.answer(data.connection_id, { text, format: 'plain' }, { idempotencyKey: `answer-${id}` })
      },
    },
    { from, store, signal, onError: (error) => console.error('a message could not be answered:', error) },
  )
}
