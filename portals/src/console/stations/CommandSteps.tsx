import { useTranslation } from 'react-i18next'
import type { Command, CommandState } from '../../api-types.ts'
import { useTick } from '../../parts/Figures.tsx'
import { clockText, durationText, exactClockText, milliseconds, numberText, timeText } from '../../parts/quantities.ts'
import { type Step, Steps } from '../../parts/Steps.tsx'
import { isFinal } from './station-query.ts'
import { failureKeys } from './station-words.ts'

/** A command's outcome: queued, sent, answered, effect seen, each with its time; or where it ended. */
export function CommandSteps({ command }: { readonly command: Command }) {
  const { t } = useTranslation()
  const now = useTick(isFinal(command) ? undefined : 1000)
  const name = useCommandName()(command)
  const by = command.by?.name
  return (
    <div className="col g2">
      <div className="row between wrap">
        <h3 className="b t14">{name}</h3>
        <span className="t12 dim">{`${by ?? t('portal.stations.by-itself')}, ${timeText(command.createdAt)}`}</span>
      </div>
      <Steps label={name} steps={stepsOf(command, t, now)} />
      {command.answer?.settings !== undefined && <Settings settings={command.answer.settings} />}
    </div>
  )
}

export function useCommandName(): (command: Command) => string {
  const { t } = useTranslation()
  return (command) => {
    const { request } = command
    const id = command.kind === 'reset' ? (request.how === 'hard' ? 'hard-reset' : 'soft-reset') : command.kind
    const name = t(`portal.stations.command.${id}`, { defaultValue: command.kind })
    const details = [
      typeof request.evseId === 'number' ? t('portal.stations.evse', { id: request.evseId }) : '',
      typeof request.action === 'string' ? request.action : '',
    ].filter(Boolean)
    return [name, ...details].join(', ')
  }
}

const order: readonly CommandState[] = ['queued', 'sent', 'answered', 'effect-seen']

function stepsOf(command: Command, t: ReturnType<typeof useTranslation>['t'], now: number): readonly Step[] {
  const first = command.steps[0]?.at ?? command.createdAt
  const happened = new Map(command.steps.map((step) => [step.state, step.at]))
  const end = command.state === 'failed' || command.state === 'timed-out' ? command.state : undefined
  const wanted = order.filter(
    (state) => state !== 'effect-seen' || command.expectedEffect !== undefined || happened.has(state),
  )
  const reached = wanted.filter((state) => happened.has(state))
  const next = end === undefined ? wanted[reached.length] : undefined
  const steps = (end === undefined ? wanted : reached).map((state): Step => {
    const at = happened.get(state)
    return {
      key: state,
      text: stepText(command, state, t),
      mark:
        at === undefined
          ? state === next
            ? 'now'
            : 'ahead'
          : state === 'answered' && isRefused(command)
            ? 'failed'
            : 'done',
      ...(at === undefined ? {} : { at: timeOf(at, first) }),
      ...(state === next ? { note: waitingNote(command, first, now, t) } : {}),
    }
  })
  if (end === undefined) return steps
  const at = happened.get(end)
  return [
    ...steps,
    {
      key: end,
      text: t(`portal.stations.step.${end}`),
      note:
        command.failure === undefined ? undefined : t(failureKeys(command.failure), { defaultValue: command.failure }),
      mark: 'failed',
      ...(at === undefined ? {} : { at: timeOf(at, first) }),
    },
  ]
}

function isRefused(command: Command): boolean {
  return ['rejected', 'error', 'not-supported'].includes(command.answer?.outcome ?? '')
}

function stepText(command: Command, state: CommandState, t: ReturnType<typeof useTranslation>['t']): string {
  if (state === 'answered' && command.answer !== undefined) {
    const answer =
      command.answer.status ??
      t(`portal.stations.outcome.${command.answer.outcome}`, { defaultValue: command.answer.outcome })
    return t('portal.stations.step.answered-with', { answer })
  }
  if (state === 'effect-seen') {
    const code = command.effect?.what ?? command.expectedEffect ?? ''
    return t('portal.stations.step.effect', { effect: t(`portal.stations.effect.${code}`, { defaultValue: code }) })
  }
  return t(`portal.stations.step.${state}`)
}

function waitingNote(command: Command, first: string, now: number, t: ReturnType<typeof useTranslation>['t']): string {
  const waited = durationText((now - milliseconds(first)) / 1000)
  if (command.dueAt === undefined) return t('portal.stations.step.waited', { waited })
  const whole = durationText((milliseconds(command.dueAt) - milliseconds(first)) / 1000)
  return t('portal.stations.step.waited-of', { waited, whole })
}

function timeOf(at: string, first: string): string {
  const ms = milliseconds(at) - milliseconds(first)
  if (at === first || ms <= 0) return exactClockText(at).slice(6)
  return ms < 1000 ? `+${ms} ms` : ms < 60_000 ? `+${numberText(ms / 1000, 1)} s` : clockText(at, true)
}

function Settings({ settings }: { readonly settings: NonNullable<NonNullable<Command['answer']>['settings']> }) {
  const { t } = useTranslation()
  return (
    <details>
      <summary className="t12 dim">{t('portal.stations.settings.count', { count: settings.length })}</summary>
      <dl className="kv ekv t12">
        {settings.map(({ name, value }) => (
          <div key={name} className="contents">
            <dt className="mono">{name}</dt>
            <dd className="mono break">{value ?? '–'}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
