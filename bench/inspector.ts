import { once } from 'node:events'
import type { Profiler } from 'node:inspector'
import WebSocket from 'ws'
import type { Child } from './children.ts'

/** Looks into a running Node by its debugging door, which opens when it is signalled. */
export interface Inspector {
  /** Frees all that nobody holds any more. */
  collectGarbage(): Promise<void>
  startProfile(): Promise<void>
  stopProfile(): Promise<Profiler.Profile>
  close(): void
}

const SAMPLE_EVERY_MICROS = 250

export async function openInspector(child: Child): Promise<Inspector> {
  const said = child.complaint('Debugger listening on ')
  process.kill(child.pid, 'SIGUSR1')
  const url = /ws:\S+/.exec(await said)?.[0] ?? ''
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0 })
  await once(socket, 'open')
  let number = 0
  const ask = async (method: string, params: object = {}): Promise<unknown> => {
    number += 1
    const id = number
    socket.send(JSON.stringify({ id, method, params }))
    for (;;) {
      const [data] = (await once(socket, 'message')) as [Buffer]
      const answer = JSON.parse(data.toString()) as { id?: number; result?: unknown; error?: { message: string } }
      if (answer.id !== id) continue
      if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
      return answer.result
    }
  }
  return {
    async collectGarbage() {
      await ask('HeapProfiler.enable')
      await ask('HeapProfiler.collectGarbage')
      await ask('HeapProfiler.collectGarbage')
      await ask('HeapProfiler.disable')
    },
    async startProfile() {
      await ask('Profiler.enable')
      await ask('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_MICROS })
      await ask('Profiler.start')
    },
    stopProfile: async () => ((await ask('Profiler.stop')) as { profile: Profiler.Profile }).profile,
    close: () => socket.close(),
  }
}
