import fs from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { type Fleet, startFleet } from './fleet.ts'
import type { StationSpec } from './new-station.ts'
import { type Scenario, scenarioSchema, whyNoScenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import type { StationEvent } from './station-driver.ts'
import { type EvseSpec, type Protocol, protocols } from './state.ts'
import { hasWords, kiloWattHours, type TextKey, words } from './words.ts'

interface Options {
  readonly url: string
  readonly stations?: number
  readonly protocol: Protocol | 'mixed'
  readonly scenario?: string
  readonly identity?: string
  readonly identityPrefix: string
  readonly password?: string
  readonly card: readonly string[]
  readonly evses: number
  readonly power: number
  readonly interval?: number
  readonly seed?: number
  readonly duration?: number
}

type Chosen = Options & { readonly scenario: string }

/** `lataamo simulate`: works against any central system. Exit status 1 when no station ever got a connection. */
export function simulateCommand(): Command {
  const names = [...scenarios.keys()].join(', ')
  return (
    new Command('simulate')
      .description(words('command.about'))
      // Wrong use is 2; 1 means that it was refused.
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
      .requiredOption('--url <address>', words('command.url'), readUrl)
      .option('--stations <count>', words('command.stations'), readWhole('--stations', 1))
      .option('--protocol <version>', words('command.protocol'), readProtocol, 'ocpp2.0.1')
      .option('--scenario <name>', words('command.scenario', { names }))
      .option('--identity <identity>', words('command.identity'))
      .option('--identity-prefix <text>', words('command.identity-prefix'), 'SIM-')
      .option('--password <password>', words('command.password'))
      .option('--card <uid>', words('command.card'), (uid: string, all: readonly string[]) => [...all, uid], [])
      .option('--evses <count>', words('command.evses'), readWhole('--evses', 1), 1)
      .option('--power <kW>', words('command.power'), readWhole('--power', 1), 11)
      .option('--interval <seconds>', words('command.interval'), readWhole('--interval', 0))
      .option('--seed <number>', words('command.seed'), readWhole('--seed', 0))
      .option('--duration <seconds>', words('command.duration'), readWhole('--duration', 1))
      .action(async (options: Options, command: Command) => {
        if (options.identity !== undefined && options.stations !== undefined)
          command.error(words('wrong.identity'), { exitCode: 2 })
        const name = options.scenario ?? ((options.stations ?? 1) === 1 ? 'busy' : 'day')
        process.exitCode = await simulate({ ...options, scenario: name }, readScenario(name, command))
      })
  )
}

function readUrl(text: string): string {
  if (!URL.canParse(text) || !/^(wss?|https?):$/.test(new URL(text).protocol))
    throw new InvalidArgumentError(words('wrong.url'))
  return text
}

function readWhole(option: string, least: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text)
    throw new InvalidArgumentError(words('wrong.number', { option, least }))
  }
}

function readProtocol(text: string): Protocol | 'mixed' {
  const found = [...protocols, 'mixed' as const].find((name) => name === text || name === `ocpp${text}`)
  if (found !== undefined) return found
  throw new InvalidArgumentError(words('wrong.protocol', { name: text, names: [...protocols, 'mixed'].join(', ') }))
}

function readScenario(name: string, command: Command): Scenario {
  const known = scenarios.get(name)
  if (known !== undefined) return known
  const names = [...scenarios.keys()].join(', ')
  if (!fs.existsSync(name)) command.error(words('wrong.scenario', { name, names }), { exitCode: 2 })
  const wrong = (why: string): never => command.error(words('wrong.scenario-file', { name, why }), { exitCode: 2 })
  let written: unknown
  try {
    written = JSON.parse(fs.readFileSync(name, 'utf8'))
  } catch (error) {
    return wrong((error as Error).message)
  }
  const { success, data, error } = scenarioSchema.safeParse(written)
  return success ? data : wrong(whyNoScenario(error))
}

function specsFor(options: Chosen): readonly StationSpec[] {
  const count = options.stations ?? 1
  const isDirect = options.power > 22
  const evse: Partial<EvseSpec> = {
    maxPowerW: options.power * 1000,
    current: isDirect ? 'DC' : 'AC',
    connectorType: isDirect ? 'IEC_62196_T2_COMBO' : 'IEC_62196_T2',
  }
  const digits = String(count).length
  return Array.from({ length: count }, (_, index): StationSpec => {
    const protocol = options.protocol === 'mixed' ? protocols[index % protocols.length] : options.protocol
    return {
      identity: options.identity ?? `${options.identityPrefix}${String(index + 1).padStart(digits, '0')}`,
      protocol: protocol ?? 'ocpp2.0.1',
      scenario: options.scenario,
      evses: Array.from({ length: options.evses }, () => evse),
      ...(options.password === undefined ? {} : { password: options.password }),
      ...(options.card.length === 0 ? {} : { cards: options.card }),
      ...(options.interval === undefined ? {} : { settings: { sampleInterval: String(options.interval) } }),
      // Another seed is another run, also between the stations of one.
      ...(options.seed === undefined ? {} : { seed: options.seed * 100_003 + index }),
    }
  })
}

async function simulate(options: Chosen, scenario: Scenario): Promise<number> {
  const asked = new AbortController()
  const ask = (): void => asked.abort()
  process.on('SIGINT', ask).on('SIGTERM', ask)
  const stations = specsFor(options)
  const [first] = stations
  const about = { url: options.url, protocol: options.protocol, scenario: options.scenario }
  if (stations.length === 1) say(words('begin.one', { ...about, identity: first?.identity ?? '' }))
  else say(words('begin.many', { ...about, count: stations.length }))
  let wasConnected = false
  let wasHinted = false
  let lastFailure = ''
  const fleet = startFleet({
    url: options.url,
    stations,
    scenarios: new Map([[options.scenario, scenario]]),
    onEvent(identity, event) {
      if (event.kind === 'connected') wasConnected = true
      if (event.kind === 'connection-failed') lastFailure = event.why
      if (stations.length === 1 || event.kind === 'own-fault') sayEvent(identity, event)
      if (event.kind !== 'token-refused' || wasHinted) return
      wasHinted = true
      say(words('hint.card', { uid: event.uid }))
    },
  })
  await untilOver(fleet, options.duration, asked.signal)
  process.off('SIGINT', ask).off('SIGTERM', ask)
  await fleet.stop()
  say(words('end', valuesOf(fleet)))
  if (wasConnected) return 0
  say(words('never-connected', { why: lastFailure }))
  return 1
}

/** Shows how it goes until somebody ends it, the time is up, or every scenario is over. */
function untilOver(fleet: Fleet, seconds: number | undefined, asked: AbortSignal): Promise<void> {
  const isTerminal = process.stdout.isTTY
  const started = performance.now()
  return new Promise((resolve) => {
    let looks = 0
    const end = (): void => {
      clearInterval(timer)
      if (isTerminal) process.stdout.write('\n')
      resolve()
    }
    const look = (): void => {
      looks += 1
      const isUp = seconds !== undefined && performance.now() - started >= seconds * 1000
      const isOver = fleet.identities.every((identity) => isDone(fleet, identity))
      if (isUp || isOver) return end()
      if (isTerminal) process.stdout.write(`\r${words('progress', valuesOf(fleet))}\u001b[K`)
      else if (fleet.identities.length > 1 && looks % 10 === 0) say(words('progress', valuesOf(fleet)))
    }
    const timer = setInterval(look, 1000)
    if (asked.aborted) end()
    else asked.addEventListener('abort', end, { once: true })
  })
}

/** A station whose scenario is over and that has delivered what it had to say. One that only waits for hands is not. */
function isDone(fleet: Fleet, identity: string): boolean {
  const station = fleet.station(identity)
  const { outbox, registration } = station.state()
  return station.isOver() && !station.isWaitingForHands() && registration === 'Accepted' && outbox.length === 0
}

function valuesOf(fleet: Fleet): Readonly<Record<string, string | number>> {
  const totals = fleet.totals()
  return {
    ...totals,
    powerKw: kiloWattHours(totals.powerW),
    energyKwh: kiloWattHours(totals.energyWh),
    started: totals.sessionsStarted,
    ended: totals.sessionsEnded,
    acknowledged: totals.messagesAcknowledged,
    refused: totals.messagesRefused,
    waiting: totals.waitingMessages,
  }
}

function sayEvent(identity: string, event: StationEvent): void {
  const key = `event.${event.kind}`
  if (!hasWords(key)) return
  const values: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(event)) {
    if (typeof value === 'string' || typeof value === 'number') values[name] = value
  }
  if (event.kind === 'transaction-ended') values['energyKwh'] = kiloWattHours(event.energyWh)
  if (event.kind === 'token-refused') values['ending'] = event.uid.slice(-4)
  say(`${identity}: ${words(key, values)}`)
  const hint = event.kind === 'connection-failed' ? hintFor(event.why) : undefined
  if (hint !== undefined) say(`${identity}: ${words(hint)}`)
}

function hintFor(why: string): TextKey | undefined {
  if (why.includes('401')) return 'hint.401'
  if (why.includes('404')) return 'hint.404'
  return why.includes('ECONNREFUSED') ? 'hint.refused' : undefined
}

function say(text: string): void {
  // A progress line on a terminal is written over.
  process.stdout.write(`${process.stdout.isTTY ? '\r\u001b[K' : ''}${text}\n`)
}
