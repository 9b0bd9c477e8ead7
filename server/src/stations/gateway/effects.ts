import type { SeenEffect } from '../commands/store.ts'
import type { ReportBody } from '../model.ts'
import type { StationMessage } from '../receive/message.ts'

/** What a message shows of commands that went before it. */
export function effectsOf({ tenantId, stationId, receivedAt: at, bodies }: StationMessage): readonly SeenEffect[] {
  return bodies.flatMap((body) =>
    namesOf(body).map((effect) => ({
      tenantId,
      stationId,
      effect,
      evse: 'evse' in body ? evseOf(body.evse) : null,
      ...numberOf(body),
      at,
    })),
  )
}

/** Null also for a number that no EVSE bears, and no column holds. */
function evseOf(evse: number | undefined): number | null {
  return evse !== undefined && Math.abs(evse) < 2 ** 31 ? evse : null
}

/** Of two transactions at a station the end of one says nothing of the other. */
function numberOf(body: ReportBody): { readonly transactionNumber?: string } {
  return isEnd(body) && 'transaction' in body && 'number' in body.transaction
    ? { transactionNumber: body.transaction.number }
    : {}
}

/** 2.x: where the car's going ends a transaction (TxStopPoint EVConnected) a stop shows in an update. */
function isEnd(body: ReportBody): boolean {
  if (body.kind === 'transaction-ended') return true
  return body.kind === 'transaction-updated' && body.trigger === 'remote-stop'
}

function namesOf(body: ReportBody): readonly string[] {
  switch (body.kind) {
    case 'booted':
      return ['booted']
    case 'evse-status':
      return ['status-reported']
    case 'meter-read':
      return ['meter-read']
    case 'transaction-started':
      return ['transaction-started']
    case 'transaction-updated': {
      // 2.x: where the cable came first the transaction runs already, and the start shows in an update.
      const isStart = body.remoteStartId !== undefined || body.trigger === 'remote-start'
      if (isEnd(body)) return ['transaction-ended']
      return [...(isStart ? ['transaction-started'] : []), ...(body.readings.length > 0 ? ['meter-read'] : [])]
    }
    case 'transaction-ended':
      return ['transaction-ended']
    case 'problem':
    case 'recorded':
      return []
  }
}
