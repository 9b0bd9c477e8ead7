import type { Request } from '../../../../../ocpp/index.ts'
import type { ReportAnswer, TokenAnswer } from '../../model.ts'
import type { Payload } from '../contract.ts'
import { ocppTime } from '../times.ts'
import { onboardings, verdicts2 } from '../verdicts.ts'

/** The smallest valid answer, with the refusing status where there is one; `{}` for all that stand not here. */
export type SmallAnswers = Readonly<Record<string, (payload: Payload) => Payload>>

export const smallAnswers201: SmallAnswers = {
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  Get15118EVCertificate: () => ({ status: 'Failed', exiResponse: '' }),
  GetCertificateStatus: () => ({ status: 'Failed' }),
  NotifyEVChargingNeeds: () => ({ status: 'Rejected' }),
  NotifyEVChargingSchedule: () => ({ status: 'Rejected' }),
  SignCertificate: () => ({ status: 'Rejected' }),
}

export function answererFor(small: SmallAnswers) {
  return (action: string, payload: Payload, answer: ReportAnswer, at: Temporal.Instant): Payload => {
    switch (action) {
      case 'Heartbeat':
        return { currentTime: ocppTime(at) }
      case 'BootNotification':
        return {
          status: onboardings[answer.kind === 'booted' ? answer.onboarding : 'waiting'],
          currentTime: ocppTime(at),
          interval: answer.kind === 'booted' ? answer.intervalSeconds : 60,
        }
      case 'TransactionEvent': {
        const token = answer.kind === 'transaction' ? answer.token : undefined
        const named = (payload as unknown as Request<'ocpp2.0.1', 'TransactionEvent'>).idToken !== undefined
        return named && token !== undefined ? { idTokenInfo: idTokenInfo(token) } : {}
      }
      default:
        return Object.hasOwn(small, action) ? (small[action]?.(payload) ?? {}) : {}
    }
  }
}

/**
 * A contract's certificate, or the hashes by which its revocation would be asked, cannot be checked yet: whoever shows one is
 * not let charge by it, whatever the account says (ISO 15118: what cannot be verified fails closed).
 */
export function tokenAnswer2(payload: Payload, answer: TokenAnswer): Payload {
  const said = payload as unknown as Request<'ocpp2.0.1', 'Authorize'>
  if (said.certificate === undefined && said.iso15118CertificateHashData === undefined) {
    return { idTokenInfo: idTokenInfo(answer) }
  }
  return answer.verdict === 'accepted'
    ? { idTokenInfo: { status: verdicts2.invalid }, certificateStatus: 'CertChainError' }
    : { idTokenInfo: idTokenInfo(answer), certificateStatus: 'ContractCancelled' }
}

/** Longest idToken that every 2.x version takes (2.0.1, identifierString 36). */
const TOKEN_LENGTH = 36

function idTokenInfo(answer: TokenAnswer): Payload {
  const group = answer.groupUid
  return {
    status: verdicts2[answer.verdict],
    ...(group === undefined || group.length > TOKEN_LENGTH
      ? {}
      : { groupIdToken: { idToken: group, type: 'Central' } }),
    ...(answer.validUntil === undefined ? {} : { cacheExpiryDateTime: ocppTime(answer.validUntil) }),
  }
}
