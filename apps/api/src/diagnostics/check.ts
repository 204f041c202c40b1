/** One thing that was looked at. */
export interface Check {
  name: string
  status: 'ok' | 'warning' | 'error'
  detail: string
  /** An advice to whoever operates it; absent where all is well. */
  advice?: string
}

export type Found = Omit<Check, 'name'>

export const ok = (detail: string): Found => ({ status: 'ok', detail })
export const warning = (detail: string, advice: string): Found => ({ status: 'warning', detail, advice })
export const error = (detail: string, advice: string): Found => ({ status: 'error', detail, advice })
