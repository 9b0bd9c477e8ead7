import { all, row } from './table-row.ts'

const sockets = 'server/src/stations/gateway/sockets.test.ts'
const SECTION = 'trust.md 2'

/** `trust.md` section 2: what a station, or somebody with its key, may try (attacks 2, 9 and 12). */
export const attacks = {
  'swap-needs-key': row(SECTION, all, 'who has not the key never displaces a station (attack 2)'),
  'swap-seen': row(
    SECTION,
    all,
    'a second machine with the key: the newest wins, the older is pinged and closed with a code, staff are told (attack 2)',
    [sockets, 'wins when it is authenticated; the older is pinged, closed, and noted as a security problem'],
  ),
  'swap-answer': row(SECTION, all, 'an answer that is under way never goes to the other socket (attack 2)'),
  'swap-dead': row(
    SECTION,
    all,
    'a station that comes back after its line broke is no second machine, however often (attack 2)',
  ),
  'swap-quarantine': row(
    SECTION,
    all,
    'more than three swaps in five minutes: nobody is let in until a new password or a quarter of an hour (attack 2)',
  ),
  'epoch-old': row(SECTION, all, 'what an older socket says after it lost the station is never taken (attack 2)', [
    sockets,
    'never takes what an older epoch says',
  ]),
  'reconnect-loop': row(
    SECTION,
    all,
    'a station that connects more than sixty times an hour is let in once a minute (attack 12)',
    ['server/src/stations/rules/rules.test.ts', 'coming again and again'],
  ),
} as const
