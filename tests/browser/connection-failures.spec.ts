// Workers that do not start, die, or are not there: no call ever hangs, and nothing stays locked.
import { expect, test } from '../support/fixtures.js'

test('a worker script that is missing, broken or no script is a WorkerFailedError, soon', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, scripted, timed, locks } = await import('/tests/support/boundary.ts')
    const workers: Record<string, () => Worker> = {
      missing: () => new Worker('/no/such/worker.js', { type: 'module' }),
      'no script': () => new Worker('/tests/support/page.html', { type: 'module' }),
      'syntax error': scripted('this is no JavaScript'),
      throws: scripted('throw new Error("at the start")'),
      'refused at once': () => {
        throw new DOMException('by policy', 'SecurityError')
      },
    }
    const outcomes: Record<string, unknown> = {}
    for (const [what, worker] of Object.entries(workers)) {
      const { ms, error } = await timed(() => open({ worker }))
      outcomes[what] = ms < 5000 ? error : `${error} after ${ms} ms`
    }
    const url = await timed(() => open({ workerUrl: '/no/such/worker.js' }))
    const foreign = await timed(() => open({ workerUrl: 'http://127.0.0.1:9/worker.js' }))
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { outcomes, url: url.error, foreign: foreign.error, locks: await locks() }
  })
  expect(seen).toEqual({
    outcomes: {
      missing: 'WorkerFailedError',
      'no script': 'WorkerFailedError',
      'syntax error': 'WorkerFailedError',
      throws: 'WorkerFailedError',
      'refused at once': 'SecurityError',
    },
    url: 'WorkerFailedError',
    foreign: 'WorkerFailedError',
    locks: [],
  })
})

test("a page whose CSP forbids the worker gets a WorkerFailedError, soon, and so does 'auto'", async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, timed } = await import('/tests/support/boundary.ts')
    const policy = document.createElement('meta')
    policy.httpEquiv = 'Content-Security-Policy'
    policy.content = "worker-src 'none'"
    document.head.append(policy)
    const { ms, error } = await timed(() => open())
    return [error, ms < 5000, (await timed(() => open({ backend: 'auto' }))).error]
  })
  expect(seen).toEqual(['WorkerFailedError', true, 'WorkerFailedError'])
})

test('a worker that never answers is a WorkerFailedError at the time-out', async ({ session }) => {
  const page = await session.open()
  const { ms, error } = await page.evaluate(async () => {
    const { open, scripted, timed } = await import('/tests/support/boundary.ts')
    return timed(() => open({ worker: scripted('onmessage = () => {}') }))
  })
  expect(error).toBe('WorkerFailedError')
  expect(ms).toBeGreaterThan(9000)
  expect(ms).toBeLessThan(15_000)
})

test('a worker of another version is a ProtocolVersionError', async ({ session }) => {
  const page = await session.open()
  const opening = page.evaluate(async () => {
    const { open, scripted } = await import('/tests/support/boundary.ts')
    const worker = scripted('onmessage = ({ data }) => postMessage({ id: data.id, type: "RAW", value: 99 })')
    await open({ worker })
  })
  await expect(opening).rejects.toMatchObject({ name: 'ProtocolVersionError', message: /version 99/ })
})

test('a worker of another origin is started by workerUrl', async ({ session }) => {
  const page = await session.open()
  const workerUrl = new URL('/worker/entry.ts', session.origin)
  workerUrl.hostname = 'localhost'
  const byte = await page.evaluate(async (url) => {
    const { open, read, write } = await import('/tests/support/boundary.ts')
    await open({ workerUrl: url })
    await write('a', 4)
    return read('a')
  }, workerUrl.href)
  expect(byte).toBe(4)
})

test('a worker terminated from outside rejects what is pending, and the next call has another', async ({ session }) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, connection, read, timed, write } = await import('/tests/support/boundary.ts')
    const { specOf } = await import('/tests/support/put.ts')
    const made: Worker[] = []
    const worker = () => {
      const one = new Worker('/worker/entry.ts', { type: 'module' })
      made.push(one)
      return one
    }
    await open({ worker })
    await write('kept', 5)
    const target = { create: { ...specOf('zeros', 0), shape: [1 << 30] } }
    const [result] = await connection().call('put', { puts: [{ target }] })
    const pending = timed(() => connection().call('read', { incarnation: result?.meta.incarnation ?? 0 }))
    made[0]?.terminate()
    const { ms, error } = await pending
    return { error, isQuick: ms < 2000, next: await read('kept'), workers: made.length }
  })
  expect(seen).toEqual({ error: 'WorkerFailedError', isQuick: true, next: 5, workers: 2 })
})

test('an error that nothing catches in the worker is a lost worker, and not an error of the page', async ({
  session,
}) => {
  const page = await session.open()
  const seen = await page.evaluate(async () => {
    const { open, read, timed, write } = await import('/tests/support/boundary.ts')
    let made: Worker | undefined
    const worker = () => {
      const source = `import '${location.origin}/worker/entry.ts'
        addEventListener('message', ({ data }) => { if (data === 'fail') throw new Error('by itself') })`
      made = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })), { type: 'module' })
      return made
    }
    await open({ worker })
    await write('kept', 6)
    const failed = new Promise((resolve) => made?.addEventListener('error', resolve))
    made?.postMessage('fail')
    await failed
    return { next: await read('kept'), again: (await timed(() => write('more', 1))).error ?? null }
  })
  expect(seen).toEqual({ next: 6, again: null })
})

test('an insecure origin has no disk, and a disk in memory', async ({ session }) => {
  const page = await session.openInsecure()
  const seen = await page.evaluate(async () => {
    const { open, connection, read, write } = await import('/tests/support/boundary.ts')
    const refused = await open().catch((error: { name: string; missing: string }) => [error.name, error.missing])
    await open({ backend: 'auto' })
    await write('a', 3)
    const { backend, fallbackReason } = connection()
    return { refused, backend, reason: fallbackReason?.missing, byte: await read('a') }
  })
  expect(seen).toEqual({
    refused: ['StorageUnavailableError', 'secure context'],
    backend: 'memory',
    reason: 'secure context',
    byte: 3,
  })
})

test('a private window has a disk in Chromium, and one in memory in Firefox', async ({ session }) => {
  const page = await session.openPrivate()
  const seen = await page.evaluate(async () => {
    const { open, connection, locks, read, write } = await import('/tests/support/boundary.ts')
    const refused = await open().then(
      () => connection().close(),
      (error: { name: string; missing: string }) => [error.name, error.missing],
    )
    await new Promise((resolve) => setTimeout(resolve, 100))
    const left = await locks()
    await open({ backend: 'auto' })
    await write('a', 3)
    return { refused: refused ?? null, left, backend: connection().backend, byte: await read('a') }
  })
  const isFirefox = session.browser === 'firefox'
  expect(seen).toEqual({
    refused: isFirefox ? ['StorageUnavailableError', 'navigator.storage.getDirectory'] : null,
    left: [],
    backend: isFirefox ? 'memory' : 'opfs',
    byte: 3,
  })
})

test("the first disk's worker is started ahead and is the one it has, or is ended where none is opened", async ({
  session,
}) => {
  const workersOf = async (options: { name: string; backend?: 'memory' }): Promise<{ made: number; ended: number }> => {
    const page = await session.open()
    return page.evaluate(async (options) => {
      const workers = { made: 0, ended: 0 }
      globalThis.Worker = class extends Worker {
        constructor(...args: ConstructorParameters<typeof Worker>) {
          super(...args)
          workers.made++
        }
        override terminate(): void {
          workers.ended++
          super.terminate()
        }
      }
      const { openDisk } = await import('/src/index.ts')
      await openDisk(options).catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 100))
      return workers
    }, options)
  }
  expect(await workersOf({ name: 'ahead' })).toEqual({ made: 1, ended: 0 })
  expect(await workersOf({ name: '' })).toEqual({ made: 1, ended: 1 })
  expect(await workersOf({ name: 'ahead', backend: 'memory' })).toEqual({ made: 0, ended: 0 })
})
