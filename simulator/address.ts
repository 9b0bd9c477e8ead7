/**
 * Where a station connects: the endpoint with the identity as its last part, percent-encoded (OCPP-J, 3.1.1). An address
 * that ends in the identity already, as a station's page shows it, is taken as it is.
 */
export function stationUrl(endpoint: string, identity: string): string {
  const url = new URL(endpoint)
  if (url.protocol === 'http:' || url.protocol === 'https:') url.protocol = url.protocol.replace('http', 'ws')
  const parts = url.pathname.split('/').filter((part) => part !== '')
  const last = parts.at(-1)
  if (last === undefined || decoded(last) !== identity) parts.push(encodeURIComponent(identity))
  url.pathname = `/${parts.join('/')}`
  return url.href
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
