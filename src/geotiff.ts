// The entry 'lazy-disk-cache/geotiff': rasters as arrays on disk, through geotiff.
export { type FromGeoTiffOptions, fromGeoTiff } from './exchange/geotiff/import.js'
