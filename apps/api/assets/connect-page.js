// Shows the page anew as soon as the link is no longer waiting.
const status = `${location.pathname.replace(/\/$/, '')}/status`

async function watch() {
  try {
    const response = await fetch(status, { cache: 'no-store' })
    const { status: state } = await response.json()
    if (state !== 'pending') return location.reload()
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
  return watch()
}

void watch()
