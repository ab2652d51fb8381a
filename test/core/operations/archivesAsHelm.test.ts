import type { ErrorKind } from '../../../src/core/base/errors.ts'
import { specifyAsHelm, type Decision } from '../chart/decisions.ts'
import { recordedArchives } from '../chart/recordings.ts'
import { fixture } from '../../support/fixtures.ts'
import { differencesFrom } from './differencesFrom.ts'
import { saveAndExport } from './saveAndExport.ts'

const decisions: readonly Decision[] = [
  {
    letter: 'M',
    what: 'refused',
    why: 'A path that leads out of the archive, or means another place than it says',
    only: refused('archive-unsafe', [
      'parent',
      'parent-harmless',
      'drive-first',
      'backslash-mixed',
      'two-bases',
    ]),
  },
  {
    letter: 'M',
    what: 'refused',
    why: 'A link, a pipe or a device',
    only: refused('archive-unsafe', ['symlink', 'hardlink', 'fifo', 'device']),
  },
  {
    letter: 'M',
    what: 'refused',
    why: 'Two files with one name',
    only: refused('archive-unsafe', ['duplicate-chart-yaml', 'duplicate-values']),
  },
  {
    letter: 'M',
    what: 'refused',
    why: 'A damaged archive',
    only: refused('integrity', ['trailing-garbage', 'cut-trailer', 'bad-crc']),
  },
  {
    letter: 'M',
    what: 'refused',
    why: 'More than 32 folders deep',
    only: refused('archive-unsafe', ['gnu-long-name', 'pax-long-name']),
  },
  {
    letter: 'D',
    what: 'exported: Chart.yaml',
    why: 'Chart.yaml is exported as it is in the archive',
    only: { bom: ['Chart.yaml'] },
  },
  {
    letter: 'D',
    what: 'exported: byte order mark',
    why: 'A byte order mark is exported as it is in the archive',
    only: { bom: ['f'] },
  },
]

/** Where Helm 3.6.3 does not do what 3.2.4 did, and Chartroom does as 3.6.3, by the version that changed it. */
const newer: readonly Decision[] = [
  {
    letter: '3.4.0',
    what: 'also exported',
    why: 'Chart.yaml may come after requirements.yaml in an archive',
    only: { 'chart-yaml-last': ['requirements.yaml'] },
  },
  {
    letter: '3.4.0',
    what: 'warning',
    why: 'The same for the warning of an outdated requirements.yaml',
    only: { 'chart-yaml-last': [''] },
  },
]

function refused(kind: ErrorKind, names: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(names.map((name) => [name, [kind]]))
}

const archives = await Promise.all(
  recordedArchives().map(async ({ name, recorded, older }) => {
    const path = fixture('archives', `${name}.tgz`)
    const ours = await saveAndExport(path, `localhost:5000/archives/${name}`)
    return {
      name,
      differences: await differencesFrom(name, ours, recorded, path),
      fromOlder: older === undefined ? [] : await differencesFrom(name, ours, older, path),
    }
  }),
)
specifyAsHelm({ what: 'chart archive', doing: 'is saved and exported' }, archives, decisions, newer)
