// Assertions that work in a page as in Node: conformance cases run in both.

class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function fail(message: string): never {
  throw new AssertionError(message)
}

export function ok(value: unknown, message = `expected something truthy, got ${show(value)}`): asserts value {
  if (!value) fail(message)
}

/** Object.is: NaN equals NaN, 0 does not equal -0. */
export function equal(actual: unknown, expected: unknown, message = 'not equal'): void {
  if (!Object.is(actual, expected)) fail(`${message}: got ${show(actual)}, expected ${show(expected)}`)
}

/** The same structure, classes of typed arrays and of other objects included. Understands arrays, Map, Set, Date and plain objects. */
export function deepEqual(actual: unknown, expected: unknown, message = 'not deeply equal'): void {
  const where = difference(actual, expected, '')
  if (where !== undefined) fail(`${message} at ${where}: got ${show(actual)}, expected ${show(expected)}`)
}

/** The promise (or what the function gives) rejects with an error of that name, its message matching; resolves with the error. */
export async function rejects(
  promise: PromiseLike<unknown> | (() => unknown),
  name: string,
  message?: RegExp,
): Promise<Error & { code?: string }> {
  let value: unknown
  try {
    value = await (typeof promise === 'function' ? promise() : promise)
  } catch (error) {
    return checkError(error, name, message)
  }
  return fail(`expected a ${name}, got ${show(value)}`)
}

/** As `rejects`, for what throws at once. */
export function throws(action: () => unknown, name: string, message?: RegExp): Error & { code?: string } {
  let value: unknown
  try {
    value = action()
  } catch (error) {
    return checkError(error, name, message)
  }
  return fail(`expected a ${name}, got ${show(value)}`)
}

function checkError(error: unknown, name: string, message: RegExp | undefined): Error & { code?: string } {
  if (!(error instanceof Error)) return fail(`expected a ${name}, ${show(error)} was thrown`)
  if (error.name !== name) return fail(`expected a ${name}, got ${error.name}: ${error.message}\n${error.stack ?? ''}`)
  if (message !== undefined && !message.test(error.message)) fail(`${name} says "${error.message}", not ${message}`)
  return error
}

/** The path of the first difference, or undefined where there is none. */
function difference(a: unknown, b: unknown, path: string): string | undefined {
  if (Object.is(a, b)) return undefined
  const here = path === '' ? 'the top' : path
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return here
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${here} (its class)`
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime() ? undefined : here
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer)
    return difference(new Uint8Array(a), new Uint8Array(b), path)
  if (a instanceof Map && b instanceof Map) return difference([...a], [...b], path)
  if (a instanceof Set && b instanceof Set) return difference([...a], [...b], path)
  if (isIndexed(a) && isIndexed(b)) return indexedDifference(a, b, path)
  return objectDifference(new Map(Object.entries(a)), new Map(Object.entries(b)), path)
}

type Indexed = { readonly length: number; readonly [index: number]: unknown }

function isIndexed(value: object): value is Indexed {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)
}

function indexedDifference(a: Indexed, b: Indexed, path: string): string | undefined {
  if (a.length !== b.length) return `${path}.length (${a.length}, expected ${b.length})`
  for (let i = 0; i < a.length; i++) {
    const where = difference(a[i], b[i], `${path}[${i}]`)
    if (where !== undefined) return where
  }
  return undefined
}

function objectDifference(a: Map<string, unknown>, b: Map<string, unknown>, path: string): string | undefined {
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const inner = `${path}.${key}`
    if (a.has(key) !== b.has(key)) return inner
    const where = difference(a.get(key), b.get(key), inner)
    if (where !== undefined) return where
  }
  return undefined
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  const name = value.constructor?.name ?? 'Object'
  if (isIndexed(value)) {
    const shown = Array.prototype.slice.call(value, 0, 20).map(show).join(', ')
    return `${name}(${value.length}) [${shown}${value.length > 20 ? ', …' : ''}]`
  }
  const shown = Object.entries(value).slice(0, 20)
  return `${name} { ${shown.map(([key, inner]) => `${key}: ${show(inner)}`).join(', ')} }`
}
