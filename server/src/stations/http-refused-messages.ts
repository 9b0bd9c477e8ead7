import { z } from 'zod'
import { recordChange } from '../audit/index.ts'
import {
  type AnyRoute,
  cursorFrom,
  DatabaseAway,
  type DataKey,
  type Ground,
  listOf,
  must,
  ok,
  pageOf,
  paging,
  refuse,
  tenantRoute,
  type Tx,
} from '../platform/index.ts'
import { judgeAgain } from './gateway/judge-again.ts'
import { findStation, NO_STATION } from './http-stations.ts'
import type { ReportBody } from './model.ts'
import { protocolNamed } from './protocols/index.ts'
import { NotTaken, type Receiver } from './receive/receiver.ts'
import { maskedText } from './rules/mask.ts'
import * as shapes from './shapes.ts'
import * as store from './store-refused-messages.ts'

const TAG = 'log'

/** `take`: the way of every message, into sessions and what follows from them. */
export function refusedMessageRoutes(ground: Ground, take: Receiver['take']): readonly AnyRoute[] {
  return [listRoute(ground), judgeRoute(ground, take)]
}

function listRoute({ keys }: Ground): AnyRoute {
  return tenantRoute({
    method: 'GET',
    path: '/v1/stations/:id/refused-messages',
    tag: TAG,
    summary: 'Messages of a station that could not be taken, as they came, newest first; a repeat is counted',
    right: 'log.read',
    params: shapes.idParams,
    query: z.strictObject(paging),
    answer: listOf(shapes.refusedMessage),
    refusals: NO_STATION,
    async handle(tx, { params: { id: stationId }, query, caller }) {
      if ((await findStation(tx, stationId, caller.sites)) === undefined) return refuse('no-such-station')
      const before = cursorFrom(query.cursor)
      const rows = await store.loadRefusedMessages(tx, { stationId, before, limit: query.limit + 1 })
      const key = await keys.tenant(tx.tenantId)
      const { shown, next } = pageOf(rows, query.limit, ({ at, id }) => [String(at), id])
      return ok({
        items: shown.map((row) => viewOf(row, key)),
        next,
        ...(query.count === 'true' ? { total: await store.countRefusedMessages(tx, stationId) } : {}),
      })
    },
  })
}

function judgeRoute(ground: Ground, take: Receiver['take']): AnyRoute {
  return tenantRoute({
    method: 'POST',
    path: '/v1/stations/:id/refused-messages/:messageId/judge-again',
    tag: TAG,
    summary: 'Judge a refused message by the rules of today; what it says is taken as of the time it came, once',
    right: 'stations.write',
    params: shapes.idParams.extend({ messageId: z.uuid() }),
    answer: shapes.refusedMessage,
    refusals: { ...NO_STATION, 'no-such-message': 404, 'already-taken': 409, 'station-moved': 409 },
    async handle(tx, { params: { id: stationId, messageId }, caller, at }) {
      if ((await findStation(tx, stationId, caller.sites)) === undefined) return refuse('no-such-station')
      const named = { stationId, id: messageId }
      await store.lockJudging(tx, messageId)
      const row = await store.findRefusedMessage(tx, named)
      if (row === undefined) return refuse('no-such-message')
      if (row.outcome === 'taken') return refuse('already-taken')
      const key = await ground.keys.tenant(tx.tenantId)
      const judged = await judge(tx, { stationId, row, text: key.decrypt(row.frame).toString() }, take)
      if (judged === 'station-moved') return refuse('station-moved')
      await store.saveJudgement(tx, messageId, { at, by: caller.actorName, outcome: judged.outcome, why: judged.why })
      const after = { messageId, action: row.action, outcome: judged.outcome }
      const change = { caller, at, objectKind: 'station', objectId: stationId, after }
      await recordChange(tx, { ...change, action: 'station.message-judged-again' })
      return ok(viewOf(must(await store.findRefusedMessage(tx, named), 'refused message'), key))
    },
  })
}

interface Judged {
  readonly outcome: store.RefusedOutcome
  readonly why: string | undefined
}

/**
 * The message goes the way of every other, in a transaction of its own. Should we die between it and the keeping of its
 * outcome, it may be judged once more: what it says has its natural key, and is applied once.
 */
async function judge(
  tx: Tx,
  asked: { readonly stationId: string; readonly row: store.RefusedMessageRow; readonly text: string },
  take: Receiver['take'],
): Promise<Judged | 'station-moved'> {
  const { stationId, row, text } = asked
  const { tenantId } = tx
  const speaker = must(await store.loadSpeaker(tx, stationId), 'the station')
  const protocol = protocolNamed(row.protocol ?? speaker.protocol ?? '')
  if (protocol === undefined) return { outcome: 'refused', why: 'the station never said which version it speaks' }
  const { vendor, model, firmware, epoch } = speaker
  const device =
    vendor === null ? undefined : { vendor, model: model ?? '', ...(firmware === null ? {} : { firmware }) }
  const judged = judgeAgain({ version: protocol.version, device, text }, row.at)
  if (judged.kind === 'refused') return { outcome: 'refused', why: judged.why }
  if (judged.kind === 'no-effect') return { outcome: 'no-effect', why: undefined }
  const { action } = judged
  const [first, ...rest] = await stillTrue(tx, { stationId, at: row.at, bootedAt: speaker.bootedAt }, judged.bodies)
  if (first === undefined) return { outcome: 'no-effect', why: 'outdated' }
  const bodies = [first, ...rest] as const
  const socketOpenedAt = row.socketOpenedAt ?? row.at
  try {
    const answer = await take({ tenantId, stationId, epoch, receivedAt: row.at, socketOpenedAt, action, bodies, text })
    return answer.kind === 'superseded' ? 'station-moved' : { outcome: 'taken', why: undefined }
  } catch (error) {
    if (error instanceof DatabaseAway || !(error instanceof NotTaken)) throw error
    return { outcome: 'refused', why: 'not-taken' }
  }
}

/** What a station says of itself holds until it says otherwise: an old status or boot must not undo a newer one. */
async function stillTrue(
  tx: Tx,
  said: { readonly stationId: string; readonly at: Temporal.Instant; readonly bootedAt: Temporal.Instant | null },
  bodies: readonly ReportBody[],
): Promise<readonly ReportBody[]> {
  if (!bodies.some(({ kind }) => kind === 'booted' || kind === 'evse-status')) return bodies
  const times = await store.loadStatusTimes(tx, said.stationId)
  const isNewer = (at: Temporal.Instant | null | undefined): boolean =>
    at !== null && at !== undefined && Temporal.Instant.compare(at, said.at) > 0
  return bodies.filter((body) => {
    if (body.kind === 'booted') return !isNewer(said.bootedAt)
    return body.kind !== 'evse-status' || !isNewer(times.get(body.evse))
  })
}

function viewOf(row: store.RefusedMessageRow, key: DataKey): z.input<typeof shapes.refusedMessage> {
  const { judgedAt, judgedBy, outcome, outcomeWhy } = row
  return {
    id: row.id,
    at: textOf(row.at),
    ...(row.action === null ? {} : { action: row.action }),
    code: row.code,
    why: row.why,
    text: maskedText(key.decrypt(row.frame).toString()),
    count: row.count,
    lastAt: textOf(row.lastAt ?? row.at),
    ...(judgedAt === null || outcome === null
      ? {}
      : {
          judged: {
            at: textOf(judgedAt),
            by: judgedBy ?? '',
            outcome,
            ...(outcomeWhy === null ? {} : { why: outcomeWhy }),
          },
        }),
  }
}

function textOf(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'millisecond' })
}
