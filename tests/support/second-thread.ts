// A second thread as the service sees one: files of its own over the same directory, and only plain data between the two.
import { DataFiles } from '../../src/engine/data-files.js'
import { computeFor, reduceFor } from '../../src/engine/evaluating.js'
import { MemoryDirectory } from '../../src/engine/memory-directory.js'
import type { ElementsShare, PieceShare, SecondThread } from '../../src/engine/operators/sharing.js'
import type { SyncFile } from '../../src/engine/storage.js'
import { Work } from '../../src/engine/work.js'
import { ManualScheduler } from './engine-harness.js'

/** Its open files are open to others too. */
class SharingDirectory extends MemoryDirectory {
  readonly #open = new Map<string, SyncFile>()

  override async open(name: string): Promise<SyncFile> {
    const file = this.#open.get(name) ?? (await super.open(name))
    this.#open.set(name, file)
    return file
  }
}

/** Lets messages come at every pause. Whoever asks it twice for the time has waited for a millisecond. */
export class TurningScheduler extends ManualScheduler {
  #asked = 0

  override now(): number {
    return super.now() + this.#asked++
  }

  override pause(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }
}

export class Second implements SecondThread {
  readonly directory = new SharingDirectory()
  readonly shares: (PieceShare | ElementsShare)[] = []
  /** How many runs it has delivered. */
  delivered = 0
  readonly #before: (work: Work) => Promise<void>
  #work: Work | undefined

  /** `before`: is done before every share and every delivery. */
  constructor(before: (work: Work) => Promise<void> = async () => undefined) {
    this.#before = before
  }

  async ready(): Promise<boolean> {
    return true
  }

  async reduce(share: PieceShare): ReturnType<SecondThread['reduce']> {
    const { data, work } = await this.#begin(share)
    return reduceFor(data, structuredClone(share), work)
  }

  async compute(share: ElementsShare, port: MessagePort): Promise<void> {
    const { data, work } = await this.#begin(share)
    const failed = new Promise<never>((_, reject) => {
      const postMessage = port.postMessage.bind(port)
      port.postMessage = (message: unknown, transfer) => {
        this.#before(work).then(() => {
          this.delivered++
          postMessage(message, transfer as ArrayBuffer[])
        }, reject)
      }
    })
    await Promise.race([computeFor(data, structuredClone(share), port, work), failed])
  }

  stop(): void {
    this.#work?.abort()
  }

  async #begin(share: PieceShare | ElementsShare): Promise<{ data: DataFiles; work: Work }> {
    this.shares.push(share)
    const data = new DataFiles(this.directory)
    await data.openAll()
    const work = new Work(new TurningScheduler())
    this.#work = work
    await this.#before(work)
    return { data, work }
  }
}
