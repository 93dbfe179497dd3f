// What a GeoTIFF says of where its pixels are, as JSON.
import type { GeoTIFFImage } from 'geotiff'
import type { JsonObject } from '../../protocol.js'

/** Errors: those of geotiff. */
export async function geoMetadata(image: GeoTIFFImage): Promise<JsonObject> {
  const { fileDirectory } = image
  const isPlaced = fileDirectory.hasTag('ModelTiepoint') || fileDirectory.hasTag('ModelTransformation')
  const isScaled = fileDirectory.hasTag('ModelPixelScale') || fileDirectory.hasTag('ModelTransformation')
  const tiePoints = await image.getTiePoints()
  return jsonOf({
    geoKeys: image.getGeoKeys(),
    origin: isPlaced && isScaled ? image.getOrigin() : undefined,
    resolution: isScaled ? image.getResolution() : undefined,
    boundingBox: isPlaced && isScaled ? image.getBoundingBox() : undefined,
    tiePoints: tiePoints.length > 0 ? tiePoints : undefined,
    pixelScale: await fileDirectory.loadValue('ModelPixelScale'),
    transformation: await fileDirectory.loadValue('ModelTransformation'),
    noData: image.getGDALNoData(),
    gdal: await image.getGDALMetadata(),
  }) as JsonObject // of an object
}

/** Without what is not there; typed arrays as lists, numbers that JSON has not as text. */
function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value)
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, jsonOf)
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null)
  return Object.fromEntries(entries.map(([key, inner]) => [key, jsonOf(inner)]))
}
