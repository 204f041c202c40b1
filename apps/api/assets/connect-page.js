// Shows the page anew as soon as the link is no longer waiting.
const statusPath = `${location.pathname.replace(/\/$/, '')}/status`
const retryAfterMs = 2000

async function isStillPending() {
  try {
    const response = await fetch(statusPath, { cache: 'no-store' })
    if (response.ok) return (await response.json()).status === 'pending'
    if (response.status === 404) return false
  } catch {
    // The server is away for a moment.
  }
  await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
  return true
}

while (await isStillPending());
location.reload()
