/**
 * The dependency table of the architecture, as lint rules: which of our own packages a room may import, and which
 * foreign libraries belong to one room alone. Arrows point one way.
 */
const PREFIX = '@maker-registry/';
const ALL = [
  'protocol',
  'fabric-proofs',
  'pki',
  'tpm',
  'payouts',
  'watermark',
  'chaincode',
  'gateway-api',
  'mirror',
  'network',
  'sdk',
  'guard',
  'verifier',
  'cli',
  'demo',
  'testbed',
];

const MAY_IMPORT = {
  'libs/protocol': [],
  'libs/fabric-proofs': ['protocol', 'pki'],
  'libs/pki': ['protocol'],
  'libs/tpm': ['protocol'],
  'libs/payouts': ['protocol'],
  'libs/watermark': ['protocol'],
  chaincode: ['protocol'],
  'gateway-api': ['protocol', 'fabric-proofs', 'pki', 'tpm', 'payouts'],
  mirror: ['protocol', 'fabric-proofs'],
  network: [],
  'clients/sdk': ['protocol', 'fabric-proofs'],
  'clients/guard': ['protocol', 'pki', 'tpm', 'watermark', 'sdk'],
  'clients/verifier': ['protocol', 'fabric-proofs', 'sdk'],
  'clients/cli': [
    'protocol',
    'fabric-proofs',
    'pki',
    'tpm',
    'payouts',
    'watermark',
    'sdk',
    'guard',
    'verifier',
  ],
  demo: ['protocol', 'fabric-proofs', 'pki', 'tpm', 'payouts', 'watermark', 'sdk', 'guard', 'verifier'],
  testbed: ['protocol', 'sdk', 'guard'],
  'integration-tests': [
    'protocol',
    'fabric-proofs',
    'pki',
    'tpm',
    'payouts',
    'watermark',
    'sdk',
    'guard',
    'verifier',
    'testbed',
  ],
  conformance: ['protocol', 'fabric-proofs', 'pki', 'tpm', 'watermark'],
  benchmarks: ['protocol', 'fabric-proofs', 'pki', 'tpm', 'watermark', 'sdk', 'guard', 'verifier', 'testbed'],
};

/** Rooms that promise no I/O, clock or randomness. */
const PURE = new Set(['libs/protocol', 'libs/fabric-proofs', 'libs/pki', 'libs/tpm', 'libs/payouts']);
const IO_MODULES = [
  'fs',
  'net',
  'http',
  'https',
  'tls',
  'dgram',
  'dns',
  'child_process',
  'worker_threads',
  'os',
  'cluster',
  'timers',
];

function restrictions(room, allowed) {
  const patterns = ALL.filter((name) => !allowed.includes(name)).map((name) => ({
    group: [`${PREFIX}${name}`, `${PREFIX}${name}/*`],
    message: `${room} may not depend on ${name} (architecture table).`,
  }));
  if (PURE.has(room)) {
    patterns.push({
      group: IO_MODULES.flatMap((name) => [name, `node:${name}`, `node:${name}/*`]),
      message: `${room} is pure: no I/O.`,
    });
  }
  return patterns;
}

export const dependencyRules = Object.entries(MAY_IMPORT).map(([room, allowed]) => ({
  files: [`${room}/src/**/*.ts`],
  ignores: PURE.has(room) ? ['**/*.test.ts', '**/testing/**'] : [],
  rules: { 'no-restricted-imports': ['error', { patterns: restrictions(room, allowed) }] },
}));
