// Loaded into a worker before anything else: what it does to a text that says so stands for a mistake that nobody knows of.
const stringify = JSON.stringify
const poisons = {
  'poison: block': () => {
    for (;;);
  },
  'poison: crash': () => process.kill(process.pid, 'SIGKILL'),
  'poison: memory': () => {
    const all = []
    for (;;) all.push(Array.from({ length: 1_000_000 }, (_, index) => index))
  },
}
JSON.stringify = (value, ...rest) => {
  poisons[value?.text]?.()
  return stringify(value, ...rest)
}

// The same while the parameters of the call are put together, long before it begins.
const assign = Object.assign
Object.assign = (target, ...sources) => {
  if (target?.text === 'poison: crash early') process.kill(process.pid, 'SIGKILL')
  return assign(target, ...sources)
}
