// Strict type-checked rules, and the import boundaries of src/README.md.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Every runtime is known by its interface and the registry; what is below is its own business. */
const insideRuntimes = ['**/runtimes/*/**', '!**/runtimes/protocol/**'];

/** The folders that each folder of src may not import: imports point down only. */
const boundaries = [
  ['shared', ['editor', 'page', 'cli', 'client', 'supervisor', 'handoff', 'runtimes', 'builders', 'detect']],
  ['page', ['editor', 'cli', 'client', 'supervisor', 'handoff', 'runtimes', 'builders', 'detect']],
  ['handoff', ['editor', 'cli', 'client', 'supervisor', 'runtimes', 'builders', 'detect']],
  ['builders', ['editor', 'cli', 'client', 'supervisor', 'handoff', 'runtimes', 'detect']],
  ['detect', ['editor', 'cli', 'client', 'supervisor', 'handoff']],
  ['runtimes', ['editor', 'cli', 'client', 'supervisor', 'handoff', 'builders', 'detect']],
  ['client', ['editor', 'cli', 'supervisor', 'handoff', 'builders', 'detect']],
  ['supervisor', ['editor', 'cli', 'client', 'detect']],
  ['cli', ['editor', 'supervisor', 'handoff', 'builders']],
  ['editor', ['cli', 'supervisor', 'handoff', 'builders']],
];

/**
 * The same within a folder, room by room, from the ground up: a room may import those that are named before it. What
 * stands outside of the rooms puts them together.
 */
const rooms = {
  detect: ['reading', 'watchers', 'pipeline'],
  editor: [
    'words',
    'settings',
    'servers',
    'status',
    'output',
    'saves',
    'view',
    'timeline',
    'debugging',
    'agents',
    'commands',
  ],
  supervisor: [
    'folder',
    'disk',
    'listeners',
    'output',
    'processes',
    'parts',
    'attended',
    'past',
    'generations',
    'soundness',
    'standby',
    'debugging',
    'servers',
    'changes',
    'wire',
  ],
  'runtimes/node/preload': [
    'engine',
    'relaying',
    'traffic',
    'as-alone',
    'sockets',
    'modules',
    'rest',
    'ahead',
    'standby',
    'joining',
  ],
};

/** `above`: rooms of the same folder that must not be imported, either. */
function importsOf(files, folder, above = []) {
  const forbidden = boundaries.find(([name]) => name === folder)?.[1] ?? [];
  const message = `See "Who may import whom" in src/README.md.`;
  const patterns = [
    { group: forbidden.map((name) => `**/${name}/**`), message },
    ...(above.length === 0 ? [] : [{ group: above, message }]),
    ...(folder === 'runtimes' ? [] : [{ group: insideRuntimes, message }]),
    ...(folder === 'editor'
      ? []
      : [{ group: ['vscode'], message: 'Only src/editor and extension.ts know the editor.' }]),
  ];
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

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
  ...boundaries.map(([folder]) => importsOf(`src/${folder}/**`, folder)),
  // A later block replaces an earlier one, so that each says all.
  ...Object.entries(rooms).flatMap(([folder, order]) =>
    order.map((room, floor) =>
      importsOf(
        `src/${folder}/${room}/**`,
        folder.split('/')[0],
        order.slice(floor + 1).map((above) => `../${above}/**`),
      ),
    ),
  ),
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
