import type { OcppVersion } from '../../ocpp/index.ts'

export interface Behaviour {
  /** Which sheet (`ocpp.md`, `ocpp-semantics.md`) and which of its sections. */
  readonly section: string
  readonly says: string
  readonly versions: readonly OcppVersion[]
  /** Tests elsewhere that show it too (or alone, where no test of this folder does): a file, and a part of a test's name. */
  readonly shown?: readonly (readonly [file: string, title: string])[]
}

export const all = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const
export const only16 = ['ocpp1.6'] as const
export const only2 = ['ocpp2.0.1', 'ocpp2.1'] as const
export const only21 = ['ocpp2.1'] as const

/** A row under its section; `shown`: file and title, one pair after the other. */
export function row(
  section: string,
  versions: Behaviour['versions'],
  says: string,
  ...shown: readonly (readonly [string, string])[]
): Behaviour {
  return { section, says, versions, ...(shown.length === 0 ? {} : { shown }) }
}
