/** A figure of the scale run, with its goal. */
export interface Figure {
  ours: number
  peer?: number
  ratio?: number
  goal: string
  ok: boolean
  unit: string
  n: number
}

export type SetFigure = (
  key: string,
  figure: Omit<Figure, 'ok' | 'goal'>,
  bound: { min?: number; max?: number },
) => void

/** Collects figures, and tells of each on the standard error as it comes. A ratio counts where there is one. */
export function createFigures(): { figures: Record<string, Figure>; set: SetFigure } {
  const figures: Record<string, Figure> = {}
  return {
    figures,
    set(key, figure, { min = -Infinity, max = Infinity }) {
      const counted = figure.ratio ?? figure.ours
      const goal = max === Infinity ? `>= ${min}` : `<= ${max}`
      figures[key] = { ...figure, goal, ok: counted >= min && counted <= max }
      note(`${key} ${JSON.stringify(figures[key])}`)
    },
  }
}

export function note(what: string): void {
  console.error(`${Math.round(performance.now() / 1_000)} s: ${what}`)
}

export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
