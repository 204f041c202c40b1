// Kept to plain syntax, so that an old Node can say that it is too old.
const wanted = [20, 19]

/** One sentence for a Node that is too old; undefined for one that will do. */
export function complainAboutNode(version) {
  const parts = version.split('.').map(Number)
  const isRecent = parts[0] > wanted[0] || (parts[0] === wanted[0] && parts[1] >= wanted[1])
  return isRecent
    ? undefined
    : 'Tellwire needs Node ' +
        wanted.join('.') +
        ' or newer, and this is ' +
        version +
        ': install a newer one from https://nodejs.org.'
}

const complaint = complainAboutNode(process.versions.node)
if (complaint) {
  console.error(complaint)
  process.exit(1)
}
