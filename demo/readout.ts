// The value under the pointer (or, for the keyboard, at the middle of the map): one element read from the array.
import { byId, part } from './dom.js'
import { formatValue } from './format.js'
import { latestOnly } from './latest.js'
import { markLegend } from './legend.js'
import { describePlace, elementAt, type Raster } from './raster.js'
import type { Point } from './view.js'

const HINT = 'Point at the map to read a value.'

interface Wish {
  readonly raster: Raster
  readonly point: Point | undefined
}

/** Shows the element at a grid point; undefined clears it. Reads never pile up. */
export const showValueAt = latestOnly(async ({ raster, point }: Wish): Promise<void> => {
  const element = point && elementAt(raster.grid, point)
  if (!element) return show(HINT, '', raster, undefined)
  const item = await raster.array.item(element.row, element.col).catch(() => undefined)
  if (typeof item === 'object' || item === undefined) return show('', '', raster, undefined)
  const value = Number(item)
  const text = typeof item === 'number' ? formatValue(item, raster.digits) : String(item)
  const centre = { x: element.col + 0.5, y: element.row + 0.5 }
  show(describePlace(raster, centre), raster.units ? `${text}\u00a0${raster.units}` : text, raster, value)
})

function show(place: string, value: string, raster: Raster, mark: number | undefined): void {
  const root = byId('readout')
  part(root, 'place').textContent = place
  part(root, 'value').textContent = value
  markLegend(raster, mark)
}
