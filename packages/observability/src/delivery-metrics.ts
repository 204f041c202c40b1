import { Counter, Gauge, type Registry } from 'prom-client'

/** Why nobody knows whether a delivery was sent. */
export type UnknownCause = 'no_answer' | 'worker_died' | 'expired' | 'cancelled'

/** What every process counts that ends deliveries. */
export interface DeliveryMetrics {
  /** Deliveries that may have been sent and are not repeated. */
  unknown: Counter<'cause'>
  /** Has it told how long the oldest transaction keeps events from being read, in seconds, whenever that is asked. */
  eventGateLag(lagSeconds: () => number): void
}

export function createDeliveryMetrics(registry: Registry): DeliveryMetrics {
  return {
    unknown: new Counter({
      name: 'tellwire_deliveries_unknown_total',
      help: 'Deliveries that may have been sent and are not repeated, by why nobody knows',
      labelNames: ['cause'],
      registers: [registry],
    }),
    eventGateLag(lagSeconds) {
      new Gauge({
        name: 'tellwire_event_gate_lag_seconds',
        help: 'For how long the oldest open transaction has kept events from being read',
        registers: [registry],
        collect() {
          this.set(lagSeconds())
        },
      })
    },
  }
}

/** Counts deliveries that nobody knows about. */
export function countUnknown({ unknown }: DeliveryMetrics, cause: UnknownCause, deliveries = 1): void {
  unknown.inc({ cause }, deliveries)
}
