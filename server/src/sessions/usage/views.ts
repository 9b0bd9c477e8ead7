import { textFromInstant } from '../../../../units/index.ts'
import type { Texts } from '../../platform/index.ts'
import { believedWh, type SessionRecordJson, type UsageCheck } from '../rules/index.ts'
import type { KeptReading } from '../store-meter.ts'
import type { ErrorDetailJson, ErrorJson } from './shapes.ts'
import type { ShownError } from './store-lists.ts'

/** Usage errors as people and programs read them, in their language. */

export function errorView(error: ShownError, texts: Texts, language: string): ErrorJson {
  const { proposal } = error
  return {
    id: error.id,
    state: error.state,
    sessionId: error.sessionId,
    sessionNumber: Number(error.sessionNumber),
    revision: error.revision,
    stationId: error.stationId,
    stationNumber: error.stationNumber,
    ...(error.stationName === null ? {} : { stationName: error.stationName }),
    ...(error.siteName === null ? {} : { siteName: error.siteName }),
    evseId: error.evseId,
    foundAt: textFromInstant(error.foundAt),
    findings: error.findings.map(({ check, values, marks }) => ({
      check,
      text: texts.ofCode(language, 'usage-finding', check, values),
      values,
      marks: [...marks],
    })),
    recorded: figuresOf(error.record),
    ...(proposal === null
      ? {}
      : {
          proposed: {
            energyWh: proposal.energyWh,
            startedAt: proposal.startedAt,
            endedAt: proposal.endedAt,
            ...(proposal.totals === undefined ? {} : { totals: proposal.totals }),
          },
        }),
    ...decidedOf(error),
  }
}

export function figuresOf({ energyWh, startedAt, endedAt, totals }: SessionRecordJson) {
  return { energyWh, startedAt, endedAt, ...(totals === undefined ? {} : { totals }) }
}

function decidedOf(error: ShownError): Pick<ErrorJson, 'decided'> {
  const { decidedAt, decidedByKind: kind, decidedByName: name, decision, reason, madeRevision } = error
  if (decidedAt === null || kind === null) return {}
  return {
    decided: {
      at: textFromInstant(decidedAt),
      by: { kind, ...(name === null ? {} : { name }) },
      ...(decision === null ? {} : { decision }),
      ...(reason === null ? {} : { reason }),
      ...(madeRevision === null ? {} : { revision: madeRevision }),
      ...handedOnOf(error),
    },
  }
}

/** What went on by a decision: the record as it was, or the one that took its place. */
function handedOnOf({ state, record, madeRecord }: ShownError): Pick<NonNullable<ErrorJson['decided']>, 'handedOn'> {
  const went = state === 'accepted' ? record : state === 'corrected' ? madeRecord : null
  return went === null ? {} : { handedOn: figuresOf(went) }
}

export function errorDetail(
  error: ShownError,
  readings: readonly KeptReading[],
  texts: Texts,
  language: string,
): ErrorDetailJson {
  const { record, maxPowerW, proposal } = error
  const ms =
    Temporal.Instant.from(record.endedAt).epochMilliseconds - Temporal.Instant.from(record.startedAt).epochMilliseconds
  return {
    ...errorView(error, texts, language),
    maxPowerW,
    mostWh: believedWh(maxPowerW, ms),
    flags: [...record.flags],
    meterValues: readings.map((reading) => ({
      at: textFromInstant(reading.at),
      receivedAt: textFromInstant(reading.receivedAt),
      context: reading.context,
      ...(reading.registerWh === null ? {} : { registerWh: reading.registerWh }),
      ...(reading.powerW === null ? {} : { powerW: reading.powerW }),
      checks: checksOf(error, reading),
    })),
    proposedRegisters: proposal === null ? [] : [...proposal.series],
  }
}

function checksOf({ findings }: ShownError, reading: KeptReading): UsageCheck[] {
  const isMarked = ({ at, context }: { readonly at: string; readonly context: string }): boolean =>
    context === reading.context && Temporal.Instant.from(at).equals(reading.at)
  return [...new Set(findings.filter(({ marks }) => marks.some(isMarked)).map(({ check }) => check))]
}
