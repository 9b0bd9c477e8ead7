import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { subprotocolFor } from '../../../../ocpp/index.ts'
import { DatabaseAway, type Log } from '../../platform/index.ts'
import type { Admitted } from './admit.ts'
import type { AdmittedStation } from './knocks.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

export interface UpgradeDeps {
  readonly log: Log
  isOnline(): boolean
  /** Calls when stations are sent away: whoever waits to be let in hears so at once. Answers how to stop waiting. */
  whenLost(then: () => void): () => void
  admit(request: IncomingMessage): Promise<Admitted>
  /** The handshake is done: the socket is the station's. */
  onOpen(socket: WebSocket, station: AdmittedStation, raw: Duplex): void
  /** It was let in, but had left before the handshake was done. */
  onLeft(station: AdmittedStation): void
}

const MOST_BYTES = 262_144
const MOST_FRAGMENTS = 64
const MOST_HEADER_BYTES = 4_096
const PROTOCOL_ERROR = 1002

/** Lets stations in by HTTP upgrade, or says why not before a socket exists. */
export function openUpgrades(deps: UpgradeDeps): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const plain = webSockets(false)
  const deflating = webSockets(true)

  const open = (request: IncomingMessage, socket: Duplex, head: Buffer, station: AdmittedStation): void => {
    let isOpened = false
    const server = station.version === 'ocpp1.6' ? plain : deflating
    server.handleUpgrade(request, socket, head, (opened) => {
      isOpened = true
      deps.onOpen(opened, station, socket)
    })
    if (!isOpened) deps.onLeft(station)
  }

  const leave = (late: Admitted): void => {
    if (late.kind === 'admitted') deps.onLeft(late.station)
  }

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    if (headerBytes(request) > MOST_HEADER_BYTES) return refuseUpgrade(socket, 431)
    if (!deps.isOnline()) return refuseUpgrade(socket, 503)
    try {
      const admitting = deps.admit(request)
      const admitted = await unlessLost(deps, admitting)
      switch (admitted?.kind) {
        case undefined:
          admitting.then(leave, () => {})
          return refuseUpgrade(socket, 503)
        case 'refused':
          return refuseUpgrade(socket, admitted.status)
        case 'no-common-protocol':
          return plain.handleUpgrade(request, socket, head, (opened) => {
            // What it says against the protocol meanwhile ends its socket; a fault that nobody hears would end us.
            opened.on('error', () => {})
            opened.close(PROTOCOL_ERROR, 'no common version')
          })
        case 'admitted':
          return open(request, socket, head, admitted.station)
      }
    } catch (error) {
      if (!(error instanceof DatabaseAway)) deps.log.error('a station could not be let in', { error })
      refuseUpgrade(socket, 503)
    }
  }
  return (request, socket, head) => void upgrade(request, socket, head)
}

/** Undefined: stations were sent away meanwhile. */
function unlessLost({ whenLost }: UpgradeDeps, admitting: Promise<Admitted>): Promise<Admitted | undefined> {
  return new Promise((resolve, reject) => {
    const stop = whenLost(() => resolve(undefined))
    admitting.then(resolve, reject).finally(stop)
  })
}

function webSockets(deflates: boolean): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MOST_BYTES,
    maxFragments: MOST_FRAGMENTS,
    handleProtocols: (offered) => subprotocolFor([...offered]) ?? false,
    // OCPP 2.x must be offered compression; without keeping a context it costs memory only while a frame is packed.
    perMessageDeflate: deflates
      ? { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 1_024, concurrencyLimit: 4 }
      : false,
  })
}

function headerBytes({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, 0)
}
