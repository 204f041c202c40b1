export { ConfigError, parseEnv } from './parse-env.js'
export { orExit } from './or-exit.js'
