// A connection to a real storage worker over OPFS: calls, reopening, relays, listing and deleting.
import { expect, test } from '../support/fixtures.js'

test('what one connection writes the next one reads, and nothing is locked in between', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection, write, read, locks } = await import('/tests/support/boundary.ts')
    await open({ name: 'Disk ü/1' })
    await write('a', 7)
    const held = await locks()
    await connection().close()
    await new Promise((resolve) => setTimeout(resolve, 100))
    const left = await locks()
    await open({ name: 'Disk ü/1', backend: 'auto' })
    return { byte: await read('a'), held, left, backend: connection().backend }
  })
  expect(seen).toEqual({
    byte: 7,
    held: [
      'held lazy-disk-cache:client:*',
      'held lazy-disk-cache:life:*',
      'held lazy-disk-cache:owner:Disk ü/1',
      'held lazy-disk-cache:page:Disk ü/1',
      'waiting lazy-disk-cache:life:*',
    ],
    left: [],
    backend: 'opfs',
  })
})

test('buffers move to the worker and back, and errors keep their class', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection } = await import('/tests/support/boundary.ts')
    const { putOf } = await import('/tests/support/put.ts')
    const { KeyExistsError, NotFoundError } = await import('/src/core/errors.ts')
    await open()
    const bytes = new Uint8Array(3 << 20).fill(9)
    const put = putOf('large', bytes)
    const [result] = await connection().call('put', { puts: [put] }, { transfer: [bytes.buffer] })
    const { buffer } = await connection().call('read', { incarnation: result?.meta.incarnation ?? 0 })
    const missing = await connection()
      .call('open', { path: 'none' })
      .catch((error: unknown) => error)
    const taken = await connection()
      .call('rename', { from: 'large', to: 'large' })
      .then(() => connection().call('put', { puts: [putOf('other', Uint8Array.of(1))] }))
      .then(() => connection().call('rename', { from: 'large', to: 'other' }))
      .catch((error: unknown) => error)
    return {
      sent: bytes.byteLength,
      got: [buffer.byteLength, new Uint8Array(buffer).at(-1)],
      classes: [missing instanceof NotFoundError, taken instanceof KeyExistsError],
    }
  })
  expect(seen).toEqual({ sent: 0, got: [3 << 20, 9], classes: [true, true] })
})

test('progress begins at 0, never goes back, and its last report comes before the answer', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection } = await import('/tests/support/boundary.ts')
    const { specOf } = await import('/tests/support/put.ts')
    await open()
    const target = { create: { ...specOf('zeros', 0), shape: [64 << 20] } }
    const [result] = await connection().call('put', { puts: [{ target }] })
    const reports: number[] = []
    const incarnation = result?.meta.incarnation ?? 0
    await connection().call('read', { incarnation }, { onProgress: ({ doneBytes }) => reports.push(doneBytes) })
    const sorted = reports.toSorted((a, b) => a - b)
    return { first: reports[0], last: reports.at(-1), isMonotone: reports.join() === sorted.join() }
  })
  expect(seen).toEqual({ first: 0, last: 64 << 20, isMonotone: true })
})

test('an aborted read rejects at once, and the connection goes on', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection, read, timed, write } = await import('/tests/support/boundary.ts')
    const { specOf } = await import('/tests/support/put.ts')
    await open()
    await write('small', 3)
    const target = { create: { ...specOf('zeros', 0), shape: [512 << 20] } }
    const [result] = await connection().call('put', { puts: [{ target }] })
    const abort = new AbortController()
    const incarnation = result?.meta.incarnation ?? 0
    const reading = timed(() => connection().call('read', { incarnation }, { signal: abort.signal }))
    abort.abort(new DOMException('enough', 'AbortError'))
    const { ms, error } = await reading
    return { isQuick: ms < 100, error, next: await read('small') }
  })
  expect(seen).toEqual({ isQuick: true, error: 'AbortError', next: 3 })
})

test("a container's state is kept with the array, and goes with the disk", async ({ session }) => {
  const page = await session.open()
  await page.evaluate(async () => {
    const { open, connection, write } = await import('/tests/support/boundary.ts')
    await open()
    await write('a', 1)
    const { incarnation } = await connection().call('open', { path: 'a' })
    await connection().call('saveState', { incarnation, state: { when: new Date(5), of: new Map([[1, 'x']]) } })
  })
  await page.reload()
  const seen = await page.evaluate(async () => {
    const { open, connection } = await import('/tests/support/boundary.ts')
    const { deleteDisk } = await import('/src/disks.ts')
    const databases = async () => (await indexedDB.databases()).map(({ name }) => name)
    await open()
    const { incarnation } = await connection().call('open', { path: 'a' })
    const state = (await connection().call('loadState', { incarnation })) as { when: Date; of: Map<number, string> }
    const before = await databases()
    await connection().close()
    await deleteDisk('default')
    return { state: [state.when.getTime(), state.of.get(1)], before, after: await databases() }
  })
  expect(seen).toEqual({ state: [5, 'x'], before: ['lazy-disk-cache:default'], after: [] })
})

test('states are found again after their database could not be opened, or was closed by the browser', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const file = '/worker/state-store.ts' // of the worker, but it runs in a page too
    const { IndexedDbStates } = (await import(file)) as {
      IndexedDbStates: new (
        disk: string,
      ) => {
        get(key: string): Promise<unknown>
        set(key: string, value: unknown): Promise<void>
        keys(): Promise<string[]>
      }
    }
    const states = new IndexedDbStates('d')
    const { open } = IDBFactory.prototype
    IDBFactory.prototype.open = () => {
      throw new DOMException('not now', 'UnknownError')
    }
    const refused = await states.get('1').catch((error: Error) => error.name)
    IDBFactory.prototype.open = open
    await states.set('1', 'one')
    const { transaction } = IDBDatabase.prototype
    const durabilities: unknown[] = []
    IDBDatabase.prototype.transaction = function (stores, mode, options) {
      durabilities.push(options?.durability)
      this.close() // as the browser does, without an event
      IDBDatabase.prototype.transaction = transaction
      return transaction.call(this, stores, mode, options)
    }
    return { refused, kept: await states.get('1'), keys: await states.keys(), durabilities }
  })
  expect(seen).toEqual({ refused: 'UnknownError', kept: 'one', keys: ['1'], durabilities: ['strict'] })
})

test('another worker of the page uses the disk through a port, also after the storage worker was replaced', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection, scriptedModule } = await import('/tests/support/boundary.ts')
    await open({ name: 'shared' })
    const guest = scriptedModule(`
      import { open, connection, write, read } from '${location.origin}/tests/support/boundary.ts'
      onmessage = async ({ data }) => {
        if (data.port) await open({ port: data.port })
        else await write('from-guest', data.byte)
        postMessage([connection().name, connection().backend, data.port ? undefined : await read('from-guest')])
      }`)
    const ask = (message: unknown, transfer: Transferable[] = []) =>
      new Promise((resolve) => {
        guest.onmessage = ({ data }) => resolve(data)
        guest.postMessage(message, transfer)
      })
    const port = await connection().connect()
    const answers = [await ask({ port }, [port]), await ask({ byte: 1 })]
    window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    const waiting = ask({ byte: 2 })
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    answers.push(await waiting)
    guest.terminate()
    return answers
  })
  expect(seen).toEqual(
    [
      ['shared', 'opfs', undefined],
      ['shared', 'opfs', 1],
      ['shared', 'opfs', 2],
    ].map((answer) => answer.map((value) => value ?? null)),
  )
})

test('disks are listed and deleted, but not while they are open', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection, locks, read, write } = await import('/tests/support/boundary.ts')
    const { deleteDisk, listDisks } = await import('/src/disks.ts')
    const lists = [await listDisks()]
    await deleteDisk('never made')
    for (const name of ['b', 'A/ключ', 'a']) {
      await open({ name })
      await write('x', 1)
      if (name !== 'a') await connection().close()
    }
    lists.push(await listDisks())
    const locked = await deleteDisk('a').catch((error: Error) => error.name)
    await connection().close()
    await deleteDisk('a')
    lists.push(await listDisks())
    await open({ name: 'a' })
    const found = await read('x').catch((error: Error) => error.name)
    await connection().close()
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { lists, locked, found, locks: await locks() }
  })
  expect(seen).toEqual({
    lists: [[], ['A/ключ', 'a', 'b'], ['A/ключ', 'b']],
    locked: 'DiskLockedError',
    found: 'NotFoundError',
    locks: [],
  })
})
