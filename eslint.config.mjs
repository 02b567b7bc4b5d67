import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { dependencyRules } from './eslint.rooms.mjs';

const NOT_DETERMINISTIC = [
  { object: 'Math', property: 'random', message: 'Endorsers would disagree.' },
  { object: 'Math', property: 'pow', message: 'Engines differ; use bigint.' },
  { property: 'localeCompare', message: 'Locales differ; compare code units or bytes.' },
  { property: 'toLocaleString', message: 'Locales differ.' },
];

const ENGINE_DEPENDENT = [
  ...[
    'acos',
    'acosh',
    'asin',
    'asinh',
    'atan',
    'atan2',
    'atanh',
    'cbrt',
    'cos',
    'cosh',
    'exp',
    'expm1',
    'hypot',
  ],
  ...['log', 'log10', 'log1p', 'log2', 'sin', 'sinh', 'tan', 'tanh'],
];

const KEY_POLICIES = ['setStateValidationParameter', 'setPrivateDataValidationParameter'].map((property) => ({
  property,
  message:
    'An endorsement policy may only be set on a key that the same transaction reads or writes: use ledger/key-policy ' +
    '(docs/ledger.md).',
}));

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.run/**',
      '.cache/**',
      'coverage/**',
      '**/*.cjs',
      '**/*.mjs',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'import-x/no-cycle': ['error', { maxDepth: 6 }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/naming-convention': 'off',
    },
  },
  {
    files: ['**/*.test.ts', 'integration-tests/**/*.ts', 'conformance/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Consensus code: what differs between engines, processes or moments must not enter a write set.
    files: ['libs/protocol/src/**/*.ts', 'chaincode/src/**/*.ts'],
    ignores: ['**/*.test.ts', 'chaincode/src/main.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'Intl', 'performance', 'process', 'setTimeout', 'fetch'],
      'no-restricted-properties': ['error', ...NOT_DETERMINISTIC, ...KEY_POLICIES],
    },
  },
  {
    // The one place that may: it reads the key first.
    files: ['chaincode/src/ledger/key-policy.ts'],
    rules: { 'no-restricted-properties': ['error', ...NOT_DETERMINISTIC] },
  },
  {
    // Evidence must be the same on every engine: ECMAScript leaves all of these to the implementation, and Math.pow was
    // seen to differ between Node 22 and 24.
    files: ['libs/watermark/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...NOT_DETERMINISTIC,
        ...ENGINE_DEPENDENT.map((property) => ({
          object: 'Math',
          property,
          message: 'Engines differ; use a table.',
        })),
      ],
    },
  },
  ...dependencyRules,
);
