import { describe, expect, it } from 'vitest'
import { literalsIn, manifest, manifestTexts, textOf } from './manifest.ts'

const { contributes, capabilities } = await manifest()
const { commands, menus } = contributes
const texts = await manifestTexts()
const code = await literalsIn('src/extension')
const ids = commands.map(({ command }) => command)
const menuItems = Object.entries(menus).flatMap(([menu, items]) => items.map((item) => ({ menu, ...item })))
const conditions = [
  ...menuItems.map(({ when }) => when),
  ...commands.map(({ enablement }) => enablement),
  ...contributes.keybindings.map(({ when }) => when),
  ...contributes.viewsWelcome.map(({ when }) => when),
].filter((when) => when !== undefined)

/** Commands that mean nothing without the row that they are called on. */
const needsRow = [
  'chartroom.loadMore',
  'chartroom.pullAgain',
  'chartroom.retry',
  'chartroom.saveFolder',
  'chartroom.trustRealm',
  'chartroom.unpinRepository',
]

/** Commands that stand in a submenu whose title is the first half of theirs. */
const needsSubmenu = ['chartroom.groupByNothing', 'chartroom.groupByRegistry', 'chartroom.groupByRepository']

/** Commands that cannot run at all times, and when they can. */
const enabled = {
  'chartroom.clearFilter': 'chartroom:isFiltered',
  'chartroom.deleteFromRegistry': 'isWorkspaceTrusted',
  'chartroom.login': 'isWorkspaceTrusted',
  'chartroom.openHelmTerminal': 'isWorkspaceTrusted',
  'chartroom.pushChart': 'isWorkspaceTrusted',
  'chartroom.pushFolder': 'isWorkspaceTrusted',
  'chartroom.shareLogin': 'isWorkspaceTrusted',
  'chartroom.startLocalRegistry': 'isWorkspaceTrusted',
  'chartroom.trustCertificate': 'isWorkspaceTrusted',
  'chartroom.trustRealm': 'isWorkspaceTrusted',
}

/** Settings that name no host, no path and nobody to trust: a workspace may choose them. */
const harmless = ['chartroom.cache.groupBy']

describe('every command', () => {
  it('is contributed and registered, each once', async () => {
    const table = await textOf('src/extension/commands/commands.ts')
    const registered = [...table.matchAll(/^ {2}'(chartroom\.\w+)':/gm)].map(([, id]) => id)

    expect(registered.toSorted()).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(commands)('$command has a translatable title and the category', ({ command, title, category }) => {
    expect(title).toBe(`%command.${command.replace('chartroom.', '')}%`)
    expect(category).toBe('Chartroom')
  })

  it('has an icon where it is a button', () => {
    const buttons = menuItems.filter(({ group = '' }) => /^(?:inline|navigation)/.test(group))
    const withoutIcon = commands.filter(({ icon }) => icon === undefined).map(({ command }) => command)

    expect(buttons.map(({ command = '' }) => command).filter((id) => withoutIcon.includes(id))).toEqual([])
  })

  it('can be run from the palette, unless it needs a row or its submenu', () => {
    const hidden = (menus['commandPalette'] ?? []).filter(({ when }) => when === 'false')

    expect(hidden.map(({ command }) => command).toSorted()).toEqual([...needsRow, ...needsSubmenu].toSorted())
  })

  it('that the palette hides can be reached by a menu or by a click on a row', async () => {
    const inMenus = menuItems.filter(({ menu }) => menu !== 'commandPalette').map(({ command }) => command)
    const onRows = await literalsIn('src/extension/views')

    expect([...needsRow, ...needsSubmenu].filter((id) => !inMenus.includes(id) && !onRows.has(id))).toEqual(
      [],
    )
  })

  it('is disabled exactly where it cannot run', () => {
    const conditional = commands.filter(({ enablement }) => enablement !== undefined)

    expect(Object.fromEntries(conditional.map(({ command, enablement }) => [command, enablement]))).toEqual(
      enabled,
    )
  })

  it('that is called by a key, a menu, a text or the code exists', () => {
    const linked = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/\(command:(chartroom\.\w+)\)/g)].map(([, id]) => id),
    )
    const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id))
    const settings = Object.keys(contributes.configuration.properties)
    const submenus = contributes.submenus.map(({ id }) => id)
    const known = [...ids, ...views, ...settings, ...submenus]
    const called = [
      ...menuItems.map(({ command, submenu }) => command ?? submenu),
      ...contributes.keybindings.map(({ command }) => command),
      ...linked,
      ...[...code].filter((text) => /^chartroom\.\w+$/.test(text)),
    ]

    expect(called.filter((id) => id === undefined || !known.includes(id))).toEqual([])
    expect(Object.keys(menus).filter((menu) => menu.startsWith('chartroom.'))).toEqual(submenus)
  })
})

describe('every condition', () => {
  it('asks for context keys that the code sets, and the code sets no other', () => {
    const asked = conditions.flatMap((when) => when.match(/chartroom:\w+/g) ?? [])
    const set = [...code].filter((text) => /^chartroom:\w+$/.test(text))

    expect([...new Set(asked)].toSorted()).toEqual(set.toSorted())
  })

  it('asks for views that exist', () => {
    const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id))
    const asked = conditions.flatMap((when) => when.match(/chartroom\.\w+/g) ?? [])

    expect(asked.filter((id) => !views.includes(id))).toEqual([])
  })

  it('asks for kinds of rows, and for facets of them, that the code produces', async () => {
    const asked = conditions.flatMap((when) =>
      [...when.matchAll(/viewItem (?:==|=~) (\S+)/g)].flatMap(([, pattern = '']) => namesIn(pattern)),
    )
    const produced = new Set(
      [...(await literalsIn('src/extension/views'))].flatMap((text) => text.split(/[^A-Za-z]+/)),
    )

    expect([...new Set(asked)].filter((name) => !produced.has(name))).toEqual([])
  })
})

describe('every text of the manifest', () => {
  it('is there and in use', async () => {
    const used = [...(await textOf('package.json')).matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key)

    expect([...new Set(used)].toSorted()).toEqual(Object.keys(texts).toSorted())
  })

  it.each(Object.entries(texts))('%s is calm', (_, text) => {
    expect(text).not.toMatch(/!|^Error|^\s|\s$|^$/)
  })

  it('stands in the manifest by its key alone', () => {
    const spoken = [
      ...commands.map(({ title }) => title),
      ...Object.values(contributes.configuration.properties).flatMap((setting) =>
        Object.entries(setting)
          .filter(([key]) => /^(?:markdownD|d)escription$/.test(key))
          .map(([, text]) => String(text)),
      ),
    ]

    expect(spoken.filter((text) => !/^%[\w.]+%$/.test(text))).toEqual([])
  })
})

describe('every setting', () => {
  const settings = Object.entries(contributes.configuration.properties)

  it('that names a host, a path or whom to trust is the person’s alone', () => {
    const guarded = settings.filter(([name]) => !harmless.includes(name))

    expect(guarded.filter(([, { scope }]) => !scope.startsWith('machine'))).toEqual([])
    expect(capabilities.untrustedWorkspaces.supported).toBe('limited')
    expect(capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted()).toEqual(
      guarded.map(([name]) => name).toSorted(),
    )
  })

  it('is read by the code', () => {
    const unread = settings.filter(([name]) => !code.has(name) && !code.has(name.replace('chartroom.', '')))

    expect(unread.map(([name]) => name)).toEqual([])
  })
})

/** The words of a pattern for `viewItem`, without what stands for anything and for ends of words. */
function namesIn(pattern: string): string[] {
  return pattern.replaceAll('\\b', ' ').match(/[A-Za-z]+/g) ?? []
}
