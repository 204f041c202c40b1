import { Counter, type Registry } from 'prom-client'

/** Why nobody knows whether a delivery was sent. */
export type UnknownCause = 'no_answer' | 'worker_died' | 'expired' | 'cancelled'

/** What every process counts that ends deliveries. */
export interface DeliveryMetrics {
  /** Deliveries that may have been sent and are not repeated. */
  unknown: Counter<'cause'>
}

export function createDeliveryMetrics(registry: Registry): DeliveryMetrics {
  return {
    unknown: new Counter({
      name: 'tellwire_deliveries_unknown_total',
      help: 'Deliveries that may have been sent and are not repeated, by why nobody knows',
      labelNames: ['cause'],
      registers: [registry],
    }),
  }
}

/** Counts deliveries that nobody knows about. */
export function countUnknown({ unknown }: DeliveryMetrics, cause: UnknownCause, deliveries = 1): void {
  unknown.inc({ cause }, deliveries)
}
