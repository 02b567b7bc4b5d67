/** Rooms resolve to their sources, so tests never run against a stale build. */
const rooms = {
  'libs/protocol': 'protocol',
  'libs/fabric-proofs': 'fabric-proofs',
  'libs/pki': 'pki',
  'libs/tpm': 'tpm',
  'libs/payouts': 'payouts',
  'libs/watermark': 'watermark',
  chaincode: 'chaincode',
  'gateway-api': 'gateway-api',
  mirror: 'mirror',
  network: 'network',
  'clients/sdk': 'sdk',
  'clients/guard': 'guard',
  'clients/verifier': 'verifier',
  'clients/cli': 'cli',
  demo: 'demo',
  testbed: 'testbed',
  benchmarks: 'benchmarks',
};
const moduleNameMapper = Object.fromEntries(
  Object.entries(rooms).map(([folder, name]) => [
    `^@maker-registry/${name}$`,
    `<rootDir>/${folder}/src/index.ts`,
  ]),
);
moduleNameMapper['^@maker-registry/pki/testing$'] = '<rootDir>/libs/pki/src/testing/index.ts';
const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleNameMapper,
  modulePathIgnorePatterns: ['<rootDir>/.run/', '<rootDir>/.cache/', '/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } },
    ],
  },
};

/** @type {import('jest').Config} */
module.exports = {
  // Watchman was seen to keep Jest waiting for minutes; nothing here is watched.
  watchman: false,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: Object.keys(rooms).map((folder) => `<rootDir>/${folder}/src/**/*.test.ts`),
    },
    {
      ...common,
      displayName: 'conformance',
      testMatch: ['<rootDir>/conformance/src/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/integration-tests/src/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/integration-tests/jest.setup.cjs'],
    },
  ],
};
