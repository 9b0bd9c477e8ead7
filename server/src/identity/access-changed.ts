import { ACCESS_CHANGED, type Ground } from '../platform/index.ts'

/** Open live streams of the tenant are looked at again at once: who may see less now is cut. A hint; they are looked at now and then anyway. */
export function tellAccessChanged({ bus }: Pick<Ground, 'bus'>, tenantId: string): void {
  bus.publish(tenantId, { type: ACCESS_CHANGED, version: 1 })
}
