import { workspace, type Uri } from 'vscode'

/** Whether there is something that can be looked at. */
export async function exists(uri: Uri): Promise<boolean> {
  return await workspace.fs.stat(uri).then(
    () => true,
    // Whatever keeps the editor from looking keeps everybody else here, too.
    () => false,
  )
}
