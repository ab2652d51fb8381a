import { window, type Uri } from 'vscode'
import { onDisk } from '../onDisk.ts'
import { dismissed } from './dismissed.ts'

/** Asks for a folder on disk. */
export async function askFolder(title: string, openLabel: string, defaultUri?: Uri): Promise<Uri> {
  const picked = await window.showOpenDialog({
    title,
    openLabel,
    canSelectFiles: false,
    canSelectFolders: true,
    ...(defaultUri === undefined ? {} : { defaultUri }),
  })
  if (picked?.[0] === undefined) throw dismissed()
  return onDisk(picked[0])
}
