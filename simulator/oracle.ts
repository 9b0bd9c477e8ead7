import type { Payload, Protocol } from './state.ts'

/** The central system said that it has something: from now on it must not be missing there. */
export interface Acknowledgement {
  readonly identity: string
  readonly protocol: Protocol
  readonly action: string
  /** What makes the message this one, whatever id it travels under; empty where nothing is to be kept. */
  readonly key: string
  readonly at: Temporal.Instant
  readonly payload: Payload
  readonly answer: Payload
  /** 0 the first time, then how often it was repeated on purpose. */
  readonly repeat: number
  /** The answer was made to get lost: the station does not know and will send the message again. */
  readonly wasLost: boolean
}

/** The natural key of a message: what stays the same when a station says it again. */
export function naturalKey(action: string, payload: Payload): string {
  switch (action) {
    case 'StartTransaction':
      return [
        payload['connectorId'],
        textOf(payload, 'idTag').toLowerCase(),
        payload['timestamp'],
        payload['meterStart'],
      ].join('|')
    case 'StopTransaction':
      return identifier(payload)
    case 'MeterValues':
      return [payload['transactionId'] ?? '', payload['connectorId'] ?? payload['evseId'], ...timesOf(payload)].join(
        '|',
      )
    case 'TransactionEvent':
      return [(payload['transactionInfo'] as Payload)['transactionId'], payload['seqNo']].join('|')
    default:
      return ''
  }
}

function timesOf(payload: Payload): readonly unknown[] {
  return (payload['meterValue'] as readonly Payload[]).map((value) => value['timestamp'])
}

/** A transaction as far as the central system has acknowledged it. */
export interface AcknowledgedTransaction {
  readonly identity: string
  /** The number of the transaction as the central system knows it. */
  readonly transactionId: string
  readonly uid: string | undefined
  readonly isStarted: boolean
  readonly isEnded: boolean
  readonly startWh: number | undefined
  readonly endWh: number | undefined
  /** How many messages about it were acknowledged, repeats not counted. */
  readonly messages: number
}

export interface Oracle {
  readonly onAcknowledged: (acknowledgement: Acknowledgement) => void
  all(): readonly Acknowledgement[]
  transactions(): readonly AcknowledgedTransaction[]
}

/** Writes down what was acknowledged to whom, for a comparison with what the central system has afterwards. */
export function openOracle(): Oracle {
  const acknowledged: Acknowledgement[] = []
  return {
    onAcknowledged: (acknowledgement) => void acknowledged.push(acknowledgement),
    all: () => acknowledged,
    transactions: () => transactionsOf(acknowledged),
  }
}

function transactionsOf(all: readonly Acknowledgement[]): readonly AcknowledgedTransaction[] {
  const found = new Map<string, AcknowledgedTransaction>()
  const seen = new Set<string>()
  for (const acknowledgement of all) {
    const { identity, action, key } = acknowledgement
    const facts = factsOf(acknowledgement)
    if (facts === undefined) continue
    const name = `${identity}|${facts.transactionId}`
    const before = found.get(name) ?? { ...nothingYet, identity, transactionId: facts.transactionId }
    const isNew = !seen.has(`${identity}|${action}|${key}`)
    seen.add(`${identity}|${action}|${key}`)
    found.set(name, {
      ...before,
      uid: facts.uid ?? before.uid,
      isStarted: before.isStarted || facts.isStart,
      isEnded: before.isEnded || facts.isEnd,
      startWh: facts.isStart ? facts.registerWh : before.startWh,
      endWh: facts.isEnd ? facts.registerWh : before.endWh,
      messages: before.messages + (isNew ? 1 : 0),
    })
  }
  return [...found.values()]
}

const nothingYet = {
  uid: undefined,
  isStarted: false,
  isEnded: false,
  startWh: undefined,
  endWh: undefined,
  messages: 0,
}

interface Facts {
  readonly transactionId: string
  readonly uid?: string
  readonly isStart: boolean
  readonly isEnd: boolean
  readonly registerWh: number | undefined
}

function factsOf({ action, payload, answer }: Acknowledgement): Facts | undefined {
  switch (action) {
    case 'StartTransaction': {
      const uid = textOf(payload, 'idTag')
      const registerWh = Number(payload['meterStart'])
      return { transactionId: identifier(answer), uid, isStart: true, isEnd: false, registerWh }
    }
    case 'StopTransaction':
      return {
        transactionId: identifier(payload),
        isStart: false,
        isEnd: true,
        registerWh: Number(payload['meterStop']),
      }
    case 'MeterValues':
      if (payload['transactionId'] === undefined) return undefined
      return { transactionId: identifier(payload), isStart: false, isEnd: false, registerWh: undefined }
    case 'TransactionEvent': {
      const info = payload['transactionInfo'] as Payload
      const token = payload['idToken'] as Payload | undefined
      return {
        transactionId: identifier(info),
        ...(token === undefined ? {} : { uid: textOf(token, 'idToken') }),
        isStart: payload['eventType'] === 'Started',
        isEnd: payload['eventType'] === 'Ended',
        registerWh: registerOf(payload, payload['eventType'] === 'Started' ? 0 : -1),
      }
    }
    default:
      return undefined
  }
}

/** The register of the first (0) or last (-1) reading of an event. */
function registerOf(payload: Payload, which: 0 | -1): number | undefined {
  const reading = (payload['meterValue'] as readonly Payload[] | undefined)?.at(which)
  const values = reading?.['sampledValue'] as readonly Payload[] | undefined
  const register = values?.find((value) => value['measurand'] === 'Energy.Active.Import.Register')
  return register === undefined ? undefined : Number(register['value'])
}

/** A transaction's number, which is a number in 1.6 and a text in 2.x. */
function identifier(payload: Payload): string {
  const id = payload['transactionId']
  return typeof id === 'number' ? String(id) : textOf(payload, 'transactionId')
}

function textOf(payload: Payload, name: string): string {
  const value = payload[name]
  return typeof value === 'string' ? value : ''
}
