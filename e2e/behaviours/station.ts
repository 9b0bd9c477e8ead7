import { randomUUID } from 'node:crypto'
import type { Answer, IncomingCall, OcppVersion } from '../../ocpp/index.ts'
import { addTestStation, connectStation, type TestSocket, until } from '../../server/src/stations/testing.ts'
import { BLOCKED_CARD, CARD, FAMILY_CARD, OTHER_CARD, SLUG, type Whole } from './whole.ts'

export { until }

/** A station on a real socket, told what to say in words that every version has. */
export interface Speaker {
  readonly id: string
  readonly identity: string
  readonly version: OcppVersion
  readonly is16: boolean
  socket: TestSocket
  /** Answers CALLs of ours; Accepted unless set. */
  answer: (call: IncomingCall) => Answer | Promise<Answer>
  call: TestSocket['call']
  boot(): Promise<Readonly<Record<string, unknown>>>
  /** Another socket of the same station; the former one is left as it is. */
  connect(): Promise<TestSocket>
  close(): Promise<unknown>
}

let lastNumber = 0

export interface StationWishes {
  readonly evses?: number
  readonly onboarding?: 'waiting' | 'accepted' | 'refused'
  readonly boots?: boolean
}

export async function openSpeaker(whole: Whole, version: OcppVersion, wishes: StationWishes = {}): Promise<Speaker> {
  lastNumber += 1
  const { evses = 2, onboarding = 'accepted', boots = true } = wishes
  const identity = `${version.replace('ocpp', 'V')}-${lastNumber}`
  const id = await addTestStation(whole.ground, whole.tenantId, { identity, evses, onboarding })
  const connect = (): Promise<TestSocket> =>
    connectStation(whole.port, { path: `/ocpp/${SLUG}/${identity}`, version, answer: (call) => speaker.answer(call) })
  const speaker: Speaker = {
    id,
    identity,
    version,
    is16: version === 'ocpp1.6',
    socket: undefined as unknown as TestSocket,
    answer: () => ({ kind: 'result', payload: { status: 'Accepted' } }),
    call: (action, payload) => speaker.socket.call(action, payload),
    boot: () => speaker.socket.boot(),
    async connect() {
      speaker.socket = await connect()
      return speaker.socket
    },
    close: () => speaker.socket.close(),
  }
  await speaker.connect()
  if (boots) await speaker.boot()
  return speaker
}

export interface Told {
  number: string
  readonly evse: number
  /** 2.x: the next event's number. */
  seqNo: number
}

export interface StartWords {
  readonly uid?: string
  readonly evse?: number
  readonly registerWh?: number
  readonly at?: string
  readonly remoteStartId?: number
  readonly number?: string
  readonly offline?: boolean
}

export type Verdict = { readonly told: Told; readonly status: string; readonly group: string | undefined }

interface Info {
  readonly status?: string
  readonly parentIdTag?: string
  readonly groupIdToken?: { readonly idToken: string }
}

const infoOf = (answer: Readonly<Record<string, unknown>>): Info =>
  (answer['idTagInfo'] ?? answer['idTokenInfo'] ?? {}) as Info
const groupOf = (info: Info): string | undefined => info.parentIdTag ?? info.groupIdToken?.idToken

export async function authorise(
  speaker: Speaker,
  uid: string,
): Promise<{ status: string | undefined; group: string | undefined }> {
  const answer = await speaker.call(
    'Authorize',
    speaker.is16 ? { idTag: uid } : { idToken: { idToken: uid, type: 'ISO14443' } },
  )
  return { status: infoOf(answer).status, group: groupOf(infoOf(answer)) }
}

const nowOf = (whole: Whole): string => whole.clock.now().toString()

export interface Call {
  readonly action: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** A start with a card: StartTransaction, or TransactionEvent Started. */
export function startCall(whole: Whole, speaker: Speaker, words: StartWords = {}): Call {
  const { evse = 1, registerWh = 1_000, at = nowOf(whole), uid = CARD, number = randomUUID(), ...rest } = words
  if (speaker.is16) {
    const payload = { connectorId: evse, idTag: uid, meterStart: registerWh, timestamp: at }
    return { action: 'StartTransaction', payload }
  }
  const told = { number, evse, seqNo: 0 }
  return eventCall(whole, told, 'Started', { ...rest, at, registerWh, uid, state: 'Charging', names: true })
}

export async function start(whole: Whole, speaker: Speaker, words: StartWords = {}): Promise<Verdict> {
  const { evse = 1, number = randomUUID() } = words
  const { action, payload } = startCall(whole, speaker, { ...words, number })
  const answer = await speaker.call(action, payload)
  const told = speaker.is16 ? { number: String(answer['transactionId']), evse, seqNo: 0 } : { number, evse, seqNo: 1 }
  return { told, status: infoOf(answer).status ?? '', group: groupOf(infoOf(answer)) }
}

export interface EventWords {
  readonly at?: string
  readonly registerWh?: number
  readonly uid?: string
  readonly state?: string
  readonly reason?: string
  readonly trigger?: string
  readonly names?: boolean
  readonly remoteStartId?: number
  readonly offline?: boolean
  /** Else the next number. */
  readonly seqNo?: number
}

const contexts = { Started: 'Transaction.Begin', Updated: 'Sample.Periodic', Ended: 'Transaction.End' } as const
const triggers = { Started: 'Authorized', Updated: 'MeterValuePeriodic', Ended: 'StopAuthorized' } as const

/** A TransactionEvent of 2.x; what is sent once only is sent where `names` says so. */
export function event(
  whole: Whole,
  speaker: Speaker,
  told: Told,
  eventType: keyof typeof contexts,
  words: EventWords = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { action, payload } = eventCall(whole, told, eventType, words)
  return speaker.call(action, payload)
}

export function eventCall(whole: Whole, told: Told, eventType: keyof typeof contexts, words: EventWords = {}): Call {
  const { at = nowOf(whole), registerWh, uid, state, reason, remoteStartId, offline, seqNo = told.seqNo } = words
  if (words.seqNo === undefined) told.seqNo += 1
  const payload = {
    eventType,
    timestamp: at,
    triggerReason: words.trigger ?? triggers[eventType],
    seqNo,
    transactionInfo: {
      transactionId: told.number,
      ...(state === undefined ? {} : { chargingState: state }),
      ...(reason === undefined ? {} : { stoppedReason: reason }),
      ...(remoteStartId === undefined ? {} : { remoteStartId }),
    },
    ...(offline === undefined ? {} : { offline }),
    ...(words.names === true ? { evse: { id: told.evse, connectorId: 1 } } : {}),
    ...(uid === undefined ? {} : { idToken: { idToken: uid, type: 'ISO14443' } }),
    ...(registerWh === undefined
      ? {}
      : { meterValue: [{ timestamp: at, sampledValue: [{ value: registerWh, context: contexts[eventType] }] }] }),
  }
  return { action: 'TransactionEvent', payload }
}

/** A reading of the running transaction. */
export function meter(
  whole: Whole,
  speaker: Speaker,
  told: Told,
  registerWh: number,
  at = nowOf(whole),
): Promise<Readonly<Record<string, unknown>>> {
  if (!speaker.is16) return event(whole, speaker, told, 'Updated', { registerWh, at })
  return speaker.call('MeterValues', {
    connectorId: told.evse,
    transactionId: Number(told.number),
    meterValue: [{ timestamp: at, sampledValue: [{ value: String(registerWh) }] }],
  })
}

export async function stop(
  whole: Whole,
  speaker: Speaker,
  told: Told,
  registerWh: number,
  words: { readonly at?: string; readonly uid?: string; readonly reason?: string; readonly offline?: boolean } = {},
): Promise<{ readonly status: string | undefined; readonly answer: Readonly<Record<string, unknown>> }> {
  const { at = nowOf(whole), uid, reason, offline } = words
  const answer = speaker.is16
    ? await speaker.call('StopTransaction', {
        transactionId: Number(told.number),
        meterStop: registerWh,
        timestamp: at,
        ...(uid === undefined ? {} : { idTag: uid }),
        ...(reason === undefined ? {} : { reason }),
      })
    : await event(whole, speaker, told, 'Ended', {
        registerWh,
        at,
        ...(uid === undefined ? {} : { uid }),
        ...(reason === undefined ? {} : { reason }),
        ...(offline === undefined ? {} : { offline }),
      })
  return { status: infoOf(answer).status, answer }
}

/** What a connector shows; `phase` is 1.6's finer word. */
export function status(
  whole: Whole,
  speaker: Speaker,
  said: string,
  { evse = 1, phase = said, errorCode = 'NoError' }: { evse?: number; phase?: string; errorCode?: string } = {},
): Promise<Readonly<Record<string, unknown>>> {
  return speaker.is16
    ? speaker.call('StatusNotification', { connectorId: evse, status: phase, errorCode, timestamp: nowOf(whole) })
    : speaker.call('StatusNotification', {
        timestamp: nowOf(whole),
        connectorStatus: said,
        evseId: evse,
        connectorId: 1,
      })
}

export interface SeenSession {
  readonly id: string
  readonly state: string
  readonly flags: readonly string[]
  readonly energyWh: number
  readonly evseId: number
  readonly startedAt: string
  readonly endedAt?: string
  readonly stopReason?: string
  readonly transactionNumber?: string
  readonly startedBy: { readonly kind: string; readonly last4?: string }
}

/** The station's sessions as staff see them, oldest first. */
export async function sessionsOf(whole: Whole, { id }: Speaker): Promise<readonly SeenSession[]> {
  const { body } = await whole.call<{ items: SeenSession[] }>('GET', `/v1/sessions?stationId=${id}&limit=50`)
  return body.items.toReversed()
}

export interface SeenRecord {
  readonly revision: number
  readonly reason: string
  readonly energyWh: number
  readonly estimated: boolean
  readonly startedAt: string
  readonly endedAt: string
}

export async function recordsOf(whole: Whole, sessionId: string | undefined): Promise<readonly SeenRecord[]> {
  const { body } = await whole.call<{ items: SeenRecord[] }>('GET', `/v1/session-records?sessionId=${sessionId}`)
  return body.items.toSorted((a, b) => a.revision - b.revision)
}

export interface SeenCommand {
  readonly id: string
  readonly state: string
  readonly failure?: string
  readonly answer?: { readonly outcome: string; readonly status?: string }
}

/** Asks something of the station over REST; `ended` waits for the outcome that is expected. */
export async function command(
  whole: Whole,
  speaker: Speaker,
  body: object,
): Promise<{ readonly id: string; ended(...states: readonly string[]): Promise<SeenCommand> }> {
  const { status: code, body: made } = await whole.call<{ id: string }>(
    'POST',
    `/v1/stations/${speaker.id}/commands`,
    body,
  )
  if (code !== 202) throw new Error(`the command was refused with ${code}: ${JSON.stringify(made)}`)
  return {
    id: made.id,
    ended: (...states) =>
      until(async () => {
        const { body: seen } = await whole.call<SeenCommand>('GET', `/v1/commands/${made.id}`)
        return states.includes(seen.state) ? seen : undefined
      }),
  }
}

export async function alertsOf(
  whole: Whole,
  { id }: Speaker,
  state?: 'cleared',
): Promise<readonly { readonly kind: string; readonly evidence: Record<string, unknown> }[]> {
  const { body } = await whole.call<{
    items: { kind: string; stationId?: string; evidence: Record<string, unknown> }[]
  }>('GET', `/v1/alerts?limit=200${state === undefined ? '' : `&state=${state}`}`)
  return body.items.filter(({ stationId }) => stationId === id)
}

/** The first call of ours that fits, once it has come to the station. */
export function sent(station: Speaker, pattern: RegExp): Promise<IncomingCall> {
  return until(() => station.socket.calls.find(({ action }) => pattern.test(action)))
}

/** Cards of the network, by what they are. */
export const CARD_OF = { ordinary: CARD, family: FAMILY_CARD, other: OTHER_CARD, blocked: BLOCKED_CARD } as const
