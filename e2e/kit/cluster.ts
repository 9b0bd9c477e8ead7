import type { TestCluster } from '../../server/src/platform/testing.ts'

/** The PostgreSQL that tests share: vitest's, or one that a program outside of vitest has started. */
let own: TestCluster | undefined

export function useCluster(cluster: TestCluster): void {
  own = cluster
}

export async function sharedCluster(): Promise<TestCluster> {
  // Outside of vitest its package cannot even be loaded.
  return own ?? (await import('vitest')).inject('cluster')
}
