/** Where something stands, in degrees; null takes a number away. */
export interface Position {
  readonly latitude?: number | string | null | undefined
  readonly longitude?: number | string | null | undefined
}

/**
 * A position is two numbers or none: one alone would be put together with the other of somewhere else. Answers the fields
 * that a refusal `half-a-position` names, or nothing where `given`, over what is set already, makes a whole.
 */
export function halfPosition(
  given: Position,
  set: Position = {},
): { readonly fields: readonly { readonly pointer: string; readonly code: string }[] } | undefined {
  const latitude = given.latitude === undefined ? set.latitude : given.latitude
  const longitude = given.longitude === undefined ? set.longitude : given.longitude
  const hasLatitude = typeof latitude === 'number' || typeof latitude === 'string'
  const hasLongitude = typeof longitude === 'number' || typeof longitude === 'string'
  if (hasLatitude === hasLongitude) return undefined
  return { fields: [{ pointer: hasLatitude ? '/longitude' : '/latitude', code: 'half-a-position' }] }
}
