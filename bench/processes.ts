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

/** A process and all that it started, as they are now. */
export function treeOf(root: number): ReadonlyMap<number, ProcessRow> {
  const all = new Map<number, ProcessRow>()
  for (const entry of fs.readdirSync('/proc')) {
    const row = /^\d+$/.test(entry) ? processRow(entry) : undefined
    if (row) all.set(Number(entry), row)
  }
  const isOurs = (pid: number): boolean => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true
    return false
  }
  return new Map([...all].filter(([pid]) => isOurs(pid)))
}

/** The server's processes and PostgreSQL's apart, those that ended meanwhile included. */
export function cpuOf(root: number): CpuUsed {
  let nodeMs = 0
  let postgresMs = 0
  for (const { name, cpuMs } of treeOf(root).values()) {
    if (name === 'postgres') postgresMs += cpuMs
    else nodeMs += cpuMs
  }
  return { nodeMs, postgresMs }
}
