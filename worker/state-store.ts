// Container states in IndexedDB: one database a disk, one entry an array, by incarnation.
import { delMany, get, keys, set, type UseStore } from 'idb-keyval'
import type { StateStore } from '../src/engine/storage.js'

const STORE = 'states'
const databaseName = (disk: string): string => `lazy-disk-cache:${disk}`

export class IndexedDbStates implements StateStore {
  readonly #store: UseStore

  constructor(disk: string) {
    this.#store = strictStore(databaseName(disk))
  }

  get(key: string): Promise<unknown> {
    return get(key, this.#store)
  }

  set(key: string, value: unknown): Promise<void> {
    return set(key, value, this.#store)
  }

  delete(names: readonly string[]): Promise<void> {
    return delMany([...names], this.#store)
  }

  keys(): Promise<string[]> {
    return keys<string>(this.#store)
  }
}

/** Nothing where the disk has none. */
export async function deleteStates(disk: string): Promise<void> {
  await settled(indexedDB.deleteDatabase(databaseName(disk)))
}

/**
 * As idb-keyval's createStore, but a commit is durable when it resolves, and a database that could not be opened, or whose
 * connection the browser closed, is opened again.
 */
function strictStore(database: string): UseStore {
  let opening: Promise<IDBDatabase> | undefined
  const forget = () => {
    opening = undefined
  }
  const connect = (): Promise<IDBDatabase> => {
    opening ??= openDatabase(database, forget)
    opening.catch(forget)
    return opening
  }
  const begin = async (mode: IDBTransactionMode): Promise<IDBTransaction> => {
    const options = { durability: 'strict' } as const
    try {
      return (await connect()).transaction(STORE, mode, options)
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error
      forget() // the connection is closing, which fires no event in some browsers
      return (await connect()).transaction(STORE, mode, options)
    }
  }
  return async (mode, work) => work((await begin(mode)).objectStore(STORE))
}

async function openDatabase(database: string, onClose: () => void): Promise<IDBDatabase> {
  const request = indexedDB.open(database)
  request.onupgradeneeded = () => request.result.createObjectStore(STORE)
  const opened = await settled(request)
  opened.onclose = onClose
  opened.onversionchange = () => {
    opened.close() // else whoever deletes the disk waits for this worker's end
    onClose()
  }
  return opened
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
