import { Counter, Registry } from '@tellwire/observability'

export interface WorkerMetrics {
  registry: Registry
  /** Calls that were made, by what became of their delivery. */
  sends: Counter<'result'>
  /** Deliveries that may have been sent and are not repeated, by why nobody knows. */
  unknown: Counter<'cause'>
  rateLimited: Counter
  /** Recipients of broadcasts that joined their lanes. */
  expanded: Counter
}

export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    sends: new Counter({
      name: 'tellwire_sends_total',
      help: 'Calls to Telegram that send, by what became of the delivery',
      labelNames: ['result'],
      registers,
    }),
    unknown: new Counter({
      name: 'tellwire_deliveries_unknown_total',
      help: 'Deliveries that may have been sent and are not repeated',
      labelNames: ['cause'],
      registers,
    }),
    rateLimited: new Counter({ name: 'tellwire_rate_limited_total', help: '429 answers of Telegram', registers }),
    expanded: new Counter({
      name: 'tellwire_broadcast_recipients_total',
      help: 'Recipients of broadcasts that joined their lanes',
      registers,
    }),
  }
}
