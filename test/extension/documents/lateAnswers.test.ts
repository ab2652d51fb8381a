import { describe, expect, it, vi } from 'vitest'
import { LateAnswers } from '../../../src/extension/documents/lateAnswers.ts'

const page = 'chart:page'

describe('an answer that comes late', () => {
  it('is told, and given once to the page that asks the same again', async () => {
    const { answers, first, came, onLate } = await waitingPage()
    first.resolve('signed')
    expect(await came).toBe('signed')

    expect(await answers.soon(page, 'chart@1', notAsked, onLate)).toBe('signed')
    expect(await answers.soon(page, 'chart@1', () => Promise.resolve('anew'), onLate)).toBe('anew')
  })

  it('is none for a page that asks about another chart by now', async () => {
    const { answers, first, came, onLate } = await waitingPage()
    first.resolve('of the old chart')
    await came

    expect(await answers.soon(page, 'chart@2', () => Promise.resolve('of the new'), onLate)).toBe(
      'of the new',
    )
  })

  it('is not told where the page asked about another chart before it came', async () => {
    const { answers, first, onLate } = await waitingPage()
    const second = promised<string>()
    const came = promised<string>()
    await answers.soon(page, 'chart@2', () => second.promise, came.resolve)

    first.resolve('of the old chart')
    second.resolve('of the new')

    expect(await came.promise).toBe('of the new')
    expect(onLate).not.toHaveBeenCalled()
    expect(await answers.soon(page, 'chart@2', notAsked, onLate)).toBe('of the new')
  })

  it('is neither told nor kept where it says nothing', async () => {
    const { answers, first, onLate } = await waitingPage()
    first.resolve(undefined)
    await first.promise
    await Promise.resolve()

    expect(onLate).not.toHaveBeenCalled()
    expect(await answers.soon(page, 'chart@1', () => Promise.resolve('anew'), onLate)).toBe('anew')
  })

  it('is neither told nor kept where the page was closed', async () => {
    const { answers, first, onLate } = await waitingPage()
    answers.forget(page)
    first.resolve('signed')
    await first.promise
    await Promise.resolve()

    expect(onLate).not.toHaveBeenCalled()
    expect(await answers.soon(page, 'chart@1', () => Promise.resolve('anew'), onLate)).toBe('anew')
  })
})

it('an answer that is there soon is given at once, and not told', async () => {
  const onLate = vi.fn()

  expect(
    await new LateAnswers<string>(60_000).soon(page, 'chart@1', () => Promise.resolve('here'), onLate),
  ).toBe('here')
  expect(onLate).not.toHaveBeenCalled()
})

async function notAsked(): Promise<string> {
  return await Promise.reject(new Error('asked again'))
}

/** A page whose first question has no answer yet. */
async function waitingPage() {
  const answers = new LateAnswers<string>(1)
  const first = promised<string | undefined>()
  const told = promised<string>()
  const onLate = vi.fn(told.resolve)
  expect(await answers.soon(page, 'chart@1', () => first.promise, onLate)).toBeUndefined()
  return { answers, first, came: told.promise, onLate }
}

function promised<Value>() {
  let resolve: (value: Value) => void = () => undefined
  const promise = new Promise<Value>((keep) => {
    resolve = keep
  })
  return { promise, resolve }
}
