// Points on the globe: where a grid lies, great circles, distances.

/** A grid of points at equal steps of latitude and longitude; element [0, 0] is at (north, west). Degrees. */
export interface Geo {
  readonly west: number
  readonly north: number
  readonly degreesPerElement: number
}

export interface LonLat {
  readonly lon: number
  readonly lat: number
}

/** Mean radius of the Earth, km. */
const EARTH_RADIUS = 6371.0088
const RADIANS = Math.PI / 180

/** The angle between two points, radians (haversine: exact for near points too). */
function centralAngle(from: LonLat, to: LonLat): number {
  const half = (a: number, b: number) => Math.sin(((b - a) * RADIANS) / 2) ** 2
  const h = half(from.lat, to.lat) + Math.cos(from.lat * RADIANS) * Math.cos(to.lat * RADIANS) * half(from.lon, to.lon)
  return 2 * Math.asin(Math.min(1, Math.sqrt(h)))
}

export function distanceKm(from: LonLat, to: LonLat): number {
  return EARTH_RADIUS * centralAngle(from, to)
}

/** `count` points at equal distances on the shortest way; longitudes go on past 180° rather than jump. */
export function greatCircle(from: LonLat, to: LonLat, count: number): LonLat[] {
  const angle = centralAngle(from, to)
  const [a, b] = [toVector(from), toVector(to)]
  let lon = from.lon
  return Array.from({ length: count }, (_, index) => {
    const t = count > 1 ? index / (count - 1) : 0
    // Opposite points have no one shortest way, and equal ones none at all: then the straight line in degrees serves.
    if (Math.sin(angle) < 1e-9)
      return { lon: from.lon + t * (to.lon - from.lon), lat: from.lat + t * (to.lat - from.lat) }
    const [p, q] = [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)]
    const [x, y, z] = [p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2]]
    const here = Math.atan2(y, x) / RADIANS
    lon += ((((here - lon + 180) % 360) + 360) % 360) - 180
    return { lon, lat: Math.atan2(z, Math.hypot(x, y)) / RADIANS }
  })
}

function toVector({ lon, lat }: LonLat): readonly [number, number, number] {
  const [x, y] = [lon * RADIANS, lat * RADIANS]
  return [Math.cos(y) * Math.cos(x), Math.cos(y) * Math.sin(x), Math.sin(y)]
}
