// The map: a canvas, the view it shows, and the layers drawn on it, at most once a frame.
import type { Raster } from './raster.js'
import { clampView, fitView, type Point, type Size, toGrid, toScreen, type View, zoomAt } from './view.js'

/** What a layer needs to draw. The context is in device pixels, `ratio` of them a CSS pixel. */
export interface Frame {
  readonly context: CanvasRenderingContext2D
  readonly raster: Raster
  readonly view: View
  readonly size: Size
  readonly ratio: number
}

export type Layer = (frame: Frame) => void

const GLIDE_MILLISECONDS = 180
const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)')

export class MapCanvas {
  readonly canvas: HTMLCanvasElement
  readonly layers: Layer[] = []
  /** Called after the view, the size or the raster changed, before it is drawn. */
  onView: () => void = () => undefined
  #raster: Raster | undefined
  #view: View = { x: 0, y: 0, scale: 1 }
  #size: Size = { width: 1, height: 1 }
  #frame = 0
  #glide = 0

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    new ResizeObserver(() => this.#resize()).observe(canvas)
  }

  get raster(): Raster | undefined {
    return this.#raster
  }
  get view(): View {
    return this.#view
  }
  get size(): Size {
    return this.#size
  }

  /** Shows `raster`; `choose` is given the view of all of it, and says which to begin with. */
  show(raster: Raster | undefined, choose: (whole: View, size: Size) => View): void {
    this.#raster = raster
    this.#measure()
    if (raster) this.#setView(choose(fitView(raster.grid, this.#size), this.#size))
    this.draw()
  }

  /** Goes there at once. */
  moveTo(view: View): void {
    cancelAnimationFrame(this.#glide)
    this.#setView(view)
  }

  panBy(right: number, down: number): void {
    const { x, y, scale } = this.#view
    this.moveTo({ x: x + right / scale, y: y + down / scale, scale })
  }

  zoomBy(factor: number, pixel: Point = this.centre): void {
    if (this.#raster) this.moveTo(zoomAt(this.#view, this.#raster.grid, this.#size, pixel, factor))
  }

  /** Goes there in a short movement, or at once for people who asked for less motion. */
  glide(target: (view: View) => View): void {
    cancelAnimationFrame(this.#glide)
    if (!this.#raster) return
    const [from, to] = [this.#view, clampView(target(this.#view), this.#raster.grid, this.#size)]
    if (reducedMotion.matches) {
      this.#setView(to)
      return
    }
    const across = this.#shortestWay(from.x, to.x)
    const begun = performance.now()
    const step = (now: number): void => {
      const t = Math.min(1, Math.max(0, now - begun) / GLIDE_MILLISECONDS)
      const eased = 1 - (1 - t) ** 3
      const scale = from.scale * (to.scale / from.scale) ** eased
      this.#setView({ x: from.x + across * eased, y: from.y + (to.y - from.y) * eased, scale })
      if (t < 1) this.#glide = requestAnimationFrame(step)
    }
    this.#glide = requestAnimationFrame(step)
  }

  glideZoom(factor: number): void {
    this.glide((view) => ({ ...view, scale: view.scale * factor }))
  }

  glideHome(): void {
    const raster = this.#raster
    if (raster) this.glide(() => fitView(raster.grid, this.#size))
  }

  get centre(): Point {
    return { x: this.#size.width / 2, y: this.#size.height / 2 }
  }
  toGrid(pixel: Point): Point {
    return toGrid(this.#view, this.#size, pixel)
  }
  toScreen(point: Point): Point {
    return toScreen(this.#view, this.#size, point)
  }

  /** Draws before the next frame is shown. */
  draw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#drawNow())
  }

  #setView(view: View): void {
    if (!this.#raster) return
    this.#view = clampView(view, this.#raster.grid, this.#size)
    this.onView()
    this.draw()
  }

  #shortestWay(from: number, to: number): number {
    const turn = this.#raster?.grid.turn
    return turn ? to - from - turn * Math.round((to - from) / turn) : to - from
  }

  /** Returns whether the map has a size: a hidden one has none. */
  #measure(): boolean {
    const { clientWidth, clientHeight } = this.canvas
    if (clientWidth === 0 || clientHeight === 0) return false
    this.#size = { width: clientWidth, height: clientHeight }
    this.canvas.width = Math.round(clientWidth * devicePixelRatio)
    this.canvas.height = Math.round(clientHeight * devicePixelRatio)
    return true
  }

  #resize(): void {
    const [raster, before] = [this.#raster, this.#size]
    if (!this.#measure() || !raster) return
    const wasWhole = this.#view.scale <= fitView(raster.grid, before).scale * 1.001
    this.#setView(wasWhole ? { ...this.#view, scale: 0 } : this.#view)
    this.#drawNow()
  }

  #drawNow(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const context = this.canvas.getContext('2d')
    if (!context) return
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.clearRect(0, 0, this.canvas.width, this.canvas.height)
    if (!this.#raster) return
    const ratio = this.canvas.width / this.#size.width
    const frame: Frame = { context, raster: this.#raster, view: this.#view, size: this.#size, ratio }
    for (const layer of this.layers) {
      context.save()
      layer(frame)
      context.restore()
    }
  }
}
