import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

/** Words, as against names, icons, units and empty text. */
const words = '/(?:^|\\s)[A-Z][a-z]+|[A-Za-z]{2,} [A-Za-z]{2,}/'

/** Properties and variables of the editor's interface whose text people read. */
const shown =
  '/^(?:title|prompt|placeHolder|placeholder|label|description|detail|tooltip|message|openLabel|saveLabel|validationMessage|sentence|advice)$/'

const untranslated = [
  `Property[key.name=${shown}] > Literal[value=${words}]`,
  `Property[key.name=${shown}] > TemplateLiteral > TemplateElement[value.raw=${words}]`,
  `AssignmentExpression[left.property.name=${shown}] > Literal[value=${words}]`,
  `AssignmentExpression[left.property.name=${shown}] > TemplateLiteral > TemplateElement[value.raw=${words}]`,
  'CallExpression[callee.property.name=/^(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)$/] > Literal[value=/./]',
  'CallExpression[callee.property.name=/^(?:show(?:Information|Warning|Error)Message|setStatusBarMessage)$/] > TemplateLiteral',
].map((selector) => ({ selector, message: "What people read goes through l10n.t('…')." }))

export default defineConfig(
  globalIgnores([
    'dist/',
    'out/',
    'node_modules/',
    'test/fixtures/',
    'test-results/',
    'test/vscode/',
    'examples/',
  ]),
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/return-await': ['error', 'always'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Object.assign swaps the prototype when a parsed document has a `__proto__` key; spread does not.
      'no-restricted-properties': [
        'error',
        {
          object: 'Object',
          property: 'assign',
          message: 'Use a spread: Object.assign obeys a hostile __proto__ key.',
        },
      ],
    },
  },
  {
    files: ['src/extension/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...untranslated] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/extension/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'vscode',
              message: 'Only src/extension may know the editor; hand plain data or functions in.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    ignores: ['src/core/base/files/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'vscode',
              message: 'Only src/extension may know the editor; hand plain data or functions in.',
            },
            ...['fs', 'node:fs', 'fs/promises', 'node:fs/promises'].map((name) => ({
              name,
              message: 'core/base/files.ts is the only door to the file system.',
            })),
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/support/properties.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { name: 'fast-check', message: 'Import it from test/support/properties.ts, which prints the seed.' },
      ],
    },
  },
)
