import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { startDockerRegistry } from '../support/dockerRegistry.ts'
import { cleanEnvironment, helm, itWith } from '../support/peers.ts'
import { run } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const plugin = join(import.meta.dirname, '..', '..', 'dist', 'helm-plugin')

describe.each([3, 4] as const)('the plugin of Helm %i', async (major) => {
  const peer = await helm(major)

  itWith(peer)('has the chart commands of the guide', async () => {
    const { host } = await startDockerRegistry()
    const work = await temporaryDirectory()
    await writeChart(work)
    const env = await cleanEnvironment()
    const helmDoes = async (...args: string[]): Promise<string> => {
      const { stdout, stderr, exit } = await run(peer.command, args, { cwd: work, env })
      expect([stderr.replace(/^(?:Installing|Installed) plugin.*\n/gm, ''), exit]).toEqual(['', 0])
      return stdout
    }
    const reference = `${host}/myrepo/mychart:2.7.0`

    await helmDoes('plugin', 'install', plugin)
    expect(await helmDoes('plugin', 'list')).toMatch(/^chart\s+0\.1\.0/m)
    const saved = await helmDoes('chart', 'save', 'mychart/', reference)
    expect(saved).toContain('2.7.0: saved\n')
    const [, digest = ''] = /^digest: +([0-9a-f]{64})$/m.exec(saved) ?? []
    expect(await helmDoes('chart', 'list')).toContain(`${reference}\tmychart\t`)
    expect(JSON.parse(await helmDoes('chart', 'list', '-o', 'json'))).toMatchObject([{ reference }])
    await helmDoes('chart', 'export', reference, '-d', 'exported')
    expect(await readFile(join(work, 'exported', 'mychart', 'Chart.yaml'), 'utf8')).toContain('mychart')
    expect(await helmDoes('chart', 'push', reference)).toContain(digest)
    expect(await helmDoes('chart', 'remove', reference)).toBe('2.7.0: removed\n')
    expect(await helmDoes('chart', 'pull', reference)).toContain('Status: Downloaded newer chart')
    expect(await helmDoes('chart', 'list')).toContain(`\t${digest.slice(0, 7)}\t`)
    const { stderr } = await run(peer.command, ['chart', 'push', reference, '--debug'], { env })
    expect(stderr).toMatch(new RegExp(`^PUT http://${host}/v2/myrepo/mychart/manifests/2\\.7\\.0 201 `, 'm'))
  })

  itWith(peer)('fails as the command line does', async () => {
    const env = await cleanEnvironment()
    await run(peer.command, ['plugin', 'install', plugin], { env })

    const { stderr, exit } = await run(peer.command, ['chart', 'push', 'localhost:1/a/b:1'], { env })

    expect(stderr).toContain('localhost:1/a/b:1')
    expect(exit).toBe(4)
  })
})
