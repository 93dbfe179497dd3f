// Cache paths, and the way from a store's key to one segment and back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidKeyError, InvalidPathError } from '../../../src/core/errors.js'
import { checkPath, checkSegment, keyOfSegment, segmentOfKey } from '../../../src/core/path.js'

const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter((text) => text.isWellFormed())

describe('paths', () => {
  it.each(['a', 'a/b/c', 'ключ/🗝', '...', 'CON/a.npy', '100%', ' '])('accept %j', (path) => {
    expect(checkPath(path)).toBe(path)
  })

  it.each([
    ['', 'no segment is empty'],
    ['/a', 'no segment is empty'],
    ['a/', 'no segment is empty'],
    ['a//b', 'no segment is empty'],
    ['a/./b', "no segment is '.'"],
    ['..', "no segment is '..'"],
    ['a/\ud800', 'not well-formed'],
    [5, '5 (number): a path is a string'],
    [undefined, 'undefined (undefined): a path is a string'],
  ])('refuse %j, naming the rule', (path, rule) => {
    expect(() => checkPath(path)).toThrow(InvalidPathError)
    expect(() => checkPath(path)).toThrow(rule)
  })
})

describe('folders', () => {
  it('are one segment', () => {
    expect(checkSegment('scans')).toBe('scans')
    for (const folder of ['', 'a/b', '.', '..', '/', '\udc00', null]) {
      expect(() => checkSegment(folder)).toThrow(InvalidPathError)
    }
    expect(() => checkSegment('a/b')).toThrow(`invalid folder "a/b": a folder is one segment, without '/'`)
  })
})

describe('keys', () => {
  it('become one valid segment each, and come back', () => {
    fc.assert(
      fc.property(key, (text) => {
        const segment = segmentOfKey(text)
        expect(checkSegment(segment)).toBe(segment)
        expect(keyOfSegment(segment)).toBe(text)
      }),
    )
  })

  it('never collide, not even those that look like escapes', () => {
    const keys = ['/', '%2F', '%252F', '.', '%2E', '..', '%2E%2E', '...', '%', '%25', 'ключ', '🗝', 'CON', 'a.npy', ' ']
    const segments = keys.map(segmentOfKey)
    expect(new Set(segments).size).toBe(keys.length)
    expect(segments.map(keyOfSegment)).toEqual(keys)
  })

  it('are escaped as the contract says', () => {
    expect(['a/b', '100%', '.', '..', '.a'].map(segmentOfKey)).toEqual(['a%2Fb', '100%25', '%2E', '%2E%2E', '.a'])
  })

  it('have no other segment: what no key becomes belongs to no key', () => {
    for (const segment of ['100%', '%41', '%2f', '', 'x'.repeat(1025), '\ud800']) {
      expect(keyOfSegment(segment)).toBeUndefined()
    }
  })

  it.each([
    ['', 'invalid key "": a key is not empty'],
    ['a\ud800', 'invalid key "a\\ud800": a key is well-formed'],
    ['x'.repeat(2000), 'a key has at most 1024 UTF-8 bytes, and this one has 2000'],
    ['é'.repeat(513), 'and this one has 1026'],
    [5, 'invalid key 5 (number): a key is a string'],
    [null, 'invalid key null (object): a key is a string'],
    [Symbol('s'), 'invalid key Symbol(s) (symbol): a key is a string'],
  ])('are refused by name and rule: %j', (given, message) => {
    expect(() => segmentOfKey(given)).toThrow(InvalidKeyError)
    expect(() => segmentOfKey(given)).toThrow(message)
  })

  it('may have 1024 UTF-8 bytes, however many characters those are', () => {
    for (const text of ['x'.repeat(1024), 'é'.repeat(512), '🗝'.repeat(256)]) {
      expect(keyOfSegment(segmentOfKey(text))).toBe(text)
    }
    expect(() => segmentOfKey(`${'🗝'.repeat(256)}x`)).toThrow(InvalidKeyError)
    expect(() => segmentOfKey('€'.repeat(342))).toThrow('has 1026')
  })
})
