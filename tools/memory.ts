import fs from 'node:fs'

// Proportional set size of a Lataamo and its PostgreSQL: `node tools/memory.ts <data folder>`.

const folder = fs.realpathSync(process.argv[2] ?? 'data')
const running = JSON.parse(fs.readFileSync(`${folder}/running.json`, 'utf8')) as { pid: number }

function pssOf(pid: number | string): number {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

function childrenOf(pid: number): number[] {
  const found: number[] = []
  for (const entry of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = Number(/\) \S (\d+)/.exec(fs.readFileSync(`/proc/${entry}/stat`, 'utf8'))?.[1])
      if (parent === pid) found.push(Number(entry), ...childrenOf(Number(entry)))
    } catch {
      // It ended while we looked.
    }
  }
  return found
}

const database = childrenOf(running.pid).reduce((sum, pid) => sum + pssOf(pid), 0)
console.log(`Node ${pssOf(running.pid).toFixed(0)} MB, PostgreSQL ${database.toFixed(0)} MB (proportional set size)`)
