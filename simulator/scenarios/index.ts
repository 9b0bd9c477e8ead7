import { type Scenario, scenarioSchema } from '../scenario.ts'
import attended from './attended.json' with { type: 'json' }
import busy from './busy.json' with { type: 'json' }
import chargeOnce from './charge-once.json' with { type: 'json' }
import day from './day.json' with { type: 'json' }
import faulty from './faulty.json' with { type: 'json' }
import idle from './idle.json' with { type: 'json' }
import load from './load.json' with { type: 'json' }
import neverStops from './never-stops.json' with { type: 'json' }
import offlineReplay from './offline-replay.json' with { type: 'json' }
import repeatMessages from './repeat-messages.json' with { type: 'json' }
import wrongClock from './wrong-clock.json' with { type: 'json' }

/** Every scenario, by the name that people type. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  Object.entries({
    /** Nothing by itself: a test or a page has the hands. */
    idle,
    /** As idle, but somebody brings the cable once a remote start or a card has opened the EVSE. */
    attended,
    /** An endless, plausible life: sessions of 3 to 8 minutes, pauses between. */
    day,
    /** As day, but begins at once and pauses briefly: for somebody who watches one station. */
    busy,
    'charge-once': chargeOnce,
    /** Three sessions without a connection, then everything at once; over and over. */
    'offline-replay': offlineReplay,
    /** Every message five times, under new ids. */
    'repeat-messages': repeatMessages,
    /** Ground failures, reboots, lost connections, silent meters, locks that do not lock, lost answers. */
    faulty,
    'never-stops': neverStops,
    'wrong-clock': wrongClock,
    /** Short sessions and a reading every second, for measuring. */
    load,
  }).map(([name, scenario]) => [name, scenarioSchema.parse(scenario)]),
)
