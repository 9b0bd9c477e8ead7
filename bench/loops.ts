import { openHistogram } from './histogram.ts'
import type { Load, Loaded, Said } from './load.ts'
import type { LoadStation } from './load-station.ts'

type Say = (said: Said) => void
type Step = () => Promise<void>

/** What is noted between the two edges of the measured time. */
interface Measured {
  readonly isOpen: boolean
  note(milliseconds: number): void
  begin(): void
  end(): void
  result(latenessMs?: number): Loaded
}

export function openMeasured(say: Say): Measured {
  const times = openHistogram()
  let isOpen = false
  let began = { at: 0, cpu: process.cpuUsage() }
  let seconds = 0
  let generatorCpuMs = 0
  return {
    get isOpen() {
      return isOpen
    },
    note: times.add,
    begin() {
      say({ says: 'edge' })
      began = { at: performance.now(), cpu: process.cpuUsage() }
      isOpen = true
    },
    end() {
      isOpen = false
      seconds += (performance.now() - began.at) / 1000
      const { user, system } = process.cpuUsage(began.cpu)
      generatorCpuMs += (user + system) / 1000
      say({ says: 'edge' })
    },
    result: (latenessMs = 0) => ({
      messages: times.count,
      seconds,
      times: times.toJSON(),
      latenessMs,
      generatorCpuMs,
    }),
  }
}

export const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** Each station has one message open, and sends the next when that is answered. */
export async function closedLoop(steps: readonly Step[], load: Load, say: Say): Promise<Loaded> {
  const measured = openMeasured(say)
  let isOver = false
  const repeat = async (step: Step): Promise<void> => {
    while (!isOver) {
      const sent = performance.now()
      await step()
      if (measured.isOpen) measured.note(performance.now() - sent)
    }
  }
  const loops = Promise.all(steps.map(repeat))
  await Promise.race([pause(load.warmUpSeconds), loops])
  measured.begin()
  await Promise.race([pause(load.seconds), loops])
  measured.end()
  isOver = true
  await loops
  return measured.result()
}

/**
 * Messages at the moments of a schedule, whatever the answers do: a station that still waits for one sends the next late,
 * and its time counts from the scheduled moment. So a server that stalls pays for all whom it kept waiting (no
 * "coordinated omission").
 */
export async function openLoop(steps: readonly Step[], load: Load, say: Say): Promise<Loaded> {
  const measured = openMeasured(say)
  const lateness = openHistogram()
  const perMs = (load.messagesPerSecond ?? 0) / 1000
  const [from, until] = [load.warmUpSeconds * 1000, (load.warmUpSeconds + load.seconds) * 1000]
  let part = openHistogram()
  let failed: ((error: unknown) => void) | undefined
  let unanswered = 0
  const began = performance.now()
  const lanes = steps.map((step) => {
    const waiting: number[] = []
    let isBusy = false
    const run = async (): Promise<void> => {
      isBusy = true
      for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
        await step()
        unanswered -= 1
        if (at < from) continue
        const took = performance.now() - began - at
        measured.note(took)
        part.add(took)
      }
      isBusy = false
    }
    return (at: number): void => {
      waiting.push(at)
      if (isBusy) return
      if (at >= from) lateness.add(performance.now() - began - at)
      run().catch((error: unknown) => failed?.(error))
    }
  })
  let partsLeft = load.partSeconds === undefined ? 0 : Math.round(load.seconds / load.partSeconds)
  const sayPart = (): void => {
    if (partsLeft === 0) return
    partsLeft -= 1
    say({ says: 'part', times: part.toJSON() })
    part = openHistogram()
  }
  let parts: NodeJS.Timeout | undefined
  await new Promise<void>((resolve, reject) => {
    failed = reject
    let sent = 0
    const tick = (): void => {
      const now = performance.now() - began
      if (now >= from && sent / perMs < until && !measured.isOpen) {
        measured.begin()
        if (load.partSeconds !== undefined) parts = setInterval(sayPart, load.partSeconds * 1000)
      }
      for (; sent / perMs <= Math.min(now, until); sent += 1) {
        unanswered += 1
        lanes[sent % lanes.length]?.(sent / perMs)
      }
      if (now >= until && measured.isOpen) measured.end()
      if (now >= until && unanswered === 0) resolve()
      else setTimeout(tick, 1)
    }
    tick()
  }).finally(() => clearInterval(parts))
  // The last part ends with the load, whichever came first.
  sayPart()
  return measured.result(lateness.at(0.99))
}

/** Opens so many at a time, in the given order. */
export async function inTurn<T>(all: readonly T[], atOnce: number, act: (one: T) => Promise<void>): Promise<void> {
  const waiting = all.values()
  const work = async (): Promise<void> => {
    for (const one of waiting) await act(one)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, work))
}

/** As many as knock at one time: more than the server can take, as after an outage. */
const KNOCKING = 100

/**
 * All connect and boot, wave after wave. What the server does about those that left is over before the next wave comes
 * (`rest`) and is not measured.
 */
export async function waves<T>(
  all: readonly T[],
  load: Load,
  { connect, rest, say }: { connect(one: T): Promise<LoadStation>; rest(): Promise<void>; say: Say },
): Promise<Loaded> {
  const measured = openMeasured(say)
  while (measured.result().seconds < load.seconds) {
    const open: LoadStation[] = []
    await rest()
    measured.begin()
    await inTurn(all, KNOCKING, async (one) => {
      const knocked = performance.now()
      const station = await connect(one)
      open.push(station)
      await station.boot()
      measured.note(performance.now() - knocked)
    })
    measured.end()
    await Promise.all(open.map((station) => station.close()))
  }
  return measured.result()
}
