// The entry 'lazy-disk-cache/image': pictures in and out.

export { toImageData } from './exchange/image/export.js'
export { type FromImageOptions, fromImage } from './exchange/image/import.js'
