import { it } from 'vitest'
import type { OcppVersion } from '../../ocpp/index.ts'
import { type BehaviourId, behaviours } from './table.ts'

/**
 * Proves a row of the table, once in each version the row names: the table decides which tests there are, so that
 * `docs/behaviours.md`, which is made from it, cannot claim more than is run.
 */
export function behaviour(id: BehaviourId, prove: (version: OcppVersion) => Promise<void>): void {
  const { section, says, versions } = behaviours[id]
  it.each(versions)(`${section}: ${says} (%s)`, prove)
}
