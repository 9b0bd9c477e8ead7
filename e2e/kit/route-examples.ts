import { type AskExample, asks, byId, type Example, list } from './route-asking.ts'
import { equalUid, type Ids } from './world.ts'

const flat = { price_components: [{ type: 'FLAT', price: '1.00', step_size: 1 }] }
const tariff = { currency: 'EUR', elements: [flat] }
const charged = {
  startedAt: '2026-01-01T10:00:00Z',
  endedAt: '2026-01-01T11:00:00Z',
  periods: [{ from: '2026-01-01T10:00:00Z', to: '2026-01-01T11:00:00Z', energyWh: 1000, state: 'charging' }],
}

/** The usage error of a session. */
const judged = (body?: unknown, shows: AskExample['shows'] = (own) => own.session): readonly AskExample[] => [
  byId(200, (of) => of.usageError, shows, body),
]

const its =
  (name: keyof Ids) =>
  (ids: Ids): string =>
    ids[name]

export const examples: Readonly<Record<string, readonly Example[]>> = {
  // First: what is asked below with another's ids stands in the own audit afterwards.
  'GET /v1/audit': list((own) => own.site, [(of) => ({ objectId: of.site })]),

  'GET /v1/sites': list((own) => own.site, [() => ({ q: 'market' })]),
  'POST /v1/sites': [asks(201, () => ({ body: { name: 'New place' } }))],
  'GET /v1/sites/{id}': [byId(200, its('site'), its('site'))],
  'PATCH /v1/sites/{id}': [byId(200, its('site'), its('site'), { city: 'Oulu' })],
  'DELETE /v1/sites/{id}': [byId(204, (of) => of.spareSite)],

  'GET /v1/stations': list(
    (own) => own.station,
    [(of) => ({ siteId: of.site }), () => ({ identity: 'EQUAL-1' }), () => ({ q: 'EQUAL' })],
  ),
  'POST /v1/stations': [
    asks(
      201,
      (of) => ({ body: { identity: 'NEW-1', siteId: of.site, evses: [] } }),
      (own) => own.site,
    ),
  ],
  'GET /v1/stations/{id}': [byId(200, its('station'), its('station'))],
  'PATCH /v1/stations/{id}': [
    byId(200, its('station'), its('station'), { name: 'By the door' }),
    asks(
      200,
      (of, own) => ({ params: { id: own.station }, body: { siteId: of.site } }),
      (own) => own.site,
    ),
    asks(
      200,
      (of, own) => ({ params: { id: own.station }, body: { tariffId: of.tariff } }),
      (own) => own.tariff,
    ),
  ],
  'DELETE /v1/stations/{id}': [byId(204, (of) => of.spareStation)],
  'POST /v1/stations/{id}/password': [byId(200, (of) => of.station)],
  'GET /v1/map': [
    asks(
      200,
      () => ({}),
      (own) => own.station,
    ),
  ],
  'GET /v1/stations/{id}/ocpp-log': [
    byId(
      200,
      (of) => of.station,
      () => 'BootNotification',
    ),
  ],
  'GET /v1/stations/{id}/refused-messages': [
    byId(
      200,
      (of) => of.station,
      () => 'StatusNotification',
    ),
  ],
  'POST /v1/stations/{id}/refused-messages/{messageId}/judge-again': [
    asks(
      200,
      (of) => ({ params: { id: of.station, messageId: of.refusedMessage } }),
      (own) => own.refusedMessage,
    ),
  ],
  'GET /v1/stations/{id}/command-kinds': [
    byId(
      200,
      (of) => of.station,
      () => 'reset',
    ),
  ],
  'GET /v1/refused-stations': list((own) => own.refused),
  'POST /v1/refused-stations/{id}/adopt': [
    byId(
      201,
      (of) => of.refused,
      () => 'STRANGER-1',
    ),
  ],

  'POST /v1/stations/{id}/commands': [byId(202, its('station'), its('station'), { kind: 'clear-cache' })],
  'GET /v1/commands': list((own) => own.command, [(of) => ({ stationId: of.station })]),
  'GET /v1/commands/{id}': [byId(200, its('command'), its('command'))],

  'GET /v1/id-tokens': list((own) => own.card, [() => ({ uid: equalUid })]),
  'POST /v1/id-tokens': [asks(201, () => ({ body: { uid: '04EEEEEEEEEE99', groupUid: equalUid } }))],
  'GET /v1/id-tokens/{id}': [byId(200, its('card'), its('card'))],
  'PATCH /v1/id-tokens/{id}': [byId(200, its('card'), its('card'), { label: 'x' })],
  'DELETE /v1/id-tokens/{id}': [byId(204, (of) => of.spareCard)],
  'GET /v1/local-lists': [asks(200, () => ({}))],
  'PATCH /v1/local-lists': [asks(200, () => ({ body: { mode: 'off' } }))],
  'GET /v1/stations/{id}/local-list': [byId(200, (of) => of.station)],
  'PATCH /v1/stations/{id}/local-list': [byId(200, (of) => of.station, undefined, { mode: 'active' })],
  'POST /v1/stations/{id}/local-list/send': [byId(202, (of) => of.station)],
  'POST /v1/validity-checks': [
    asks(200, (of) => ({ body: { for: { idToken: { uid: equalUid } }, stationId: of.station, evseId: 1 } })),
  ],

  'GET /v1/sessions': list((own) => own.session, [(of) => ({ stationId: of.station })]),
  'POST /v1/sessions': [
    asks(
      202,
      (of) => ({ body: { stationId: of.station, evseId: 1, for: { idToken: { uid: equalUid } } } }),
      (own) => own.station,
    ),
  ],
  'GET /v1/figures': [asks(200, () => ({}))],
  'GET /v1/sessions/{id}': [byId(200, its('session'), its('session'))],
  'POST /v1/sessions/{id}/stop': [byId(202, its('openSession'), its('openSession'))],
  'POST /v1/stations/{id}/stop': [byId(202, its('station'), its('openSession'), { evseId: 2 })],
  'GET /v1/session-limits': [asks(200, () => ({}))],
  'PATCH /v1/session-limits': [asks(200, () => ({ body: { classes: [{ class: 'fleet', durationSeconds: 7_200 }] } }))],
  'GET /v1/alert-settings': [asks(200, () => ({}))],
  'PATCH /v1/alert-settings': [asks(200, () => ({ body: { offlineSeconds: 240 } }))],
  'GET /v1/usage-errors': list(
    (own) => own.usageError,
    [(of) => ({ stationId: of.station }), (of) => ({ sessionId: of.session }), () => ({ state: 'held' })],
  ),
  'GET /v1/usage-errors/{id}': judged(),
  'POST /v1/usage-errors/{id}/calculate': judged({ energyWh: 100 }, () => 'energyWh'),
  'POST /v1/usage-errors/{id}/decide': judged({ decision: 'accept', reason: 'the driver agreed' }),
  'GET /v1/usage-checks': [asks(200, () => ({}))],
  'GET /v1/usage-checks/{check}': [asks(200, () => ({ params: { check: 'begin-missing' } }))],
  'PATCH /v1/usage-checks/{check}': [
    asks(200, () => ({ params: { check: 'begin-missing' }, body: { action: 'accept' } })),
  ],
  'GET /v1/session-records': list((own) => own.session, [(of) => ({ sessionId: of.session })]),

  'GET /v1/tariffs': list((own) => own.tariff),
  'POST /v1/tariffs': [asks(201, () => ({ body: { name: 'Another', tariff } }))],
  'GET /v1/tariffs/{id}': [byId(200, its('tariff'), its('tariff'))],
  'POST /v1/tariffs/{id}/versions': [byId(201, its('tariff'), its('tariff'), { tariff })],
  'PATCH /v1/tariffs/{id}': [byId(200, its('tariff'), its('tariff'), { name: 'Every day' })],
  'DELETE /v1/tariffs/{id}': [byId(204, (of) => of.spareTariff)],
  'POST /v1/tariffs/{id}/default': [byId(204, (of) => of.tariff)],
  'POST /v1/price-calculations': [
    asks(
      200,
      (of) => ({ body: { tariffId: of.tariff, timeZone: 'Europe/Helsinki', session: charged } }),
      () => 'inclTax',
    ),
  ],

  'GET /v1/alerts': list(
    (own) => own.alert,
    [(of) => ({ stationId: of.station }), () => ({ kind: 'unknown-transaction' })],
  ),
  'GET /v1/alerts/{id}': [byId(200, its('alert'), its('alert'))],
  'POST /v1/alerts/{id}/acknowledge': [byId(200, its('alert'), its('alert'), {})],
  'POST /v1/alerts/{id}/close': [byId(200, its('alert'), its('alert'), {})],

  'GET /v1/webhooks': list((own) => own.webhook),
  'POST /v1/webhooks': [asks(201, () => ({ body: { name: 'New', url: 'https://new.invalid/', state: 'paused' } }))],
  'GET /v1/webhooks/{id}': [byId(200, its('webhook'), its('webhook'))],
  'GET /v1/webhooks/{id}/health': [
    byId(
      200,
      (of) => of.webhook,
      () => 'waiting',
    ),
  ],
  'PATCH /v1/webhooks/{id}': [byId(200, its('webhook'), its('webhook'), { name: 'Books' })],
  'POST /v1/webhooks/{id}/rotate-secret': [byId(200, (of) => of.webhook, undefined, {})],
  'POST /v1/webhooks/{id}/test': [byId(202, its('webhook'), its('webhook'))],
  'GET /v1/webhooks/{id}/deliveries': [byId(200, its('webhook'), its('delivery'))],
  'GET /v1/webhooks/{id}/deliveries/{deliveryId}': [
    asks(
      200,
      (of) => ({ params: { id: of.webhook, deliveryId: of.delivery } }),
      (own) => own.delivery,
    ),
    // Another's delivery under one's own webhook.
    asks(
      200,
      (of, own) => ({ params: { id: own.webhook, deliveryId: of.delivery } }),
      (own) => own.delivery,
    ),
  ],
  'POST /v1/webhooks/{id}/deliveries/{deliveryId}/resend': [
    asks(
      202,
      (of) => ({ params: { id: of.webhook, deliveryId: of.delivery } }),
      (own) => own.delivery,
    ),
    asks(
      202,
      (of, own) => ({ params: { id: own.webhook, deliveryId: of.delivery } }),
      (own) => own.delivery,
    ),
  ],
  'POST /v1/webhooks/{id}/resend-dead': [byId(202, (of) => of.webhook)],
  'DELETE /v1/webhooks/{id}': [byId(204, (of) => of.spareWebhook)],

  'GET /v1/keys': list((own) => own.key),
  'GET /v1/keys/{id}': [byId(200, its('key'), its('key'))],
  'POST /v1/keys': [asks(201, (of) => ({ body: { name: 'of a site', role: 'viewer', sites: [of.site] } }))],
  'DELETE /v1/keys/{id}': [byId(204, (of) => of.spareKey)],
  'GET /v1/staff': list((own) => own.staff),
  'POST /v1/staff': [asks(201, () => ({ body: { name: 'Otto', mail: 'otto@both.example', role: 'viewer' } }))],
  'GET /v1/staff/{id}': [byId(200, its('staff'), its('staff'))],
  'PATCH /v1/staff/{id}': [byId(200, its('staff'), its('staff'), { language: 'en' })],
  'POST /v1/staff/{id}/sign-in-link': [byId(201, (of) => of.staff)],
  'POST /v1/staff/{id}/sign-out': [byId(204, (of) => of.staff)],
  'GET /v1/roles': [asks(200, () => ({}))],
  'GET /v1/me': [
    asks(
      200,
      () => ({}),
      (own) => own.tenant,
    ),
  ],

  'POST /v1/me/language': [
    { kind: 'public', why: 'for the cookie’s own person', ask: () => ({ body: { language: 'fi' } }) },
  ],

  'GET /v1/events': [{ kind: 'elsewhere', where: 'the event stream, below in the same test' }],
  'GET /v1/public/stations/{number}': [
    { kind: 'public', why: 'what a sticker opens', ask: (own) => ({ params: { number: own.number } }) },
  ],
  'GET /v1/public/stations/{number}/events': [{ kind: 'elsewhere', where: 'the event stream, below in the same test' }],
  'GET /v1/installation': [{ kind: 'public', why: 'what the sign-in page needs', ask: () => ({}) }],
  'POST /v1/sign-in': [
    {
      kind: 'public',
      why: 'before anybody is known',
      ask: () => ({ body: { mail: 'aino@both.example', password: 'wrong-password-1' } }),
    },
  ],
  'POST /v1/sign-in/link': [
    { kind: 'public', why: 'before anybody is known', ask: () => ({ body: { token: 'guessed' } }) },
  ],
  'POST /v1/sign-in/password': [
    { kind: 'public', why: 'for the cookie’s own person', ask: () => ({ body: { password: 'a-long-new-password' } }) },
  ],
  'POST /v1/sign-out': [{ kind: 'public', why: 'ends the cookie’s own session', ask: () => ({}) }],
  'POST /v1/sign-out/everywhere': [
    { kind: 'public', why: 'ends the sessions of the cookie’s own person', ask: () => ({}) },
  ],
  'POST /v1/make-network': [
    {
      kind: 'public',
      why: 'for the installation’s own link, while there is no tenant',
      ask: () => ({
        body: {
          name: 'X',
          slug: 'xx',
          currency: 'EUR',
          country: 'FI',
          timeZone: 'Europe/Helsinki',
          language: 'en',
          person: { name: 'X', mail: 'x@x.example' },
        },
      }),
    },
  ],
  'GET /v1/tenants': [{ kind: 'platform', why: 'the platform sees its tenants' }],
  'POST /v1/tenants': [{ kind: 'platform', why: 'the platform makes tenants', ask: () => ({ body: {} }) }],
  'GET /v1/tenants/{id}/outbound-targets': [
    { kind: 'platform', why: 'opens the installation’s own network', ask: (own) => ({ params: { id: own.tenant } }) },
  ],
  'PATCH /v1/tenants/{id}/outbound-targets': [
    {
      kind: 'platform',
      why: 'opens the installation’s own network',
      ask: (own) => ({ params: { id: own.tenant }, body: { allowed: [] } }),
    },
  ],
  'POST /v1/sign-in-links': [
    { kind: 'platform', why: 'the command line asks for links', ask: (own) => ({ body: { tenant: own.tenant } }) },
  ],
}
