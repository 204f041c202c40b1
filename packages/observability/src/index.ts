export { countUnknown, createDeliveryMetrics, type DeliveryMetrics, type UnknownCause } from './delivery-metrics.js'
export { createLogger, type Logger } from './logger.js'
export { Counter, Gauge, Registry, serveMetrics, type MetricsServer } from './metrics.js'
