export { forgetMarks } from './store-watch.ts'
export { type Monitoring, wireMonitoring } from './wire.ts'
