export { ConfigError, parseEnv } from './parse-env.js'
export { endWith, orExit } from './or-exit.js'
export { SecretKey } from './secret-key.js'
export { readSecretFiles, serviceSecrets } from './read-secrets.js'
