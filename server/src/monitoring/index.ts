export { type Monitoring, wireMonitoring } from './wire.ts'
