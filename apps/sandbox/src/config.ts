import { parseEnv } from '@tellwire/config'
import Type, { type Static } from 'typebox'

export const SandboxEnv = Type.Object({
  HOST: Type.String({ default: '127.0.0.1' }),
  PORT: Type.Integer({ default: 8081, minimum: 0, maximum: 65535 }),
  SANDBOX_DATA_FILE: Type.Optional(Type.String()),
  SANDBOX_CLOUD_RULES: Type.Boolean({ default: false }),
  LOG_LEVEL: Type.String({ default: 'info' }),
})

export type SandboxConfig = Static<typeof SandboxEnv>

export function readConfig(env: NodeJS.ProcessEnv): SandboxConfig {
  return parseEnv(SandboxEnv, env)
}
