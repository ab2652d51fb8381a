import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { person, type Person } from '../support/commandLine.ts'
import { fixture } from '../support/fixtures.ts'

const archive = 'crds-schema-docs-0.1.0.tgz'
const keyring = fixture('modern', 'keys', 'pubring.gpg')

describe('chart verify of one chart', () => {
  it('says what it hashes to and who signed it', async () => {
    const { chartroom } = await personWithSigned()

    const { stdout, stderr, exit } = await chartroom(['chart', 'verify', 'signed:1', '--keyring', keyring])

    expect(stdout).toMatch(
      new RegExp(
        '^ref: {7}signed:1\ndigest: {4}c5270b1f[a-f0-9]{56}\nmanifest: {2}[a-f0-9]{64}\n' +
          'signed by: Fixture Signer <signer@example\\.com>\nkey: {7}D382987A97AF727B9F7CFF2C4A55FDE2A467EDA1\n' +
          'signed:1 is what was signed by Fixture Signer <signer@example\\.com>\\.\n$',
      ),
    )
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 })
  })

  it('says how to check a signature', async () => {
    const { chartroom } = await personWithSigned()

    const { stdout, exit } = await chartroom(['chart', 'verify', 'signed:1'])

    expect(stdout).toMatch(
      /\nsigned:1 is what was signed\. By whom was not checked; that takes a key ring\.\nRun: chartroom chart verify signed:1 --keyring FILE\n$/,
    )
    expect(exit).toBe(0)
  })

  it('fails where the provenance file does not match', async () => {
    const { chartroom } = await personWithSigned((text) => text.replace(/sha256:c/, 'sha256:d'))

    const { stdout, exit } = await chartroom(['chart', 'verify', 'signed:1'])

    expect(stdout).toMatch(
      /\nsigned:1 does not match its provenance file: the archive should hash to sha256:d5270b1f/,
    )
    expect(exit).toBe(11)
  })

  it('fails where a signature is asked for and there is none, or no key ring', async () => {
    const { chartroom } = await person()
    await chartroom(['chart', 'save', fixture('charts', 'v2-minimal'), 'unsigned:1'])

    const unsigned = await chartroom(['chart', 'verify', 'unsigned:1', '--keyring', keyring])
    const nowhere = await chartroom(['chart', 'verify', 'unsigned:1', '--keyring', 'nowhere.gpg'])

    expect(unsigned.stdout).toMatch(/\nunsigned:1 is not signed\.\n$/)
    expect(unsigned.exit).toBe(11)
    expect(nowhere.stderr).toMatch(/^There is no key ring at nowhere\.gpg\.\n/)
    expect(nowhere.exit).toBe(4)
  })

  it.each(['corrupt-manifest', 'corrupt-layer', 'missing-layer', 'corrupt-config'])(
    'says what is wrong with a chart that cannot be used: %s',
    async (cache) => {
      const { chartroom, cacheHome } = await person()
      await cp(fixture('cache', 'helm-3.6.3', cache), cacheHome, { recursive: true })
      const reference = 'localhost:5000/myrepo/mychart:2.7.0'

      const { stdout, stderr, exit } = await chartroom(['chart', 'verify', reference])
      const json = await chartroom(['chart', 'verify', reference, '-o', 'json'])

      expect(stdout).toMatch(/^fault: .+ (is missing|is damaged).*\.\n/)
      expect({ stderr, exit, inJson: json.exit }).toEqual({ stderr: '', exit: 11, inJson: 11 })
      expect(JSON.parse(json.stdout)).toEqual({
        reference,
        problem: { kind: expect.any(String) as string, message: expect.any(String) as string },
      })
    },
  )

  it('gives programs the chart and the verdict', async () => {
    const { chartroom } = await personWithSigned()

    const json = await chartroom(['chart', 'verify', 'signed:1', '--keyring', keyring, '-o', 'json'])
    const failed = await chartroom(['chart', 'verify', 'signed:1', '--keyring', 'none.gpg', '-o', 'json'])

    expect(JSON.parse(json.stdout)).toMatchObject({
      reference: 'signed:1',
      name: 'crds-schema-docs',
      version: '0.1.0',
      format: 'modern',
      provenance: 'verified',
      signedBy: 'Fixture Signer <signer@example.com>',
    })
    expect(JSON.parse(failed.stderr)).toMatchObject({ error: { kind: 'not-found', path: 'none.gpg' } })
    expect(failed.exit).toBe(4)
  })
})

/** Somebody who has saved a chart that Helm 4.3.1 signed as `signed:1`. */
async function personWithSigned(change = (provenance: string) => provenance): Promise<Person> {
  const someone = await person()
  const provenance = await readFile(fixture('modern', 'helm-4.3.1', `${archive}.prov`), 'utf8')
  await cp(fixture('modern', 'helm-4.3.1', archive), join(someone.work, archive))
  await writeFile(join(someone.work, `${archive}.prov`), change(provenance))
  await someone.chartroom(['chart', 'save', archive, 'signed:1', '--format', 'modern'])
  return someone
}
