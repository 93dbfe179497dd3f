// What the entries for rasters, pictures and columns take and give.
import type { RecordBatch, Table, Vector } from 'apache-arrow'
import type { GeoTIFFImage } from 'geotiff'
import { type FromArrowOptions, fromArrow, toArrow, type toArrowBatches } from '../../src/arrow.js'
import { type FromGeoTiffOptions, fromGeoTiff } from '../../src/geotiff.js'
import { fromImage, toImageData } from '../../src/image.js'
import type { DiskBackedNDArray, DiskBackedStore, NDArray } from '../../src/index.js'
import { holds, type Same } from './expect-type.js'

declare const array: DiskBackedNDArray<'float32'>
declare const inMemory: NDArray
declare const columns: Map<string, DiskBackedNDArray>
declare const vector: Vector
declare const table: Table
declare const batch: RecordBatch
declare const image: GeoTIFFImage
declare const blob: Blob

export const raster = () => fromGeoTiff(image, { image: 1, attributes: { unit: 'm' } })
holds<Same<ReturnType<typeof raster>, Promise<DiskBackedNDArray>>>()
// @ts-expect-error: the file says its shape
export const shaped: FromGeoTiffOptions = { shape: [2, 3] }

export const picture = () => fromImage(blob, { cachePath: 'photo' })
holds<Same<ReturnType<typeof picture>, Promise<DiskBackedNDArray>>>()
holds<Same<ReturnType<typeof toImageData>, Promise<ImageData>>>()
export const painted = [toImageData(array), toImageData(inMemory), toImageData(array.view([0]))]
// @ts-expect-error: an address is no picture: fetch it
void fromImage('https://example.org/photo.png')

export const column = () => fromArrow(vector, { missing: 0 })
holds<Same<ReturnType<typeof column>, Promise<DiskBackedNDArray>>>()
export const ofTable = () => fromArrow(table)
export const ofBatch = () => fromArrow(batch)
export const ofBytes = () => fromArrow(blob, { missing: 0n })
holds<Same<ReturnType<typeof ofTable>, Promise<Map<string, DiskBackedNDArray>>>>()
holds<Same<ReturnType<typeof ofBatch>, ReturnType<typeof ofTable>>>()
holds<Same<ReturnType<typeof ofBytes>, ReturnType<typeof ofTable>>>()
// @ts-expect-error: an element has no name
export const named: FromArrowOptions = { missing: 'none' }

export const asVector = () => toArrow(array)
export const asTable = () => toArrow(columns)
holds<Same<ReturnType<typeof asVector>, Promise<Vector>>>()
holds<Same<ReturnType<typeof asTable>, Promise<Table>>>()
holds<Same<ReturnType<typeof toArrowBatches>, AsyncGenerator<RecordBatch, void, undefined>>>()
declare const store: DiskBackedStore
// @ts-expect-error: a store's entries are read one after the other
void toArrow(store)
