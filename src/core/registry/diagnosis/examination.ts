import type { OperationOptions } from '../../base/progress.ts'
import type { FindCredential } from '../login/authenticator.ts'
import type { HostOptions } from '../hosts/hostOptions.ts'
import type { Pages } from '../lists/pages.ts'
import type { FindAgent } from '../transport/proxyAnswers.ts'
import type { Redactor } from '../login/redactor.ts'
import type { CertificatePlaces } from '../transport/tlsSettings.ts'
import type { Transport } from '../transport/transport.ts'
import type { CheckVerified } from '../login/verified.ts'
import type { Steps } from './steps.ts'

export interface DiagnosisSettings {
  /** As the person wrote it. */
  readonly host: string
  /** Where its API is. */
  readonly apiHost: string
  readonly options: HostOptions
  readonly findCredential: FindCredential
  /** For the registry itself, and for where it sends its clients. */
  readonly transport: Transport
  readonly elsewhere: Transport
  readonly checkElsewhere: CheckVerified
  readonly certificates: CertificatePlaces
  readonly findAgent: FindAgent | undefined
  /** The repositories of the registry, asked for as everybody does. */
  readonly repositories: (options: OperationOptions) => Pages
}

export interface DiagnoseOptions extends Pick<OperationOptions, 'signal' | 'log'> {
  /** Which program asks, for example `chartroom 0.1.0`. */
  readonly program?: string
  /** Where an option of the host comes from, for people. */
  readonly settingsFrom?: (name: keyof HostOptions) => string
  /** Inside an editor, which has a way through proxies of its own: what is set there, without a login. */
  readonly editorProxy?: { readonly summary: string; readonly isSet: boolean }
  /** Whether the login is neither looked for nor sent. */
  readonly anonymous?: boolean
  /** Milliseconds that a step may take. */
  readonly limit?: number
}

/** What the steps of one diagnosis share. */
export interface Examination {
  readonly settings: DiagnosisSettings
  readonly options: DiagnoseOptions
  readonly steps: Steps
  readonly redactor: Redactor
  /** Milliseconds that a step may take. */
  readonly limit: number
}
