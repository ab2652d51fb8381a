import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { suggest } from '../../src/cli/completion/suggest.ts'
import { builtCommandLine, node, person, type Person } from '../support/commandLine.ts'
import { run } from '../support/run.ts'
import { writeChart } from '../support/sampleChart.ts'
import { runOnTerminal } from '../support/terminal.ts'

const known = {
  references: () => Promise.resolve(['ghcr.io/acme/shop:1.4.2', 'localhost:5000/myrepo/mychart:2.7.0']),
  hosts: () => Promise.resolve(['ghcr.io', 'localhost:5000']),
}

async function fits(...words: string[]): Promise<string[]> {
  const { words: found, paths } = await suggest(words, known)
  return paths === 'none' ? found.map(({ word }) => word) : [paths]
}

describe('what fits where somebody writes', () => {
  it.each([
    [['ch'], ['chart']],
    [
      ['chart', 'pu'],
      ['push', 'pull'],
    ],
    [
      ['--output', 'json', 'chart', 'pu'],
      ['push', 'pull'],
    ],
    [
      ['chart', 'show', 'm'],
      ['metadata', 'manifest'],
    ],
    [
      ['chart', 'show', 'values', ''],
      ['ghcr.io/acme/shop:1.4.2', 'localhost:5000/myrepo/mychart:2.7.0'],
    ],
    [['chart', 'rm', 'gh'], ['ghcr.io/acme/shop:1.4.2']],
    [['chart', 'push', 'ghcr.io/acme/shop:1.4.2', ''], ['localhost:5000/myrepo/mychart:2.7.0']],
    [['chart', 'export', '--forc'], ['--force']],
    [
      ['chart', 'list', '--no-'],
      ['--no-progress', '--no-trunc'],
    ],
    [
      ['chart', 'list', '--output', ''],
      ['table', 'json', 'yaml'],
    ],
    [['chart', 'list', '-o', 'j'], ['json']],
    [['chart', 'save', 'x', '--format=m'], ['--format=modern']],
    [['chart', 'save', ''], ['files']],
    [['chart', 'export', 'x', '-d', ''], ['directories']],
    [['chart', 'pull', '--ca-file', ''], ['files']],
    [
      ['registry', 'diagnose', ''],
      ['ghcr.io', 'localhost:5000'],
    ],
    [['registry', 'login', '-u', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [['nonsense', ''], []],
  ])('after %j is %j', async (words, found) => {
    expect(await fits(...words)).toEqual(found)
  })
})

describe('the completion of a real bash', () => {
  let someone: Person
  let environment: Readonly<Record<string, string | undefined>>

  beforeAll(async () => {
    someone = await person()
    await writeChart(someone.work)
    await someone.chartroom(['chart', 'save', 'mychart', 'localhost:5000/myrepo/mychart:2.7.0'])
    await someone.chartroom(['chart', 'save', 'mychart', 'localhost:5000/myrepo/mychart:2.8.0'])
    const programs = join(someone.home, 'bin')
    await mkdir(programs)
    await writeFile(join(programs, 'chartroom'), `#!/bin/sh\nexec '${node}' '${builtCommandLine}' "$@"\n`, {
      mode: 0o755,
    })
    environment = { ...someone.env, PATH: `${programs}:${someone.env['PATH'] ?? ''}` }
  })

  /** What bash itself would put there: with colons it replaces only what stands behind the last one. */
  async function completions(line: string): Promise<string[]> {
    const script = `
      source <(chartroom completion bash)
      COMP_LINE="$1" COMP_POINT=\${#1}
      _chartroom
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = await run('bash', ['--norc', '-c', script, 'bash', line], {
      cwd: someone.work,
      env: environment,
    })
    expect(stderr).toBe('')
    return stdout.split('\n').filter((word) => word !== '')
  }

  it('gives commands, flags and values', async () => {
    expect(await completions('chartroom ch')).toEqual(['chart'])
    expect(await completions('chartroom chart p')).toEqual(['push', 'pull', 'prune'])
    expect(await completions('chartroom chart list --output=')).toEqual(['table', 'json', 'yaml'])
  })

  it('gives references from the cache, and goes on behind their colons', async () => {
    expect(await completions('chartroom chart push l')).toEqual([
      'localhost:5000/myrepo/mychart:2.7.0',
      'localhost:5000/myrepo/mychart:2.8.0',
    ])
    expect(await completions('chartroom chart push localhost:5')).toEqual([
      '5000/myrepo/mychart:2.7.0',
      '5000/myrepo/mychart:2.8.0',
    ])
    expect(await completions('chartroom chart push localhost:5000/myrepo/mychart:2.7')).toEqual(['2.7.0'])
  })

  it('gives files where a path belongs, and hosts where one does', async () => {
    expect(await completions('chartroom chart save my')).toEqual(['mychart'])
    expect(await completions('chartroom registry diagnose ')).toEqual(['localhost:5000'])
  })

  it('works with the Tab key', async () => {
    await writeFile(
      join(someone.home, 'rc'),
      "PS1='ready> '\nbind 'set enable-bracketed-paste off'\nsource <(chartroom completion bash)\n",
    )
    const { output } = await runOnTerminal(
      ['bash', '--noprofile', '--rcfile', join(someone.home, 'rc'), '-i'],
      [
        { after: 'ready> ', type: 'chartroom chart li\t-o j\t\r' },
        { after: ']', type: 'exit\r' },
      ],
      { cwd: someone.work, env: environment },
    )

    expect(output).toContain('chartroom chart list -o json')
    expect(output).toContain('"reference": "localhost:5000/myrepo/mychart:2.8.0"')
  })
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])(
    'prints a script for %s that asks the command line',
    async (shell) => {
      const { stdout, exit } = await (await person()).chartroom(['completion', shell])

      expect(stdout).toContain('__complete --')
      expect(exit).toBe(0)
    },
  )

  it('names the shells that it knows', async () => {
    const { stderr, exit } = await (await person()).chartroom(['completion', 'tcsh'])

    expect(stderr).toContain('one of bash, zsh, fish, powershell, not "tcsh"')
    expect(exit).toBe(2)
  })

  it('says nothing on stderr, whatever is written', async () => {
    const { stderr, exit } = await (
      await person()
    ).chartroom(['__complete', '--', 'chart', 'push', '--what', ''])

    expect(stderr).toBe('')
    expect(exit).toBe(0)
  })
})
