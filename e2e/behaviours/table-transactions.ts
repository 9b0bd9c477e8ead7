import { all, row } from './table-row.ts'

/** `ocpp-semantics.md` sections 1 to 8 and `ocpp.md` section 6. */
export const transactions = {
  'start-repeated': row(
    'ocpp-semantics.md 2',
    all,
    'a start told twice under different message ids is one session, and answered alike',
  ),
} as const
