// The demo: opens the disk, then wires the list, the map, the meter and the file drop together.
import { type ArrayInfo, type Disk, DiskLockedError, openDisk } from '../src/index.js'
import { ArraysPanel } from './arrays-panel.js'
import { ComparePanel } from './compare-panel.js'
import { ComputePanel } from './compute-panel.js'
import { byId } from './dom.js'
import { listenForFiles } from './file-import.js'
import { prepareFirstRun, showFirstRun } from './first-run.js'
import { formatBytes } from './format.js'
import { ARCMINUTES, type Arcminutes } from './geoid.js'
import { geoidBytes, geoidPath, makeGeoid } from './geoid-array.js'
import { GeoidForm } from './geoid-form.js'
import { offerInspector } from './inspector-card.js'
import { Library } from './library.js'
import { MapPanel } from './map-panel.js'
import { showMeter } from './meter.js'
import { notify, notifyError } from './notices.js'
import { canBeDrawn, describeRaster } from './raster.js'
import { runTask } from './tasks.js'
import { offerSecondPage, onPagesTell } from './two-pages.js'

/** What a disk kept in memory is asked to hold. */
const SMALL: Arcminutes = 10
/** Room for the whole geoid, once, beside the tiles. */
const MEMORY_BUDGET = 1_250_000_000
/** The array shown last, so that a reload shows it again. */
const VIEWED_KEY = 'lazy-disk-cache demo: viewed'

class Demo {
  readonly #library: Library
  readonly #arrays: ArraysPanel
  readonly #map = new MapPanel()
  readonly #compute: ComputePanel
  readonly #compare: ComparePanel
  /** In place of the map, and below the list. */
  readonly #forms: readonly [GeoidForm, GeoidForm]
  #listed: readonly ArrayInfo[] = []
  #making = false
  #begun = false

  constructor(disk: Disk) {
    this.#library = new Library(disk)
    this.#arrays = new ArraysPanel(this.#library, {
      onView: (path) => void this.#view(path),
      onList: (arrays) => this.#follow(arrays),
    })
    this.#compute = new ComputePanel(this.#library, { onView: (path) => void this.#view(path) })
    this.#compare = new ComparePanel(this.#library)
    const newForm = () =>
      new GeoidForm(disk, disk.backend === 'memory' ? SMALL : askedArcminutes(), (chosen) => void this.#make(chosen))
    this.#forms = [newForm(), newForm()]
    prepareFirstRun(disk, this.#forms[0])
    byId('make-again').append(this.#forms[1].element)
    listenForFiles(this.#library, (path, array) => {
      this.#library.adopt(path, array)
      if (canBeDrawn(array)) void this.#view(path)
    })
    onPagesTell(({ path, window }) => !window && this.#replaced(path))
    showMeter(disk)
    this.#arrays.refresh()
  }

  /** The list changed: the map shows what was shown last, and nothing that is gone. */
  #follow(arrays: readonly ArrayInfo[]): void {
    this.#listed = arrays
    this.#offerGeoid()
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

  /** By another page. */
  #replaced(path: string): void {
    this.#library.forget(path)
    this.#arrays.refresh()
    if (this.#map.raster?.path === path) void this.#view(path)
  }

  #offerGeoid(): void {
    byId('make-again').hidden = this.#listed.length === 0
    for (const form of this.#forms) form.follow(this.#listed, this.#making)
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
    this.#compare.follow(raster)
    if (raster) showFirstRun(false)
  }

  async #make(arcminutes: Arcminutes): Promise<void> {
    this.#making = true
    this.#offerGeoid()
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
    offerSecondPage(disk)
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
