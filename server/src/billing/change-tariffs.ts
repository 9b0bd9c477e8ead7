import { isBefore } from '../../../units/index.ts'
import { type FieldFault, newId, ok, refuse, type Result, type Tx } from '../platform/index.ts'
import { lockTenant } from '../tenants/index.ts'
import { parseTariff, type Tariff } from './rules/index.ts'
import { hasTariffs, insertTariff, insertVersion, lockTariff, makeDefault } from './store.ts'

interface Change {
  /** As OCPI writes it. */
  readonly json: unknown
  /** Absent: at once. */
  readonly validFrom?: Temporal.Instant | undefined
  readonly by: string
  readonly at: Temporal.Instant
}

export interface NewTariff extends Change {
  readonly name: string
  /** Absent: the first tariff of a tenant becomes its default, later ones do not. */
  readonly isDefault?: boolean | undefined
}

/** Makes a tariff with its version 1 and answers its id. */
export async function makeTariff(tx: Tx, wanted: NewTariff): Promise<Result<string, 'bad-input'>> {
  const parsed = parsedIn(wanted.json)
  if (!parsed.ok) return parsed
  const id = newId()
  // Two that are made at once must not both be the first.
  if (wanted.isDefault !== false) await lockTenant(tx)
  const isDefault = wanted.isDefault ?? !(await hasTariffs(tx))
  await insertTariff(tx, { id, name: wanted.name, at: wanted.at })
  await insertVersion(tx, versionRow(id, 1, parsed.value, wanted))
  if (isDefault) await makeDefault(tx, id, wanted.at)
  return ok(id)
}

/**
 * Adds a version; those before it stay as they are, and sessions keep the one they began with. It cannot begin in the
 * past: whoever charges then saw another price. A tariff keeps its currency.
 */
export async function addVersion(
  tx: Tx,
  tariffId: string,
  wanted: Change,
): Promise<Result<number, 'bad-input' | 'no-such-tariff'>> {
  const newest = await lockTariff(tx, tariffId)
  if (newest === undefined) return refuse('no-such-tariff')
  const parsed = parsedIn(wanted.json)
  const faults: FieldFault[] = parsed.ok ? [] : [...(parsed.fields ?? [])]
  if (parsed.ok && parsed.value.currency !== newest.currency) {
    const values = { currency: newest.currency }
    faults.push({ pointer: '/tariff/currency', code: 'other-currency', values })
  }
  if (wanted.validFrom !== undefined && isBefore(wanted.validFrom, wanted.at)) {
    faults.push({ pointer: '/validFrom', code: 'in-the-past' })
  }
  if (!parsed.ok || faults.length > 0) return refuse('bad-input', { fields: faults })
  const version = newest.version + 1
  await insertVersion(tx, versionRow(tariffId, version, parsed.value, wanted))
  return ok(version)
}

/** Reads the member `tariff` of a body: pointers begin with `/tariff`. */
export function parsedIn(json: unknown): Result<Tariff, 'bad-input'> {
  const parsed = parseTariff(json)
  if (parsed.ok) return parsed
  return refuse('bad-input', {
    fields: (parsed.fields ?? []).map((fault) => ({ ...fault, pointer: `/tariff${fault.pointer}` })),
  })
}

function versionRow(tariffId: string, version: number, tariff: Tariff, { json, validFrom, by, at }: Change) {
  return { tariffId, version, currency: tariff.currency, json, validFrom: validFrom ?? at, createdBy: by, at }
}
