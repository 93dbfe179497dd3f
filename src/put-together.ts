// Several new arrays in one commit: all of them are on disk, or none.
import { DiskBackedNDArray } from './array.js'
import { LazyDiskCacheConfig, type LazyDiskCacheSettings } from './config.js'
import { bytesOf } from './core/typed-array.js'
import type { Content } from './creation.js'
import { custodyOf } from './custodies.js'
import type { Custody } from './custody.js'
import type { Disk } from './disk.js'
import { sessionOf } from './handles.js'
import { settle, specFor } from './keeping.js'
import type { Lifetime } from './lifetime.js'
import type { PutResult, WriteTarget } from './protocol.js'
import { writeTogether } from './transfer.js'

export interface NewArray {
  readonly content: Content
  readonly settings: LazyDiskCacheSettings
  readonly lifetime: Lifetime
}

/** What is in memory only; streams have no place in a commit of several. Errors: those of `put`; nothing is left on disk then. */
export async function putTogether(disk: Disk, arrays: readonly NewArray[]): Promise<DiskBackedNDArray[]> {
  const session = sessionOf(disk)
  const objects = arrays.map(() => Reflect.construct(DiskBackedNDArray, []))
  const custodies = objects.map((object) => custodyOf(object))
  const targets = arrays.map(({ content: { shape, dtype }, settings, lifetime }, i): WriteTarget => {
    const custody = custodies[i] as Custody // as many as arrays
    custody.configure(new LazyDiskCacheConfig(settings), session)
    return { create: specFor(custody, session, { shape, dtype, attributes: {}, overwrite: true, ...lifetime }) }
  })
  const values = arrays.map(({ content: { elements } }) => {
    if (elements.kind === 'memory') return bytesOf(elements.data)
    throw new TypeError('a stream cannot be written together with others')
  })
  const results = await session.run(() => writeTogether(session, targets, values))
  const residencies = custodies.map((custody, i) => settle(custody, session, results[i] as PutResult)) // one for each put
  for (const [i, custody] of custodies.entries()) {
    const { elements } = (arrays[i] as NewArray).content // as many as custodies
    if (elements.kind === 'memory') await residencies[i]?.keep(elements.data, !elements.isOurs, custody.occupant)
    if (custody.automaticOffloading) await custody.offload({})
  }
  return objects
}
