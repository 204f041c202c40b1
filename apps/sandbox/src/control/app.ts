import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'
import Type from 'typebox'

/** The app on which the control's routes are. */
export type ControlApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export const strict = { additionalProperties: false }
export const Id = Type.Object({ id: Type.Integer() })
export const ByBot = Type.Object({ bot: Type.String() }, strict)
export const ChatId = Type.Integer()
