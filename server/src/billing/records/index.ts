export { revisionsTaken, type SessionRecord, takeSessionRecords } from './store.ts'
