import { checkPayload, type IncomingCall, type OcppVersion, openPeer } from '../../ocpp/index.ts'
import { protocolOf } from '../../server/src/stations/protocols/index.ts'
import { openMutator } from './mutate.ts'
import { openStation, type SocketWishes } from './station-socket.ts'
import { until } from './until.ts'

/** Attacks 9 to 12: spoilt frames, many; none may crash us, reach a prototype, or stay without the answer that fits. */
export interface FuzzOutcome {
  readonly frames: number
  readonly results: number
  readonly errors: number
  /** Each a sentence; empty when all is well. */
  readonly faults: readonly string[]
}

const codes16 = `NotImplemented NotSupported InternalError ProtocolError SecurityError FormationViolation PropertyConstraintViolation
  OccurenceConstraintViolation TypeConstraintViolation GenericError`
const codes2 = `FormatViolation GenericError InternalError MessageTypeNotSupported NotImplemented NotSupported OccurrenceConstraintViolation
  PropertyConstraintViolation ProtocolError RpcFrameworkError SecurityError TypeConstraintViolation`
/** As the documents list them. */
const allowedCodes = (version: OcppVersion): ReadonlySet<string> =>
  new Set((version === 'ocpp1.6' ? codes16 : codes2).split(/\s+/))

interface Sent {
  readonly text: string
  /** Exactly one answer under this id; none; or at most one, under whatever id could be read. */
  readonly wants: { readonly id: string } | 'none' | 'perhaps'
  readonly action?: string | undefined
}

function sentOf(text: string): Sent {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return { text, wants: 'perhaps' }
  }
  if (!Array.isArray(frame) || !Number.isInteger(frame[0])) return { text, wants: 'perhaps' }
  const [type, id, action] = frame as readonly unknown[]
  if (type !== 2) return { text, wants: 'none' }
  if (typeof id !== 'string' || id.length > 36) return { text, wants: 'perhaps' }
  return { text, wants: { id }, action: typeof action === 'string' ? action : undefined }
}

type Heard = readonly [type: number, id: string, ...rest: unknown[]]

/** What is wrong with the answers to one frame. */
function judge(version: OcppVersion, sent: Sent, answers: readonly Heard[]): string | undefined {
  const { wants } = sent
  if (wants === 'none' && answers.length > 0) return 'was answered'
  if (answers.length > 1) return 'was answered twice'
  const [answer] = answers
  if (answer === undefined) return typeof wants === 'object' ? 'was not answered' : undefined
  const [type, id, second, description, details] = answer
  if (typeof wants === 'object' && id !== wants.id) return `was answered as ${id}`
  if (type === 4) {
    if (!allowedCodes(version).has(String(second))) return `was answered ${String(second)}, which the version has not`
    if (typeof description !== 'string' || description.length > 255) return 'was answered with no fitting description'
    return typeof details === 'object' && details !== null ? undefined : 'was answered without details'
  }
  if (type !== 3) return `was answered with a frame of type ${type}`
  const fault = checkPayload(version, sent.action ?? '', 'response', second as object)
  return fault === undefined ? undefined : `was answered by what does not fit: ${fault.description}`
}

const atFirst = Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length

function pollution(): string[] {
  const now = Reflect.ownKeys(Object.prototype).length + Reflect.ownKeys(Array.prototype).length
  return now === atFirst && !('polluted' in {}) ? [] : ['a prototype was reached']
}

/** The wire and the translation of a version, in this process: everything between the socket and the database. */
export async function fuzzWire(version: OcppVersion, count: number, chance: () => number): Promise<FuzzOutcome> {
  const mutator = openMutator(version, chance)
  const protocol = protocolOf(version)
  const faults: string[] = []
  let answers: Heard[] = []
  const at = Temporal.Instant.from('2026-11-26T12:00:00Z')
  const handle = ({ action, payload }: IncomingCall) => {
    const incoming = protocol.reportFrom(action, payload, at)
    if (incoming.kind === 'authorize')
      return { kind: 'result', payload: protocol.tokenAnswerFor(payload, { verdict: 'accepted' }) } as const
    const isTransaction = incoming.kind === 'reports' && incoming.bodies[0].kind.startsWith('transaction')
    const answer = isTransaction ? ({ kind: 'transaction', number: '7' } as const) : ({ kind: 'noted' } as const)
    const isBoot = incoming.kind === 'reports' && incoming.bodies[0].kind === 'booted'
    const said = isBoot ? ({ kind: 'booted', onboarding: 'accepted', intervalSeconds: 300 } as const) : answer
    return { kind: 'result', payload: protocol.answerFor(action, payload, said, at) } as const
  }
  const peer = openPeer({
    version,
    role: 'csms',
    socket: { send: (text) => void answers.push(JSON.parse(text) as Heard) },
    handle,
    handleSend: (call) => void handle(call),
    onFault: (fault, text) => {
      if (fault.kind === 'own')
        faults.push(
          `own fault: ${fault.description} ${fault.error instanceof Error ? fault.error.message : ''}: ${text.slice(0, 300)}`,
        )
    },
  })
  const seen = { results: 0, errors: 0 }
  for (let n = 0; n < count && faults.length < 20; n += 1) {
    // A million take minutes: whoever else is in this process must hear meanwhile what their sockets say.
    if (n % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
    const sent = sentOf(mutator.frame(`f${n}`))
    answers = []
    peer.receive(sent.text)
    for (let turns = 0; turns < 8 && answers.length === 0; turns += 1) await Promise.resolve()
    const wrong = judge(version, sent, answers)
    if (wrong !== undefined) faults.push(`${sent.text.slice(0, 300)} ${wrong}`)
    seen[answers[0]?.[0] === 3 ? 'results' : 'errors'] += answers.length
  }
  peer.closed()
  return { frames: count, ...seen, faults: [...faults, ...pollution()] }
}

/** The same over a real socket to a real server, which keeps, refuses and judges what comes. */
export async function fuzzSocket(
  wishes: SocketWishes,
  version: OcppVersion,
  count: number,
  chance: () => number,
): Promise<FuzzOutcome> {
  const mutator = openMutator(version, chance)
  const socket = await openStation({ ...wishes, protocols: [version] })
  const heard: Heard[] = []
  socket.socket.on('message', (data) => void heard.push(JSON.parse(String(data as Buffer)) as Heard))
  const faults: string[] = []
  const seen = { results: 0, errors: 0 }
  for (let n = 0; n < count; n += 1) {
    const sent = sentOf(mutator.frame(`f${n}`))
    heard.length = 0
    socket.raw(sent.text)
    // Its answers come before that of the heartbeat which follows it, under an id that no spoilt frame comes upon by itself.
    socket.raw(JSON.stringify([2, `after-${n}`, 'Heartbeat', {}]))
    await until(
      () => heard.some(([, id]) => id === `after-${n}`) || socket.socket.readyState !== socket.socket.OPEN,
      45_000,
      1,
    )
    if (socket.socket.readyState !== socket.socket.OPEN) {
      faults.push(`${sent.text.slice(0, 300)} closed the connection`)
      break
    }
    const answers = heard.filter(([type, id]) => type !== 2 && id !== `after-${n}`)
    const wrong = judge(version, sent, answers)
    if (wrong !== undefined) faults.push(`${sent.text.slice(0, 300)} ${wrong}`)
    seen[answers[0]?.[0] === 3 ? 'results' : 'errors'] += answers.length
  }
  await socket.close()
  return { frames: count, ...seen, faults }
}
