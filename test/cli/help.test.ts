import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../src/cli/args.ts'
import { helpText } from '../../src/cli/help.ts'
import { exitCodes } from '../../src/core/index.ts'
import { globalFlags } from '../../src/cli/flags.ts'
import { groups, type Group } from '../../src/cli/verbs/verb.ts'
import { verbs } from '../../src/cli/verbs/verbs.ts'

const groupNames = Object.keys(groups) as Group[]

describe('the help', () => {
  it('names every group and every verb on the first page, with the exit codes', () => {
    const text = helpText('')

    for (const { path, summary } of verbs) {
      expect(text).toContain(path.slice(path.indexOf(' ') + 1))
      expect(text).toContain(summary)
    }
    expect(text).toContain('3    login needed or refused')
    for (const code of new Set(Object.values(exitCodes)))
      expect(text).toMatch(new RegExp(`^  ${code} +\\w+`, 'm'))
  })

  it.each(groupNames)('of %s lists its verbs', (group) => {
    for (const { path, summary } of verbs.filter((verb) => verb.path.startsWith(group))) {
      expect(helpText(group)).toContain(path.slice(group.length + 1))
      expect(helpText(group)).toContain(summary)
    }
  })

  it.each(verbs)('of $path says how to call it and which flags it takes', (verb) => {
    const text = helpText(verb.path)

    expect(text).toContain(`chartroom ${[verb.path, ...verb.operands].join(' ')}`)
    for (const { name, summary } of verb.flags) expect(text).toMatch(lineWith(`--${name}`, summary))
    for (const name of verb.global) expect(globalFlags.map((flag) => flag.name)).toContain(name)
  })

  it.each(verbs.flatMap(({ examples }) => examples))('gives an example that works: %s', (example) => {
    const words = example.replace(/ < .*/, '').split(' ').slice(1)

    expect(() => parseCommandLine(words)).not.toThrow()
  })

  it('fits into a window of 120 columns', () => {
    const pages = ['' as const, ...groupNames, ...verbs.map(({ path }) => path)].map(helpText)

    const widest = pages.flatMap((page) => page.split('\n')).filter((line) => line.length > 120)
    expect(widest).toEqual([])
  })
})

function lineWith(...parts: string[]): RegExp {
  return new RegExp(parts.map((part) => part.replace(/[()[\].]/g, '\\$&')).join('.*'))
}
