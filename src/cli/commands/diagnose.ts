import type { Context } from '../context.ts'
import packageFile from '../../../package.json' with { type: 'json' }
import { diagnoseRegistry, diagnosisReport, exitCodes } from '../../core/index.ts'

export async function diagnose(
  host: string,
  { registries, globals, print, options }: Context,
): Promise<number> {
  const diagnosis = await diagnoseRegistry(registries, host, {
    ...options,
    program: `chartroom ${packageFile.version}`,
    settingsFrom: (name) => (name in globals.host ? 'the command line' : 'registries.json'),
  })
  print.lines(...diagnosisReport(diagnosis))
  print.data(diagnosis)
  const { works, kind } = diagnosis.verdict
  if (works) return 0
  return kind === undefined ? 1 : exitCodes[kind]
}
