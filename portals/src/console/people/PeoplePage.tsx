import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { List, Person } from '../../api-types.ts'
import { DataTable } from '../../parts/DataTable.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { usePages } from '../../pages-of-list.ts'
import { Paged } from '../../parts/Paged.tsx'
import { Page } from '../../parts/Page.tsx'
import { useMay, useMe } from '../../session-of-staff.ts'
import { ChangePerson } from './ChangePerson.tsx'
import { InvitePerson } from './InvitePerson.tsx'
import { Keys } from './Keys.tsx'
import { Reach } from './Reach.tsx'

/** Who may do what here: people, and the keys of programs. */
export function PeoplePage() {
  const { t } = useTranslation()
  const may = useMay()
  const [open, setOpen] = useState<Person | 'new'>()
  const list = usePeople()
  return (
    <Page
      title={t('portal.people.title')}
      actions={
        <button type="button" className="btn main" onClick={() => setOpen('new')}>
          <Icon name="plus" />
          {t('portal.people.invite.title')}
        </button>
      }
    >
      <section className="panel" aria-label={t('portal.people.people')}>
        <div className="ph">
          <h2>{t('portal.people.people')}</h2>
        </div>
        <Paged of={list} empty={null}>
          {(people) => <PeopleTable people={people} change={setOpen} />}
        </Paged>
      </section>
      {may('keys.write') && <Keys />}
      {open === 'new' && <InvitePerson close={() => setOpen(undefined)} />}
      {open !== undefined && open !== 'new' && <ChangePerson person={open} close={() => setOpen(undefined)} />}
    </Page>
  )
}

function PeopleTable(props: { readonly people: readonly Person[]; readonly change: (person: Person) => void }) {
  const { t } = useTranslation()
  const me = useMe().staff.id
  return (
    <DataTable
      label={t('portal.people.people')}
      rows={props.people}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'name',
          head: t('portal.people.name'),
          names: true,
          cell: ({ id, name, mail }) => (
            <span>
              <span className="m break">{name}</span>{' '}
              {id === me && <span className="dim">{t('portal.people.you')}</span>}
              <span className="block mid t12 break">{mail}</span>
            </span>
          ),
        },
        {
          key: 'role',
          head: t('portal.people.role'),
          cell: (person) => <Reach role={person.role} sites={person.sites} />,
        },
        { key: 'status', head: t('portal.people.status'), cell: ({ status }) => <Status status={status} /> },
        {
          key: 'act',
          head: t('portal.people.act'),
          cell: (person) => (
            <button type="button" className="btn sm" onClick={() => props.change(person)}>
              {t('portal.people.change')}
              <span className="sr">{person.name}</span>
            </button>
          ),
        },
      ]}
    />
  )
}

function Status({ status }: { readonly status: Person['status'] }) {
  const { t } = useTranslation()
  const icon = status === 'active' ? 'check' : status === 'invited' ? 'clock' : 'lock'
  return (
    <span className={`row g1 nowrap ${status === 'disabled' ? 'bad' : status === 'active' ? 'm' : 'mid'}`}>
      <Icon name={icon} />
      {t(`portal.people.state.${status}`)}
    </span>
  )
}

function usePeople() {
  return usePages<List<Person>>({ key: ['people'], path: '/v1/staff', filters: { limit: 100 } })
}
