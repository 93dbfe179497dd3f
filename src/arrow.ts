// The entry 'lazy-disk-cache/arrow': columns in and out, through apache-arrow.
export { type ArrowEntries, toArrow, toArrowBatches } from './exchange/arrow/export.js'
export { type FromArrowOptions, fromArrow } from './exchange/arrow/import.js'
