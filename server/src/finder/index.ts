export { finderRoutes } from './http.ts'
export type { PublicEvse, PublicStation } from './public-station.ts'
