import { type ReceiptVerdict, verifyReceipt } from '@maker-registry/fabric-proofs/dist/receipts';
import { ENGLISH, JAPANESE, type Messages } from './messages';

/**
 * The page that verifies a receipt in a browser: the library's own code, bundled. Whatever it shows is text, never markup:
 * a receipt is somebody else's file. The document's policy forbids every request.
 */

const GENESIS = /^[0-9a-f]{64}$/;

function byId<Type extends HTMLElement>(id: string, type: new () => Type): Type {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`The page lacks ${id}`);
}

const file = byId('file', HTMLInputElement);
const genesis = byId('genesis', HTMLInputElement);
const language = byId('language', HTMLSelectElement);
const form = byId('form', HTMLFormElement);
const result = byId('result', HTMLElement);

let messages: Messages = ENGLISH;
let dropped: File | undefined;
let shown: ReceiptVerdict | undefined;

function element(name: string, text: string, ...inside: readonly Node[]): HTMLElement {
  const made = document.createElement(name);
  if (text !== '') made.textContent = text;
  made.append(...inside);
  return made;
}

function headline(verdict: ReceiptVerdict): HTMLElement {
  const accepted = verdict.verdict === 'accepted';
  const title = element('h2', accepted ? messages.accepted : messages.refused);
  const box = element('div', '', title);
  box.className = `verdict ${accepted ? 'success' : 'failure'}`;
  box.dataset['verdict'] = verdict.verdict;
  box.append(element('p', '', document.createTextNode(`${messages.code}: `), element('code', verdict.code)));
  const { statement } = verdict;
  if (statement === null) box.append(element('p', verdict.reason));
  else {
    const { signed, of } = statement.operators;
    const { transaction } = statement;
    if (transaction !== undefined)
      box.append(
        element('p', transaction.valid ? messages.valid : `${messages.invalid} ${transaction.validation}`),
      );
    box.append(element('p', messages.operators(signed.join(', '), of)));
  }
  return box;
}

function checksTable({ checks }: ReceiptVerdict): HTMLElement {
  const head = [messages.check, messages.result, messages.detail].map((text) => {
    const cell = element('th', text);
    cell.setAttribute('scope', 'col');
    return cell;
  });
  const rows = checks.map(({ check, holds, detail }) => {
    const name = element('th', messages.checkNames[check] ?? check);
    name.setAttribute('scope', 'row');
    return element(
      'tr',
      '',
      name,
      element('td', holds ? messages.holds : messages.fails),
      element('td', detail),
    );
  });
  return element(
    'table',
    '',
    element('caption', messages.checks),
    element('thead', '', element('tr', '', ...head)),
    element('tbody', '', ...rows),
  );
}

function show(verdict: ReceiptVerdict): void {
  shown = verdict;
  const parts: HTMLElement[] = [headline(verdict), checksTable(verdict)];
  if (verdict.statement !== null) {
    parts.push(element('h2', messages.statement), element('pre', JSON.stringify(verdict.statement, null, 2)));
    parts.push(element('p', messages.newer));
  }
  result.replaceChildren(...parts);
}

function complain(text: string, at: HTMLElement): void {
  shown = undefined;
  const box = element('p', text);
  box.className = 'verdict failure';
  result.replaceChildren(box);
  at.focus();
}

async function verify(): Promise<void> {
  const chosen = file.files?.[0] ?? dropped;
  if (chosen === undefined) {
    complain(messages.missingFile, file);
    return;
  }
  const hash = genesis.value.trim().toLowerCase();
  if (!GENESIS.test(hash)) {
    complain(messages.badGenesis, genesis);
    return;
  }
  result.replaceChildren(element('p', messages.working));
  const bytes = new Uint8Array(await chosen.arrayBuffer());
  show(verifyReceipt(bytes, { genesisHash: hash }));
}

function speak(): void {
  messages = language.value === 'ja' ? JAPANESE : ENGLISH;
  document.documentElement.lang = language.value;
  document.title = messages.title;
  for (const node of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const text: unknown = messages[node.dataset['text'] as keyof Messages];
    if (typeof text === 'string') node.textContent = text;
  }
  if (shown !== undefined) show(shown);
  else result.replaceChildren();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void verify();
});
file.addEventListener('change', () => {
  dropped = undefined;
});
language.addEventListener('change', speak);
document.addEventListener('dragover', (event) => {
  event.preventDefault();
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  dropped = event.dataTransfer?.files[0];
  if (dropped === undefined) return;
  file.value = '';
  void verify();
});
language.value = navigator.language.startsWith('ja') ? 'ja' : 'en';
speak();
