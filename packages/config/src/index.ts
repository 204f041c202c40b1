export { ConfigError, parseEnv } from './parse-env.js'
export { endWith, orEnd, orExit } from './or-exit.js'
export { SecretKey } from './secret-key.js'
export { passwordVariables, readServiceEnv } from './read-service-env.js'
