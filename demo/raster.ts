// A two-dimensional array as something to look at: its place on the globe, its units, its range of values.
import { type ArrayInfo, type DiskBackedNDArray, type NDArray, slice } from '../src/index.js'
import { type ColourScale, chooseScale } from './colour.js'
import { digitsFor, formatCount, formatLatitude, formatLongitude } from './format.js'
import type { Geo } from './geography.js'
import type { Grid, Point } from './view.js'

type Range = readonly [min: number, max: number]

export interface Raster {
  readonly array: DiskBackedNDArray
  readonly path: string
  readonly title: string
  /** The path of the array this is a layer over; its own where it is the lowest. */
  readonly base: string
  /** What the values are, for the legend and the profile's axis. */
  readonly quantity: string
  readonly units: string
  readonly shaded: boolean
  /** The value that stands for none. */
  readonly noData: number | undefined
  readonly grid: Grid
  readonly geo: Geo | undefined
  /** Of a thinned-out sample of the values. */
  readonly range: Range
  readonly scale: ColourScale
  /** Decimals worth showing. */
  readonly digits: number
}

/** Samples an axis at most, to find the range of values. */
const RANGE_SAMPLES = 512
const OUTLIERS = 0.001
/** Of GeoTIFF's keys. */
const GEOGRAPHIC = 2
const PIXEL_IS_POINT = 2

export function canBeDrawn(info: Pick<ArrayInfo, 'shape' | 'dtype'>): boolean {
  return info.shape.length === 2 && info.shape.every((length) => length > 0) && !info.dtype.startsWith('complex')
}

/** Reads what is needed to draw `array`: its attributes and a thinned-out sample of its values. */
export async function describeRaster(array: DiskBackedNDArray, path: string): Promise<Raster> {
  const [rows = 0, cols = 0] = array.shape
  const { title, quantity, units, shaded, scheme } = array.attributes
  const geo = readGeo(array.attributes['geo']) ?? readGeoTiff(array.attributes)
  const noData = typeof array.attributes['noData'] === 'number' ? array.attributes['noData'] : undefined
  const turn = geo ? Math.round(360 / geo.degreesPerElement) : 0
  const { range, bulk } = await sampleRange(array, noData)
  const scale = chooseScale(...bulk, scheme === 'grey' ? 'grey' : undefined)
  return {
    array,
    path,
    title: typeof title === 'string' ? title : path,
    base: baseOf(path, array.attributes),
    quantity: typeof quantity === 'string' ? quantity : 'Value',
    units: typeof units === 'string' ? units : '',
    shaded: shaded === true,
    noData,
    grid: { rows, cols, turn: turn > 0 && cols >= turn ? turn : 0 },
    geo,
    range,
    scale,
    digits: /int|bool/.test(array.dtype) ? 0 : digitsFor(scale.max - scale.min),
  }
}

/** The path of the array that this one was computed from. */
export function baseOf(path: string, { layerOver }: ArrayInfo['attributes']): string {
  return typeof layerOver === 'string' ? layerOver : path
}

/** Whether its elements are what plain loops go over: neither bigints nor half floats. */
export function hasPlainNumbers({ array }: Raster): boolean {
  return /^(u?int(8|16|32)|float(32|64))$/.test(array.dtype)
}

function readGeo(value: unknown): Geo | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { west, north, degreesPerElement } = value as Partial<Record<keyof Geo, unknown>>
  if (typeof west !== 'number' || typeof north !== 'number' || typeof degreesPerElement !== 'number') return undefined
  return { west, north, degreesPerElement }
}

/** What a GeoTIFF in degrees says, if its pixels are square. */
function readGeoTiff({ geoKeys, origin, resolution }: ArrayInfo['attributes']): Geo | undefined {
  const { GTModelTypeGeoKey, GTRasterTypeGeoKey } = (geoKeys ?? {}) as Readonly<Record<string, unknown>>
  if (GTModelTypeGeoKey !== GEOGRAPHIC || !Array.isArray(origin) || !Array.isArray(resolution)) return undefined
  const [west, north, width, height] = [...origin.slice(0, 2), ...resolution.slice(0, 2)].map(Number)
  if (west === undefined || north === undefined || !width || !height) return undefined
  if (width <= 0 || Math.abs(width + height) > 1e-6 * width) return undefined
  const half = GTRasterTypeGeoKey === PIXEL_IS_POINT ? 0 : width / 2
  return { west: west + half, north: north - half, degreesPerElement: width }
}

/** Of a sample: least and greatest value, and without the thousandth at either end, for a few would take all the colours. */
async function sampleRange(
  array: DiskBackedNDArray,
  noData: number | undefined,
): Promise<{ range: Range; bulk: Range }> {
  const every = array.shape.map((length) => slice(null, null, Math.max(1, Math.ceil(length / RANGE_SAMPLES))))
  const sorted = Float64Array.from(numbersOf(await array.get(every)))
    .filter((value) => Number.isFinite(value) && value !== noData)
    .sort()
  const at = (fraction: number) => sorted[Math.round(fraction * (sorted.length - 1))] ?? 0
  return sorted.length === 0
    ? { range: [0, 1], bulk: [0, 1] }
    : { range: [at(0), at(1)], bulk: [at(OUTLIERS), at(1 - OUTLIERS)] }
}

/** The elements in C order as numbers that can be drawn: 64-bit integers are rounded, infinities kept. */
export function numbersOf(array: NDArray): ArrayLike<number> & Iterable<number> {
  const { data } =
    array.dtype === 'float16' || array.dtype.endsWith('int64') ? array.astype('float64', { casting: 'unsafe' }) : array
  return data as Exclude<typeof data, BigInt64Array | BigUint64Array>
}

/** The centre of an element lies on the point of the globe it was sampled at. */
export function toLonLat(geo: Geo, point: Point): { lon: number; lat: number } {
  return {
    lon: geo.west + (point.x - 0.5) * geo.degreesPerElement,
    lat: geo.north - (point.y - 0.5) * geo.degreesPerElement,
  }
}

export function fromLonLat(geo: Geo, { lon, lat }: { lon: number; lat: number }): Point {
  return { x: (lon - geo.west) / geo.degreesPerElement + 0.5, y: (geo.north - lat) / geo.degreesPerElement + 0.5 }
}

/** The element under a grid point; undefined outside. */
export function elementAt(grid: Grid, point: Point): { row: number; col: number } | undefined {
  const x = grid.turn ? ((point.x % grid.turn) + grid.turn) % grid.turn : point.x
  const [row, col] = [Math.floor(point.y), Math.floor(x)]
  return row >= 0 && row < grid.rows && col >= 0 && col < grid.cols ? { row, col } : undefined
}

/** '12°34′ N, 45°10′ E' or 'row 12, column 345'. */
export function describePlace(raster: Raster, point: Point): string {
  if (!raster.geo) return `row ${formatCount(Math.floor(point.y))}, column ${formatCount(Math.floor(point.x))}`
  const { lon, lat } = toLonLat(raster.geo, point)
  return `${formatLatitude(lat)}, ${formatLongitude(lon)}`
}
