/** @param {string} name @param {string[]} testMatch */
const project = (name, testMatch) => ({
  displayName: name,
  testMatch,
  testEnvironment: 'node',
  cacheDirectory: '<rootDir>/test/.cache/jest',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@network-stack/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^@network-stack/([^/]+)/([a-z-]+)$': '<rootDir>/packages/$1/src/$2.ts',
    '^network-event-broker$': '<rootDir>/src/index.ts',
    '^network-event-broker/testing$': '<rootDir>/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/test/.cache', '<rootDir>/packages/.*/dist'],
});

export default {
  testTimeout: 30_000, // nothing takes as long, but a busy machine may make it wait
  projects: [
    project(
      'unit',
      ['test', 'packages/spawn/test', 'packages/unix/test'].map(at => `<rootDir>/${at}/unit/**/*.test.ts`),
    ),
    project('marbles', ['<rootDir>/test/marbles/**/*.test.ts']),
    project('netlink', ['<rootDir>/packages/netlink/test/unit/**/*.test.ts']),
    project('live', ['<rootDir>/test/live/**/*.test.ts', '<rootDir>/packages/netlink/test/live/**/*.test.ts']),
  ],
};
