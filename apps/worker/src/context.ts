import type { Database, Pool } from '@tellwire/db'
import { runNow, type Sealer, type SystemScope } from '@tellwire/domain'
import type { FileStore } from '@tellwire/files'
import type { JobBackend, Waker } from '@tellwire/jobs'
import type { Logger } from '@tellwire/observability'
import type { BotApi } from '@tellwire/telegram'
import type { Preparer } from './compose/prepare.js'
import type { TenantNames } from './compose/tenant-names.js'
import type { TemplateVersions } from './compose/template-versions.js'
import type { BroadcastTurns } from './jobs/broadcast-turns.js'
import type { BotTokens } from './lane/bot-tokens.js'
import type { CallSlots } from './lane/call-slots.js'
import type { Beginner } from './lane/beginner.js'
import type { Claimer } from './lane/claimer.js'
import type { Lanes } from './lane/lanes.js'
import type { Leases } from './lane/leases.js'
import type { RichSupport } from './lane/rich-support.js'
import type { Suspects } from './lane/suspects.js'
import type { Trials } from './lane/trials.js'
import type { Settler } from './lane/settler.js'
import type { WorkerMetrics } from './metrics.js'
import type { Posting } from './webhooks/post-webhook.js'

/** All that the process has, made once in `main.ts`. */
export interface WorkerContext {
  db: Database
  engine: Pool
  jobs: JobBackend
  waker: Waker
  sealer: Sealer
  telegram: BotApi
  files: FileStore
  /** For long polls: connections of their own, so that they never keep a send waiting. */
  pollingApi: BotApi
  log: Logger
  lanes: Lanes
  leases: Leases
  claimer: Claimer
  beginner: Beginner
  tokens: BotTokens
  templateVersions: TemplateVersions
  tenantNames: TenantNames
  preparer: Preparer
  settler: Settler
  broadcasts: BroadcastTurns
  suspects: Suspects
  trials: Trials
  callSlots: CallSlots
  richSupport: RichSupport
  metrics: WorkerMetrics
  /** How webhooks are reached. */
  webhooks: Posting
  /** Written after every sweep that succeeded, for whoever watches the process. */
  heartbeatFile: string | undefined
  /** Aborts when the process is asked to stop: nothing new is begun. */
  stopping: AbortSignal
}

/** Opens the scope of work that the service does by itself. @param part of the service, such as `lane`. */
export function openSystemScope({ db, waker, log }: WorkerContext, part: string): SystemScope {
  return { db, waker, log, actor: { type: 'system', id: part }, afterCommit: runNow }
}
