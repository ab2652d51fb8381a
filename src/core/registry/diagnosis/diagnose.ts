import { Redactor } from '../login/redactor.ts'
import { converse } from './converse.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { DiagnoseOptions, DiagnosisSettings } from './examination.ts'
import { reach } from './reach.ts'
import { tellSettings } from './settings.ts'
import { Steps } from './steps.ts'
import { verdictOf } from './verdict.ts'

const defaultLimit = 30_000

/** Looks at the connection to a registry. @throws the reason of the aborted signal; whatever is wrong is in the diagnosis */
export async function diagnose(settings: DiagnosisSettings, options: DiagnoseOptions): Promise<Diagnosis> {
  const at = new Date().toISOString()
  const { host } = settings
  const { limit = defaultLimit, settingsFrom = () => 'settings', program = 'chartroom' } = options
  const redactor = new Redactor()
  const steps = new Steps({ host, limit, redactor, options })
  const examination = { settings, options, steps, redactor, limit }
  steps.note('settings', tellSettings(settings.options, settingsFrom))
  await converse(examination, await reach(examination))
  const by = `${program}, Node ${process.versions.node}, ${process.platform}`
  return { host, at, by, verdict: verdictOf(host, steps.taken), steps: steps.taken }
}
