/** A hint that something changed: may be lost, carries its tenant, its type and a version. PostgreSQL is asked for the truth. */
export interface Notice {
  readonly type: string
  readonly version: number
  readonly [field: string]: unknown
}

export type BusListener = (tenantId: string, notice: Notice) => void
export type IsHearing = (tenantId: string) => boolean

/** For whoever listens in order to act or to tell people, and is none of them. */
export const hearsNobody: IsHearing = () => false

export interface Bus {
  publish(tenantId: string, notice: Notice): void
  /**
   * Returns how to stop listening. A listener must not throw. `isHearing`: whether it wants what people are told of this tenant;
   * absent: always.
   */
  subscribe(listener: BusListener, isHearing?: IsHearing): () => void
  /** Whether anybody would hear; what is made for people alone need not be made for nobody. */
  isHeard(tenantId: string): boolean
}

/** Within one process. Between processes: `bus-postgres.ts`. */
export function localBus(): Bus {
  const listeners = new Map<BusListener, IsHearing>()
  return {
    publish(tenantId, notice) {
      for (const listener of listeners.keys()) listener(tenantId, notice)
    },
    subscribe(listener, isHearing = () => true) {
      listeners.set(listener, isHearing)
      return () => listeners.delete(listener)
    },
    isHeard(tenantId) {
      for (const isHearing of listeners.values()) if (isHearing(tenantId)) return true
      return false
    },
  }
}
