import type { Acknowledgement } from '../../simulator/index.ts'
import type { Kept, KeptTransaction } from './store-kept.ts'

/** The comparison of row 1: whatever was acknowledged must be there. Each thing that is missing is a sentence. */

interface Said {
  readonly transaction: string
  readonly seqNo?: number
  readonly isEnd?: true
  readonly readings: readonly { readonly at: number; readonly registerWh: number | undefined }[]
}

type Payload = Readonly<Record<string, unknown>>

export function missingFrom(acknowledged: readonly Acknowledgement[], kept: Kept): readonly string[] {
  const missing = new Set<string>()
  for (const acknowledgement of acknowledged) {
    const said = saidIn(acknowledgement)
    if (said === undefined) continue
    const name = `${acknowledgement.identity}|${said.transaction}`
    const has = said.transaction === UNNUMBERED ? unnumbered(acknowledgement.identity, said, kept) : kept.get(name)
    if (has === undefined) missing.add(`${name}: the transaction`)
    else for (const what of missingOf(said, has)) missing.add(`${name}: ${what}`)
  }
  return [...missing]
}

/** What a 1.6 station says whose start was never answered: it cannot know the number. */
const UNNUMBERED = '-1'

/**
 * Which transaction that was, the server had to tell by itself; it is looked for by what was said. Readings may have found the one that runs
 * there, whose start is known though its answer was lost; an end alone would be found in any.
 */
function unnumbered(identity: string, said: Said, kept: Kept): KeptTransaction | undefined {
  const start = said.isEnd === true ? `${identity}|${UNNUMBERED}:` : `${identity}|`
  const all = [...kept].filter(([other]) => other.startsWith(start)).map(([, has]) => has)
  return all.find((has) => missingOf(said, has).length === 0) ?? all[0]
}

/** Sessions whose data record is not made exactly once, or not (yet) handed on exactly once. */
export function notHandedOn(kept: Kept): readonly string[] {
  return [...kept].flatMap(([name, { state, records, billed, held }]) => {
    if (state !== 'ended') return records.length === 0 ? [] : [`${name}: a record before the end`]
    // A stop without a start is doubtful: handed on, or waiting for somebody's decision, and never both.
    const settled = name.includes(`|${UNNUMBERED}:`) ? [...billed, ...held] : billed
    return records.join() === '1' && settled.join() === '1'
      ? []
      : [`${name}: records ${records.join()}, handed on ${billed.join()}, held ${held.join()}`]
  })
}

/** Written anew, not taken from the server: a fault there must not hide itself here. */
function hasSeen(ranges: readonly number[], n: number): boolean {
  return ranges.some((from, at) => at % 2 === 0 && n >= from && n <= (ranges[at + 1] ?? -1))
}

function missingOf(said: Said, has: KeptTransaction): readonly string[] {
  const missing: string[] = []
  if (said.seqNo !== undefined && !hasSeen(has.seen, said.seqNo)) missing.push(`event ${said.seqNo}`)
  if (said.isEnd === true && has.endedAt === null && has.state !== 'waiting-for-meter') missing.push('its end')
  for (const { at, registerWh } of said.readings) {
    const register = has.readings.get(at)
    const when = Temporal.Instant.fromEpochMilliseconds(at).toString()
    if (register === undefined) missing.push(`the reading of ${when}`)
    else if (registerWh !== undefined && register !== BigInt(Math.round(registerWh)))
      missing.push(`the register ${registerWh} of ${when} (there is ${register ?? 'none'})`)
  }
  return missing
}

function saidIn({ action, payload, answer }: Acknowledgement): Said | undefined {
  switch (action) {
    case 'StartTransaction':
      return { transaction: String(answer['transactionId']), readings: [] }
    case 'StopTransaction':
      return {
        transaction: String(payload['transactionId']),
        isEnd: true,
        readings: readingsOf(payload['transactionData']),
      }
    case 'MeterValues':
      // Readings outside of a transaction are not a session's.
      return typeof payload['transactionId'] !== 'number'
        ? undefined
        : { transaction: String(payload['transactionId']), readings: readingsOf(payload['meterValue']) }
    case 'TransactionEvent':
      return {
        transaction: String((payload['transactionInfo'] as Payload)['transactionId']),
        seqNo: Number(payload['seqNo']),
        ...(payload['eventType'] === 'Ended' ? { isEnd: true } : {}),
        readings: readingsOf(payload['meterValue']),
      }
    default:
      return undefined
  }
}

function readingsOf(values: unknown): Said['readings'] {
  return ((values ?? []) as readonly Payload[]).map((value) => ({
    at: Temporal.Instant.from(String(value['timestamp'])).epochMilliseconds,
    registerWh: registerOf(value['sampledValue'] as readonly Payload[]),
  }))
}

/** A missing measurand means the register; the simulator writes Wh and no multiplier. */
function registerOf(values: readonly Payload[]): number | undefined {
  const register = values.find(
    ({ measurand, phase }) =>
      phase === undefined && (measurand ?? 'Energy.Active.Import.Register') === 'Energy.Active.Import.Register',
  )
  return register === undefined ? undefined : Number(register['value'])
}
