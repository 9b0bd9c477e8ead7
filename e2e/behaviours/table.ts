import { attacks } from './table-attacks.ts'
import { boot } from './table-boot.ts'
import { charging } from './table-charging.ts'
import { connecting } from './table-connecting.ts'
import { transactions } from './table-transactions.ts'
import type { Behaviour } from './table-row.ts'

/** What real stations do, from the two OCPP sheets, and what the platform does then. */
export const behaviours = { ...connecting, ...boot, ...attacks, ...transactions, ...charging } satisfies Readonly<
  Record<string, Behaviour>
>
export type BehaviourId = keyof typeof behaviours
