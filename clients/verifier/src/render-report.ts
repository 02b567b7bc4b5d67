import {
  CHECKS,
  sha256,
  toBase64,
  type CheckSeverity,
  type VerificationCheck,
} from '@maker-registry/protocol';
import { type Html, markup, trusted } from './page/html';
import { type Messages } from './page/messages';
import { ENGLISH } from './page/messages-en';
import { JAPANESE } from './page/messages-ja';
import { STYLE } from './page/style';
import { showable } from './quote';
import { type Verification } from './verification';

const CATALOGS = { en: ENGLISH, ja: JAPANESE } as const satisfies Readonly<Record<string, Messages>>;

/** Languages of the report for people. */
export type ReportLocale = keyof typeof CATALOGS;

/** Sources of the Content-Security-Policy under which the page is whole: it loads nothing and runs nothing. */
export const REPORT_CSP = `default-src 'none'; style-src 'sha256-${toBase64(sha256(STYLE))}'; base-uri 'none'; form-action 'none'`;

const SIGNS: Readonly<Record<CheckSeverity, string>> = { success: '✓', informational: 'ⓘ', failure: '✕' };
/** Characters of one text of others that the page shows. */
const MAX_SHOWN = 2_000;
const MILLISECONDS = 1_000;

/**
 * One self-contained page that tells a person what was found: the verdict in a sentence, what it means, each check, the
 * risks, and how to check again. It has no script, loads nothing, and tells nothing by color alone (WCAG 2.1 AA).
 */
export function renderReport(
  verification: Verification,
  { locale }: { readonly locale: ReportLocale },
): string {
  const messages = CATALOGS[locale];
  // Spaces around the style would change its hash.
  const page = markup`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${REPORT_CSP}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${messages.title}: ${verification.status}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
${verdict(verification, messages)}
${checks(verification, messages)}
${risks(verification, messages)}
${evidence(verification, messages)}
${others(verification, messages)}
${again(verification, messages)}
</main>
</body>
</html>
`;
  return page.markup;
}

function verdict({ status, risks: known }: Verification, messages: Messages): Html {
  const { sentence, meaning, advice } = messages.verdicts[status];
  const tone = toneOf(status, known.length > 0);
  const warning = known.length === 0 ? markup`` : markup`<p><strong>${messages.withRisks}</strong></p>`;
  return markup`<p class="quiet">${messages.title}</p>
    <div class="verdict ${tone}">
      <h1><span aria-hidden="true">${SIGNS[tone]} </span>${sentence}</h1>
      <p>${messages.labels.status}: <code>${status}</code></p>
      ${warning}
    </div>
    <section aria-labelledby="meaning">
      <h2 id="meaning">${messages.headings.meaning}</h2>
      <p>${meaning}</p>
    </section>
    <section aria-labelledby="advice">
      <h2 id="advice">${messages.headings.advice}</h2>
      <p>${advice}</p>
    </section>`;
}

/** A valid record with risks is not shown like one without. */
function toneOf(status: Verification['status'], hasRisks: boolean): CheckSeverity {
  if (status === 'VALID') return hasRisks ? 'informational' : 'success';
  const open: readonly Verification['status'][] = ['NOT_FOUND', 'INCONCLUSIVE', 'UNSUPPORTED_SCHEMA_VERSION'];
  return open.includes(status) ? 'informational' : 'failure';
}

function checks({ checks: list }: Verification, messages: Messages): Html {
  const { headings, columns, checksCaption } = messages;
  return markup`<section aria-labelledby="checks">
    <h2 id="checks">${headings.checks}</h2>
    <table>
      <caption>
        ${checksCaption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${columns.result}</th>
          <th scope="col">${columns.what}</th>
          <th scope="col">${columns.subject}</th>
        </tr>
      </thead>
      <tbody>
        ${list.map((check) => checkRow(check, messages))}
      </tbody>
    </table>
  </section>`;
}

function checkRow(check: VerificationCheck, messages: Messages): Html {
  const { code, severity, subject } = check;
  const detail = detailOf(check);
  const more = detail === '' ? markup`` : markup` <span lang="en">${shown(detail)}</span>`;
  return markup`<tr>
    <td class="result ${severity}">
      <span aria-hidden="true">${SIGNS[severity]} </span>${messages.severities[severity]}
    </td>
    <td>${messages.checks[code]}${more} <code class="quiet">${code}</code></td>
    <td><code>${shown(subject)}</code></td>
  </tr> `;
}

/** What an explanation says beyond the sentence of its code; technical, and in the protocol’s language. */
function detailOf({ code, explanation }: VerificationCheck): string {
  const { explanation: general } = CHECKS[code];
  return explanation.startsWith(general) ? explanation.slice(general.length).trim() : explanation;
}

function risks({ risks: known }: Verification, messages: Messages): Html {
  const items = known.map(
    (risk) => markup`<li>${messages.checks[`risk.${risk}`]} <code class="quiet">${risk}</code></li> `,
  );
  const list =
    items.length === 0
      ? markup`<p>${messages.noRisks}</p>`
      : markup`<ul>
          ${items}
        </ul>`;
  return markup`<section aria-labelledby="risks">
    <h2 id="risks">${messages.headings.risks}</h2>
    ${list}
  </section>`;
}

type Row = readonly [label: string, value: string | number | null | undefined];

function evidence(verification: Verification, messages: Messages): Html {
  const rows = [
    ...contentRows(verification, messages),
    ...recordRows(verification, messages),
    ...sourceRows(verification, messages),
  ].filter(([, value]) => value !== null && value !== undefined);
  return markup`<section aria-labelledby="evidence">
    <h2 id="evidence">${messages.headings.evidence}</h2>
    <dl>
      ${rows.map(
        ([label, value]) =>
          markup`<dt>${label}</dt>
            <dd><code>${shown(String(value))}</code></dd> `,
      )}
    </dl>
  </section>`;
}

function contentRows({ content, evidence: found }: Verification, { labels, yes, no }: Messages): Row[] {
  const word = (holds: boolean): string => (holds ? yes : no);
  return [
    [labels.content, content?.name],
    [labels.bytes, content?.bytes],
    [labels.sha256, content?.sha256],
    [labels.commitment, word(found.commitment_verified)],
    [labels.signature, word(found.signature_verified)],
    [labels.binding, word(found.binding_verified)],
    [labels.detection, word(found.detection_verified)],
    [labels.confidence, found.detection_confidence],
  ];
}

function recordRows({ refs, anchors, evidence: found }: Verification, { labels }: Messages): Row[] {
  return [
    [labels.model, refs.model_ref],
    [labels.scheme, refs.scheme_ref],
    [labels.record, anchors.record_key?.content_hash],
    [labels.parent, anchors.parent_hash],
    [labels.claimedAt, timeText(found.timestamp)],
    [labels.transaction, found.record_locator?.tx_id],
    [labels.recordedAt, timeText(found.record_locator?.at ?? null)],
    [labels.digest, found.payload_digest],
    [labels.nonce, found.nonce],
    [labels.context, found.context_hash],
  ];
}

function sourceRows({ source, found_by: by, verified_at }: Verification, messages: Messages): Row[] {
  const { labels } = messages;
  return [
    [labels.foundBy, by === null ? null : messages.foundBy[by]],
    [labels.source, `${messages.sources[source.kind]}: ${source.subject}`],
    [labels.network, source.network],
    [labels.height, source.height],
    [labels.verifiedAt, timeText(verified_at)],
  ];
}

/** Coordinated universal time: the reader's zone is unknown. What is no time of the calendar is shown as the number. */
function timeText(seconds: number | null): string | null {
  if (seconds === null) return null;
  const date = new Date(seconds * MILLISECONDS);
  return Number.isNaN(date.getTime())
    ? String(seconds)
    : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function others({ others: keys }: Verification, messages: Messages): Html {
  if (keys.length === 0) return markup``;
  const items = keys.map((key) => markup`<li><code>${key.model_ref} ${key.content_hash}</code></li> `);
  return markup`<section aria-labelledby="others">
    <h2 id="others">${messages.headings.others}</h2>
    <p>${messages.othersIntro}</p>
    <ul>
      ${items}
    </ul>
  </section>`;
}

function again({ anchors }: Verification, messages: Messages): Html {
  const model = anchors.record_key === undefined ? '' : ` --model ${anchors.record_key.model_ref}`;
  return markup`<section aria-labelledby="again">
    <h2 id="again">${messages.headings.again}</h2>
    <p>${messages.againIntro}</p>
    <pre><code>registry verify FILE${model}</code></pre>
    <p>${messages.againOffline}</p>
    <pre><code>registry verify FILE${model} --bundle bundle.json</code></pre>
    <p>${messages.againOutro}</p>
  </section>`;
}

function shown(text: string): string {
  return showable(text, MAX_SHOWN);
}
