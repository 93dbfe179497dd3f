// Arguments as text: the same text only for the same arguments, whatever they hold.

export interface TakenArguments<A> {
  readonly key: string
  /** What the key tells of, though the caller changes the arguments meanwhile. */
  readonly copies: A
}

/** Longer texts are told by their hash, so that they fit a key. */
const MAX_TEXT_BYTES = 1024

type Text = string | Promise<string>

/**
 * Takes values of JSON, undefined, bigints, every number (NaN, -0), typed arrays and ArrayBuffers, these two by a SHA-256 of their
 * content; the order of an object's fields does not matter. Errors: TypeError for anything else.
 */
export async function takeArguments<A extends unknown[]>(args: A): Promise<TakenArguments<A>> {
  const texts: Text[] = []
  const copies = take(args, texts, []) as A // copied one by one
  const text = (await Promise.all(texts)).join('')
  const bytes = new TextEncoder().encode(text)
  return { key: bytes.byteLength <= MAX_TEXT_BYTES ? text : `sha256:${await hash(bytes)}`, copies }
}

/** Adds the value's text to `texts`; returns a copy. Before it returns everything has been read. */
function take(value: unknown, texts: Text[], within: readonly object[]): unknown {
  if (typeof value === 'object' && value !== null) return takeObject(value, texts, within)
  if (typeof value === 'function' || typeof value === 'symbol') throw unfit(typeof value)
  texts.push(textOf(value))
  return value
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  return Object.is(value, -0) ? '-0' : String(value)
}

function takeObject(value: object, texts: Text[], within: readonly object[]): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
    texts.push(`${Object.prototype.toString.call(value)}(${bytes.byteLength})#`, hash(bytes))
    const type = value.constructor as new (buffer: ArrayBuffer) => unknown // a typed array's
    return new type(bytes.buffer)
  }
  if (value instanceof ArrayBuffer) {
    const bytes = new Uint8Array(value).slice()
    texts.push(`ArrayBuffer(${bytes.byteLength})#`, hash(bytes))
    return bytes.buffer
  }
  if (within.includes(value)) throw unfit('an object that holds itself')
  const inside = [...within, value]
  if (Array.isArray(value)) return takeArray(value, texts, inside)
  if (isPlain(value)) return takeFields(value, texts, inside)
  throw unfit(`an object of class ${value.constructor?.name ?? 'unknown'}`)
}

function takeArray(value: readonly unknown[], texts: Text[], within: readonly object[]): unknown[] {
  if (Object.keys(value).length !== value.length) throw unfit('an array with holes or fields')
  texts.push('[')
  const copy = value.map((element) => {
    const taken = take(element, texts, within)
    texts.push(',')
    return taken
  })
  texts.push(']')
  return copy
}

function takeFields(value: object, texts: Text[], within: readonly object[]): object {
  if (Object.getOwnPropertySymbols(value).length > 0) throw unfit('an object with symbols')
  const fields: readonly (readonly [string, unknown])[] = Object.entries(value)
  const copy: [string, unknown][] = []
  texts.push('{')
  for (const [field, inner] of [...fields].sort(([a], [b]) => (a < b ? -1 : 1))) {
    texts.push(`${JSON.stringify(field)}:`)
    copy.push([field, take(inner, texts, within)])
    texts.push(',')
  }
  texts.push('}')
  return Object.fromEntries(copy)
}

/** Of this realm or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Errors: TypeError, at once, in an insecure context, which has no crypto.subtle. */
function hash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = crypto.subtle as SubtleCrypto | undefined
  if (subtle === undefined) throw unfit('so much data in an insecure context, which has no crypto.subtle,')
  const hex = (digest: ArrayBuffer): string =>
    Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return subtle.digest('SHA-256', bytes).then(hex)
}

function unfit(what: string): TypeError {
  return new TypeError(`memoize: ${what} as an argument has no text of its own: give { key }, which makes one`)
}
