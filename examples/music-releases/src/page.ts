const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const layout = (title: string, content: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>body { font: 1.1rem/1.6 system-ui; max-width: 34rem; margin: 10vh auto; padding: 0 1rem } button { font: inherit } label { display: block }</style>
<h1>${escape(title)}</h1>
${content}
</html>
`

/** The page on which somebody signs in, which is to say a name. */
export const frontPage = (): string =>
  layout(
    'New releases',
    '<form action="/sign-in"><label>Your name <input name="name" required pattern="[a-z0-9]+"></label><button>Go on</button></form>',
  )

interface Account {
  name: string
  /** What the connected chat is called; undefined where there is none. */
  chat: string | undefined
  artists: { id: string; name: string; isFollowed: boolean }[]
}

/** The page of one user. */
export function accountPage({ name, chat, artists }: Account): string {
  const path = `/${encodeURIComponent(name)}`
  const connection =
    chat === undefined
      ? `<form method="post" action="${path}/connect"><button>Connect Telegram</button></form>`
      : `<p>Connected: <b>${escape(chat)}</b></p>
<form method="post" action="${path}/connect"><button>Connect another account</button></form>
<form method="post" action="${path}/disconnect"><button>Disconnect</button></form>`
  const choices = artists.map(
    ({ id, name: artist, isFollowed }) =>
      `<label><input type="checkbox" name="artist" value="${id}"${isFollowed ? ' checked' : ''}> ${escape(artist)}</label>`,
  )
  return layout(
    `${name}’s music`,
    `${connection}<form method="post" action="${path}/artists">${choices.join('\n')}<button>Save</button></form>`,
  )
}
