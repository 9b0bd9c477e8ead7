import type { TokenVerdict } from '../model.ts'

/** 1.6 has five words only: no credit reads Blocked, not here and not now read Invalid. */
export const verdicts16: Readonly<
  Record<TokenVerdict, 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx'>
> = {
  accepted: 'Accepted',
  blocked: 'Blocked',
  expired: 'Expired',
  invalid: 'Invalid',
  concurrent: 'ConcurrentTx',
  'no-credit': 'Blocked',
  'not-here': 'Invalid',
  'not-now': 'Invalid',
}

export const verdicts2 = {
  accepted: 'Accepted',
  blocked: 'Blocked',
  expired: 'Expired',
  invalid: 'Invalid',
  concurrent: 'ConcurrentTx',
  'no-credit': 'NoCredit',
  'not-here': 'NotAtThisLocation',
  'not-now': 'NotAtThisTime',
} as const satisfies Record<TokenVerdict, string>

export const onboardings = { waiting: 'Pending', accepted: 'Accepted', refused: 'Rejected' } as const
