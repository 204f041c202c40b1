// The inside of a process in which suspects are tried: it composes their calls, and makes none. What ends it would have
// ended the worker.
import { type MessageToPrepare, prepareMessage } from '@tellwire/domain'
import { composeCall } from '../compose/compose-call.js'
import { createPreparer } from '../compose/prepare.js'
import type { Tried } from './trials.js'

const preparer = createPreparer(
  {
    // It is the one task that a preparer asks for.
    run: async (_tenantId, _name, input) => prepareMessage(input as MessageToPrepare) as never,
    close: async () => undefined,
  },
  () => '',
)

process.on('message', ({ delivery, content, lookUps }: Tried) => {
  const compose = async (): Promise<void> => {
    const call = composeCall(delivery, lookUps, await preparer.prepare(delivery, content, lookUps))
    if ('params' in call) JSON.stringify(call.params)
  }
  // What throws is set aside by whoever composes it for good.
  void compose()
    .catch(() => undefined)
    .then(() => process.send?.({ isAlive: true }))
})
process.on('disconnect', () => process.exit(0))
process.send?.({ isReady: true })
