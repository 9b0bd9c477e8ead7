export { revisionsTaken, type SessionRecord, takeSessionRecord } from './store.ts'
