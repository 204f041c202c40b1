export { parseEnv, ConfigError } from './parse-env.js'
