import type { Request } from '../../../../../ocpp/index.ts'
import type { ReportAnswer, TokenAnswer } from '../../model.ts'
import type { Payload } from '../contract.ts'
import { ocppTime } from '../times.ts'
import { onboardings, verdicts16 } from '../verdicts.ts'
import { stoppedBy } from './reports.ts'

/** Longest idTag and parentIdTag (OCPP 1.6, CiString20). */
const ID_TAG_LENGTH = 20

/** Messages that have a refusing status, and those whose answer needs more than `{}`. */
const refusals: Readonly<Record<string, Payload>> = {
  DataTransfer: { status: 'UnknownVendorId' },
  SignCertificate: { status: 'Rejected' },
}

export function answerFor16(action: string, payload: Payload, answer: ReportAnswer, at: Temporal.Instant): Payload {
  switch (action) {
    case 'Heartbeat':
      return { currentTime: ocppTime(at) }
    case 'BootNotification':
      return {
        status: onboardings[answer.kind === 'booted' ? answer.onboarding : 'waiting'],
        currentTime: ocppTime(at),
        interval: answer.kind === 'booted' ? answer.intervalSeconds : 60,
      }
    case 'StartTransaction':
      return {
        transactionId: answer.kind === 'transaction' ? Number(answer.number) : 0,
        idTagInfo: idTagInfo((answer.kind === 'transaction' ? answer.token : undefined) ?? { verdict: 'invalid' }),
      }
    case 'StopTransaction': {
      const token = answer.kind === 'transaction' ? answer.token : undefined
      const named = stoppedBy(payload as unknown as Request<'ocpp1.6', 'StopTransaction'>) !== undefined
      return named && token !== undefined ? { idTagInfo: idTagInfo(token) } : {}
    }
    default:
      return refusals[action] ?? {}
  }
}

export function tokenAnswer16(_payload: Payload, answer: TokenAnswer): Payload {
  return { idTagInfo: idTagInfo(answer) }
}

function idTagInfo(answer: TokenAnswer): Payload {
  const group = answer.groupUid
  return {
    status: verdicts16[answer.verdict],
    ...(group === undefined || group.length > ID_TAG_LENGTH ? {} : { parentIdTag: group }),
    ...(answer.validUntil === undefined ? {} : { expiryDate: ocppTime(answer.validUntil) }),
  }
}
