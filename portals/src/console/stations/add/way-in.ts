import type { RefusedStation } from '../../../api-types.ts'

/** What a press can do for a station that was turned away. */
export interface WayIn {
  /** It becomes one of ours; else it is one already. */
  readonly isNew: boolean
  /** It gets a password: the one it offered, or a new one. */
  readonly asksPassword: boolean
  /** Whether a day is asked until which it may come unencrypted. */
  readonly plain: 'no' | 'offered' | 'needed'
}

type Refused = Pick<RefusedStation, 'reason' | 'identity' | 'address' | 'url'>

/** Undefined where only something at the station itself helps: a press would do nothing, or lock it out. */
export function wayIn({ reason, identity, address, url }: Refused): WayIn | undefined {
  if (identity === undefined) return undefined
  switch (reason) {
    case 'unknown-identity':
      // It would knock again and be refused for this.
      return { isNew: true, asksPassword: true, plain: isFarAndPlain(address, url) ? 'offered' : 'no' }
    case 'no-credential':
    case 'wrong-password':
    case 'wrong-user':
    case 'quarantined':
      return { isNew: false, asksPassword: true, plain: 'no' }
    case 'plain-not-allowed':
      return { isNew: false, asksPassword: false, plain: 'needed' }
    default:
      return undefined
  }
}

function isFarAndPlain(address: string, url: string): boolean {
  return url.startsWith('ws://') && !/^(::1$|(::ffff:)?127\.)/.test(address)
}
