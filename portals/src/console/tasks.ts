import type { ComponentType } from 'react'
import type { IconName } from '../parts/Icon.tsx'

type Load = () => Promise<Readonly<Record<string, ComponentType>>>

/** One page of a task: its path, and the component of that name in the file that is loaded when it is first opened. */
export interface TaskPage {
  readonly path: string
  readonly load: Load
  readonly name: string
}

export interface Task {
  readonly id: string
  /** Text key of its name in the rail. */
  readonly word: string
  readonly icon: IconName
  /** Without this right the task is not shown. */
  readonly right: string
  /** Keys pressed one after the other. */
  readonly keys: string
  /** Among the few in a phone's bar; the others stand behind its last button. */
  readonly isOnPhone?: true
  /** The first page is the one the rail opens. */
  readonly pages: readonly [TaskPage, ...TaskPage[]]
}

/** What staff can do. Rail, router, keys and help are made from these rows. */
export const tasks: readonly Task[] = [
  {
    id: 'alerts',
    word: 'portal.alerts.nav',
    icon: 'bell',
    right: 'alerts.read',
    keys: 'g a',
    isOnPhone: true,
    pages: [{ path: '/alerts', load: () => import('./alerts/NowPage.tsx'), name: 'NowPage' }],
  },
  {
    id: 'map',
    word: 'portal.map.nav',
    icon: 'map',
    right: 'stations.read',
    keys: 'g m',
    isOnPhone: true,
    pages: [{ path: '/map', load: () => import('./map/MapPage.tsx'), name: 'MapPage' }],
  },
  {
    id: 'stations',
    word: 'portal.stations.nav',
    icon: 'plug',
    right: 'stations.read',
    keys: 'g s',
    isOnPhone: true,
    pages: [
      { path: '/stations', load: () => import('./stations/StationsPage.tsx'), name: 'StationsPage' },
      { path: '/stations/add', load: () => import('./stations/add/AddStationPage.tsx'), name: 'AddStationPage' },
      { path: '/stations/$id', load: () => import('./stations/StationPage.tsx'), name: 'StationPage' },
    ],
  },
  {
    id: 'sites',
    word: 'portal.sites.nav',
    icon: 'flag',
    right: 'stations.read',
    keys: 'g p',
    pages: [{ path: '/sites', load: () => import('./sites/SitesPage.tsx'), name: 'SitesPage' }],
  },
  {
    id: 'sessions',
    word: 'portal.sessions.nav',
    icon: 'bolt',
    right: 'sessions.read',
    keys: 'g e',
    isOnPhone: true,
    pages: [
      { path: '/sessions', load: () => import('./sessions/SessionsPage.tsx'), name: 'SessionsPage' },
      { path: '/sessions/$id', load: () => import('./sessions/SessionPage.tsx'), name: 'SessionPage' },
    ],
  },
  {
    id: 'usage',
    word: 'portal.usage.nav',
    icon: 'chart',
    right: 'sessions.read',
    keys: 'g u',
    pages: [
      { path: '/usage-errors', load: () => import('./usage/UsageErrorsPage.tsx'), name: 'UsageErrorsPage' },
      { path: '/usage-errors/checks', load: () => import('./usage/UsageChecksPage.tsx'), name: 'UsageChecksPage' },
      { path: '/usage-errors/$id', load: () => import('./usage/UsageErrorPage.tsx'), name: 'UsageErrorPage' },
    ],
  },
  {
    id: 'cards',
    word: 'portal.cards.nav',
    icon: 'card',
    right: 'tokens.read',
    keys: 'g c',
    pages: [{ path: '/cards', load: () => import('./cards/CardsPage.tsx'), name: 'CardsPage' }],
  },
  {
    id: 'tariffs',
    word: 'portal.tariffs.nav',
    icon: 'tag',
    right: 'tariffs.read',
    keys: 'g t',
    pages: [
      { path: '/tariffs', load: () => import('./tariffs/TariffsPage.tsx'), name: 'TariffsPage' },
      { path: '/tariffs/new', load: () => import('./tariffs/TariffPage.tsx'), name: 'NewTariffPage' },
      { path: '/tariffs/$id', load: () => import('./tariffs/TariffPage.tsx'), name: 'TariffPage' },
    ],
  },
  {
    id: 'limits',
    word: 'portal.limits.nav',
    icon: 'gear',
    right: 'sessions.read',
    keys: 'g l',
    pages: [{ path: '/limits', load: () => import('./limits/LimitsPage.tsx'), name: 'LimitsPage' }],
  },
  {
    id: 'webhooks',
    word: 'portal.webhooks.nav',
    icon: 'link',
    right: 'webhooks.read',
    keys: 'g w',
    pages: [
      { path: '/webhooks', load: () => import('./webhooks/WebhooksPage.tsx'), name: 'WebhooksPage' },
      { path: '/webhooks/$id', load: () => import('./webhooks/WebhookPage.tsx'), name: 'WebhookPage' },
    ],
  },
  {
    id: 'people',
    word: 'portal.people.nav',
    icon: 'users',
    right: 'staff.write',
    keys: 'g k',
    pages: [{ path: '/people', load: () => import('./people/PeoplePage.tsx'), name: 'PeoplePage' }],
  },
]
