import { load } from './children.ts'
import { type Load, type Loaded, messagesOf } from './generator.ts'
import { type CpuUsed, cpuOf } from './processes.ts'
import type { Side } from './sides.ts'

/** What a load took of the machine. Per message of a station: a session has five. */
export interface Cost {
  readonly loaded: Loaded
  readonly nodeMicros: number
  readonly postgresMicros: number
  readonly generatorMicros: number
  /** Database transactions per 1,000 messages; of our server only. */
  readonly transactions: number | undefined
}

export async function measure(side: Side, what: Omit<Load, 'stations'>): Promise<Cost> {
  const cpu: CpuUsed[] = []
  const transactions: Promise<number | undefined>[] = []
  const loaded = await load({ ...what, stations: side.stations }, () => {
    cpu.push(cpuOf(side.pid))
    transactions.push(side.transactions())
  })
  const messages = loaded.count * messagesOf[what.scenario]
  const [before, after] = cpu
  const [first, last] = await Promise.all(transactions)
  return {
    loaded,
    nodeMicros: (((after?.nodeMs ?? 0) - (before?.nodeMs ?? 0)) * 1000) / messages,
    postgresMicros: (((after?.postgresMs ?? 0) - (before?.postgresMs ?? 0)) * 1000) / messages,
    generatorMicros: (loaded.generatorCpuMs * 1000) / messages,
    transactions: first === undefined || last === undefined ? undefined : ((last - first) * 1000) / messages,
  }
}
