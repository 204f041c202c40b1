const secondsMax = 10

/** The seconds of `Prefer: wait=N` (RFC 7240); 0 where there is none. A preference is never an error. */
export function readPreferredWait(header: string | undefined): number {
  const seconds = /(?:^|[,;]\s*)wait\s*=\s*"?(\d{1,6})"?/i.exec(header ?? '')?.[1]
  return Math.min(Number(seconds ?? 0), secondsMax)
}
