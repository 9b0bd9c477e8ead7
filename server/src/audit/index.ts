export { auditRoutes } from './http.ts'
export { type Change, recordChange } from './record-change.ts'
