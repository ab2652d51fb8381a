import { equal, ok } from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'mocha'
import { extensions } from 'vscode'
import type * as Core from '../../src/core/index.ts'
import { bigChart } from '../support/bigChart.ts'
import { deliveredFile } from '../support/deliveredFile.ts'
import { runOrFail } from '../support/run.ts'

const reference = 'localhost:5000/a/chart:1.0.0'

describe('A chart that the extension saves', () => {
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chartroom-host-digests-'))
  })

  after(async () => {
    await rm(directory, { recursive: true, force: true })
  })

  it('has the digest that the command line gives it under the same Node', async () => {
    const extension = extensions.getExtension('chartroom.chartroom')
    ok(extension !== undefined)
    const { extensionPath } = extension
    const core = deliveredFile('core.cjs') as typeof Core
    const fixtures = join(extensionPath, 'test', 'fixtures', 'charts')
    const names = ['guide-mychart', 'unicode-names', 'long-paths', 'subchart-tgz', 'binary-exec']
    const known = await readdir(fixtures)
    ok(names.every((name) => known.includes(name)))
    // Many blocks, which are compressed at the same time and become ready in any order.
    const large = await bigChart(directory, 'large', 4)

    for (const path of [...names.map((name) => join(fixtures, name)), large]) {
      const cache = new core.ChartCache(await mkdtemp(join(directory, 'cache-')))
      const here = await core.saveChart(cache, path, reference)
      const there = await savedByCommandLine(join(extensionPath, 'dist', 'cli.mjs'), path)

      equal(here.digest, there)
      const name = path.slice(path.lastIndexOf('/') + 1)
      // Lines that begin like this leave the host.
      console.log(
        `✓ ${name}: ${here.digest} in the host, ${there} by the command line, Node ${process.version}`,
      )
    }
  })

  async function savedByCommandLine(commandLine: string, path: string): Promise<string> {
    const { stdout } = await runOrFail(
      process.execPath,
      [commandLine, 'chart', 'save', path, reference, '--output', 'json'],
      {
        env: {
          ...process.env,
          HELM_CACHE_HOME: await mkdtemp(join(directory, 'home-')),
          // Where the host is the editor's own program, this makes it Node.
          ELECTRON_RUN_AS_NODE: '1',
          NODE_OPTIONS: '',
        },
      },
    )
    return (JSON.parse(stdout) as { digest: string }).digest
  }
})
