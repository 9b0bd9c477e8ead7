/** A hint that something changed: may be lost, carries its tenant, its type and a version. PostgreSQL is asked for the truth. */
export interface Notice {
  readonly type: string
  readonly version: number
  readonly [field: string]: unknown
}

export interface Bus {
  publish(tenantId: string, notice: Notice): void
  /** Returns how to stop listening. A listener must not throw. */
  subscribe(listener: (tenantId: string, notice: Notice) => void): () => void
}

/** Within one process. Between processes: `bus-postgres.ts`. */
export function localBus(): Bus {
  const listeners = new Set<(tenantId: string, notice: Notice) => void>()
  return {
    publish(tenantId, notice) {
      for (const listener of listeners) listener(tenantId, notice)
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
