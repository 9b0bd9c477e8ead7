import fs from 'node:fs'

/** What `/proc/<pid>/stat` counts in; the same on every Linux that Node runs on (USER_HZ). */
const TICKS_PER_SECOND = 100

/** CPU that a server has used, user and system time together, since it began. */
export interface CpuUsed {
  readonly nodeMs: number
  readonly postgresMs: number
}

interface ProcessRow {
  readonly parent: number
  readonly name: string
  /** Its own time and that of the children which it has seen end. */
  readonly cpuMs: number
}

/** Undefined when it has ended. */
function processRow(pid: number | string): ProcessRow | undefined {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold spaces and brackets: what follows the last bracket is regular (proc(5): fields 3 and on).
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return { parent: Number(fields[1]), name, cpuMs: (ticks * 1000) / TICKS_PER_SECOND }
  } catch {
    return undefined
  }
}

function allProcesses(): ReadonlyMap<number, ProcessRow> {
  const all = new Map<number, ProcessRow>()
  for (const entry of fs.readdirSync('/proc')) {
    const row = /^\d+$/.test(entry) ? processRow(entry) : undefined
    if (row) all.set(Number(entry), row)
  }
  return all
}

export function childrenOf(pid: number): readonly number[] {
  return [...allProcesses()].filter(([, { parent }]) => parent === pid).map(([child]) => child)
}

/** A process and all that it started, as they are now. */
function treeOf(root: number): readonly (readonly [number, ProcessRow])[] {
  const all = allProcesses()
  const isOurs = (pid: number): boolean => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true
    return false
  }
  return [...all].filter(([pid]) => isOurs(pid))
}

/** The server's processes and PostgreSQL's apart, those that ended meanwhile included. */
export function cpuOf(root: number): CpuUsed {
  let nodeMs = 0
  let postgresMs = 0
  for (const [, { name, cpuMs }] of treeOf(root)) {
    if (name === 'postgres') postgresMs += cpuMs
    else nodeMs += cpuMs
  }
  return { nodeMs, postgresMs }
}

export function totalCpuMs(root: number): number {
  const { nodeMs, postgresMs } = cpuOf(root)
  return nodeMs + postgresMs
}

/** Proportional set size, bytes. */
export interface Memory {
  readonly node: number
  readonly postgres: number
}

function pssOf(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}

export function memoryOf(root: number): Memory {
  let [node, postgres] = [0, 0]
  for (const [pid, { name }] of treeOf(root)) {
    if (name === 'postgres') postgres += pssOf(pid)
    else node += pssOf(pid)
  }
  return { node, postgres }
}

/** Whether PostgreSQL is cleaning tables up just now. */
export function isVacuuming(root: number): boolean {
  return treeOf(root).some(([pid, { name }]) => {
    if (name !== 'postgres') return false
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('autovacuum worker')
    } catch {
      return false
    }
  })
}

const LOOK_EVERY_MS = 200
const IDLE_MS = 20
const LONGEST_MS = 5_000

/** Resolves when a server has next to nothing left to do; with false when it still had after five seconds. */
export async function quiet(root: number): Promise<boolean> {
  const used = (): number => totalCpuMs(root)
  let before = used()
  for (let waited = 0; waited < LONGEST_MS; waited += LOOK_EVERY_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    const now = used()
    if (now - before <= IDLE_MS) return true
    before = now
  }
  return false
}

/** The machine's processor time so far, and how much of it its host gave to others (proc(5), /proc/stat: the eighth, steal). */
export function machineTime(): { readonly all: number; readonly stolen: number } {
  const [, ...ticks] = (/^cpu .*$/m.exec(fs.readFileSync('/proc/stat', 'utf8'))?.[0] ?? '').split(/\s+/).map(Number)
  // Guests' time (the last two) is part of the user's.
  return { all: ticks.slice(0, 8).reduce((sum, tick) => sum + tick, 0), stolen: ticks[7] ?? 0 }
}
