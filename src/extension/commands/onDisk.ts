import { l10n, type Uri } from 'vscode'
import { ChartroomError } from '../../core/index.ts'

/**
 * A folder, or a file, that can be read and written as one.
 * @throws ChartroomError `unsupported` where it does not lie on disk
 */
export function onDisk(uri: Uri): Uri {
  if (uri.scheme === 'file') return uri
  throw new ChartroomError('unsupported', {
    message: l10n.t('{0} does not lie on disk, and charts are read and written only there.', uri.path),
    path: uri.path,
  })
}
