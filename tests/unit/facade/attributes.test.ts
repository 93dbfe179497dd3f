import { describe, expect, test } from 'vitest'
import { checkAttributes, frozenAttributes } from '../../../src/attributes.js'

describe('attributes', () => {
  test('are copied and frozen through and through', () => {
    const given = { a: [1, { b: 'c' }], d: undefined, e: null }
    const copy = checkAttributes(given)
    expect(copy).toEqual({ a: [1, { b: 'c' }], e: null })
    expect(Object.isFrozen((copy['a'] as unknown[])[1])).toBe(true)
    expect(Object.isFrozen(given.a)).toBe(false)
    expect(frozenAttributes(given)).toBe(frozenAttributes(given))
  })

  test('are refused where JSON would not give them back, naming the place', () => {
    expect(() => checkAttributes({ a: { b: [1, Number.POSITIVE_INFINITY] } })).toThrow('attributes.a.b[1]')
    expect(() => checkAttributes({ a: 1n })).toThrow('attributes.a')
    expect(() => checkAttributes({ a: new Map() })).toThrow('attributes.a')
    expect(() => checkAttributes([1])).toThrow(TypeError)
  })

  test('may come from another realm or have no prototype', () => {
    expect(checkAttributes(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 })
    expect(checkAttributes(structuredClone({ a: 1 }))).toEqual({ a: 1 })
  })

  test('keep a key named __proto__ as a key', () => {
    const copy = checkAttributes(JSON.parse('{"__proto__": {"polluted": true}}'))
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect('polluted' in copy).toBe(false)
  })
})
