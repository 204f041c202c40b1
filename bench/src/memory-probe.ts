/** Loaded into a worker beside its own program: tells its memory after a garbage collection when it is asked. */
process.on('message', (message: { type?: string }) => {
  if (message.type !== 'rss') return
  globalThis.gc?.()
  process.send?.({ type: 'rss', rss: process.memoryUsage.rss() })
})
