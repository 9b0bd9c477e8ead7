import type { Payload, Protocol } from '../contract.ts'
import {
  answererFor,
  commanderFor,
  ocpp201,
  smallAnswers201,
  type SmallAnswers,
  tokenTypes201,
} from '../ocpp201/index.ts'

/** What 2.1 adds to the answers of 2.0.1: each refuses where it can. */
const smallAnswers21: SmallAnswers = {
  ...smallAnswers201,
  GetCertificateChainStatus: chainStatus,
  OpenPeriodicEventStream: () => ({ status: 'Rejected' }),
  PullDynamicScheduleUpdate: () => ({ status: 'Rejected' }),
  VatNumberValidation: (payload) => ({ vatNumber: payload['vatNumber'], status: 'Rejected' }),
}

const tokenTypes21 = new Set([...tokenTypes201, 'DirectPayment', 'EVCCID', 'VIN'])

/** 2.1 is 2.0.1's table with changes. */
export const ocpp21: Protocol = {
  ...ocpp201,
  version: 'ocpp2.1',
  tokenLength: 255,
  answerFor: answererFor(smallAnswers21),
  commandTo: commanderFor(tokenTypes21),
}

/** One verdict for each certificate that was asked about: we could not find out. */
function chainStatus(payload: Payload): Payload {
  const requests = (
    payload as unknown as {
      readonly certificateStatusRequests: readonly { readonly certificateHashData: unknown; readonly source: string }[]
    }
  ).certificateStatusRequests
  return {
    certificateStatus: requests.map(({ certificateHashData, source }) => ({
      certificateHashData,
      source,
      status: 'Failed',
      nextUpdate: '1970-01-01T00:00:00Z',
    })),
  }
}
