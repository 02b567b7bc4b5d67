import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { verifyReceipt } from '@maker-registry/fabric-proofs';
import { Browser } from './webdriver';

const ROOT = resolve(__dirname, '../..');
const FIXTURES = join(ROOT, 'libs/fabric-proofs/fixtures/receipts');
const RECEIPT = join(FIXTURES, 'valid.receipt');
const GENESIS = readFileSync(join(FIXTURES, 'genesis'), 'utf8').trim();
const START_LIMIT_MS = 120_000;

/** The receipt page in a real browser: the library's code gives there the verdict that it gives here. */
describe('the receipt page in Chromium', () => {
  let folder: string;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'receipt-page-'));
    const page = join(folder, 'page.html');
    execFileSync(process.execPath, [join(ROOT, 'clients/verifier/scripts/build-page.mjs'), page]);
    address = pathToFileURL(page).href;
    browser = await Browser.start();
  }, START_LIMIT_MS);
  afterAll(async () => {
    await browser.stop();
    rmSync(folder, { recursive: true });
  });

  /** Fills the form and waits for the verdict. */
  async function verdictOn(file: string, genesis = GENESIS): Promise<{ verdict: string; text: string }> {
    await browser.open(address);
    await browser.type('#file', file);
    await browser.type('#genesis', genesis);
    await browser.click('button');
    for (;;) {
      const shown = await browser.run(`
        const box = document.querySelector('#result .verdict');
        return box === null ? null : { verdict: box.dataset.verdict ?? 'none', text: document.querySelector('#result').textContent };
      `);
      if (shown !== null) return shown as { verdict: string; text: string };
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  it(
    'accepts a receipt and shows what it proves',
    async () => {
      const { verdict, text } = await verdictOn(RECEIPT);
      expect(verdict).toBe('accepted');
      const { statement } = verifyReceipt(readFileSync(RECEIPT), { genesisHash: GENESIS });
      expect(text).toContain(JSON.stringify(statement, null, 2));
    },
    START_LIMIT_MS,
  );

  it.each([
    ['an altered byte', (bytes: Buffer) => bytes.fill(bytes[3_000]! ^ 1, 3_000, 3_001)],
    ['a byte more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([0])])],
    ['another byte of a configuration', (bytes: Buffer) => bytes.fill(bytes[40_000]! ^ 4, 40_000, 40_001)],
    ['nothing in it', () => Buffer.alloc(0)],
  ])('refuses a receipt with %s, with the code that Node gives', async (_, change) => {
    const bytes = change(Buffer.from(readFileSync(RECEIPT)));
    const altered = join(folder, 'altered.receipt');
    writeFileSync(altered, bytes);
    const { verdict, text } = await verdictOn(altered);
    const expected = verifyReceipt(bytes, { genesisHash: GENESIS });
    expect(expected.verdict).toBe('refused');
    expect(verdict).toBe('refused');
    expect(text).toContain(expected.code);
  });

  it('refuses a receipt of another ledger, and a hash that is none', async () => {
    expect((await verdictOn(RECEIPT, '0'.repeat(64))).text).toContain('GENESIS_MISMATCH');
    expect((await verdictOn(RECEIPT, 'none')).verdict).toBe('none');
  });

  it('requests nothing, and could not', async () => {
    await verdictOn(RECEIPT);
    expect(await browser.run('return performance.getEntriesByType("resource").length')).toBe(0);
    const blocked = `return fetch('http://127.0.0.1:1/').then(() => 'sent', (error) => String(error))`;
    expect(await browser.run(blocked)).toContain('TypeError');
    expect(await browser.run('return document.querySelector("meta[http-equiv]").content')).toContain(
      "default-src 'none'",
    );
  });

  it('speaks Japanese, names every field and says results aloud', async () => {
    await verdictOn(RECEIPT);
    await browser.run(
      `const select = document.querySelector('#language'); select.value = 'ja'; select.dispatchEvent(new Event('change'));`,
    );
    expect(await browser.run('return document.documentElement.lang')).toBe('ja');
    expect(await browser.run('return document.querySelector("#result h2").textContent')).toContain('承認');
    const unnamed = `return [...document.querySelectorAll('input, select')].filter((field) => field.labels.length === 0).length`;
    expect(await browser.run(unnamed)).toBe(0);
    expect(await browser.run('return document.querySelector("#result").getAttribute("role")')).toBe('status');
  });
});
