// As much of Python's literals as the headers of .npy files are written in.
import { InvalidSourceError } from './errors.js'

/** A list is only recognized, for what has one is refused anyway. */
export type PythonValue = string | boolean | readonly number[] | typeof PYTHON_LIST
export const PYTHON_LIST = Symbol('a Python list')

/** A text that is one literal. Errors of all methods: InvalidSourceError. */
export class PythonLiteral {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The whole text is a dict with strings for keys, none twice. */
  dict(): Map<string, PythonValue> {
    const fields = new Map<string, PythonValue>()
    this.#expect(/\{/y)
    while (this.#find(/\}/y) === undefined) {
      const key = this.#string()
      if (key === undefined || fields.has(key)) throw this.#error()
      this.#expect(/:/y)
      const value = this.#value()
      fields.set(key, value)
      if (value === PYTHON_LIST) return fields
      if (this.#find(/,/y) === undefined) {
        this.#expect(/\}/y)
        break
      }
    }
    this.#expect(/$/y)
    return fields
  }

  #value(): PythonValue {
    const text = this.#string()
    if (text !== undefined) return text
    const word = this.#find(/(?:True|False)\b/y)
    if (word !== undefined) return word === 'True'
    if (this.#find(/\[/y) !== undefined) return PYTHON_LIST
    this.#expect(/\(/y)
    return this.#integers()
  }

  /** The rest of a tuple. Python 2 wrote an L behind long integers. */
  #integers(): number[] {
    const integers: number[] = []
    for (;;) {
      if (this.#find(/\)/y) !== undefined) return integers
      integers.push(Number.parseInt(this.#expect(/(?:0|[1-9]\d*)L?/y), 10))
      if (this.#find(/,/y) !== undefined) continue
      this.#expect(/\)/y)
      if (integers.length === 1) throw this.#error() // (3) is a number
      return integers
    }
  }

  /** Without escapes: no name that is looked for has any. */
  #string(): string | undefined {
    return this.#find(/'[^'\\\n]*'|"[^"\\\n]*"/y)?.slice(1, -1)
  }

  #expect(pattern: RegExp): string {
    const found = this.#find(pattern)
    if (found === undefined) throw this.#error()
    return found
  }

  /** What is next, behind spaces, if it is of that sticky pattern. */
  #find(pattern: RegExp): string | undefined {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #error(): InvalidSourceError {
    const near = JSON.stringify(this.#text.slice(this.#at, this.#at + 20))
    return new InvalidSourceError(`the header of this .npy file cannot be read at character ${this.#at}: ${near}`)
  }
}
