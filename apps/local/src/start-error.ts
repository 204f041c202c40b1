/** Something that the person at the terminal can mend. The message says what and how. */
export class StartError extends Error {
  override name = 'StartError'
}
