import { randomUUID } from 'node:crypto'
import { takeError, takeFault, takeResult } from './answers.ts'
import { parseFrame, sendText } from './frames.ts'
import { openIncoming } from './incoming.ts'
import { openLink } from './link.ts'
import { openOutgoing, refusalOf } from './outgoing.ts'
import type { Peer, PeerOptions } from './peer-types.ts'

/**
 * One end of an OCPP-J connection; server and station use the same. CALLs of the other side are checked, handled and
 * answered, one after another unless told otherwise; answers to our own CALLs are taken at any time, so that both
 * directions never wait for each other.
 */
export function openPeer(options: PeerOptions): Peer {
  const { version, role, timeoutMs } = options
  const newId = options.newId ?? randomUUID
  const link = openLink(options)
  const incoming = openIncoming(options, link)
  const outgoing = openOutgoing({
    version,
    role,
    newId,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    send: (text, { id, action, onSent }) => link.transmit(text, { type: 2, id, action }, onSent),
  })
  const answering = { version, link, outgoing }

  return {
    receive(text) {
      if (link.isClosed) return
      const frame = parseFrame(version, text)
      switch (frame.kind) {
        case 'call':
        case 'send':
          return incoming.take(frame, text)
        case 'result':
          return takeResult(answering, frame, text)
        case 'error':
        case 'result-error':
          return takeError(answering, frame, text)
        case 'fault':
          return takeFault(answering, frame, text)
        case 'ignored':
          return link.note(text, { fault: { kind: 'ignored', description: frame.description } })
      }
    },
    call: (action, payload, callOptions = {}) => outgoing.call(action, payload, callOptions),
    send(action, payload) {
      const refused = refusalOf(options, action, payload, 'send')
      if (refused !== undefined) return refused
      const id = newId()
      link.transmit(sendText(id, action, payload), { type: 6, id, action })
      return undefined
    },
    closed() {
      link.close()
      incoming.closed()
      outgoing.closed()
    },
    get backlog() {
      return incoming.backlog
    },
    get outstanding() {
      return outgoing.size
    },
  }
}
