import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type CrlRun } from './crl-worker';
import { CRL_COMPARED_ENTRIES, CRL_ENTRIES, CRL_RUNS, CRL_SHARD_ENTRIES, CRL_SHARDS } from './crl-limits';
import { type Report } from './measurements';
import { table } from './results';
import { median } from './statistics';

const ROOT = resolve(__dirname, '..', '..');

/** One way of building a CRL, with what its runs cost. */
interface Contestant {
  readonly what: string;
  readonly entries: number;
  readonly run: () => Cost;
  readonly costs: Cost[];
}

interface Cost {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly rssMegabytes: number;
}

/**
 * Builds and signs CRLs with reasons: ours with SoftHSM in a process of its own, `openssl ca -gencrl` and Go's x509 with a
 * key in memory, in turn. Ours is timed from the first entry to the assembled CRL, Go inside of its program, OpenSSL as a
 * process, for it has to read its index.
 */
export function crlCost(report: Report): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'crl-bench-'));
  try {
    return Promise.resolve([...build(folder, report), ...read(folder, report)]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function build(folder: string, report: Report): string[] {
  const openssl = opensslGencrl(folder);
  const go = goProgram(folder);
  const contestants: Contestant[] = [
    ours(folder, 'ours, serials in order', 1, CRL_ENTRIES, 'sorted'),
    ours(folder, 'ours, serials in any order', 1, CRL_ENTRIES, 'random'),
    ours(folder, `ours, ${CRL_SHARDS} shards`, CRL_SHARDS, CRL_SHARD_ENTRIES, 'random'),
    ours(folder, 'ours', 1, CRL_COMPARED_ENTRIES, 'random'),
    { what: '`openssl ca -gencrl`', entries: CRL_COMPARED_ENTRIES, run: openssl, costs: [] },
    ...(go === undefined
      ? []
      : [{ what: 'Go `x509.CreateRevocationList`', entries: CRL_COMPARED_ENTRIES, run: go, costs: [] }]),
  ];
  for (let run = 0; run < CRL_RUNS; run += 1) {
    for (const one of contestants) {
      const cost = one.run();
      one.costs.push(cost);
      report(
        `${one.what}, ${one.entries} entries: ${cost.milliseconds.toFixed(0)} ms, ${cost.rssMegabytes.toFixed(0)} MB`,
      );
    }
  }
  const base = contestants.find(({ what }) => what === 'ours')?.costs ?? [];
  const compared = ({ entries, costs }: Contestant): string =>
    entries === CRL_COMPARED_ENTRIES
      ? `${median(costs.map((cost, run) => cost.milliseconds / (base[run]?.milliseconds ?? Number.NaN))).toFixed(1)}×`
      : '';
  return table(
    [
      'built and signed',
      'entries',
      'ms',
      'CPU ms',
      'highest memory, MB',
      `time against ours at ${CRL_COMPARED_ENTRIES}, paired`,
    ],
    contestants.map((one) => [
      one.what,
      String(one.entries),
      median(one.costs.map(({ milliseconds }) => milliseconds)).toFixed(0),
      median(one.costs.map(({ cpuMilliseconds }) => cpuMilliseconds)).toFixed(0),
      median(one.costs.map(({ rssMegabytes }) => rssMegabytes)).toFixed(0),
      compared(one),
    ]),
  );
}

function read(folder: string, report: Report): string[] {
  const runs = Array.from({ length: CRL_RUNS }, () => worker(folder, 1, CRL_ENTRIES, 'random'));
  const parse = median(runs.map(({ parseMilliseconds }) => parseMilliseconds));
  const lookups = median(runs.map((one) => one.lookups));
  report(`parsed in ${parse.toFixed(0)} ms, ${lookups.toFixed(0)} look-ups/s`);
  return table(
    ['read', 'entries', 'result'],
    [
      ['checked and indexed', String(CRL_ENTRIES), `${parse.toFixed(0)} ms`],
      ['look-ups of one serial', String(CRL_ENTRIES), `${lookups.toFixed(0)}/s`],
    ],
  );
}

let runNumber = 0;

function worker(folder: string, count: number, entries: number, order: string): CrlRun {
  runNumber += 1;
  const own = join(folder, `run-${runNumber}`);
  mkdirSync(own);
  const program = join(__dirname, 'crl-worker.js');
  const output = execFileSync(process.execPath, [program, own, String(count), String(entries), order]);
  return JSON.parse(output.toString()) as CrlRun;
}

function ours(folder: string, what: string, count: number, entries: number, order: string): Contestant {
  return {
    what,
    entries: entries * (count > 1 ? count : 1),
    run: () => worker(folder, count, entries, order),
    costs: [],
  };
}

/** Runs a program and says what it cost, its memory too, which Node does not tell of a child. */
function cost(folder: string, args: readonly string[]): Cost & { readonly output: string } {
  const script =
    'import json,resource,subprocess,sys,time\nt=time.time()\no=subprocess.run(sys.argv[1:],check=True,capture_output=True).stdout.decode()\n' +
    'r=resource.getrusage(resource.RUSAGE_CHILDREN)\n' +
    'print(json.dumps({"milliseconds":(time.time()-t)*1e3,"cpuMilliseconds":(r.ru_utime+r.ru_stime)*1e3,"rssMegabytes":r.ru_maxrss/1e3,"output":o}))';
  const output = execFileSync('python3', ['-c', script, ...args], { cwd: folder });
  return JSON.parse(output.toString()) as Cost & { readonly output: string };
}

function opensslGencrl(folder: string): () => Cost {
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  openssl(
    ...['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
    ...['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/O=op1', '-days', '30'],
  );
  const line = (i: number): string => {
    const serial = `1${((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}${i.toString(16).padStart(23, '0')}`;
    return `R\t360101000000Z\t260101000000Z,superseded\t${serial.toUpperCase()}\tunknown\t/CN=${i}\n`;
  };
  writeFileSync(
    join(folder, 'index.txt'),
    Array.from({ length: CRL_COMPARED_ENTRIES }, (_, i) => line(i)).join(''),
  );
  writeFileSync(
    join(folder, 'ca.cnf'),
    '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=1\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid:always\n',
  );
  const args = [
    'ca',
    '-gencrl',
    '-config',
    'ca.cnf',
    '-cert',
    'ca.pem',
    '-keyfile',
    'ca.key',
    '-out',
    'openssl.crl',
  ];
  return () => {
    writeFileSync(join(folder, 'number'), '07');
    return cost(folder, ['openssl', ...args]);
  };
}

/** Undefined where there is no Go: then the row is missing, which the table shows. */
function goProgram(folder: string): (() => Cost) | undefined {
  const go = ['/usr/local/go/bin/go', '/usr/bin/go', join(ROOT, '.cache', 'go-bin', 'bin', 'go')].find(
    (path) => existsSync(path),
  );
  if (go === undefined) return undefined;
  const program = join(folder, 'crl-in-go');
  execFileSync(go, ['build', '-o', program, '.'], { cwd: join(ROOT, 'benchmarks', 'crl-in-go') });
  return () => {
    const { output, ...spent } = cost(folder, [
      program,
      String(CRL_COMPARED_ENTRIES),
      join(folder, 'go.crl'),
    ]);
    return { ...spent, milliseconds: Number(output) };
  };
}
