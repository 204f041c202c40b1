export { buildSandbox, type SandboxOptions } from './app.js'
export { World } from './state/world.js'
