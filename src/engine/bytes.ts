// Writing and reading the values inside a catalog frame: varints, doubles, texts.

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Typed arrays of so few elements have no ArrayBuffer of their own in V8, as long as nobody asks for it. */
const FEW = 8
/** Up to here a text of ASCII is read faster without the decoder. */
const SHORT_TEXT_BYTES = 64
const oneDouble = new Float64Array(1)
const itsBytes = new Uint8Array(oneDouble.buffer)

let viewed = new Uint8Array(0)
let view = new DataView(viewed.buffer)

/** One for all that read the same bytes in turn. */
export function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes as Uint8Array<ArrayBuffer>
    view = new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
  }
  return view
}

export class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Leaves `count` bytes zero. */
  skip(count: number): void {
    this.#reserve(count)
    this.#length += count
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** A non-negative safe integer, 7 bits a byte, low ones first. */
  integer(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  double(value: number): void {
    this.#reserve(8)
    oneDouble[0] = value
    this.#bytes.set(itsBytes, this.#length)
    this.#length += 8
  }

  doubles(values: Float64Array): void {
    if (values.length <= FEW) {
      for (const value of values) this.double(value)
      return
    }
    this.#reserve(values.byteLength)
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.#length)
    this.#length += values.byteLength
  }

  text(value: string): void {
    const byteLength = utf8Length(value)
    this.integer(byteLength)
    this.#reserve(byteLength)
    encoder.encodeInto(value, this.#bytes.subarray(this.#length))
    this.#length += byteLength
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.byteLength) return
    const larger = new Uint8Array(Math.max(this.#length + count, 2 * this.#bytes.byteLength))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Throws a RangeError where the bytes end too early: a checksum that holds over nonsense must not become a huge loop. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number
  #offset: number
  #lastRepeated = { start: 0, end: 0, text: '' }

  /** Reads what lies between `start` and `end`. */
  constructor(bytes: Uint8Array, start = 0, end = bytes.byteLength) {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
    this.#offset = start
    this.#end = end
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  integer(): number {
    const first = this.#offset < this.#end ? (this.#bytes[this.#offset] as number) : 0x80
    if (first < 0x80) {
      this.#offset++ // nearly all are small
      return first
    }
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('a catalog frame holds an integer that is too large')
        return value
      }
      if (scale > Number.MAX_SAFE_INTEGER) throw new RangeError('a catalog frame holds an integer that is too large')
    }
  }

  /** An integer that says how many things of a byte at least follow: never more than there are bytes. */
  count(): number {
    const count = this.integer()
    if (count > this.#end - this.#offset) throw new RangeError('a catalog frame ends too early')
    return count
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  doubles(count: number): Float64Array {
    if (count <= FEW) {
      const values = new Float64Array(count)
      for (let i = 0; i < count; i++) values[i] = this.double()
      return values
    }
    const offset = this.#take(8 * count) + this.#bytes.byteOffset
    return new Float64Array(this.#bytes.buffer.slice(offset, offset + 8 * count) as ArrayBuffer)
  }

  text(): string {
    const byteLength = this.integer()
    const start = this.#take(byteLength)
    return textOf(this.#bytes.subarray(start, this.#offset))
  }

  /** As `text`, for what mostly is as the last one was: the same string then. */
  repeatedText(): string {
    const from = this.#offset
    const { start, end, text } = this.#lastRepeated
    if (this.#isSame(start, end)) {
      this.#take(end - start)
      return text
    }
    const read = this.text()
    this.#lastRepeated = { start: from, end: this.#offset, text: read }
    return read
  }

  /** Whether the next bytes are those, of which there are some. */
  #isSame(start: number, end: number): boolean {
    for (let at = start; at < end; at++) if (this.#bytes[at] !== this.#bytes[this.#offset + at - start]) return false
    return end > start
  }

  #take(count: number): number {
    const offset = this.#offset
    if (!(count <= this.#bytes.byteLength - offset)) throw new RangeError('a catalog frame ends too early')
    this.#offset = offset + count
    return offset
  }
}

export function textOf(bytes: Uint8Array): string {
  if (bytes.byteLength > SHORT_TEXT_BYTES || !isAscii(bytes)) return decoder.decode(bytes)
  return String.fromCharCode.apply(null, bytes as unknown as number[]) // it takes whatever has a length
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) > 0x7f) return false
  return true
}

/** Bytes of a well-formed string in UTF-8. */
function utf8Length(value: string): number {
  let length = value.length
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return length
}
