import type { TestCluster } from '../../server/src/platform/testing.ts'

/** The PostgreSQL that tests share: vitest's, or one that a program outside of vitest starts when it is first asked for. */
let own: (() => Promise<TestCluster>) | undefined

export function useCluster(start: () => Promise<TestCluster>): void {
  own = start
}

export async function sharedCluster(): Promise<TestCluster> {
  // Outside of vitest its package cannot even be loaded.
  return own === undefined ? (await import('vitest')).inject('cluster') : own()
}
