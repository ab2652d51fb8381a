import { expect, it } from 'vitest'
import { hostOf } from '../../src/extension/hostOf.ts'

it.each([
  ['localhost:5000/myrepo/mychart:1.0.0', 'localhost:5000'],
  ['mychart:1.0.0', undefined],
  ['Not A Reference', undefined],
])('%s goes to the registry %s', (reference, host) => {
  expect(hostOf(reference)).toBe(host)
})
