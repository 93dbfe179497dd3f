// Maps made from a raster: each a lazy expression over views of its array, computed block by block from disk to disk.
import {
  type ArrayView,
  type DiskBackedNDArray,
  type JsonObject,
  NDArray,
  slice,
  type WorkOptions,
} from '../src/index.js'
import { type LazyArray, lazy, mean } from '../src/numpy.js'
import type { Geo } from './geography.js'
import type { Raster } from './raster.js'

export interface Derivation {
  /** What the result's path ends with. */
  readonly id: string
  readonly title: string
  /** The expression, as a page would write it. */
  readonly formula: string
  /** Whether it needs a second array of the same shape. */
  readonly needsOther: boolean
  build(source: Raster, other: DiskBackedNDArray | undefined, options: WorkOptions): Promise<Derived>
}

export interface Derived {
  readonly expression: LazyArray
  /** Of the result, so that it can be drawn. */
  readonly attributes: JsonObject
}

const SLOPES = `const se_nw = lazy(a.view([slice(1), slice(1)])).subtract(a.view([slice(0, -1), slice(0, -1)]))
const ne_sw = lazy(a.view([slice(0, -1), slice(1)])).subtract(a.view([slice(1), slice(0, -1)]))
const east = se_nw.add(ne_sw).multiply(perColumn), south = se_nw.subtract(ne_sw).multiply(perRow)`

/** Of the sun over the north-west, half way up: towards east, south and up. */
const SUN = [-0.5, -0.5, Math.SQRT1_2] as const
/** A degree of latitude, metres. */
const DEGREE = 111_195
/** Slopes east and west grow without bound towards the poles. */
const LEAST_COSINE = 0.05

export const DERIVATIONS: readonly Derivation[] = [
  {
    id: 'hillshade',
    title: 'Hillshade',
    formula: `${SLOPES}
const light = scalar(0.707).subtract(east.add(south).multiply(-0.5))
  .divide(east.square().add(south.square()).add(1).sqrt())
await light.clip(0, 1).multiply(255).astype('uint8').evaluate({ out, signal, onProgress })`,
    needsOther: false,
    build: async (source) => {
      // A surface that spans its range over a twelfth of the array is lit as at 45 degrees.
      const [min, max] = source.range
      const exaggeration = Math.max(source.grid.rows, source.grid.cols) / (12 * (max - min || 1))
      const { east, south } = slopes(source, exaggeration, exaggeration)
      const facing = east.multiply(-SUN[0]).add(south.multiply(-SUN[1])).add(SUN[2])
      const light = facing.divide(east.square().add(south.square()).add(1).sqrt())
      const expression = light.clip(0, 1).multiply(255).astype('uint8')
      return { expression, attributes: { ...between(source), quantity: 'Light from the north-west', scheme: 'grey' } }
    },
  },
  {
    id: 'slope',
    title: 'Slope',
    formula: `${SLOPES}
await hypot(east, south).evaluate({ out, signal, onProgress })`,
    needsOther: false,
    build: async (source) => {
      const { geo, units } = source
      const perKilometre = geo ? 1000 / (DEGREE * geo.degreesPerElement) : 1
      const { east, south } = slopes(source, perKilometre, perKilometre)
      const unit = geo ? `${units || '1'}/km` : units && `${units} an element`
      return {
        expression: east.hypot(south),
        attributes: { ...between(source), quantity: `Slope of: ${source.quantity}`, units: unit },
      }
    },
  },
  {
    id: 'zonal-difference',
    title: 'Difference from the row’s mean',
    formula: `const zonal = await mean(a, { axis: 1, keepdims: true })
await lazy(a).subtract(zonal).evaluate({ out, signal, onProgress })`,
    needsOther: false,
    build: async (source, _, options) => {
      const zonal = await mean(source.array, { axis: 1, keepdims: true, ...options })
      if (!(zonal instanceof NDArray)) throw new TypeError('the mean of rows is an array')
      return difference(source, real(source.array).subtract(zonal), 'less the mean of its latitude')
    },
  },
  {
    id: 'mirror-difference',
    title: 'Difference of north and south',
    formula: `const mirrored = a.view([slice(null, null, -1)])
await lazy(a).subtract(mirrored).evaluate({ out, signal, onProgress })`,
    needsOther: false,
    build: async (source) => {
      const mirrored = source.array.view([slice(null, null, -1)])
      return difference(
        source,
        real(source.array).subtract(real(mirrored)),
        'less that at the same place on the other half',
      )
    },
  },
  {
    id: 'difference',
    title: 'Difference from another array',
    formula: 'await lazy(a).subtract(b).evaluate({ out, signal, onProgress })',
    needsOther: true,
    build: async (source, other) => {
      if (!other) throw new TypeError('a difference is of two arrays')
      return difference(source, real(source.array).subtract(real(other)), 'less the other array')
    },
  },
]

function difference(source: Raster, expression: LazyArray, less: string): Derived {
  const { geo, units, shaded } = source
  const attributes = { quantity: `${source.quantity}, ${less}`, units, shaded, ...(geo && { geo: { ...geo } }) }
  return { expression, attributes }
}

/** Integers would wrap. */
function real(array: DiskBackedNDArray | ArrayView): LazyArray {
  return array.dtype === 'float32' || array.dtype === 'float64' ? lazy(array) : lazy(array).astype('float32')
}

/** Rises an element towards east and south, in the middle between four elements, times a factor each. */
function slopes(source: Raster, perColumn: number, perRow: number): { east: LazyArray; south: LazyArray } {
  const [first, second] = [slice(0, -1), slice(1, null)]
  const corner = (row: typeof first, col: typeof first) => real(source.array.view([row, col]))
  const southEast = corner(second, second).subtract(corner(first, first))
  const northEast = corner(first, second).subtract(corner(second, first))
  return {
    east: southEast.add(northEast).multiply(widths(source, perColumn / 2)),
    south: southEast.subtract(northEast).multiply(perRow / 2),
  }
}

/** On the globe elements get narrower towards the poles: a factor for every row. */
function widths({ geo, grid }: Raster, factor: number): NDArray<'float32'> | number {
  if (!geo) return factor
  const perRow = Float32Array.from({ length: grid.rows - 1 }, (_, row) => {
    const latitude = geo.north - (row + 0.5) * geo.degreesPerElement
    return factor / Math.max(LEAST_COSINE, Math.cos((latitude * Math.PI) / 180))
  })
  return NDArray.from(perRow, { shape: [grid.rows - 1, 1] })
}

/** The place of values that lie between four elements. */
function between({ geo }: Raster): JsonObject {
  if (!geo) return {}
  const half = geo.degreesPerElement / 2
  return {
    geo: { west: geo.west + half, north: geo.north - half, degreesPerElement: geo.degreesPerElement } satisfies Geo,
  }
}
