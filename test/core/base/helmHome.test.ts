import { describe, expect, it } from 'vitest'
import {
  helmCacheHome,
  helmChartCache,
  helmConfigHome,
  type Surroundings,
} from '../../../src/core/base/helmHome.ts'

const linux: Surroundings = { env: {}, platform: 'linux', home: '/home/me', temporary: '/tmp' }
const mac: Surroundings = { ...linux, platform: 'darwin', home: '/Users/me' }
const windows: Surroundings = {
  env: { TEMP: String.raw`C:\Users\me\AppData\Local\Temp`, APPDATA: String.raw`C:\Users\me\AppData\Roaming` },
  platform: 'win32',
  home: String.raw`C:\Users\me`,
  temporary: String.raw`C:\Windows\Temp`,
}

describe('the places of Helm', () => {
  it.each([
    ['Linux', linux, '/home/me/.cache/helm/registry/cache', '/home/me/.config/helm'],
    ['macOS', mac, '/Users/me/Library/Caches/helm/registry/cache', '/Users/me/Library/Preferences/helm'],
    [
      'Windows',
      windows,
      String.raw`C:\Users\me\AppData\Local\Temp\helm\registry\cache`,
      String.raw`C:\Users\me\AppData\Roaming\helm`,
    ],
    [
      'Windows without its variables',
      { ...windows, env: {} },
      String.raw`C:\Windows\Temp\helm\registry\cache`,
      String.raw`C:\Users\me\AppData\Roaming\helm`,
    ],
  ])('on %s', (_, around, cache, config) => {
    expect([helmChartCache(around), helmConfigHome(around)]).toEqual([cache, config])
  })

  it.each([
    ['linux', '/xdg/helm'],
    ['darwin', '/xdg/helm'],
    ['win32', String.raw`\xdg\helm`],
  ] as const)('follow XDG_CACHE_HOME and XDG_CONFIG_HOME on %s, too', (platform, home) => {
    const around = { ...linux, platform, env: { XDG_CACHE_HOME: '/xdg', XDG_CONFIG_HOME: '/xdg' } }

    expect([helmCacheHome(around), helmConfigHome(around)]).toEqual([home, home])
  })

  it('are HELM_CACHE_HOME and HELM_CONFIG_HOME, as they are, where these are set', () => {
    const env = { HELM_CACHE_HOME: '/mine/cache', HELM_CONFIG_HOME: '/mine/config', XDG_CACHE_HOME: '/xdg' }
    const around = { ...linux, env }

    expect(helmCacheHome(around)).toBe('/mine/cache')
    expect(helmChartCache(around)).toBe('/mine/cache/registry/cache')
    expect(helmConfigHome(around)).toBe('/mine/config')
  })

  it.each([linux, mac, windows])('are the usual ones where a variable is empty: $platform', (around) => {
    const { TEMP: _, APPDATA: __, ...others } = around.env
    const empty = [
      'HELM_CACHE_HOME',
      'HELM_CONFIG_HOME',
      'XDG_CACHE_HOME',
      'XDG_CONFIG_HOME',
      'TEMP',
      'APPDATA',
    ]
    const emptied = { ...around, env: { ...others, ...Object.fromEntries(empty.map((name) => [name, ''])) } }
    const unset = { ...around, env: others }

    expect(helmCacheHome(emptied)).toBe(helmCacheHome(unset))
    expect(helmConfigHome(emptied)).toBe(helmConfigHome(unset))
  })
})
