export { eventRoutes } from './http.ts'
export { openRings, type RingEvent, type Rings } from './ring.ts'
