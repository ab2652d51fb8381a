const { TreeItem, TreeItemCollapsibleState, Uri, window } = require('vscode')

exports.activate = ({ extensionUri, subscriptions }) => {
  const icon = Uri.joinPath(extensionUri, 'row.svg')
  const rows = Array.from({ length: 1000 }, (_, at) => `localhost:5000/team/chart-${at + 1}`)
  const treeDataProvider = {
    getChildren: (row) => (row === undefined ? rows : []),
    getTreeItem: (row) => {
      const item = new TreeItem(row, TreeItemCollapsibleState.Collapsed)
      item.id = row
      item.description = '10 versions'
      item.iconPath = { light: icon, dark: icon }
      item.contextValue = 'row'
      item.accessibilityInformation = { label: `${row}, 10 versions` }
      return item
    },
  }
  // Chartroom has a second view in its container, too.
  const noRows = { getChildren: () => [], getTreeItem: () => undefined }
  subscriptions.push(
    window.createTreeView('constantRows.view', { treeDataProvider }),
    window.createTreeView('constantRows.other', { treeDataProvider: noRows }),
  )
}
