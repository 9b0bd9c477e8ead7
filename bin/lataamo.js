#!/usr/bin/env node
// Finds Node 26, which the project brings, whatever Node started this file; then the command line proper.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../server/src/main.ts', import.meta.url))
// Code is read and compiled once, not at each start: that halves the time until the server runs. A folder that cannot be
// written only means that nothing is kept.
const kept = fileURLToPath(new URL('../node_modules/.cache/lataamo-code', import.meta.url))
if (Number(process.versions.node.split('.')[0]) >= 26) {
  module.enableCompileCache?.(kept)
  await import(main)
} else {
  let node
  try {
    node = path.join(
      path.dirname(createRequire(import.meta.url).resolve(`node-linux-${process.arch}/package.json`)),
      'bin',
      'node',
    )
  } catch {
    console.error(
      `Lataamo needs Node 26 or newer; this is ${process.version}. Run npm ci on Linux, or install Node 26.`,
    )
    process.exit(1)
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: kept, ...process.env },
  })
  // Whoever stops this process means the other, which has to drain first. A terminal's Ctrl-C reaches both by itself.
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT']
  for (const signal of signals)
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal))
  child.on('exit', (status, signal) => {
    if (signal === null) process.exit(status)
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}
