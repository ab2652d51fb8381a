import { setTimeout as delay } from 'node:timers/promises'
import { kindOf } from '../../src/core/base/errors.ts'
import { HelmCommand, type HelmEntry } from './helmLike.ts'

/**
 * A process that uses a cache as Helm 3.6.3 does, one command after the other: `ROOT PREFIX COUNT MILLISECONDS ENTRY`.
 *
 * Each of COUNT commands saves `PREFIX:NUMBER` as what ENTRY describes (JSON), and every third removes the name that it saved
 * before instead. MILLISECONDS pass between reading and writing the index. A command that meets a half-written index
 * fails, as that of Helm does. At the end a line of JSON says what went well: `{"saved":[…],"removed":[…],"failed":N}`.
 */
const [root = '', prefix = '', count = '0', window = '0', entry = '{}'] = process.argv.slice(2)
const saved: string[] = []
const removed: string[] = []
let failed = 0

for (let number = 0; number < Number(count); number += 1) {
  const isRemoval = number % 3 === 2
  const name = `${prefix}:${isRemoval ? number - 1 : number}`
  try {
    const command = await HelmCommand.begin(root)
    await delay(Number(window))
    if (isRemoval) command.remove(name)
    else command.save(name, JSON.parse(entry) as HelmEntry)
    await command.end()
    ;(isRemoval ? removed : saved).push(name)
  } catch (error) {
    if (kindOf(error) !== 'store-corrupt') throw error
    failed += 1
  }
}
process.stdout.write(`${JSON.stringify({ saved, removed, failed })}\n`)
