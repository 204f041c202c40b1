export { announceReady, stopOnSignal } from './stop-on-signal.js'
export { endWhenHanging } from './watch-event-loop.js'
export { portOf } from './port-of.js'
