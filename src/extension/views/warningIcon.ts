import { ThemeColor, ThemeIcon } from 'vscode'

/** The icon of what could not be read. */
export function warningIcon(): ThemeIcon {
  return new ThemeIcon('warning', new ThemeColor('list.warningForeground'))
}
