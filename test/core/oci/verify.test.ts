import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { describe as descriptorOf } from '../../../src/core/oci/descriptor.ts'
import { readVerified } from '../../../src/core/oci/verify.ts'

const bytes = Buffer.from('the content')
const descriptor = descriptorOf('text/plain', bytes)

describe('content that is read against its descriptor', () => {
  it('arrives whole where it is what the descriptor says', async () => {
    expect(
      await readVerified(Readable.from([bytes.subarray(0, 4), bytes.subarray(4)]), descriptor, 'it'),
    ).toEqual(bytes)
  })

  it.each([
    ['shorter', bytes.subarray(1)],
    ['longer', Buffer.concat([bytes, Buffer.from('!')])],
    ['other', Buffer.from('THE CONTENT')],
    ['nothing', Buffer.alloc(0)],
  ])('is refused where it is %s', async (_, actual) => {
    await expect(readVerified(Readable.from([actual]), descriptor, 'the chart layer')).rejects.toMatchObject({
      kind: 'integrity',
      message: expect.stringContaining('the chart layer is damaged') as string,
    })
  })

  it('is not read to the end where it never ends', async () => {
    let chunks = 0
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        chunks += 1
        yield await Promise.resolve(Buffer.alloc(1024))
      }
    }

    await expect(readVerified(endless(), descriptor, 'it')).rejects.toMatchObject({ kind: 'integrity' })
    expect(chunks).toBe(1)
  })
})
