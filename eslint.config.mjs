// Strict type-checked rules, and the import boundaries of src/README.md.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What each folder of src may not import: imports point down only. */
const boundaries = [
  ['shared', ['editor', 'cli', 'client', 'supervisor', 'handoff', 'runtimes', 'detect']],
  ['handoff', ['editor', 'cli', 'client', 'supervisor', 'runtimes', 'detect']],
  ['detect', ['editor', 'cli', 'client', 'supervisor', 'handoff', 'runtimes']],
  ['runtimes', ['editor', 'cli', 'client', 'supervisor', 'handoff', 'detect']],
  ['client', ['editor', 'cli', 'supervisor', 'handoff', 'detect']],
  ['supervisor', ['editor', 'cli', 'client', 'detect']],
  ['cli', ['editor', 'supervisor', 'handoff']],
  ['editor', ['cli', 'supervisor', 'handoff']],
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test/samples/', '**/*.cjs'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['*.mjs', 'test/tools/*.mjs'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  ...boundaries.map(([folder, forbidden]) => ({
    files: [`src/${folder}/**`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbidden.map((name) => `**/${name}/**`),
              message: `src/${folder} must not import it: see "Who may import whom" in src/README.md.`,
            },
            ...(folder === 'editor'
              ? []
              : [{ group: ['vscode'], message: 'Only src/editor and extension.ts know the editor.' }]),
          ],
        },
      ],
    },
  })),
  {
    files: ['src/runtimes/node/preload/**'],
    rules: {
      // Its trade is to wrap methods of Node's prototypes and call the originals with the receiver's `this`.
      '@typescript-eslint/unbound-method': 'off',
      // It is in every Node process, and most have no use for most of it: a `require` where something is first used
      // is how it costs them nothing. `import` would be too early, `import()` too late.
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // node:test's describe and it return promises that the runner awaits.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['describe', 'it', 'test', 'before', 'after', 'beforeEach', 'afterEach', 'suite'],
            },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
);
