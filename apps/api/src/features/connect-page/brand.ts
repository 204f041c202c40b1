import { readObject } from '@tellwire/db'

/** How a tenant's connect page looks. */
export interface Brand {
  name: string | undefined
  logoUrl: string | undefined
  /** The colour of the button, with the one in which its text can be read best. */
  color: { ground: string; ink: string } | undefined
}

/** Reads a tenant's brand, as it was checked when it was set. */
export function readBrand(stored: unknown): Brand {
  const { name, logo_url: logoUrl, color } = readObject(stored)
  return {
    name: typeof name === 'string' ? name : undefined,
    logoUrl: typeof logoUrl === 'string' ? logoUrl : undefined,
    color: typeof color === 'string' ? { ground: color, ink: inkOn(color) } : undefined,
  }
}

/**
 * Black or white, whichever stands out more: one of them always has a contrast of at least 4.5 : 1, which WCAG asks for.
 * @param color as in `#1c7cc4`.
 */
export function inkOn(color: string): '#000000' | '#ffffff' {
  const luminance = luminanceOf(color)
  return (1 + 0.05) / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000'
}

/** The relative luminance of WCAG 2: 0 for black, 1 for white. */
function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
