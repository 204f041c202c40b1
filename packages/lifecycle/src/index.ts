export { announceReady, stopOnSignal } from './stop-on-signal.js'
export { portOf } from './port-of.js'
