/** For Prisma's `contains`, which is a LIKE: in it these three have another meaning. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}
