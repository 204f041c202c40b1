import { Counter, createDeliveryMetrics, type DeliveryMetrics, Registry } from '@tellwire/observability'

export interface WorkerMetrics extends DeliveryMetrics {
  registry: Registry
  /** Calls that were made, by what became of their delivery. */
  sends: Counter<'result'>
  rateLimited: Counter
  /** Recipients of broadcasts that joined their lanes. */
  expanded: Counter
}

export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry()
  const registers = [registry]
  return {
    ...createDeliveryMetrics(registry),
    registry,
    sends: new Counter({
      name: 'tellwire_sends_total',
      help: 'Calls to Telegram that send, by what became of the delivery',
      labelNames: ['result'],
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
