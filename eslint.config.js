import eslint from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import rxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

/** What each folder of src/ may import besides itself: the direction of the data flow, as a rule. */
const mayImport = {
  model: [],
  world: ['model'],
  parsers: ['model'],
  config: ['model'],
  planners: ['model', 'world', 'config'],
  operators: ['model', 'world', 'planners', 'config'],
  sources: ['model', 'world', 'parsers', 'planners', 'operators'],
  sinks: ['model', 'world', 'parsers', 'planners', 'operators'],
  extensions: ['model', 'world', 'operators'],
  system: ['model'],
  trace: ['model', 'world', 'parsers', 'planners', 'sinks', 'testing'], // a test that is written is run first
  testing: ['model', 'world'],
};
const folders = [...Object.keys(mayImport), 'commands'];
const zones = Object.entries(mayImport).flatMap(([folder, allowed]) =>
  folders
    .filter(other => other !== folder && !allowed.includes(other) && other !== 'system')
    .map(other => ({
      target: `./src/${folder}`,
      from: `./src/${other}`,
      message: `src/${folder} may import only: ${allowed.join(', ')}`,
    })),
);
/** Only src/system/ (and the commands that wire it up) touches the operating system. */
const effects = ['node:*', '!node:util', 'fs', 'child_process', 'net', 'dbus-next'];

export default tseslint.config(
  { ignores: ['**/dist', 'test/.cache', '**/build', 'coverage', 'docs/api', 'node_modules'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  rxjsX.configs.strict,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        importX.createNodeResolver({ extensions: ['.ts', '.js'], extensionAlias: { '.js': ['.ts', '.js'] } }),
      ],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      // Our functions are arrows in constants, which the rule takes for Observables when they return one.
      'rxjs-x/finnish': 'off',
    },
  },
  {
    files: [
      'src/{model,world,parsers,planners,operators,sources,sinks,config,testing,trace,extensions}/**',
      'src/broker.ts',
    ],
    ignores: ['src/daemon/load-config.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: effects, message: 'only src/system/ touches the operating system' },
            { group: ['**/system/*'], allowTypeImports: true, message: 'only types of src/system/' },
            // What is below a package (`@network-stack/netlink/ip`) is pure.
            { regex: '^@network-stack/[^/]+$', allowTypeImports: true, message: 'only types of what opens sockets' },
          ],
        },
      ],
    },
  },
  { files: ['src/daemon/load-config.ts'], rules: { 'import-x/no-restricted-paths': 'off' } }, // it judges who may write a file
  {
    files: ['test/**', 'demo/**', 'packages/*/test/**', 'bench/**'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'as' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      'rxjs-x/no-ignored-subscription': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { ...Object.fromEntries(Object.keys(rxjsX.rules ?? {}).map(r => [`rxjs-x/${r}`, 'off'])) },
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', fetch: 'readonly', AbortSignal: 'readonly' },
    },
  },
  {
    files: ['**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly' },
    },
  },
);
