import { decideOffline } from './authorisation.ts'
import { dropPassing } from './outbox.ts'
import type { Answer, BootReason, StoppedReason, TriggerReason } from './state.ts'
import { reportStatuses } from './status.ts'
import { end, nextIn } from './transactions.ts'
import { between, change, changeEvse, numberSetting, say, stationTime, tell, type Turn } from './turn.ts'

/** When a boot is not answered, or the answer leaves the choice to the station. */
const bootAgainSeconds = 30
/** Clocks that differ by less are left alone, so that times never step back for nothing. */
const clockToleranceMs = 1000

export function powerOn(turn: Turn): void {
  change(turn, { power: 'on', upAt: undefined, downAt: undefined, registration: 'none' })
  turn.outputs.push({ kind: 'connect' })
}

export function socketOpen(turn: Turn): void {
  change(turn, { isConnected: true })
  if (turn.state.registration === 'Accepted') {
    // A mere reconnect is no boot.
    say(turn, { kind: 'heartbeat' }, 'now')
    reportStatuses(turn)
  } else boot(turn, turn.state.bootReason)
}

/** What passed by is lost with the connection; tokens that were asked about are decided by the station itself. */
export function socketClosed(turn: Turn): void {
  if (!turn.state.isConnected) return
  change(turn, { isConnected: false, nextBootAt: undefined })
  const reported = { ...turn.state.reported }
  for (const message of dropPassing(turn)) {
    if (message.kind === 'status') delete reported[`${message.evse}.${message.connector}`]
    if (message.kind === 'authorize') decideOffline(turn, message)
  }
  change(turn, { reported })
}

export function boot(turn: Turn, reason: BootReason): void {
  const isWaiting = turn.state.outbox.some(({ message }) => message.kind === 'boot')
  if (!isWaiting) say(turn, { kind: 'boot', reason }, 'now')
  change(turn, { nextBootAt: undefined })
}

export function bootAnswered(turn: Turn, answer: Extract<Answer, { kind: 'boot' }>): void {
  const { status, intervalSeconds, serverTime } = answer
  setClock(turn, serverTime)
  tell(turn, { kind: 'registered', status })
  const seconds = intervalSeconds > 0 ? intervalSeconds : bootAgainSeconds
  if (status !== 'Accepted') {
    change(turn, { registration: status, nextBootAt: turn.at + seconds * 1000, nextHeartbeatAt: undefined })
    return
  }
  const settings =
    intervalSeconds > 0 ? { ...turn.state.settings, heartbeatInterval: `${seconds}` } : turn.state.settings
  change(turn, { registration: status, nextBootAt: undefined, settings, reported: {} })
  planHeartbeat(turn)
  planAligned(turn)
  reportStatuses(turn)
}

export function bootFailed(turn: Turn): void {
  change(turn, { nextBootAt: turn.at + bootAgainSeconds * 1000 })
}

/** The station takes its time from the central system, unless its clock is broken. */
export function setClock(turn: Turn, serverTime: number | undefined): void {
  if (serverTime === undefined || turn.state.faults.clockOffsetSeconds !== undefined) return
  const offset = serverTime - turn.at
  if (Math.abs(stationTime(turn.state, turn.at) - serverTime) < clockToleranceMs) return
  change(turn, { clockOffsetMs: offset, clockSetAt: turn.at })
}

export function planHeartbeat(turn: Turn): void {
  const seconds = numberSetting(turn.state, 'heartbeatInterval')
  change(turn, { nextHeartbeatAt: seconds > 0 ? turn.at + seconds * 1000 : undefined })
}

/** Clock-aligned readings: a raster from midnight by the station's own clock. */
export function planAligned(turn: Turn): void {
  const step = numberSetting(turn.state, 'alignedInterval') * 1000
  if (step <= 0) {
    change(turn, { nextAlignedAt: undefined })
    return
  }
  const now = stationTime(turn.state, turn.at)
  change(turn, { nextAlignedAt: turn.at + (nextIn(0, step, now) - now) })
}

/** The central system's wish to reset: what runs ends now, the power goes off a moment later. */
export function reset(turn: Turn, stop: StoppedReason, trigger: TriggerReason, reason: BootReason): void {
  endAll(turn, stop, trigger)
  change(turn, { downAt: turn.at + 1500, bootReason: reason, resetWhenIdle: false })
}

/** The power fails: the station knows that it went, and says so when it is back. */
export function losePower(turn: Turn): void {
  endAll(turn, 'PowerLoss', 'AbnormalCondition')
  change(turn, { bootReason: 'PowerUp' })
  goDown(turn)
}

export function goDown(turn: Turn): void {
  tell(turn, { kind: 'rebooting' })
  // Off first: a token that was asked about must not start anything now.
  change(turn, { power: 'off' })
  socketClosed(turn)
  for (const { spec } of turn.state.evses) {
    changeEvse(turn, spec.id, { asking: undefined, authorised: undefined, cableDeadline: undefined, powerW: 0 })
  }
  const upAt = turn.at + between(turn, 3000, 6000)
  change(turn, { registration: 'none', downAt: undefined, upAt, nextBootAt: undefined })
  change(turn, { nextHeartbeatAt: undefined, nextAlignedAt: undefined })
  turn.outputs.push({ kind: 'disconnect' })
}

function endAll(turn: Turn, stop: StoppedReason, trigger: TriggerReason): void {
  for (const { spec } of turn.state.evses) end(turn, spec.id, trigger, stop)
}
