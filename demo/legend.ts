// The colour scale under the map, with a mark at the value under the pointer.
import { colourGradient } from './colour.js'
import { byId, part } from './dom.js'
import { formatValue, niceTicks } from './format.js'
import type { Raster } from './raster.js'

const TICKS = 6

export function showLegend(raster: Raster): void {
  const root = byId('legend')
  const { scheme, min, max } = raster.scale
  const ramp = part(root, 'mark').parentElement
  if (ramp) ramp.style.backgroundImage = colourGradient(scheme)
  const ticks = niceTicks(min, max, TICKS)
  const digits = Math.max(0, ...ticks.map((tick) => decimals(tick)))
  part(root, 'ticks').replaceChildren(
    ...ticks.map((tick) => {
      const label = document.createElement('span')
      label.textContent = formatValue(tick, digits)
      const place = percent(raster, tick)
      label.style.insetInlineStart = `${place}%`
      // In the middle under its colour, but at the ends within the ramp.
      label.style.translate = place < 4 ? '0' : place > 96 ? '-100%' : '-50%'
      return label
    }),
  )
  part(root, 'caption').textContent = raster.units ? `${raster.quantity}, ${raster.units}` : raster.quantity
  markLegend(raster, undefined)
}

export function markLegend(raster: Raster, value: number | undefined): void {
  const mark = part(byId('legend'), 'mark')
  mark.hidden = value === undefined || Number.isNaN(value)
  if (value !== undefined) mark.style.insetInlineStart = `${percent(raster, value)}%`
}

function percent({ scale }: Raster, value: number): number {
  return Math.min(100, Math.max(0, ((value - scale.min) / (scale.max - scale.min)) * 100))
}

function decimals(tick: number): number {
  return Math.min(6, (/\.(\d+)$/.exec(String(Number(tick.toPrecision(6))))?.[1] ?? '').length)
}
