// Turns a tile's values into an image: colour by value, brightness by slope.
import { COLOUR_STEPS, type ColourScale, colourTable } from './colour.js'

/** Rows of samples in C order. */
export interface Samples {
  readonly values: ArrayLike<number>
  readonly rows: number
  readonly cols: number
  /** The value that stands for none. */
  readonly noData: number | undefined
}

export interface Shading {
  /** Slope in values a sample at which light and shadow are at half strength; 0: no shading. */
  readonly slope: number
}

/** How far a slope is brightened towards white or darkened towards black at most. */
const LIGHT = 0.26
const SHADOW = 0.42

/** Paints the samples one pixel each; what is none stays transparent. */
export function paintSamples(samples: Samples, scale: ColourScale, shading: Shading): ImageData {
  const { values, rows, cols, noData } = samples
  const image = new ImageData(cols, rows)
  const pixels = image.data
  const table = colourTable(scale.scheme)
  const perValue = (COLOUR_STEPS - 1) / (scale.max - scale.min)
  for (let index = 0, at = 0; index < values.length; index++, at += 4) {
    const value = values[index] ?? Number.NaN
    if (Number.isNaN(value) || value === noData) continue
    const step = 3 * Math.round(Math.min(COLOUR_STEPS - 1, Math.max(0, (value - scale.min) * perValue)))
    const light = shading.slope > 0 ? lightOn(samples, index, shading.slope) : 0
    pixels[at] = lit(table[step] ?? 0, light)
    pixels[at + 1] = lit(table[step + 1] ?? 0, light)
    pixels[at + 2] = lit(table[step + 2] ?? 0, light)
    pixels[at + 3] = 255
  }
  return image
}

/** From -1, a slope away from a light in the north-west, to 1, one that faces it; one-sided slopes at the edges. */
function lightOn({ values, rows, cols }: Samples, index: number, slope: number): number {
  const col = index % cols
  const west = col > 0 ? 1 : 0
  const east = col < cols - 1 ? 1 : 0
  const north = index >= cols ? 1 : 0
  const south = index < (rows - 1) * cols ? 1 : 0
  const right = ((values[index + east] ?? 0) - (values[index - west] ?? 0)) / (west + east || 1)
  const down = ((values[index + south * cols] ?? 0) - (values[index - north * cols] ?? 0)) / (north + south || 1)
  const tilt = (right + down) / (Math.SQRT2 * slope)
  return Number.isNaN(tilt) ? 0 : tilt / Math.sqrt(1 + tilt * tilt)
}

function lit(channel: number, light: number): number {
  return light < 0 ? channel * (1 + SHADOW * light) : channel + (255 - channel) * LIGHT * light
}
