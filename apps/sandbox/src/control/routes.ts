import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { controlBots } from './bots.js'
import { controlFaults } from './faults.js'
import { controlFiles } from './files.js'
import { controlGroups } from './groups.js'
import type { Control } from './people-actions.js'
import { controlPeople } from './people.js'
import { controlTranscripts } from './transcripts.js'

type ControlFault = Error & { statusCode?: number; validation?: { params: { allowedValues?: unknown[] } }[] }

function tell({ message, validation = [] }: ControlFault): string {
  const allowed = validation.flatMap(({ params }) => params.allowedValues ?? [])
  return allowed.length === 0 ? message : `${message}: ${allowed.join(', ')}`
}

/** `/sandbox/v1`: what a test or the chat page does to the people, bots and limits of the sandbox. */
export function controlRoutes(control: Control): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.setErrorHandler((error: ControlFault, _request, reply) => {
      const status = error.statusCode ?? 500
      return reply.code(status).send({ ok: false, error: status < 500 ? tell(error) : 'internal error' })
    })
    controlBots(app, control)
    controlPeople(app, control)
    controlGroups(app, control)
    controlTranscripts(app, control)
    controlFiles(app, control)
    controlFaults(app, control)
  }
}
