import { type Buckets, openHistogram } from './histogram.ts'
import type { Load } from './load.ts'
import { cpuOf } from './processes.ts'
import type { Side } from './sides.ts'

/** What a load came to, and what it took of the machine. */
export interface Cost {
  readonly messagesPerSecond: number
  readonly times: Buckets
  /** Milliseconds that half, and 99 of 100, of the messages took at most. */
  readonly p50: number
  readonly p99: number
  readonly latenessMs: number
  /** CPU per message of a station; a session has five. */
  readonly nodeMicros: number
  readonly postgresMicros: number
  readonly generatorMicros: number
  /** Database transactions per 1,000 messages; of our server only. */
  readonly transactions: number | undefined
}

export async function measure(side: Side, load: Load): Promise<Cost> {
  const edges: { readonly nodeMs: number; readonly postgresMs: number }[] = []
  const counted: Promise<number | undefined>[] = []
  const loaded = await side.generator.run(load, {
    edge() {
      edges.push(cpuOf(side.pid))
      counted.push(side.transactions())
    },
  })
  const transactions = await Promise.all(counted)
  // Edges come in pairs: the time between the pairs is not measured.
  const between = (values: readonly number[]): number =>
    values.reduce((sum, value, n) => sum + (n % 2 === 0 ? -value : value), 0)
  const { messages, times } = loaded
  const histogram = openHistogram(times)
  return {
    messagesPerSecond: messages / loaded.seconds,
    times,
    p50: histogram.at(0.5),
    p99: histogram.at(0.99),
    latenessMs: loaded.latenessMs,
    nodeMicros: (between(edges.map(({ nodeMs }) => nodeMs)) * 1000) / messages,
    postgresMicros: (between(edges.map(({ postgresMs }) => postgresMs)) * 1000) / messages,
    generatorMicros: (loaded.generatorCpuMs * 1000) / messages,
    transactions: transactions.includes(undefined)
      ? undefined
      : (between(transactions.map((value) => value ?? 0)) * 1000) / messages,
  }
}
