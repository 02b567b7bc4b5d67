import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The key under which WebDriver (W3C) names an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
/** Milliseconds until the driver must have said on which port it listens. */
const START_LIMIT_MS = 30_000;
const PORT_LINE = /started successfully on port (\d+)/;

/** A headless browser under WebDriver: just what one page's test needs. */
export class Browser {
  readonly #driver: ChildProcess;
  readonly #session: string;

  private constructor(driver: ChildProcess, session: string) {
    this.#driver = driver;
    this.#session = session;
  }

  /** Starts Chromium without a window; it can resolve no host name. */
  static async start(): Promise<Browser> {
    const driver = spawn('chromedriver', ['--port=0'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const port = await portOf(driver);
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND'];
    const capabilities = { alwaysMatch: { browserName: 'chrome', 'goog:chromeOptions': { args } } };
    const root = `http://127.0.0.1:${port}/session`;
    const { sessionId } = (await call('POST', root, { capabilities })) as { sessionId: string };
    return new Browser(driver, `${root}/${sessionId}`);
  }

  async open(url: string): Promise<void> {
    await call('POST', `${this.#session}/url`, { url });
  }

  /** Types into an element; into a file input the path of a file. */
  async type(selector: string, text: string): Promise<void> {
    const element = await this.#find(selector);
    await call('POST', `${this.#session}/element/${element}/value`, { text });
  }

  async click(selector: string): Promise<void> {
    await call('POST', `${this.#session}/element/${await this.#find(selector)}/click`, {});
  }

  /** What a function's body returns in the page. */
  async run(script: string): Promise<unknown> {
    return await call('POST', `${this.#session}/execute/sync`, { script, args: [] });
  }

  async stop(): Promise<void> {
    await call('DELETE', this.#session).catch(() => undefined);
    this.#driver.kill();
  }

  async #find(selector: string): Promise<string> {
    const found = await call('POST', `${this.#session}/element`, { using: 'css selector', value: selector });
    return (found as Record<string, string>)[ELEMENT] ?? '';
  }
}

async function call(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver: ${JSON.stringify(value)}`);
  return value;
}

function portOf(driver: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error('chromedriver did not start'));
    }, START_LIMIT_MS);
    driver.once('error', reject);
    if (driver.stdout === null) return;
    createInterface(driver.stdout).on('line', (line) => {
      const [, port] = PORT_LINE.exec(line) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}
