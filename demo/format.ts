// Numbers as people read them: bytes, counts, degrees, metres, time.

const COUNT = new Intl.NumberFormat('en-US')
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const NARROW_SPACE = '\u202f'
const NO_BREAK_SPACE = '\u00a0'
const MINUS = '\u2212'

/** Three digits and a decimal unit: '933 MB', '37.3 MB', '0 B'. */
export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
  const value = bytes / 1000 ** power
  const digits = power === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)}${NO_BREAK_SPACE}${BYTE_UNITS[power]}`
}

export function formatCount(count: number): string {
  return COUNT.format(count)
}

/** '10,801 × 21,601' */
export function formatShape(shape: readonly number[]): string {
  return shape.length === 0 ? 'scalar' : shape.map(formatCount).join(' × ')
}

/** A signed value with `digits` decimals and a real minus. */
export function formatValue(value: number, digits = 2): string {
  if (!Number.isFinite(value)) return String(value)
  const rounded = Number(Math.abs(value).toFixed(digits))
  const text = rounded.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return value < 0 && rounded !== 0 ? MINUS + text : text
}

/** Decimals that show about five digits of a value in such a range. */
export function digitsFor(range: number): number {
  if (!(range > 0)) return 0
  return Math.max(0, Math.min(8, 5 - Math.ceil(Math.log10(range))))
}

function formatDegrees(degrees: number, positive: string, negative: string, withMinutes: boolean): string {
  const minutes = Math.round(Math.abs(degrees) * 60)
  const whole = Math.floor(minutes / 60)
  const side = minutes === 0 || minutes === 180 * 60 ? '' : NARROW_SPACE + (degrees > 0 ? positive : negative)
  const rest = withMinutes || minutes % 60 ? `${String(minutes % 60).padStart(2, '0')}′` : ''
  return `${whole}°${rest}${side}`
}

/** '12°34′ N'; without `withMinutes` whole degrees have none. */
export function formatLatitude(degrees: number, withMinutes = true): string {
  return formatDegrees(degrees, 'N', 'S', withMinutes)
}

/** `degrees` may be any number of turns away. */
export function formatLongitude(degrees: number, withMinutes = true): string {
  return formatDegrees(normalizeLongitude(degrees), 'E', 'W', withMinutes)
}

/** The same meridian from -180 to 180. */
function normalizeLongitude(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)}${NO_BREAK_SPACE}ms`
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)}${NO_BREAK_SPACE}ms`
  const seconds = milliseconds / 1000
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)}${NO_BREAK_SPACE}s`
  return `${Math.round(seconds / 60)}${NO_BREAK_SPACE}min`
}

/** Multiples of 1, 2 or 5 times a power of ten inside [min, max], about `count` of them. */
export function niceTicks(min: number, max: number, count: number): number[] {
  const span = max - min
  if (!(span > 0) || !Number.isFinite(span)) return [min]
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  const ticks: number[] = []
  for (let index = Math.ceil(min / step); index * step <= max + step * 1e-9; index++) ticks.push(index * step)
  return ticks
}
