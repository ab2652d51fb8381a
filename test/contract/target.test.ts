import { describe } from 'vitest'
import { Layout } from '../../src/core/layout/layout.ts'
import { Registries } from '../../src/core/registry/registries.ts'
import { localRegistry } from '../support/localRegistry.ts'
import { MemoryTarget } from '../support/memoryTarget.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { behavesAsTarget } from './target.ts'

describe('a target in memory', () => {
  behavesAsTarget(() => Promise.resolve(new MemoryTarget()))
})

describe('an image layout on disk', () => {
  behavesAsTarget(async () => new Layout(await temporaryDirectory()))
})

describe('a repository of the embedded registry', () => {
  behavesAsTarget(async () => {
    const { host } = await localRegistry()
    const registries = new Registries({ findCredential: () => Promise.resolve(undefined) })
    return registries.repository({ host, repository: 'team/chart' })
  })
})
