// An entry of a store as two files, <key>.npy and <key>.meta.json, the form of GSEGUtils.
import { checkAttributes } from '../attributes.js'
import type { DType } from '../core/dtype.js'
import { InvalidKeyError, InvalidSourceError } from '../core/errors.js'
import { descrOf, parseDescr } from '../core/npy-header.js'
import { checkShape } from '../core/shape.js'
import type { JsonObject } from '../protocol.js'

export const NPY_SUFFIX = '.npy'
export const META_SUFFIX = '.meta.json'
/** More is no description. */
export const MAX_META_BYTES = 2 ** 20
/** Of most file systems. */
const MAX_NAME_BYTES = 255
/** Python writes the description under this name first. */
const LONGEST_SUFFIX = '.meta.json.tmp'

/** What is known of an entry beside its elements. */
export interface EntryMeta {
  readonly className: string
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly purgeDiskOnGc: boolean
  readonly automaticOffloading: boolean
  readonly enableCaching: boolean
  readonly attributes: JsonObject
  /** The object's own fields; undefined: it has none. */
  readonly extra: unknown
}

/** Python does not know the last two, and passes over them. Errors: TypeError where the object's own fields are no JSON. */
export function metaText(meta: EntryMeta): string {
  const { attributes, extra } = meta
  return JSON.stringify({
    schema_version: 1,
    lazy_disk_cache_class: meta.className,
    shape: meta.shape,
    dtype: descrOf(meta.dtype),
    purge_disk_on_gc: meta.purgeDiskOnGc,
    automatic_offloading: meta.automaticOffloading,
    enable_caching: meta.enableCaching,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(extra !== undefined && checkAttributes({ extra })),
  })
}

/** Errors: InvalidSourceError, DTypeError, ShapeError, TypeError. */
export function parseMeta(name: string, text: string): EntryMeta {
  const fields = fieldsOf(name, text)
  const version = fields['schema_version']
  if (version !== 1) throw new InvalidSourceError(`'${name}' has schema_version ${String(version)}: 1 can be read`)
  const className = fields['lazy_disk_cache_class']
  if (typeof className !== 'string') throw new InvalidSourceError(`'${name}' does not name a class`)
  const flag = (field: string, otherwise: boolean): boolean => {
    const value = fields[field] ?? otherwise
    if (typeof value === 'boolean') return value
    throw new InvalidSourceError(`'${field}' in '${name}' is true or false`)
  }
  return {
    className,
    shape: checkShape(fields['shape']),
    dtype: parseDescr(fields['dtype']).dtype,
    purgeDiskOnGc: flag('purge_disk_on_gc', true),
    automaticOffloading: flag('automatic_offloading', false),
    enableCaching: flag('enable_caching', false),
    attributes: checkAttributes(fields['attributes'] ?? {}),
    extra: fields['extra'],
  }
}

function fieldsOf(name: string, text: string): Record<string, unknown> {
  try {
    const fields: unknown = JSON.parse(text)
    if (typeof fields === 'object' && fields !== null) return { ...fields }
  } catch (error) {
    throw new InvalidSourceError(`'${name}' is no JSON`, { cause: error })
  }
  throw new InvalidSourceError(`'${name}' is no JSON object`)
}

/** Errors: InvalidKeyError naming every key that GSEGUtils, or a file system, refuses. Source: validate_store_key of GSEGUtils. */
export function checkKeysForPython(keys: readonly string[]): void {
  const refused = keys.flatMap((key) => {
    const rule = brokenRule(key)
    return rule === undefined ? [] : [`${JSON.stringify(key)} ${rule}`]
  })
  if (refused.length > 0)
    throw new InvalidKeyError(`Python's DiskBackedStore refuses these keys: ${refused.join('; ')}`)
}

function brokenRule(key: string): string | undefined {
  if (key === '.' || key === '..') return 'is a reserved path name'
  if (Array.from(key).some((character) => character < ' ' || character === '\x7f'))
    return 'contains a control character'
  if (/^.:/u.test(key)) return 'is a drive-relative path'
  if (/[/\\]/.test(key)) return 'contains a path separator'
  if (new TextEncoder().encode(key + LONGEST_SUFFIX).byteLength > MAX_NAME_BYTES) return 'is too long for a file name'
  return undefined
}
