import { all, only16, only2, row } from './table-row.ts'

const machine = 'server/src/sessions/rules/machine.test.ts'
const http = 'server/src/sessions/http.test.ts'
const readings = 'server/src/stations/protocols/readings.test.ts'
const commands = 'server/src/stations/commands/commands.test.ts'
const rules = 'server/src/stations/rules/rules.test.ts'
const oneFault = 'server/src/monitoring/rules/one-fault.test.ts'
const conformance = 'server/src/stations/protocols/conformance.test.ts'

const lists = 'server/src/subscribers/local-lists.test.ts'

const AUTHORISATION = 'ocpp-semantics.md 3'
const AVAILABILITY = 'ocpp-semantics.md 4'
const METERING = 'ocpp-semantics.md 5'
const SETTINGS = 'ocpp-semantics.md 7'

/** `ocpp-semantics.md` sections 3 to 8. */
export const charging = {
  'judged-again': row(
    AUTHORISATION,
    all,
    'a card is judged again at the start: one blocked meanwhile is refused, and the session flagged',
  ),
  'refused-and-waits': row(
    AUTHORISATION,
    only2,
    'a card that is refused where the cable is in and nothing flows calls nobody; a good one begins all the same, and with it what was told of the first is over; who leaves without is nobody to bill',
  ),
  'refused-goes-on': row(
    AUTHORISATION,
    all,
    'a station that goes on with a refused card, or ends it, is heard all the same',
  ),
  'card-without-case': row(AUTHORISATION, all, 'cards are compared without case, and told apart by nothing else'),
  'group-stops': row(
    AUTHORISATION,
    all,
    'a card of the same group may stop; its group stands in every answer about a card',
  ),
  'group-is-no-card': row(AUTHORISATION, all, 'the value of a group is no card itself'),
  'stranger-stops-not': row(
    AUTHORISATION,
    all,
    'the card that began may end though it was blocked since; a stranger’s is answered by what it is',
  ),
  'stop-authorised-first': row(
    AUTHORISATION,
    only2,
    'a card that stops before the end is told (StopAuthorized) is judged as one that stops, and begins nothing',
  ),
  'concurrent-second': row(
    AUTHORISATION,
    all,
    'ConcurrentTx is said to a second start only, never when a card is merely shown',
  ),
  'no-authorization': row(AUTHORISATION, only2, 'a start button (NoAuthorization, empty token) is answered Accepted'),
  'pin-hidden': row(AUTHORISATION, only2, 'a PIN (KeyCode) is in no log and no answer to people', [
    rules,
    'hides them also where the frame cannot be read',
  ]),
  'contract-unchecked': row(
    AUTHORISATION,
    only2,
    'a contract certificate that cannot be verified is refused, whatever its account says',
  ),
  'cache-cleared': row(
    AUTHORISATION,
    all,
    'a cache is cleared by command; a station without one answers Rejected, and that is told',
    [commands, 'rejected'],
  ),
  'remote-authorised-back': row(
    AUTHORISATION,
    all,
    'a station that asks about the token of a remote start hears Accepted, at that station and while the start is open',
  ),
  'remote-matched': row(
    AUTHORISATION,
    all,
    'a remote start meets its transaction: by token and connector in 1.6, by remoteStartId in 2.x',
    [http, 'start with a one-use token, are met by their start (1.6), and are priced'],
  ),
  'remote-shape': row(
    AUTHORISATION,
    all,
    'a remote start names its EVSE; a token made for it is no card’s number and fits 20 characters',
  ),
  'remote-refused': row(AUTHORISATION, all, 'a remote start that the station refuses ends as refused, and says so', [
    http,
    'end as refused when the station refuses, and tell why',
  ]),
  'remote-unanswered': row(
    AUTHORISATION,
    all,
    'a remote start whose answer is lost is no second session when it begins all the same',
    [machine, 'is not lost when the answer is: a start that comes all the same is its own'],
  ),
  'remote-cable-first': row(
    AUTHORISATION,
    only2,
    'a remote start where the cable is in already joins the transaction that runs',
    [http, 'are met by their remoteStartId (2.x) when the cable was in already'],
  ),
  'remote-begins-elsewhere': row(
    AUTHORISATION,
    all,
    'a remote start that begins at another EVSE of its station is there, and leaves the one it was meant for free',
  ),
  'remote-overtaken': row(
    AUTHORISATION,
    only2,
    'a card that is shown where the cable is in and somebody else’s remote start is awaited: the session is the card’s',
  ),
  'remote-tried-again': row(
    AUTHORISATION,
    only2,
    'a remote start where the cable is in that had no effect, or no answer, may be tried again; should the first begin all the same, it is known',
  ),
  'remote-stop': row(
    AUTHORISATION,
    all,
    'a remote stop names the transaction and ends with its end; one the station does not know is told as rejected',
  ),
  'stop-without-session': row(AUTHORISATION, all, 'a stop of what is over is refused without a message'),
  'list-kept': row(
    AUTHORISATION,
    all,
    'a local list goes out in full where nothing is known, then as what changed, in parts the station can take, with rising versions',
    [lists, 'follow the cards of the network in %s: full, then what changed'],
  ),
  'list-written': row(
    AUTHORISATION,
    all,
    'an entry without info is taken out of a local list; a full list without entries empties it, and has a version',
    ['server/src/stations/protocols/local-lists.test.ts', 'are sent as the version writes them'],
  ),
  'list-mismatch': row(
    AUTHORISATION,
    only2,
    'VersionMismatch, or a list that is lost at a boot: the whole list goes out again',
    [lists, 'send the whole list again when the station says VersionMismatch, or lost it and booted'],
  ),
  'list-answer-lost': row(
    AUTHORISATION,
    all,
    'where the answer to a list is lost, the version that the station tells says whether it took it',
    [lists, 'believe the station’s version number where an answer was lost'],
  ),
  'availability-set': row(
    AVAILABILITY,
    all,
    'ChangeAvailability goes to the whole station or one EVSE; Scheduled counts as agreed',
  ),
  'status-whole': row(AVAILABILITY, only16, 'connector 0 speaks for the station as a whole', [
    readings,
    'reads connector 0 as the station itself',
  ]),
  'status-skips': row(AVAILABILITY, only16, 'statuses may skip: any may follow any'),
  'warning-goes-on': row(
    AVAILABILITY,
    only16,
    'an error code beside a status other than Faulted is a warning: service goes on',
  ),
  'fault-told-twice': row(
    AVAILABILITY,
    only2,
    'a fault that is told by a status and by an event, whichever comes first, is one alert that says what it is',
    [oneFault, 'is one alert, whichever comes first, in one message or in two'],
  ),
  'sibling-derived': row(
    AVAILABILITY,
    only2,
    'one connector in use makes its EVSE so, though its siblings report nothing',
    [rules, 'takes the connector in use for the EVSE, a broken one only where no other works'],
  ),
  'sibling-free': row(
    AVAILABILITY,
    only2,
    'a connector that shows free says nothing of a transaction that named its EVSE alone, while another connector there is in use',
  ),
  'status-by-event': row(
    AVAILABILITY,
    only2,
    'an AvailabilityState in NotifyEvent is a status, however its component and variable are spelled as to case',
    [readings, 'takes an availability from NotifyEvent as a status'],
  ),
  'unreachable-is-unknown': row(
    AVAILABILITY,
    all,
    'a station that is away is offline, not broken; its last status comes back with it',
  ),
  'undeclared-evse': row(
    AVAILABILITY,
    all,
    'an EVSE nobody declared is made, within a sane bound; no report of it is dropped',
    [
      'server/src/stations/gateway/sockets.test.ts',
      'makes EVSEs nobody declared, within a sane bound, and drops no report about them',
    ],
  ),
  'defaults-read': row(METERING, all, 'missing members mean import register, Wh, outlet, periodic', [
    readings,
    'reading energy robustly',
  ]),
  'units-normal': row(METERING, all, '15.435 kWh, 15435 Wh and 15.435 with multiplier 3 are all 15 435 Wh', [
    readings,
    'applies the multiplier of 2.x as a power of ten',
  ]),
  'phases-added': row(METERING, all, 'the total counts, else the phases are added: 5100 + 5200 + 5135 = 15 435', [
    readings,
    'prefers the total, and adds the phases where there is none',
  ]),
  'begin-read-late': row(
    METERING,
    only2,
    'card first, cable later: a meter that is first read when energy begins to flow has nothing missing; one first read while it flows has, and people decide',
  ),
  'phases-apart': row(
    METERING,
    all,
    'phases that are told as values of their own, all of one moment, are added like those told together',
    [readings, 'adds phases of one moment that come as values of their own'],
  ),
  'interval-apart': row(
    METERING,
    all,
    'the energy of an interval is kept aside and never taken for a register, nor mixed with one',
  ),
  'interval-summed': row(
    METERING,
    only2,
    'of a station that tells no register at all the intervals are summed, each once, and the record says so; with a report missing, or no intervals either, people decide',
    ['server/src/sessions/usage/corpus.test.ts', 'meter: $name is $expected'],
  ),
  'inlet-ignored': row(METERING, all, 'the grid’s side of the station bills nobody', [
    readings,
    'never takes the grid side for what a driver took',
  ]),
  'signed-kept': row(METERING, all, 'signed values are kept exactly as they came, beside the plain ones', [
    readings,
    'keeps signed data exactly as it came',
  ]),
  'meter-without-number': row(
    METERING,
    only16,
    'readings that name no transaction belong to the session at their connector',
  ),
  'idle-meter': row(
    METERING,
    only2,
    'MeterValues is for the meter between transactions, evse 0 the main one: no session takes it',
  ),
  'idle-under-zero': row(
    METERING,
    only16,
    'the idle meter told under transactionId 0 or -1 is no start that was lost: connector 0, or one that shows free, read by the clock or when asked',
  ),
  'stop-data': row(METERING, only16, 'readings within a StopTransaction are the transaction’s own', [
    readings,
    'joins meterStop with what was sampled at the same moment',
  ]),
  'settings-read': row(SETTINGS, all, 'settings are read by name, whole, and in parts until the last one', [
    commands,
    'collects the settings of a 2.x station from all parts of its report',
  ]),
  'settings-in-messages': row(
    SETTINGS,
    all,
    'no more settings go in a message than the station says it takes (GetConfigurationMaxKeys; ItemsPerMessage, BytesPerMessage), and what it answers is one outcome',
  ),
  'settings-over-reconnect': row(
    SETTINGS,
    only2,
    'a report in parts goes on over a new connection, and over a restart of ours; one that has a gap is asked for again',
    ['e2e/two-servers.test.ts', 'is joined over kill -9; one that lost a part is asked for anew'],
  ),
  'settings-written': row(
    SETTINGS,
    all,
    'a setting is told as accepted, as needing a reboot, as rejected or as unknown',
    [commands, 'writes 1.6 settings one after the other and stops at the first refusal'],
  ),
  'settings-unordered': row(
    SETTINGS,
    only2,
    'results of SetVariables are matched by name, in whatever order they come',
  ),
  'secret-settings': row(
    'ocpp-semantics.md 8',
    all,
    'a station’s own key is set in one place only, and no secret goes out in the open',
    [
      'server/src/stations/http-commands.test.ts',
      'refuses what the version has not got, or what does not fit, before it is sent',
    ],
  ),
  'reset-scheduled': row(
    'ocpp-semantics.md 8',
    only2,
    'a reset that waits until the last car has gone (Scheduled) is no reset without effect: its boot is waited for as long as a car may stay',
  ),
  'security-event': row('ocpp-semantics.md 8', all, 'a SecurityEventNotification is answered, kept, and told to staff'),
  'commands-by-version': row(
    'ocpp.md 3',
    all,
    'each command is what the version has for it, checked against its schema, or not-supported',
    [conformance, 'sends %s as the published schema wants it, or says that it cannot'],
  ),
} as const
