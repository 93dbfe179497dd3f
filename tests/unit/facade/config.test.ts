import { describe, expect, test } from 'vitest'
import { LazyDiskCacheConfig, type LazyDiskCacheSettings } from '../../../src/config.js'
import { InvalidPathError } from '../../../src/core/errors.js'

describe('LazyDiskCacheConfig', () => {
  test('has the defaults of the seed', () => {
    const { enableCaching, cachePath, purgeDiskOnGc, automaticOffloading } = new LazyDiskCacheConfig()
    expect([enableCaching, cachePath, purgeDiskOnGc, automaticOffloading]).toEqual([false, undefined, true, false])
  })

  test('is frozen', () => {
    const config = new LazyDiskCacheConfig()
    expect(Object.isFrozen(config)).toBe(true)
    expect(() => Object.assign(config, { enableCaching: true })).toThrow(TypeError)
  })

  test('refuses unknown and mistyped fields by name', () => {
    const make = (settings: unknown) => () => new LazyDiskCacheConfig(settings as LazyDiskCacheSettings)
    expect(make({ enable_caching: true })).toThrow(/'enable_caching'/)
    expect(make({ enableCaching: 1 })).toThrow(/'enableCaching'.*boolean.*1/)
    expect(make({ cachePath: null })).toThrow(TypeError)
    expect(make(null)).toThrow(TypeError)
    expect(make([])).toThrow(TypeError)
    expect(make({ cachePath: 'a/../b' })).toThrow(InvalidPathError)
  })

  test('goes to plain settings and back', () => {
    const settings = { enableCaching: true, cachePath: 'a/b', purgeDiskOnGc: false, automaticOffloading: true }
    const config = LazyDiskCacheConfig.fromKwargs(settings)
    expect(config.asKwargs()).toEqual(settings)
    expect('cachePath' in new LazyDiskCacheConfig().asKwargs()).toBe(false)
  })

  test('gives changed copies', () => {
    const config = new LazyDiskCacheConfig({ cachePath: 'a' })
    const changed = config.updated({ enableCaching: true })
    expect([changed.enableCaching, changed.cachePath, config.enableCaching]).toEqual([true, 'a', false])
    expect(() => config.updated({ path: 'b' } as LazyDiskCacheSettings)).toThrow(/'path'/)
  })

  test('extends its path by one folder, and checks the folder also where there is no path', () => {
    expect(new LazyDiskCacheConfig({ cachePath: 'a' }).extendCachePath('b').cachePath).toBe('a/b')
    const pathless = new LazyDiskCacheConfig()
    expect(pathless.extendCachePath('b').cachePath).toBeUndefined()
    for (const folder of ['', '.', '..', 'a/b']) {
      expect(() => pathless.extendCachePath(folder), folder).toThrow(InvalidPathError)
      expect(() => new LazyDiskCacheConfig({ cachePath: 'a' }).extendCachePath(folder)).toThrow(InvalidPathError)
    }
  })
})
