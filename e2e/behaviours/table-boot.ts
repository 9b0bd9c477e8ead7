import { all, only2, only21, row } from './table-row.ts'

const sockets = 'server/src/stations/gateway/sockets.test.ts'
const commands = 'server/src/stations/commands/commands.test.ts'

/** `ocpp-semantics.md` section 1: boot and acceptance. */
export const boot = {
  'boot-answers': row(
    'ocpp-semantics.md 1',
    all,
    'a boot is answered Accepted, Pending or Rejected by onboarding, with the interval until the heartbeat or the next boot',
    [sockets, 'tells a refused station so, and answers Authorize by who may charge'],
  ),
  'before-acceptance': row(
    'ocpp-semantics.md 1',
    all,
    'before it is accepted a station hears SecurityError to all but a boot, and no start of it is taken silently',
    [sockets, 'answers SecurityError to everything before it, and remembers it over reconnects'],
  ),
  'rejected-stays-out': row(
    'ocpp-semantics.md 1',
    all,
    'a station that is known and unwanted is Rejected, and nothing it says is taken',
  ),
  'refused-let-go': row(
    'ocpp-semantics.md 1',
    all,
    'a station that staff refuse while it is connected is let go at once: its socket is closed, and nothing it says is taken',
  ),
  'refused-in-mid-session': row(
    'ocpp-semantics.md 1',
    all,
    'where a session runs at a station that staff refuse, it is told to stop; for ten minutes what ends that is still taken, and nothing else',
  ),
  'pending-triggered': row(
    'ocpp-semantics.md 1',
    all,
    'while Pending a message asked for by TriggerMessage is taken, and no other',
  ),
  'pending-reports': row(
    'ocpp-semantics.md 1',
    only2,
    'while Pending a report asked for by GetBaseReport or GetReport is taken, and one that nobody asked for is not',
  ),
  'pending-settings': row(
    'ocpp-semantics.md 1',
    all,
    'while Pending a station can be read and set, and its socket stays open',
  ),
  'pending-no-start': row(
    'ocpp-semantics.md 1',
    all,
    'while Pending no remote start or stop goes out, spelled out or not',
    [commands, 'does not start a station that is not let in yet'],
  ),
  'pending-send': row('ocpp-semantics.md 1', only21, 'while Pending a SEND is dropped'),
  onboarding: row(
    'ocpp-semantics.md 1',
    all,
    'onboarding goes Pending, settings, a boot asked for, Accepted; then everything is open',
  ),
  'acceptance-remembered': row(
    'ocpp-semantics.md 1',
    all,
    'acceptance is remembered: who reconnects without a boot stays accepted',
    [sockets, 'answers SecurityError to everything before it, and remembers it over reconnects'],
  ),
  'unknown-until-told': row(
    'ocpp-semantics.md 1',
    all,
    'after a boot an EVSE is unknown until the station reports it, never free by default',
  ),
  'alive-by-any-message': row(
    'ocpp-semantics.md 1',
    all,
    'any message shows that a station is alive; heartbeats may be left out',
  ),
  'boot-shows-effect': row(
    'ocpp-semantics.md 1',
    all,
    'the boot that a reset brings about is seen as its effect, though it is the first word on a new socket',
  ),
  'boot-loop': row(
    'trust.md 2',
    all,
    'a station that boots again and again is answered each time, and its session goes on (attack 12)',
  ),
} as const
