import { describe, expect, it } from 'vitest'
import { credentialFiles, newHelmFile } from '../../../src/core/credentials/locations.ts'
import type { Surroundings } from '../../../src/core/base/helmHome.ts'

function at(env: Readonly<Record<string, string>> = {}, platform: NodeJS.Platform = 'linux'): Surroundings {
  return { env, platform, home: '/home/me', temporary: '/tmp' }
}

function shown(around: Surroundings): string[] {
  return credentialFiles(around).map(
    ({ origin, program }) => `${origin}${program === 'helm' ? '' : ' (read only)'}`,
  )
}

describe('the files that may hold logins', () => {
  it("are Helm's, then Docker's, then podman's", () => {
    expect(shown(at())).toEqual([
      '~/.cache/helm/registry/config.json',
      '~/.config/helm/registry/config.json',
      '~/.config/helm/registry.json',
      '~/.docker/config.json (read only)',
      '~/.config/containers/auth.json (read only)',
    ])
  })

  it('follow every variable', () => {
    const env = {
      HELM_REGISTRY_CONFIG: '/etc/helm.json',
      HELM_CACHE_HOME: '/hc',
      XDG_CONFIG_HOME: '/xcfg',
      DOCKER_CONFIG: '/dock',
      XDG_RUNTIME_DIR: '/run/user/1',
    }

    expect(shown(at(env))).toEqual([
      '/etc/helm.json',
      '/hc/registry/config.json',
      '/xcfg/helm/registry/config.json',
      '/xcfg/helm/registry.json',
      '/dock/config.json (read only)',
      '/run/user/1/containers/auth.json (read only)',
      '/xcfg/containers/auth.json (read only)',
    ])
  })

  it("are podman's one file where REGISTRY_AUTH_FILE names it", () => {
    expect(shown(at({ REGISTRY_AUTH_FILE: '/a.json', XDG_RUNTIME_DIR: '/r' })).slice(4)).toEqual([
      '/a.json (read only)',
    ])
  })

  it("count Docker's file as Helm's where HELM_REGISTRY_CONFIG names it", () => {
    const files = shown(at({ HELM_REGISTRY_CONFIG: '/home/me/.docker/config.json' }))

    expect(files.filter((file) => file.includes('.docker'))).toEqual(['~/.docker/config.json'])
  })

  it('ignore variables that are empty', () => {
    const empty = { HELM_REGISTRY_CONFIG: '', DOCKER_CONFIG: '', REGISTRY_AUTH_FILE: '', XDG_RUNTIME_DIR: '' }

    expect(shown(at(empty))).toEqual(shown(at()))
  })

  it("are below Library on a Mac, as Helm's are", () => {
    expect(shown(at({}, 'darwin')).slice(0, 3)).toEqual([
      '~/Library/Caches/helm/registry/config.json',
      '~/Library/Preferences/helm/registry/config.json',
      '~/Library/Preferences/helm/registry.json',
    ])
  })
})

describe('a first login', () => {
  it('goes to the file of the guide', () => {
    expect(newHelmFile(at()).origin).toBe('~/.cache/helm/registry/config.json')
  })

  it('goes to the file of HELM_REGISTRY_CONFIG where that is set', () => {
    expect(newHelmFile(at({ HELM_REGISTRY_CONFIG: '/home/me/reg/file.json' })).origin).toBe('~/reg/file.json')
  })
})
