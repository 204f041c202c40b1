import Type from 'typebox'
import type { TenantRequestScope } from '../context.js'
import { tooManyWaits } from '../errors.js'
import type { Waits } from '../waits.js'

/** @param description of the seconds: of what a change is waited for. */
export const WaitQuery = (description: string) =>
  Type.Object(
    { wait: Type.Integer({ minimum: 0, maximum: 30, default: 0, description }) },
    { additionalProperties: false },
  )

interface Watched<View> {
  id: string
  waits: Waits
  look: () => Promise<View>
  /** Whether it can still change. */
  isOpen: (view: View) => boolean
}

/** Looks at an object, and waits for its end where the request says so. For routes that pass no gate. @throws `too_many_waits` */
export async function lookOrWait<View>(
  { scope, query, signal }: { scope: TenantRequestScope; query: { wait: number }; signal: () => AbortSignal },
  { id, waits, look, isOpen }: Watched<View>,
): Promise<View> {
  const { tenantId, key, gates } = scope
  const lookInTurn = () => gates.statements.pass(tenantId, look)
  const view = await lookInTurn()
  if (!isOpen(view) || query.wait === 0) return view
  const waiter = { owner: key.id, seconds: query.wait, signal: signal() }
  if (!(await waits.until({ tenantId, id }, waiter))) throw tooManyWaits()
  return lookInTurn()
}
