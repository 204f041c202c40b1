// Shows the guide and the reference. Nothing is typed here, so that there is no key to keep.
const colors = { ink: '#14202b', quiet: '#51606d', accent: '#1666a3', side: '#f5f8fa', samples: '#1b2a38' }

window.Redoc.init(
  '/openapi.json',
  {
    scrollYOffset: 'header',
    hideDownloadButton: true,
    expandResponses: '200,201,202',
    jsonSampleExpandLevel: 3,
    sortRequiredPropsFirst: true,
    theme: {
      colors: { primary: { main: colors.accent }, text: { primary: colors.ink, secondary: colors.quiet } },
      sidebar: { backgroundColor: colors.side, textColor: colors.ink, width: '280px' },
      rightPanel: { backgroundColor: colors.samples },
      typography: {
        fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
        headings: { fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif' },
        links: { color: colors.accent },
        code: { wrap: true },
      },
    },
  },
  document.getElementById('reference'),
)
