import { all, only16, only2, only21, row } from './table-row.ts'

const reports = 'server/src/sessions/station-reports.test.ts'
const machine = 'server/src/sessions/rules/machine.test.ts'
const deadlines = 'server/src/sessions/rules/deadlines.test.ts'
const lostStops = 'server/src/sessions/rules/lost-stops.test.ts'
const namelessStop = 'server/src/sessions/rules/nameless-stop.test.ts'
const SECTION = 'ocpp-semantics.md 2'

/** `ocpp-semantics.md` section 2, and `ocpp.md` section 6: transactions, whatever becomes of their messages. */
export const transactions = {
  'start-repeated': row(
    SECTION,
    all,
    'a start told twice under different message ids is one session, and answered alike',
    ['e2e/every-message-again.test.ts', 'every message up to five times, under new ids'],
  ),
  'stop-repeated': row(SECTION, all, 'a stop told again gets the same answer, and makes no second record', [
    reports,
    'give a repeated 1.6 start its number back, and a repeated stop changes nothing',
  ]),
  'meter-repeated': row(SECTION, all, 'a reading told again changes nothing'),
  'number-random': row(
    SECTION,
    only16,
    'transaction ids are positive 31-bit numbers that nobody can guess from the last one',
  ),
  'number-kept': row(SECTION, only2, 'the station numbers its transactions, and its word is kept as it is'),
  'same-number-elsewhere': row(
    SECTION,
    all,
    'the number of another station’s transaction is not its own: no effect there, an orphan here, staff told',
    [reports, 'never touch the transaction of another station, and staff are told (attack 9)'],
  ),
  'absurd-answered': row(SECTION, all, 'what is absurd gets a result, is flagged, and counts no energy', [
    'e2e/bad-frames.test.ts',
    'absurd content of a valid transaction message is accepted, recorded and flagged',
  ]),
  'stop-before-start': row(
    SECTION,
    all,
    'a stop before its start is taken and flagged, and ends nothing before it began',
    [machine, 'stopped before it began is flagged, and does not end before it starts'],
  ),
  'start-lost': row(
    SECTION,
    only16,
    'a start that never arrived: readings and stop under transactionId -1 or 0 are answered, and kept as one orphan',
    [reports, 'collect the readings of a start that was lost with its stop'],
  ),
  'start-given-up': row(
    SECTION,
    only16,
    'a start that we kept and the station gave up, as our answer was lost: readings and stop under -1 or 0 are surely its own, and join it, flagged',
    [namelessStop, 'is the end of the one session that it surely ends'],
  ),
  'start-given-up-doubtful': row(
    SECTION,
    only16,
    'a stop under -1 or 0 that may be another’s (another card, none, two sessions, a lower register) ends nothing, and people decide',
    [namelessStop, 'is left to people where it may be another’s'],
  ),
  'stop-unknown': row(
    SECTION,
    all,
    'a stop of a transaction nobody knows is answered, and kept as an orphan or for its missing part',
  ),
  'orphan-stopped': row(
    SECTION,
    only16,
    'an orphan that a person stops is stopped, at its station where that can be named',
    [lostStops, 'an orphan that a person stops'],
  ),
  'offline-inferred': row(
    SECTION,
    only16,
    'what was queued offline is known by its old timestamps: true times, no cable deadline, no flag',
  ),
  'offline-told': row(SECTION, only2, 'what was queued offline is told so: true times, no cable deadline, no flag', [
    machine,
    'queued offline gets no deadline for its cable',
  ]),
  'out-of-order': row(SECTION, only2, 'events in any order give the same record; a late Updated opens nothing again', [
    machine,
    'gives the same session and the same record for every order and repetition of a transaction',
  ]),
  'gap-asked': row(
    SECTION,
    only2,
    '0, 1, 2, 4, 5 (Ended): 3 is missing, GetTransactionStatus is asked, and without messages in the queue the gap is recorded',
    [deadlines, 'bills with the gap recorded when the station has nothing more (0, 1, 2, 4, 5)'],
  ),
  'gap-in-queue': row(SECTION, only2, 'a gap whose messages are in the queue is waited for'),
  'continuing-counter': row(
    SECTION,
    only2,
    'seqNo may go on from one transaction to the next: what counts is from Started to Ended',
  ),
  'ended-without-started': row(
    SECTION,
    only2,
    'an Ended without Started makes its session, which waits for the missing part',
  ),
  'told-once': row(
    SECTION,
    only2,
    'EVSE, token and remoteStartId are told once: they are merged, never overwritten by their absence',
    [reports, 'show a session on its EVSE also where that is named after the card (2.x)'],
  ),
  'one-at-an-evse': row(
    SECTION,
    all,
    'a new start on an EVSE where one runs: the older lost its end and is closed by an estimate',
    [reports, 'of a new transaction end the older one at that EVSE by estimate'],
  ),
  'several-evses': row(SECTION, all, 'two EVSEs charge at once, each its own session, and stop in any order'),
  'reboot-in-session': row(
    SECTION,
    all,
    'a station that reboots in mid-session goes on, or ends it, as it says; nothing is lost',
  ),
  'reboot-stop': row(
    SECTION,
    all,
    'a station that ended its transaction because of a power loss says so after its boot, with the true time',
  ),
  resumption: row(SECTION, only21, 'a transaction resumed after a reboot (TxResumed) is the same one'),
  'stop-lost-16': row(
    SECTION,
    only16,
    'a connector that shows free while its session runs: the stop is waited for, the meter asked, the end estimated and later corrected',
    [lostStops, 'a 1.6 connector that shows free while its session runs'],
  ),
  'stop-lost-2': row(
    SECTION,
    only2,
    'a connector that shows free while its transaction runs: its end is waited for, the station asked; what it has forgotten ends by an estimate',
    [lostStops, 'a 2.x connector that shows free while its transaction runs'],
  ),
  'number-reused': row(
    SECTION,
    only2,
    'a start under the number of a transaction that is over is no retry: it is answered, and staff are told that it is not counted',
  ),
  'updates-thinned': row(
    SECTION,
    only2,
    'a station low on memory drops Updated events: the record says so and is complete otherwise',
  ),
  'cable-late': row(SECTION, all, 'a start whose cable never came is given up', [
    machine,
    'is abandoned when the connector prepared and became available again (1.6)',
  ]),
  'cable-late-told': row(
    SECTION,
    only2,
    'a station that says EVConnectTimeout ended without energy: abandoned, no record',
    [machine, 'is abandoned when the station reports that no cable came (2.x)'],
  ),
  'no-energy': row(
    SECTION,
    all,
    'who is connected and takes no energy is told apart: paused by the car, or by the station',
    [machine, 'pauses and goes on with what the connector shows (1.6)'],
  ),
  'away-after-start': row(
    SECTION,
    all,
    'a station that is away right after a start is not told to stop for want of energy: what it did, it tells when it is back',
    [deadlines, 'is not decided while the station is away, nor as it comes back'],
  ),
  'stop-empty-card': row(
    SECTION,
    only16,
    'a stop whose idTag is empty shows no card: it is answered without a verdict, and one under -1 is joined like any without a card',
  ),
  'plugged-and-left': row(
    SECTION,
    only2,
    'who connects and leaves without showing a card is nobody to bill: abandoned without a record, the meter not asked, nobody called',
  ),
  'stopped-and-connected': row(
    SECTION,
    only2,
    'a stop from afar where only the car’s going ends a transaction (TxStopPoint EVConnected) shows in an update: it was obeyed, nobody asks again, the session ends with the cable',
  ),
  'authorised-late': row(
    SECTION,
    only2,
    'who connects first and is let charge later has as long as anybody: limits are counted from then',
    [deadlines, 'is counted from when somebody was let charge, not from when the cable came'],
  ),
  'stop-of-forgotten': row(
    'ocpp.md 6',
    all,
    'a station that refuses a stop is asked whether the transaction still runs (1.6: what its connector shows); one that it has forgotten ends by an estimate',
    [lostStops, 'a stop that the station refuses'],
  ),
  'meter-asked-when-idle': row(
    'ocpp.md 6',
    only2,
    'the meter of a transaction that is over is asked by MeterValues, which comes when idle too; it is the last reading',
  ),
  'no-flow': row(
    SECTION,
    all,
    'who is shown charging while the register stands still and hardly any power flows is told to staff after five minutes, and goes on',
    ['server/src/monitoring/rules/watched.test.ts', 'charging by name only'],
  ),
  'meter-missing': row(
    'ocpp.md 6',
    all,
    'meter data that does not come is asked for three times, then estimated; the truth that comes later is revision 2',
    [deadlines, 'is asked for three times within ten minutes, then estimated, marked and told'],
  ),
  'meter-offline': row('ocpp.md 6', all, 'while the station is offline its end is waited for, for a week', [
    deadlines,
    'of a station that is offline is waited for a week',
  ]),
  'clock-ahead': row(
    SECTION,
    all,
    'a clock that is days ahead, decades behind or steps back: our time is taken, flagged, and the energy is right',
  ),
  'clock-told': row(
    SECTION,
    all,
    'how far a station’s clock is off is seen by staff; what was queued offline says nothing of it',
  ),
} as const
