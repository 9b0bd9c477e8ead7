import { expect, it } from 'vitest'
import { allCompleteness, completeness } from './languages.ts'

const english = {
  close: 'Close',
  price: '{amount, money} an hour',
  count_one: '1 session',
  count_other: '{count, count} sessions',
  name: 'OCPP',
}

it('finds nothing wrong with a whole language, plurals by its own rules (GEN-L10N)', () => {
  const polish = {
    close: 'Zamknij',
    price: '{amount,money} za godzinę',
    count_one: '1 sesja',
    count_few: '{count, count} sesje',
    count_many: '{count, count} sesji',
    count_other: '{count, count} sesji',
    name: 'OCPP',
  }
  expect(completeness('pl', english, polish)).toEqual({
    language: 'pl',
    wanted: 7,
    missing: [],
    extra: [],
    values: [],
    same: ['name'],
  })
})

it('names what is missing, empty, too much, or has other values', () => {
  const finnish = {
    close: ' ',
    price: '{amount} tunnissa',
    count_one: '{number} lataus',
    count_few: 'liikaa',
    count_other: 'latausta',
    gone: 'Poissa',
  }
  expect(completeness('fi', english, finnish)).toMatchObject({
    missing: ['close', 'name'],
    extra: ['count_few', 'gone'],
    values: ['price', 'count_one', 'count_other'],
  })
})

it('Finnish is whole: every text, with the values of the English one, and none that nobody asks for (GEN-L10N)', () => {
  const finnish = allCompleteness().find(({ language }) => language === 'fi')
  // How to translate: docs/translating.md.
  expect(finnish).toMatchObject({ missing: [], values: [], extra: [] })
})
