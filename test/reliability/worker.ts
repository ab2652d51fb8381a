import { writeFile } from 'node:fs/promises'
import { serialize } from 'node:v8'
import { observeSteps } from '../../src/core/base/files.ts'
import { perform } from './changes.ts'
import type { RecordedStep } from './diskModel.ts'
import type { Job } from './jobs.ts'
import { addAndRemove, helm, lock, mix, pruneAgainAndAgain, saveAndRemove } from './stress.ts'

await run(JSON.parse(process.argv[2] ?? '') as Job)

async function run(job: Job): Promise<void> {
  let steps = 0
  const recorded: RecordedStep[] = []
  observeSteps((kind, path, { bytes, ...detail }) => {
    steps += 1
    if (job.record !== undefined) {
      // Buffers are used again by those who write.
      recorded.push({ kind, path, ...detail, ...(bytes === undefined ? {} : { bytes: Buffer.from(bytes) }) })
    }
    if (steps !== job.kill?.step) return
    if (job.kill.when === 'before') kill()
    else setImmediate(kill)
  })
  tell('READY')
  tell(`ACK ${await done(job)}`)
  tell(`STEPS ${steps}`)
  if (job.record !== undefined) await writeFile(job.record, serialize(recorded))
}

async function done(job: Job): Promise<string> {
  switch (job.work) {
    case 'mix':
      return await answer(mix(job))
    case 'addAndRemove':
      return await answer(addAndRemove(job))
    case 'helm':
      return await answer(helm(job))
    case 'saveAndRemove':
      return await answer(saveAndRemove(job))
    case 'pruneAgainAndAgain':
      return await pruneAgainAndAgain(job.cache, (swept) => {
        tell(`ACK ${swept}`)
      })
    case 'lock':
      return await answer(lock(job, kill))
    case 'save':
    case 'pull':
    case 'remove':
    case 'prune':
    case 'list':
    case 'export':
    case 'login':
      return await perform(job)
  }
}

async function answer(found: Promise<unknown>): Promise<string> {
  tell(`ANSWER ${JSON.stringify((await found) ?? null)}`)
  return ''
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

function kill(): void {
  process.kill(process.pid, 'SIGKILL')
}
