// Several new arrays in one commit: all of them are on disk, or none.
import { DiskBackedNDArray } from './array.js'
import { LazyDiskCacheConfig, type LazyDiskCacheSettings } from './config.js'
import { byteLengthOf } from './core/shape.js'
import { bytesOf } from './core/typed-array.js'
import type { Content } from './creation.js'
import { custodyOf } from './custodies.js'
import type { Custody } from './custody.js'
import type { Disk } from './disk.js'
import { sessionOf } from './handles.js'
import { settle, specFor } from './keeping.js'
import type { Lifetime } from './lifetime.js'
import type { Put, PutResult } from './protocol.js'
import type { Session } from './session.js'

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
  const byteLength = arrays.reduce((sum, { content }) => sum + byteLengthOf(content.shape, content.dtype), 0)
  const puts = arrays.map(({ content, settings, lifetime }, i) => {
    const custody = custodies[i] as Custody // as many as arrays
    custody.configure(new LazyDiskCacheConfig(settings), session)
    return putOf(custody, session, content, lifetime)
  })
  const loan = await session.lend(byteLength, byteLength) // for the copies
  const transfer = puts.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes.buffer]))
  const results = await session.run(() => session.call('put', { puts }, { transfer })).finally(loan.end)
  const residencies = custodies.map((custody, i) => settle(custody, session, results[i] as PutResult)) // one for each put
  for (const [i, custody] of custodies.entries()) {
    const { elements } = (arrays[i] as NewArray).content // as many as custodies
    if (elements.kind === 'memory') await residencies[i]?.keep(elements.data, !elements.isOurs, custody.occupant)
    if (custody.automaticOffloading) await custody.offload({})
  }
  return objects
}

function putOf(custody: Custody, session: Session, { shape, dtype, elements }: Content, lifetime: Lifetime) {
  const create = specFor(custody, session, { shape, dtype, attributes: {}, overwrite: true, ...lifetime })
  if (elements.kind !== 'memory') throw new TypeError('a stream cannot be written together with others')
  return { target: { create }, bytes: bytesOf(elements.data).slice() } satisfies Put
}
