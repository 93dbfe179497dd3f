// The map panel: the raster that is shown, its layers, its tools, its legend and readout.
import { drawCoastlines, loadCoastlines } from './coastline.js'
import { byId } from './dom.js'
import { formatBytes, formatCount, formatDuration } from './format.js'
import { drawGraticule } from './graticule.js'
import { HistogramPanel } from './histogram-panel.js'
import { showLegend } from './legend.js'
import { MapCanvas } from './map.js'
import { listenToInput } from './map-input.js'
import { notifyError } from './notices.js'
import { firstColumn, ProfilePanel } from './profile.js'
import type { Raster } from './raster.js'
import { showValueAt } from './readout.js'
import { Sculptor } from './sculpt.js'
import { drawTiles } from './tile-layer.js'
import { TileCache } from './tiles.js'
import { onPagesTell, tellPages } from './two-pages.js'
import type { Point, Size, View, Window } from './view.js'

const VIEW_KEY = 'lazy-disk-cache demo: view'

export class MapPanel {
  readonly #board = byId('map')
  readonly #map: MapCanvas
  readonly #profile: ProfilePanel
  readonly #histogram: HistogramPanel
  readonly #sculptor: Sculptor
  #tiles: TileCache | undefined
  #tilesTold = 0
  #coasts: Awaited<ReturnType<typeof loadCoastlines>> | undefined

  constructor() {
    const canvas = this.#board.querySelector('canvas')
    if (!canvas) throw new Error('index.html has no canvas in #map')
    // An application is interactive: without this it takes no keys.
    this.#board.tabIndex = 0
    this.#map = new MapCanvas(canvas)
    this.#profile = new ProfilePanel(this.#map, this.#board)
    this.#histogram = new HistogramPanel(this.#map)
    this.#sculptor = new Sculptor(this.#map, this.#board)
    this.#sculptor.onChange = ({ path }, window) => {
      this.refresh(path, window)
      tellPages({ path, window })
    }
    this.#map.onView = () => {
      this.#profile.endpoints.follow()
      this.#histogram.follow()
      if (this.#board.matches(':focus-visible')) this.#point(this.#map.toGrid(this.#map.centre))
    }
    this.#map.layers.push(
      (frame) => this.#tiles && drawTiles(frame, this.#tiles),
      (frame) => drawCoastlines(frame, this.#coasts ?? []),
      drawGraticule,
      (frame) => this.#profile.draw(frame),
      ({ context, size, ratio }) =>
        this.#board.matches(':focus-visible') && drawCrosshair(context, size.width * ratio, size.height * ratio, ratio),
      () => this.#showStats(),
    )
    this.#listen()
  }

  /** To be found again after a reload. */
  #keepView(): void {
    const { raster, view } = this.#map
    if (raster) sessionStorage.setItem(VIEW_KEY, JSON.stringify({ path: raster.path, ...view }))
  }

  get raster(): Raster | undefined {
    return this.#map.raster
  }

  /** Another layer over the same array is seen at the same place. */
  show(raster: Raster | undefined): void {
    const isLayer = raster !== undefined && this.#map.raster?.base === raster.base
    const seen = this.#map.view
    this.#tiles?.close()
    this.#tiles =
      raster &&
      new TileCache(
        raster,
        () => this.#map.draw(),
        (error) => this.#fail(error),
      )
    this.#board.hidden = raster === undefined
    byId('map-tools').hidden = raster === undefined
    byId('map-foot').hidden = raster === undefined
    byId('map-title').textContent = raster?.title ?? 'Map'
    byId('map-stats').textContent = ''
    byId('shading', HTMLInputElement).checked = raster?.shaded ?? false
    if (raster) showLegend(raster)
    if (raster?.geo && !this.#coasts) void this.#loadCoasts()
    this.#map.show(raster, (whole, size) => (isLayer ? seen : raster ? firstView(raster, whole, size) : whole))
    this.#profile.reset(isLayer)
    this.#histogram.reset()
    this.#sculptor.reset()
    this.#point(undefined)
  }

  /** Elements of the array at `path` were changed, here or in another page. */
  refresh(path: string, window: Window): void {
    if (this.raster?.path !== path) return
    this.#tiles?.refresh(window)
    this.#profile.refresh()
    this.#histogram.follow()
  }

  async #loadCoasts(): Promise<void> {
    this.#coasts = await loadCoastlines().catch((error: unknown) => {
      console.warn('The map goes without coastlines.', error)
      return []
    })
    this.#map.draw()
  }

  #listen(): void {
    onPagesTell(({ path, window }) => window && this.refresh(path, window))
    listenToInput(this.#board, this.#map, {
      onPoint: (pixel) => this.#point(pixel && this.#map.toGrid(pixel)),
      onKey: (key) => this.#press(key),
    })
    this.#board.addEventListener('focus', () => this.#map.draw())
    this.#board.addEventListener('blur', () => this.#map.draw())
    byId('zoom-in').addEventListener('click', () => this.#map.glideZoom(2))
    byId('zoom-out').addEventListener('click', () => this.#map.glideZoom(1 / 2))
    byId('zoom-all').addEventListener('click', () => this.#map.glideHome())
    addEventListener('pagehide', () => this.#keepView())
    const shading = byId('shading', HTMLInputElement)
    shading.addEventListener('change', () => {
      if (!this.#tiles) return
      this.#tiles.shaded = shading.checked
      this.#tiles.repaint()
    })
  }

  #press(key: string): boolean {
    const direction = ({ r: 1, R: -1 } as const)[key]
    if (direction) this.#sculptor.touch(this.#map.toGrid(this.#map.centre), direction)
    if (direction) return true
    const end = ({ a: 'a', A: 'a', b: 'b', B: 'b' } as const)[key]
    if (end) this.#profile.endpoints.moveEnd(end, this.#map.toGrid(this.#map.centre))
    return end !== undefined
  }

  #point(point: Point | undefined): void {
    const { raster } = this.#map
    if (raster) showValueAt({ raster, point })
  }

  #fail(error: unknown): void {
    if (this.#map.raster) notifyError('Part of the map could not be read.', error)
  }

  #showStats(): void {
    const stats = this.#tiles?.stats
    const settled = String(this.#tiles?.settled ?? false)
    if (this.#board.dataset['settled'] !== settled) this.#board.dataset['settled'] = settled
    if (!stats || stats.tiles === this.#tilesTold) return
    this.#tilesTold = stats.tiles
    if (stats.tiles === 0) return
    byId('map-stats').textContent =
      `${formatCount(stats.tiles)} tiles read, ${formatBytes(stats.bytes)} of ${formatBytes(this.#map.raster?.array.nbytes ?? 0)}; ` +
      `${formatDuration(stats.medianMilliseconds)} a tile (median)`
  }
}

/** Where the map was before a reload; else all there is, or as much of the globe as there is room for, around the profile. */
function firstView(raster: Raster, whole: View, size: Size): View {
  const kept: unknown = JSON.parse(sessionStorage.getItem(VIEW_KEY) ?? 'null')
  sessionStorage.removeItem(VIEW_KEY)
  if (isKeptView(kept) && kept.path === raster.path) return kept
  const isCut = raster.grid.turn * whole.scale > size.width + 1
  return isCut ? { ...whole, x: firstColumn(raster) } : whole
}

function isKeptView(value: unknown): value is View & { path: string } {
  if (typeof value !== 'object' || value === null) return false
  const { path, x, y, scale } = value as Record<string, unknown>
  return typeof path === 'string' && [x, y, scale].every(Number.isFinite)
}

function drawCrosshair(context: CanvasRenderingContext2D, width: number, height: number, ratio: number): void {
  const [x, y, arm] = [width / 2, height / 2, 9 * ratio]
  context.beginPath()
  context.moveTo(x - arm, y)
  context.lineTo(x + arm, y)
  context.moveTo(x, y - arm)
  context.lineTo(x, y + arm)
  for (const [style, pixels] of [
    ['rgb(255 255 255 / 0.9)', 4],
    ['rgb(14 18 34)', 1.6],
  ] as const) {
    context.strokeStyle = style
    context.lineWidth = pixels * ratio
    context.stroke()
  }
}
