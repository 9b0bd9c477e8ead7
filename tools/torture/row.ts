import { type Faulty, startFaulty } from '../../e2e/kit/faulty.ts'
import { type FieldAtRest } from '../../e2e/kit/field.ts'
import { addCard, addTariff, makeNetwork, type Network } from '../../e2e/kit/network.ts'
import { hasStrace } from '../../e2e/kit/own-server.ts'
import { mayMount } from '../../e2e/kit/spoilt-disk.ts'

/** One long form: what the tests show in short, with the same functions, more often or for longer. */
export interface TortureRow {
  readonly name: string
  /** Of the trust figures. */
  readonly rows: string
  readonly about: string
  /** Most of its time it waits: for a database that is away, for a ping, for a disk. It may run beside one that computes. */
  readonly waits?: true
  /** Why it cannot be run on this machine; absent: it can. */
  readonly hindered?: () => string | undefined
  run(wishes: Wishes): Promise<Verdict>
}

export interface Wishes {
  readonly full: boolean
  readonly seed: number
  readonly times: number | undefined
  readonly stations: number | undefined
}

export interface Verdict {
  readonly fine: boolean
  readonly figures: unknown
}

export const isWhole = ({ missing, notOnce, refused }: Pick<FieldAtRest, 'missing' | 'notOnce' | 'refused'>): boolean =>
  missing.length === 0 && notOnce.length === 0 && refused === 0

export const needsMounts = (): string | undefined => (mayMount() ? undefined : 'needs root and leave to mount')
export const needsStrace = (): string | undefined => (hasStrace() ? undefined : 'needs strace')

/** On a database of the machine's own, in a network of its own. */
export async function onServer<T>(
  env: Readonly<Record<string, string>>,
  work: (faulty: Faulty, network: Network) => Promise<T>,
): Promise<T> {
  const faulty = await startFaulty(env)
  try {
    const network = await makeNetwork(faulty.server(), 'torture')
    await addTariff(network)
    await addCard(network, '04AABBCCDD1122')
    return await work(faulty, network)
  } finally {
    await faulty.close()
  }
}
