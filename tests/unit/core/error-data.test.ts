// Errors as data and back: every class of the library keeps class, code, fields, stack and cause.
import { describe, expect, it } from 'vitest'
import { fromErrorData, toErrorData } from '../../../src/core/error-data.js'
import * as errors from '../../../src/core/errors.js'

const there = (error: unknown) => fromErrorData(structuredClone(toErrorData(error)))

const withFields = [
  new errors.StorageUnavailableError('no', { missing: 'createSyncAccessHandle' }),
  new errors.MemoryBudgetError('full', { requested: 9, holders: [{ path: undefined, byteLength: 5 }] }),
  new errors.CorruptDataError('torn', { path: 'a/b' }),
  new errors.QuotaExceededError('full', { requested: 1e9, quota: null }),
  new errors.QuotaExceededError('full', { requested: 1e9, quota: 2e9 }),
]
const plain = Object.values(errors)
  .filter((errorClass) => !withFields.some((error) => error instanceof errorClass && error.constructor === errorClass))
  .map((errorClass) => Reflect.construct(errorClass, ['a message']) as errors.LazyDiskCacheError)

describe('an error of this library', () => {
  it.each([...withFields, ...plain].map((error) => [error.name, error]))('%s comes back as it was', (_, error) => {
    const back = there(error)
    expect(back).toBeInstanceOf(error.constructor)
    expect(back.constructor).toBe(error.constructor)
    expect({ ...back }).toEqual({ ...error })
    expect([back.message, back.stack]).toEqual([error.message, error.stack])
  })

  it('are all there', () => {
    expect(withFields.length + plain.length).toBe(Object.keys(errors).length + 1)
  })

  it('keeps its cause, and the cause its class', () => {
    const back = there(
      new errors.DiskClosedError('closed', { cause: new errors.CorruptDataError('torn', { path: 'p' }) }),
    )
    expect(back.cause).toBeInstanceOf(errors.CorruptDataError)
    expect(back.cause).toMatchObject({ path: 'p', message: 'torn' })
    expect(Object.hasOwn(there(new errors.DTypeError('x')), 'cause')).toBe(false)
  })
})

describe('another error', () => {
  it('keeps its class where it is TypeError or RangeError', () => {
    expect(there(new TypeError('t'))).toBeInstanceOf(TypeError)
    expect(there(new RangeError('r'))).toBeInstanceOf(RangeError)
  })

  it('is known by name where it was a DOMException or a class of the user', () => {
    const abort = there(new DOMException('stopped', 'AbortError'))
    expect([abort.name, abort.message, abort instanceof Error]).toEqual(['AbortError', 'stopped', true])
    class OwnError extends Error {
      override name = 'OwnError'
    }
    expect(there(new OwnError('mine')).name).toBe('OwnError')
    expect(there(Object.assign(new Error('e'), { name: 'constructor' })).name).toBe('constructor')
  })

  it('may be anything that was thrown', () => {
    expect(there('text').message).toBe('text')
    expect(there(undefined).message).toBe('undefined')
    expect(there({ code: 1 }).message).toBe('[object Object]')
    expect(there(null)).toBeInstanceOf(Error)
    expect(there(Symbol('s')).message).toBe('Symbol(s)')
    expect(there(Object.assign(Object.create(null), { name: 1 }))).toBeInstanceOf(Error)
  })

  it('may carry what cannot be cloned, and a cause that leads back to itself', () => {
    const error = Object.assign(new Error('loop'), { path: () => 'no data' })
    error.cause = error
    const back = there(error)
    expect(back.cause).toMatchObject({ message: 'loop' })
    expect('path' in back).toBe(false)
  })

  it('is the platform’s own quota error', () => {
    expect(there(new DOMException('full', 'QuotaExceededError'))).toMatchObject({ requested: 0, quota: null })
  })
})
