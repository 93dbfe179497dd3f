// Colour maps made in OKLab, where equal steps look equal: lightness is linear, along the map or to both sides of the middle.

export type ColourScheme = 'diverging' | 'sequential' | 'grey'

export interface ColourScale {
  readonly scheme: ColourScheme
  readonly min: number
  readonly max: number
}

/** Lightness, chroma, hue in degrees (OKLCH), at equal distances. */
type Stop = readonly [lightness: number, chroma: number, hue: number]

const STOPS: Readonly<Record<ColourScheme, readonly Stop[]>> = {
  diverging: [
    [0.28, 0.1, 285],
    [0.45, 0.125, 262],
    [0.62, 0.11, 240],
    [0.79, 0.075, 220],
    [0.96, 0.018, 110],
    [0.79, 0.095, 78],
    [0.62, 0.14, 52],
    [0.45, 0.14, 34],
    [0.28, 0.095, 18],
  ],
  sequential: [
    [0.22, 0.06, 290],
    [0.4, 0.12, 272],
    [0.58, 0.11, 222],
    [0.76, 0.13, 160],
    [0.94, 0.14, 105],
  ],
  grey: [
    [0.12, 0, 0],
    [0.98, 0, 0],
  ],
}

export const COLOUR_STEPS = 1024
const LUTS = new Map<ColourScheme, Uint8ClampedArray>()

/** COLOUR_STEPS colours, red green blue each. */
export function colourTable(scheme: ColourScheme): Uint8ClampedArray {
  let table = LUTS.get(scheme)
  if (!table) {
    table = new Uint8ClampedArray(3 * COLOUR_STEPS)
    for (let index = 0; index < COLOUR_STEPS; index++) {
      table.set(toSrgb(...interpolate(STOPS[scheme], index / (COLOUR_STEPS - 1))), 3 * index)
    }
    LUTS.set(scheme, table)
  }
  return table
}

/** A CSS gradient of the map from left to right. */
export function colourGradient(scheme: ColourScheme): string {
  const table = colourTable(scheme)
  const colours = Array.from({ length: 33 }, (_, index) => {
    const at = 3 * Math.round((index / 32) * (COLOUR_STEPS - 1))
    return `rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})`
  })
  return `linear-gradient(to right, ${colours.join(', ')})`
}

/** A scale for values from `min` to `max`: diverging and symmetric where both sides of zero matter, if no scheme is given. */
export function chooseScale(min: number, max: number, scheme?: ColourScheme): ColourScale {
  if (scheme) return { scheme, min, max: max > min ? max : min + 1 }
  const far = Math.max(-min, max)
  const near = Math.min(-min, max)
  if (near > far / 20) return { scheme: 'diverging', min: -far, max: far }
  return { scheme: 'sequential', min, max: max > min ? max : min + 1 }
}

/** In OKLab's rectangular coordinates, so that hue never runs the long way round. */
function interpolate(stops: readonly Stop[], position: number): readonly [number, number, number] {
  const scaled = position * (stops.length - 1)
  const index = Math.min(Math.floor(scaled), stops.length - 2)
  const [from, to] = [toLab(stops[index]), toLab(stops[index + 1])]
  const mix = (a: number, b: number) => a + (b - a) * (scaled - index)
  return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])]
}

function toLab(stop: Stop | undefined): readonly [number, number, number] {
  const [lightness, chroma, hue] = stop ?? [0, 0, 0]
  const angle = (hue * Math.PI) / 180
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)]
}

/** OKLab to sRGB bytes (Björn Ottosson's matrices). */
function toSrgb(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function gamma(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear))
  return 255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055)
}
