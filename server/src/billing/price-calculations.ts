import { z } from 'zod'
import { isBefore } from '../../../units/index.ts'
import { type FieldFault, instantShape, ok, refuse, type Result, type Tx } from '../platform/index.ts'
import { isTimeZone } from '../tenants/index.ts'
import { parsedIn } from './change-tariffs.ts'
import { calculatePrice, jsonFromPrice, type PriceJson, type RatedSession, type Tariff } from './rules/index.ts'
import { tariffThatApplies, tariffVersion } from './store.ts'
import { tariffSchema } from './tariff-schema.ts'

const period = z.strictObject({
  from: instantShape,
  to: instantShape,
  energyWh: z.int().min(0).max(1_000_000_000),
  state: z.enum(['charging', 'parking']),
})

export const priceCalculation = z.strictObject({
  tariff: z.unknown().meta(tariffSchema).optional().describe('A tariff as OCPI writes it; this or tariffId'),
  tariffId: z.uuid().optional(),
  timeZone: z
    .string()
    .refine(isTimeZone, { params: { code: 'not-a-time-zone' } })
    .describe('IANA name, the site’s'),
  session: z.strictObject({ startedAt: instantShape, endedAt: instantShape, periods: z.array(period).max(10_000) }),
})

export type PriceCalculation = z.output<typeof priceCalculation>

/** What a session would cost, by the very rules that bill. */
export async function answerPriceCalculation(
  tx: Tx,
  asked: PriceCalculation,
): Promise<Result<PriceJson, 'bad-input' | 'no-such-tariff'>> {
  const faults = periodFaults(asked.session)
  const tariff = await tariffOf(tx, asked)
  if (!tariff.ok && tariff.code === 'no-such-tariff') return tariff
  if (!tariff.ok) return refuse('bad-input', { fields: [...(tariff.fields ?? []), ...faults] })
  if (faults.length > 0) return refuse('bad-input', { fields: faults })
  return ok(jsonFromPrice(calculatePrice(tariff.value, { ...asked.session, timeZone: asked.timeZone })))
}

/** By id: the version that applied when the session started, and for a start before there was any the first one. */
async function tariffOf(
  tx: Tx,
  { tariff, tariffId, session }: PriceCalculation,
): Promise<Result<Tariff, 'bad-input' | 'no-such-tariff'>> {
  if (tariffId === undefined) return parsedIn(tariff)
  if (tariff !== undefined) return refuse('bad-input', { fields: [{ pointer: '/tariffId', code: 'beside-tariff' }] })
  const found = (await tariffThatApplies(tx, tariffId, session.startedAt)) ?? (await tariffVersion(tx, tariffId, 1))
  return found === undefined ? refuse('no-such-tariff') : ok(found.tariff)
}

function periodFaults({ startedAt, endedAt, periods }: Omit<RatedSession, 'timeZone'>): readonly FieldFault[] {
  const faults: FieldFault[] = []
  if (isBefore(endedAt, startedAt)) faults.push({ pointer: '/session/endedAt', code: 'before-start' })
  periods.forEach(({ from, to }, index) => {
    const pointer = `/session/periods/${index}`
    const before = periods[index - 1]
    if (isBefore(to, from)) faults.push({ pointer: `${pointer}/to`, code: 'before-start' })
    else if (isBefore(endedAt, to)) faults.push({ pointer: `${pointer}/to`, code: 'outside-session' })
    if (isBefore(from, startedAt)) faults.push({ pointer: `${pointer}/from`, code: 'outside-session' })
    else if (before !== undefined && isBefore(from, before.to)) {
      faults.push({ pointer: `${pointer}/from`, code: 'overlaps' })
    }
  })
  return faults
}
