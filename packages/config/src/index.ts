export { ConfigError, parseEnv } from './parse-env.js'
export { endWith, orExit } from './or-exit.js'
export { SecretKey } from './secret-key.js'
export { readSecretFiles } from './read-secrets.js'
