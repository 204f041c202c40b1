/** Milliseconds of the machine's monotonic clock: the same for all processes of the machine. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
