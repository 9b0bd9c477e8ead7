/** A version is named as its WebSocket subprotocol. Newest first. */
export const ocppVersions = ['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6'] as const
export type OcppVersion = (typeof ocppVersions)[number]

/**
 * The version for one socket: the first of the client's offers, in its own order, that is supported (RFC 6455; the
 * path never decides). Undefined: no common version; then the handshake is finished without the header and closed.
 * `offered` may be the values of the header as they come: commas, blanks and empty items do not matter.
 */
export function subprotocolFor(
  offered: readonly string[] | string | undefined,
  supported: readonly OcppVersion[] = ocppVersions,
): OcppVersion | undefined {
  const lists = offered === undefined ? [] : typeof offered === 'string' ? [offered] : offered
  for (const name of lists.flatMap((list) => list.split(','))) {
    const version = supported.find((candidate) => candidate === name.trim())
    if (version !== undefined) return version
  }
  return undefined
}
