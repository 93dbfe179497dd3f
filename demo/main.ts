// The demo: opens the disk, then wires the list, the map, the meter and the file drop together.
import { type ArrayInfo, type Disk, DiskLockedError, openDisk } from '../src/index.js'
import { ArraysPanel } from './arrays-panel.js'
import { ComputePanel } from './compute-panel.js'
import { byId } from './dom.js'
import { offerGeoid, prepareFirstRun, SMALL, showFirstRun } from './first-run.js'
import { formatBytes } from './format.js'
import { ARCMINUTES, type Arcminutes } from './geoid.js'
import { geoidBytes, geoidPath, makeGeoid } from './geoid-array.js'
import { offerInspector } from './inspector-card.js'
import { Library } from './library.js'
import { MapPanel } from './map-panel.js'
import { showMeter } from './meter.js'
import { notify, notifyError } from './notices.js'
import { listenForNpy } from './npy-import.js'
import { canBeDrawn, describeRaster } from './raster.js'
import { runTask } from './tasks.js'

/** Room for the whole geoid, once, beside the tiles. */
const MEMORY_BUDGET = 1_250_000_000
/** The array shown last, so that a reload shows it again. */
const VIEWED_KEY = 'lazy-disk-cache demo: viewed'

class Demo {
  readonly #library: Library
  readonly #arrays: ArraysPanel
  readonly #map = new MapPanel()
  readonly #compute: ComputePanel
  readonly #arcminutes: Arcminutes
  #listed: readonly ArrayInfo[] = []
  #making = false
  #begun = false

  constructor(disk: Disk) {
    this.#library = new Library(disk)
    this.#arcminutes = disk.backend === 'memory' ? SMALL : askedArcminutes()
    this.#arrays = new ArraysPanel(this.#library, {
      onView: (path) => void this.#view(path),
      onList: (arrays) => this.#follow(arrays),
    })
    this.#compute = new ComputePanel(this.#library, { onView: (path) => void this.#view(path) })
    prepareFirstRun(disk, this.#arcminutes, (arcminutes) => void this.#make(arcminutes))
    listenForNpy(this.#library, (path, array) => {
      this.#library.adopt(path, array)
      if (canBeDrawn(array)) void this.#view(path)
    })
    showMeter(disk)
    this.#arrays.refresh()
  }

  /** The list changed: the map shows what was shown last, and nothing that is gone. */
  #follow(arrays: readonly ArrayInfo[]): void {
    this.#listed = arrays
    offerGeoid(arrays, this.#arcminutes, this.#making)
    const viewed = this.#map.raster
    if (viewed && !arrays.some(({ path }) => path === viewed.path)) this.#show(undefined)
    else this.#compute.follow(arrays, viewed)
    if (!this.#begun) {
      this.#begun = true
      const drawable = arrays.filter(canBeDrawn)
      const first = drawable.find(({ path }) => path === localStorage.getItem(VIEWED_KEY)) ?? drawable[0]
      if (first) void this.#view(first.path)
    }
    showFirstRun(this.#map.raster === undefined && !arrays.some(canBeDrawn))
  }

  async #view(path: string): Promise<void> {
    try {
      const array = await this.#library.open(path)
      this.#show(await describeRaster(array, path))
      localStorage.setItem(VIEWED_KEY, path)
    } catch (error) {
      notifyError(`${path} could not be shown.`, error)
    }
  }

  #show(raster: Awaited<ReturnType<typeof describeRaster>> | undefined): void {
    this.#map.show(raster)
    this.#arrays.viewed = raster?.path
    this.#compute.follow(this.#listed, raster)
    if (raster) showFirstRun(false)
  }

  async #make(arcminutes: Arcminutes): Promise<void> {
    this.#making = true
    offerGeoid(this.#listed, this.#arcminutes, true)
    await runTask(`Making the ${formatBytes(geoidBytes(arcminutes))} geoid`, async (options) => {
      const array = await makeGeoid(this.#library.disk, arcminutes, options)
      // What was streamed to the disk need not be in memory as well.
      await array.offload()
      this.#library.adopt(geoidPath(arcminutes), array)
      await this.#view(geoidPath(arcminutes))
    })
    this.#making = false
    if (this.#map.raster && document.activeElement === document.body) byId('map').focus({ preventScroll: true })
    this.#arrays.refresh()
  }
}

/** `?arcminutes=10` makes a smaller geoid. */
function askedArcminutes(): Arcminutes {
  const asked = Number(new URLSearchParams(location.search).get('arcminutes'))
  return ARCMINUTES.find((arcminutes) => arcminutes === asked) ?? 1
}

async function start(): Promise<void> {
  const opening = byId('opening')
  opening.textContent = 'Opening the disk…'
  try {
    const disk = await openDisk({ name: 'demo', backend: 'auto', memoryBudget: MEMORY_BUDGET })
    if (disk.fallbackReason) {
      notify({
        kind: 'info',
        title: 'This browser cannot keep arrays on disk here.',
        text: `Missing: ${disk.fallbackReason.missing}. The page works in memory instead, with a coarser geoid; nothing survives a reload.`,
      })
    }
    disk.addEventListener('error', ({ detail }) => notifyError('Something went wrong in the background.', detail.error))
    opening.hidden = true
    byId('arrays-card').hidden = false
    offerInspector(disk)
    new Demo(disk)
  } catch (error) {
    opening.textContent = 'The disk is not open.'
    const title =
      error instanceof DiskLockedError
        ? 'Another tab has the arrays and does not answer.'
        : 'The disk could not be opened.'
    notifyError(title, error, { label: 'Try again', run: () => void start() })
  }
}

void start()
