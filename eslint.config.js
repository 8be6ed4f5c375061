import eslint from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import rxjsX from 'eslint-plugin-rxjs-x';
import tseslint from 'typescript-eslint';

/** What each folder of src/ may import besides itself and `system`: the direction of the data flow, as a rule. */
const mayImport = {
  model: [],
  config: ['model'],
  world: ['model'],
  operators: ['model', 'world'],
  sources: ['model', 'world', 'operators'],
  sinks: ['model', 'config', 'world', 'operators'],
  extensions: ['model', 'config', 'world', 'operators'],
  system: ['model'],
  fakes: ['model'], // of system interfaces, in memory
  text: ['model', 'world', 'sinks'],
  testing: ['model', 'config', 'world', 'fakes', 'text', 'extensions', 'simulation'],
  trace: ['model', 'world', 'sinks', 'text', 'fakes'], // a test that is written is run first
  daemon: ['model', 'config', 'world', 'operators', 'sources', 'sinks', 'extensions', 'text', 'trace'],
  root: ['model', 'config', 'world', 'operators', 'sinks', 'daemon'], // a program of its own: no part of the daemon
  // the whole daemon, on a host of its own
  simulation: ['model', 'config', 'fakes', 'trace', 'daemon', 'extensions'],
  cli: ['model', 'config', 'world', 'sinks', 'text', 'trace', 'daemon'],
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
/** Only src/system/ (and who wires it up) touches the operating system. */
const effects = ['node:*', '!node:util', 'fs', 'child_process', 'net', 'dbus-next'];
const withoutEffects = [
  { group: effects, message: 'only src/system/ touches the operating system' },
  { group: ['**/system/**'], allowTypeImports: true, message: 'only types of src/system/' },
  // What is below a package (`@network-stack/netlink/ip`) is pure.
  { regex: '^@network-stack/[^/]+$', allowTypeImports: true, message: 'only types of what opens sockets' },
];
/** Files of a feature that ask, act or wait; all others of it decide, parse and word: they are pure. */
const asking =
  '{source,sink,*-source,*-queries,ask-*,read-*,run-*,with-*,when-*,find,enrich,gather,describe-link,follow-*,link-routes,actual,flush-rules,reconcile,target,lease-clock,sleep,delay-sleep}.ts';

export default tseslint.config(
  { ignores: ['**/dist', 'test/.cache', '**/build', '**/prebuilds', 'coverage', 'docs/api', 'node_modules'] },
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
      'src/{model,config,world,operators,sources,sinks,extensions,fakes,text,testing,trace,simulation,root}/**',
      'src/broker.ts',
    ],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: withoutEffects }] },
  },
  {
    files: ['src/{model,config,world}/**', 'src/{sources,sinks}/*/**'],
    ignores: [`src/{sources,sinks}/*/${asking}`, 'src/model/flow.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            ...withoutEffects,
            { group: ['rxjs', 'rxjs/*'], message: 'decisions, parsers and words are pure' },
          ],
        },
      ],
    },
  },
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
