export { announceReady, stopOnSignal } from './stop-on-signal.js'
