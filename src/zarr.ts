// The entry 'lazy-disk-cache/zarr': Zarr on disk, remote Zarr behind a cache on disk, and arrays in and out, through zarrita.
export { type CachedZarrOptions, type CachedZarrStore, cached } from './exchange/zarr/cached.js'
export { type ToZarrOptions, toZarr } from './exchange/zarr/export.js'
export { type FromZarrOptions, fromZarr } from './exchange/zarr/import.js'
export { type ZarrStore, zarrStore } from './exchange/zarr/store.js'
