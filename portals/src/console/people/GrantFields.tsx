import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person, Role } from '../../api-types.ts'
import { Choice, Field, Segments, Tick } from '../../parts/Field.tsx'
import { Failed, Loading } from '../../parts/Waiting.tsx'
import { allSitesQuery } from '../all-sites.ts'

export interface Grant {
  readonly role: Role
  readonly sites: Person['sites']
}

const roles: readonly Role[] = ['administrator', 'operator', 'biller', 'viewer']

/** Nothing is granted yet where sites are named and none is ticked. */
export function isGranted({ sites }: Grant): boolean {
  return sites === 'all' || sites.length > 0
}

/** A role, in words, and where it holds. */
export function GrantFields({ grant, set }: { readonly grant: Grant; readonly set: (grant: Grant) => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Choice
        label={t('portal.people.role')}
        hint={t(`portal.people.role-note.${grant.role}`)}
        value={grant.role}
        onText={(role) => set({ ...grant, role: role as Role })}
        options={roles.map((value) => ({ value, text: t(`portal.people.roles.${value}`) }))}
      />
      <Segments
        label={t('portal.people.where')}
        value={grant.sites === 'all' ? 'all' : 'some'}
        onText={(value) => set({ ...grant, sites: value === 'all' ? 'all' : [] })}
        options={[
          { value: 'all', text: t('portal.people.everywhere') },
          { value: 'some', text: t('portal.people.named-sites') },
        ]}
      />
      {grant.sites !== 'all' && <SiteTicks chosen={grant.sites} set={(sites) => set({ ...grant, sites })} />}
    </>
  )
}

/** As many as are seen at a glance: beyond that one types a part of the name. */
const atAGlance = 12

function SiteTicks(props: { readonly chosen: readonly string[]; readonly set: (sites: readonly string[]) => void }) {
  const { t } = useTranslation()
  const { chosen, set } = props
  const list = useQuery(allSitesQuery)
  const [part, setPart] = useState('')
  const sites = list.data
  if (sites === undefined)
    return list.isError ? <Failed error={list.error} retry={() => void list.refetch()} /> : <Loading rows={2} />
  const counted = { count: chosen.length, all: sites.length }
  return (
    <fieldset className="plain col g2">
      <legend className="sr">{t('portal.people.named-sites')}</legend>
      {sites.length === 0 && <p className="mid">{t('portal.sites.none.title')}</p>}
      {sites.length > atAGlance && (
        <Field
          type="search"
          label={t('portal.people.find-site')}
          hint={t('portal.people.chosen', counted)}
          value={part}
          onText={setPart}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      )}
      <div className="ticks">
        {sites
          .filter(({ id, name }) => chosen.includes(id) || isPartOf(part, name))
          .map(({ id, name }) => (
            <Tick
              key={id}
              label={name}
              checked={chosen.includes(id)}
              onChange={(on) => set(on ? [...chosen, id] : chosen.filter((other) => other !== id))}
            />
          ))}
      </div>
      <p className="hint">{t('portal.people.sites-note')}</p>
    </fieldset>
  )
}

function isPartOf(part: string, name: string): boolean {
  return name.toLocaleLowerCase().includes(part.trim().toLocaleLowerCase())
}
