import { isQuarantined } from './swaps.ts'

/** What is known of a station that knocks, and how it came. */
export interface Knock {
  readonly station:
    | {
        readonly securityProfile: number
        readonly plainUntil: Temporal.Instant | null
        readonly hasCredential: boolean
        /** Two machines have its key: until then nobody is let in. */
        readonly quarantinedUntil?: Temporal.Instant | null
      }
    | undefined
  /** `none`: no Authorization header; `unreadable`: one that is no Basic credential. */
  readonly credential:
    | { readonly kind: 'none' | 'unreadable' }
    | { readonly kind: 'basic'; readonly userMatches: boolean; readonly passwordMatches: boolean }
  readonly isLoopback: boolean
  readonly isTls: boolean
  readonly at: Temporal.Instant
}

export const refusalReasons = [
  'bad-path',
  'unknown-identity',
  'no-credential',
  'wrong-password',
  'wrong-user',
  'plain-not-allowed',
  'profile-needs-tls',
  'too-many-tries',
  'too-many-connects',
  'quarantined',
  'no-common-protocol',
] as const
export type RefusalReason = (typeof refusalReasons)[number]

export type Admission =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly status: 401 | 403 | 404 }

/**
 * The rules of the security profiles (OCPP 2.0.1 part 2, A00; 1.6 security whitepaper): 0 proves nothing and always
 * needs a dated exception; 1 travels readable and needs one beyond this machine; 2 and 3 need TLS.
 */
export function judgeConnection(knock: Knock): Admission {
  const { station, credential } = knock
  if (station === undefined) return refused('unknown-identity', 404)
  if (station.securityProfile >= 2 && !knock.isTls) return refused('profile-needs-tls', 403)
  const excused = station.plainUntil !== null && Temporal.Instant.compare(knock.at, station.plainUntil) < 0
  if (station.securityProfile === 0) return excused ? { kind: 'admitted' } : refused('plain-not-allowed', 403)
  if (credential.kind !== 'basic') return refused('no-credential', 401)
  if (!credential.userMatches) return refused('wrong-user', 401)
  if (!station.hasCredential || !credential.passwordMatches) return refused('wrong-password', 401)
  // Last, so that only who proved itself learns it: the rest of the world hears 401.
  if (!knock.isTls && !knock.isLoopback && !excused) return refused('plain-not-allowed', 403)
  if (isQuarantined(station.quarantinedUntil ?? null, knock.at)) return refused('quarantined', 403)
  return { kind: 'admitted' }
}

function refused(reason: RefusalReason, status: 401 | 403 | 404): Admission {
  return { kind: 'refused', reason, status }
}

/** Whether an address is this machine itself. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)
}
