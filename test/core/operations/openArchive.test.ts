import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openArchive } from '../../../src/core/index.ts'
import { digestOf } from '../../../src/core/oci/digest.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { bytesOf, chartWith } from '../chart/tarball.ts'

describe('opening an archive on disk', () => {
  it('gives its files and what it says about itself', async () => {
    const { path, bytes } = await anArchive()

    const opened = await openArchive(path)

    expect(opened.chart).toMatchObject({
      reference: path,
      name: 'arc',
      version: '0.1.0',
      digest: digestOf(bytes),
      size: bytes.length,
      signed: false,
    })
    expect(opened.files).toEqual([
      { path: 'Chart.yaml', size: 40 },
      { path: 'values.yaml', size: 5 },
    ])
    expect((await opened.read('values.yaml')).toString()).toBe('a: 1\n')
  })

  it('says that a provenance file lies beside it', async () => {
    const { path } = await anArchive()
    await writeFile(`${path}.prov`, 'signed')

    expect((await openArchive(path)).chart.signed).toBe(true)
  })

  it('says what is wrong with it', async () => {
    const { path, bytes } = await anArchive()
    await expect(openArchive(`${path}.not`)).rejects.toMatchObject({
      kind: 'not-found',
      message: `There is no chart archive at ${path}.not.`,
    })

    await writeFile(path, bytes.subarray(0, bytes.length - 10))
    await expect(openArchive(path)).rejects.toMatchObject({ kind: 'integrity' })

    await mkdir(`${path}.folder`)
    await expect(openArchive(`${path}.folder`)).rejects.toMatchObject({ kind: 'not-found' })
  })
})

async function anArchive(): Promise<{ path: string; bytes: Buffer }> {
  const path = join(await temporaryDirectory(), 'arc-0.1.0.tgz')
  const content = chartWith({ path: 'arc/values.yaml', content: 'a: 1\n' })
  const bytes = await bytesOf(await content())
  await writeFile(path, bytes)
  return { path, bytes }
}
