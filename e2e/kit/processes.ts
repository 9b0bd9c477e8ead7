import fs from 'node:fs'
import path from 'node:path'

/** The processes of one installation, found in /proc: what a kill -9 of "everything" must reach. */

/** Where the embedded database of a data folder lies: as root perhaps elsewhere (platform/embedded-binaries.ts). */
export function databaseFolder(dataDir: string): string {
  try {
    return path.join(fs.readFileSync(path.join(dataDir, 'postgres-lies-elsewhere.txt'), 'utf8').trim(), 'postgres')
  } catch {
    return path.join(dataDir, 'postgres')
  }
}

/** PostgreSQL's processes work in their data folder; initdb and the like name it on their command line. */
export function databaseProcesses(dataDir: string): readonly number[] {
  const folder = databaseFolder(dataDir)
  return allPids().filter((pid) => {
    try {
      const at = fs.readlinkSync(`/proc/${pid}/cwd`)
      if (at === folder || at === `${folder}.new`) return true
      const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return pid !== process.pid && words.some((word) => word === folder || word === `${folder}.new`)
    } catch {
      // It has ended, or is somebody else's.
      return false
    }
  })
}

/** Kill -9 of Node and every PostgreSQL process, as one as can be: the database must not see that its client has gone. */
export function killAll(pid: number | undefined, dataDir: string): void {
  const all = [...(pid === undefined ? [] : [pid]), ...databaseProcesses(dataDir)]
  for (const found of all) signal(found, 'SIGSTOP')
  for (const found of all) signal(found, 'SIGKILL')
  // A process that was forked in between has no parent any more.
  for (const found of databaseProcesses(dataDir)) signal(found, 'SIGKILL')
}

/** Kill -9 of everything that this process has started, and what those have started; not of itself. */
export function killTree(pid: number): void {
  const children = Map.groupBy(allPids(), parentOf)
  const below = (parent: number): readonly number[] =>
    (children.get(parent) ?? []).flatMap((child) => [...below(child), child])
  for (const found of below(pid)) signal(found, 'SIGKILL')
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    // It has ended.
    return 0
  }
}

/** How much processor time a process has used, in milliseconds (100 ticks a second, as Linux tells it). */
export function cpuMs(pid: number): number {
  const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** How much memory a process holds, in MB. */
export function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** It stands still: SIGSTOP has reached it. */
export function isStopped(pid: number): boolean {
  return /^State:\s+T/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie has ended too.
    return !/^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function allPids(): readonly number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/** To one that may have ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  // To the system 0 means the sender's whole group, and 1 is everybody's parent.
  if (pid <= 1) return
  try {
    process.kill(pid, name)
  } catch {
    // Gone already.
  }
}
