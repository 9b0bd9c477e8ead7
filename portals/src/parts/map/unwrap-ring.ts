import type { Position } from 'geojson'

/**
 * A ring that crosses ±180° made continuous, so that it is not drawn across the whole map; longitudes may then lie beyond
 * ±180, which the map wraps. A ring around the pole is closed along the southern edge of the projection.
 */
export function unwrapRing(ring: readonly Position[]): Position[] {
  let shift = 0
  let previous: number | undefined
  const unwrapped = ring.map((point): Position => {
    const longitude = point[0] ?? 0
    if (previous !== undefined && longitude - previous > 180) shift -= 360
    if (previous !== undefined && longitude - previous < -180) shift += 360
    previous = longitude
    return [longitude + shift, point[1] ?? 0]
  })
  const first = unwrapped[0]
  const last = unwrapped[unwrapped.length - 1]
  if (first === undefined || last === undefined || Math.abs((last[0] ?? 0) - (first[0] ?? 0)) < 180) return unwrapped
  return [...unwrapped, [last[0] ?? 0, southEdge], [first[0] ?? 0, southEdge], first]
}

// Beyond it Web Mercator runs to infinity.
const southEdge = -85
