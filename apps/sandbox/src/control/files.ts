import Type from 'typebox'
import type { ControlApp } from './app.js'
import { ControlError } from './control-error.js'
import type { Control } from './people-actions.js'

/** Serves the files of messages, and lets Telegram forget them. */
export function controlFiles(app: ControlApp, control: Control): void {
  const { world } = control
  app.get('/files/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, async (request, reply) => {
    const file = world.files.get(request.params.id)
    const bytes = file && world.bytes.get(file.uniqueId)
    if (!file || !bytes) throw new ControlError(404, 'there is no such file here')
    // Whatever else it is, it is not to run here as a page.
    const isSeen = /^(?:image\/(?!svg)|audio\/|video\/)/.test(file.mimeType)
    return reply
      .type(isSeen ? file.mimeType : 'application/octet-stream')
      .header('content-disposition', isSeen ? 'inline' : 'attachment')
      .header('x-content-type-options', 'nosniff')
      .header('content-security-policy', 'sandbox')
      .send(bytes)
  })
  /** Telegram forgets files: what a bot knows of them is stale. */
  app.delete('/files', async () => {
    world.files.clear()
    world.onChange()
    return { ok: true }
  })
}
