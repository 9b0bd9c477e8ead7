/** What forms call the members that `/v1` may find wrong, by pointer: people never read a pointer where there is a word. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^\/identity$/, 'portal.stations.add.identity'],
  [/^\/name$/, 'portal.stations.name'],
  [/^\/siteId$/, 'portal.stations.site'],
  [/^\/latitude$/, 'portal.stations.add.latitude'],
  [/^\/longitude$/, 'portal.stations.add.longitude'],
  [/^\/city$/, 'portal.stations.add.city'],
  [/^\/evses\/\d+\/connectors\/\d+\/maxPowerW$/, 'portal.stations.add.power'],
  [/^\/evses(\/|$)/, 'portal.stations.add.evses'],
  [/^\/securityProfile$/, 'portal.stations.add.security'],
  [/^\/plainUntil$/, 'portal.stations.add.plain-until'],
  [/^\/password$/, 'portal.stations.add.password'],
  [/^\/tariffId$/, 'portal.stations.tariff'],
  [/^\/maxSessions$/, 'portal.stations.max-sessions'],
  [/^\/maxDurationSeconds$/, 'portal.stations.max-duration'],
  [/^\/uid$/, 'portal.cards.add.uid'],
  [/^\/label$/, 'portal.cards.add.label'],
  [/^\/groupId$/, 'portal.cards.group'],
  [/^\/class$/, 'portal.cards.class'],
  [/^\/validUntil$/, 'portal.cards.until'],
  [/^\/url$/, 'portal.webhooks.target'],
  [/^\/slug$/, 'portal.sign-in.make.slug'],
  [/^\/country$/, 'portal.sign-in.make.country'],
  [/^\/currency$/, 'portal.sign-in.make.currency'],
  [/^\/timeZone$/, 'portal.sign-in.make.time-zone'],
  [/^\/person\/name$/, 'portal.sign-in.make.person'],
  [/^\/(person\/)?mail$/, 'portal.sign-in.mail'],
  [/^\/validFrom$/, 'portal.tariffs.starts'],
]

/** The text key of the field that a pointer means, if a form has one. */
export function fieldNameKey(pointer: string): string | undefined {
  return names.find(([shape]) => shape.test(pointer))?.[1]
}
