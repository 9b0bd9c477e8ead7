import type { ConnectorPhase, ConnectorStatus } from '../model.ts'

/** The nine states people see of an EVSE (the look's status vocabulary). */
export const evseSeens = [
  'faulted',
  'offline',
  'unknown',
  'preparing',
  'charging',
  'reserved',
  'free',
  'test',
  'disabled',
] as const
export type EvseSeen = (typeof evseSeens)[number]

/** What `preparing` waits for. */
export type SeenWords = 'waiting-for-cable' | 'waiting-for-card' | 'cable-still-in'

export interface SeenInput {
  readonly adminState: 'active' | 'test' | 'disabled'
  readonly connection: 'connected' | 'offline' | 'unknown' | 'never'
  /** As the station last reported of the EVSE; null: not yet, or not since it (or we) came back. */
  readonly status: ConnectorStatus | null
  readonly phase: ConnectorPhase | null
  /** The station as a whole (its connector 0), where it reported one. */
  readonly stationStatus: ConnectorStatus | null
  /** State of the open session, null without one. */
  readonly sessionState: string | null
}

export interface Seen {
  readonly seen: EvseSeen
  readonly words?: SeenWords
}

/**
 * The one function from what we set, what the station says and what we know of the session to what people see.
 * An open session counts even where the station is silent: what was set going is still going.
 */
export function evseSeen(input: SeenInput): Seen {
  if (input.adminState === 'disabled') return { seen: 'disabled' }
  if (input.connection === 'offline') return { seen: 'offline' }
  if (input.connection !== 'connected') return { seen: 'unknown' }
  const status = worstStatus(input.stationStatus, input.status)
  if (status === 'faulted') return { seen: 'faulted' }
  const session = ofSession(input)
  if (session !== undefined) return session
  if (input.adminState === 'test') return { seen: 'test' }
  if (status === null) return { seen: 'unknown' }
  // Taken out of service at the station itself: nobody can charge there.
  if (status === 'unavailable') return { seen: 'disabled' }
  if (status === 'reserved') return { seen: 'reserved' }
  if (status === 'available') return { seen: 'free' }
  if (input.phase === 'finishing') return { seen: 'preparing', words: 'cable-still-in' }
  return { seen: 'preparing', words: 'waiting-for-card' }
}

function ofSession({ sessionState, status, phase }: SeenInput): Seen | undefined {
  switch (sessionState) {
    case null:
      return undefined
    case 'waiting-for-station':
    case 'waiting-for-cable':
      return { seen: 'preparing', words: 'waiting-for-cable' }
    case 'waiting-for-token':
      return { seen: 'preparing', words: 'waiting-for-card' }
    case 'waiting-for-meter':
      // Energy has ended; only the last reading is missing.
      if (status === 'available') return { seen: 'free' }
      return phase === 'preparing'
        ? { seen: 'preparing', words: 'waiting-for-card' }
        : { seen: 'preparing', words: 'cable-still-in' }
    case 'ended':
    case 'refused':
    case 'abandoned':
      return undefined
    default:
      return { seen: 'charging' }
  }
}

/** A station that says of itself it is faulted or unavailable speaks for all its EVSEs. */
function worstStatus(whole: ConnectorStatus | null, own: ConnectorStatus | null): ConnectorStatus | null {
  if (whole === 'faulted' || own === 'faulted') return 'faulted'
  return whole === 'unavailable' ? 'unavailable' : own
}

/** A station is seen as the worst of its EVSEs; without any, as its connection says. */
export function worstSeen(seens: readonly EvseSeen[], connection: SeenInput['connection']): EvseSeen {
  const worst = evseSeens.find((candidate) => seens.includes(candidate))
  return worst ?? (connection === 'offline' ? 'offline' : 'unknown')
}

const order: readonly ConnectorStatus[] = ['faulted', 'occupied', 'reserved', 'unavailable', 'available']

/**
 * What an EVSE is, from its connectors: one car at a time, so a connector in use speaks for the EVSE, and a broken one
 * only where no other works.
 */
export function statusOfConnectors<C extends { readonly status: ConnectorStatus | null }>(
  connectors: readonly C[],
): C | undefined {
  const reported = connectors.filter(({ status }) => status !== null)
  const working = reported.filter(({ status }) => status !== 'faulted' && status !== 'unavailable')
  const among = working.length > 0 ? working : reported
  return among.toSorted((a, b) => rank(a.status) - rank(b.status))[0]
}

function rank(status: ConnectorStatus | null): number {
  return status === null ? order.length : order.indexOf(status)
}
