import { expect, it } from 'vitest'
import {
  confirmedItem,
  type WritableItem,
} from '../../../../src/extension/commands/questions/confirmedItem.ts'

const typedItem = (text: string): WritableItem => ({ label: text, isTyped: true })
const known = { label: 'localhost:5000' }

it('is the item that is active', () => {
  expect(confirmedItem({ activeItems: [known], value: '' }, typedItem)).toBe(known)
  expect(confirmedItem({ activeItems: [known], value: 'local' }, typedItem)).toBe(known)
})

it('is what is written by now, where the list still shows what was written before', () => {
  const behind = typedItem('localhost:5000/mychart:2.7.')

  const confirmed = confirmedItem(
    { activeItems: [behind], value: ' localhost:5000/mychart:2.7.0' },
    typedItem,
  )

  expect(confirmed).toEqual(typedItem('localhost:5000/mychart:2.7.0'))
})

it('is what is written, where nothing is active yet', () => {
  expect(confirmedItem({ activeItems: [], value: 'localhost:5000' }, typedItem)).toEqual(
    typedItem('localhost:5000'),
  )
})

it('is nothing, where nothing is written or active', () => {
  expect(confirmedItem({ activeItems: [], value: ' ' }, typedItem)).toBeUndefined()
})
