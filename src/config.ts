// The four settings of everything that can be kept on disk, as plain fields and as a frozen object.
import { checkPath, checkSegment } from './core/path.js'

/** Settings of everything that can be kept on disk. */
export interface LazyDiskCacheSettings {
  /** Whether the bytes are kept on disk at all. Default false. */
  enableCaching?: boolean
  /** Where on the disk: segments joined by '/'. Default none: the object is ephemeral. */
  cachePath?: string
  /** Whether the bytes go with the last object on them. Default true. */
  purgeDiskOnGc?: boolean
  /** Whether memory is let go of after creation and after every use that loaded. Default false. */
  automaticOffloading?: boolean
}

const DEFAULTS = { enableCaching: false, purgeDiskOnGc: true, automaticOffloading: false } as const

const FIELDS: Readonly<Record<keyof LazyDiskCacheSettings, 'boolean' | 'string'>> = {
  enableCaching: 'boolean',
  cachePath: 'string',
  purgeDiskOnGc: 'boolean',
  automaticOffloading: 'boolean',
}

/** Settings that are checked and complete. Source: LazyDiskCacheConfig of GSEGUtils. */
export class LazyDiskCacheConfig implements Required<Omit<LazyDiskCacheSettings, 'cachePath'>> {
  /** Whether the bytes are kept on disk at all. */
  readonly enableCaching: boolean
  /** Where on the disk; undefined: the object is ephemeral. */
  readonly cachePath: string | undefined
  /** Whether the bytes go with the last object on them. */
  readonly purgeDiskOnGc: boolean
  /** Whether memory is let go of after creation and after every use that loaded. */
  readonly automaticOffloading: boolean

  /** Errors: TypeError for a field that is unknown or of another type, InvalidPathError. */
  constructor(settings: LazyDiskCacheSettings = {}) {
    checkSettings(settings)
    this.enableCaching = settings.enableCaching ?? DEFAULTS.enableCaching
    this.cachePath = settings.cachePath === undefined ? undefined : checkPath(settings.cachePath)
    this.purgeDiskOnGc = settings.purgeDiskOnGc ?? DEFAULTS.purgeDiskOnGc
    this.automaticOffloading = settings.automaticOffloading ?? DEFAULTS.automaticOffloading
    Object.freeze(this)
  }

  /** As the constructor. Source: from_kwargs. */
  static fromKwargs(settings: LazyDiskCacheSettings): LazyDiskCacheConfig {
    return new LazyDiskCacheConfig(settings)
  }

  /** The fields as a plain object; without cachePath where there is none. Source: as_kwargs. */
  asKwargs(): LazyDiskCacheSettings {
    const { enableCaching, cachePath, purgeDiskOnGc, automaticOffloading } = this
    const settings = { enableCaching, purgeDiskOnGc, automaticOffloading }
    return cachePath === undefined ? settings : { ...settings, cachePath }
  }

  /** A changed copy; a field that is undefined stays. Errors: as the constructor. */
  updated(overrides: LazyDiskCacheSettings): LazyDiskCacheConfig {
    checkSettings(overrides)
    const given = Object.entries(overrides).filter(([, value]) => value !== undefined)
    return new LazyDiskCacheConfig({ ...this.asKwargs(), ...Object.fromEntries(given) })
  }

  /** A copy with one more folder at the end of cachePath, which stays undefined where it is. Errors: InvalidPathError. */
  extendCachePath(newFolder: string): LazyDiskCacheConfig {
    const segment = checkSegment(newFolder)
    return this.cachePath === undefined ? this : this.updated({ cachePath: `${this.cachePath}/${segment}` })
  }
}

/** Of options that have other fields beside the settings. */
export function settingsOf(options: LazyDiskCacheSettings): LazyDiskCacheSettings {
  const fields = Object.entries(options).filter(([field]) => Object.hasOwn(FIELDS, field))
  return Object.fromEntries(fields)
}

function checkSettings(settings: unknown): asserts settings is LazyDiskCacheSettings {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) {
    throw new TypeError(`settings are an object, got ${String(settings)}`)
  }
  for (const [field, value] of Object.entries(settings)) {
    const expected = Object.hasOwn(FIELDS, field) ? FIELDS[field as keyof typeof FIELDS] : undefined
    if (expected === undefined) throw new TypeError(`unknown setting '${field}'`)
    if (value !== undefined && typeof value !== expected) {
      throw new TypeError(`setting '${field}' is a ${expected}, got ${String(value)} (${typeof value})`)
    }
  }
}
