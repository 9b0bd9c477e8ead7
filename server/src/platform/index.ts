export { type Bus, hearsNobody, localBus, type Notice } from './bus.ts'
export { postgresBus } from './bus-postgres.ts'
export { type Clock, monotonicMs, movableClock, systemClock } from './clock.ts'
export { type Database, type DatabaseOptions, openDatabase, type Roles } from './db.ts'
export { DatabaseAway } from './db-faults.ts'
export { type Statement, together, type Tx } from './db-transaction.ts'
export { type DeadlineTable, takeDue } from './deadlines.ts'
export { type RoomWatch, watchRoom } from './disk-room.ts'
export { binariesAreThere, type EmbeddedPostgres, startEmbedded } from './embedded-postgres.ts'
export { failPoint } from './fail-points.ts'
export { keepFirstFact } from './facts.ts'
export { type Forget, FORGET_AT_ONCE, forgetAnswers, forgetEffects } from './forget.ts'
export type { Ground } from './ground.ts'
export {
  type AnyRoute,
  type Call,
  type Caller,
  type OpenCall,
  type EventStream,
  openRoute,
  streamRoute,
  type StaffOrKey,
  tenantRoute,
} from './http-routes.ts'
export type { Authenticate } from './http-admission.ts'
export { type HttpServer, openHttp, type StaticFolder } from './http-server.ts'
export { API_STYLE_PATH, apiPage } from './api-page.ts'
export { openApiOf } from './openapi.ts'
export { openTexts, type Texts } from './texts.ts'
export { ACCESS_CHANGED } from './http-events.ts'
export { etagOf, namesTag } from './http-if-match.ts'
export { cursorFrom, cursorOf, idFrom, listOf, type Page, pageOf, paging, wholeListOf } from './http-paging.ts'
export { fromBeforeTo, instantShape, instantText } from './http-shapes.ts'
export { newId, randomBase32, randomHex, randomInt31, randomToken } from './ids.ts'
export { type DataKey, dataKey, type Keys, openKeys, sameBytes } from './keys.ts'
export { type FolderLock, isHeld, lockFolder } from './lock.ts'
export { type Log, type LogLevel, logLevels, openLog, silentLog } from './log.ts'
export { ensurePartitions, migrate, type Migrated } from './migrate.ts'
export { listenFault } from './listen-fault.ts'
export { type Metrics, openMetrics, openOps, OPS_HOST, type Readiness } from './ops.ts'
export { openOutbound, type Outbound, type OutboundOutcome } from './outbound.ts'
export {
  type AllowedTarget,
  judgeUrl,
  mayBeAllowed,
  type OutboundRefusal,
} from './outbound-rules.ts'
export { hasDatabase } from './embedded-home.ts'
export { howSecretFails, judgeRuntime, userOf, whatLacks } from './outside-database.ts'
export { openPostgres } from './postgres-client.ts'
export {
  carryOutDue,
  countDue,
  type DueEffect,
  type Effect,
  type EffectHandler,
  leaveInOutbox,
  type OutboxDeps,
} from './outbox.ts'
export { type FieldFault, must, never, ok, type Refused, refuse, type Result } from './result.ts'
export { allOf, isThere, json, rowsIn, rowsOf, type Sql, sql } from './sql.ts'
export { steadyClock } from './steady-clock.ts'
export { type Loop, startLoop } from './worker.ts'
