import i18next from 'i18next'
import { renderToStaticMarkup } from 'react-dom/server'
import { initReactI18next } from 'react-i18next'
import { beforeAll, expect, it } from 'vitest'
import english from '../../../languages/en.json' with { type: 'json' }
import { type Pages } from '../pages-of-list.ts'
import { Paged } from './Paged.tsx'

beforeAll(() =>
  i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { translation: english } }, returnNull: false }),
)

const asIs = () => Promise.reject(new Error('not asked'))
const list = { isPending: false, isError: false, error: null, hasNextPage: true }
const shown = (state: object): string =>
  renderToStaticMarkup(
    <Paged
      of={
        {
          list: { ...list, isFetchNextPageError: false, refetch: asIs, fetchNextPage: asIs, ...state },
          pages: [{ items: ['one'] }],
        } as Pages<{ readonly items: readonly string[] }>
      }
      empty="none"
    >
      {(items) => <ul>{items.join()}</ul>}
    </Paged>,
  )

it('further rows that did not come are said to be missing, beside the rows that are there', () => {
  const error = Object.assign(new Error('no answer'), { problem: { status: 0, code: 'no-answer' } })
  const html = shown({ isError: true, error, isFetchNextPageError: true })
  expect(html).toContain('<ul>one</ul>')
  expect(html).toContain(english.portal.problem['no-answer'])
  expect(shown({})).not.toContain('role="alert"')
})
