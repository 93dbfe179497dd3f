// The plot of a profile: values along the line from A to B, with the ends marked as on the map.
import type uPlot from 'uplot'
import { colourOf, Plot } from './plot.js'

const HEIGHT = 232
/** CSS pixels. */
const END_RADIUS = 9

export function makeProfilePlot(box: HTMLElement): Plot {
  return new Plot(box, {
    height: HEIGHT,
    series: [{ stroke: () => colourOf('--accent'), width: 1.8, points: { show: false } }],
    onDraw: drawEnds,
  })
}

function drawEnds(plot: uPlot): void {
  const [xs, ys] = plot.data
  if (!ys || xs.length < 2) return
  drawEnd(plot, 'A', xs[0], ys[0])
  drawEnd(plot, 'B', xs.at(-1), ys.at(-1))
}

function drawEnd(plot: uPlot, name: string, x: number | undefined, y: number | null | undefined): void {
  if (x === undefined || !Number.isFinite(y)) return
  const ratio = devicePixelRatio
  const { ctx } = plot
  const [left, top] = [plot.valToPos(x, 'x', true), plot.valToPos(y ?? 0, 'y', true)]
  ctx.save()
  ctx.beginPath()
  ctx.arc(left, top, END_RADIUS * ratio, 0, 2 * Math.PI)
  ctx.fillStyle = '#12162a'
  ctx.strokeStyle = '#fff'
  ctx.lineWidth = 1.5 * ratio
  ctx.fill()
  ctx.stroke()
  ctx.fillStyle = '#fff'
  ctx.font = `700 ${11 * ratio}px system-ui, "Liberation Sans", sans-serif`
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.fillText(name, left, top)
  ctx.restore()
}
