/** Posts a body so many times, with nothing but `undici`. */
import { Pool } from 'undici'

export interface WebhookPosts {
  origin: string
  body: string
  count: number
  concurrency: number
}

process.on('message', ({ origin, body, count, concurrency }: WebhookPosts) => {
  void (async () => {
    const pool = new Pool(origin, { connections: concurrency })
    let left = count
    const post = async (): Promise<void> => {
      while (left-- > 0) {
        const response = await pool.request({
          method: 'POST',
          path: '/',
          headers: { 'content-type': 'application/json' },
          body,
        })
        await response.body.dump()
      }
    }
    await Promise.all(Array.from({ length: concurrency }, post))
    await pool.close()
  })()
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.send?.({ type: 'ready' })
