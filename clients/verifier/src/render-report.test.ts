import { CHECKS, VERIFICATION_STATUSES } from '@maker-registry/protocol';
import { escapeHtml, markup, trusted } from './page/html';
import { ENGLISH } from './page/messages-en';
import { JAPANESE } from './page/messages-ja';
import { COLORS, STYLE } from './page/style';
import { renderReport, REPORT_CSP, type ReportLocale } from './render-report';
import { FIXTURE_CASES } from './testing/fixture-cases';
import { verifyFixture } from './testing/verify-fixture';
import { type Verification } from './verification';

const LOCALES: readonly ReportLocale[] = ['en', 'ja'];
const EVIL = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;`;

let results: readonly Verification[];

beforeAll(async () => {
  results = await Promise.all(
    FIXTURE_CASES.map(({ content, bundle, options }) =>
      verifyFixture(content, JSON.stringify(bundle), options),
    ),
  );
});

function pages(): { result: Verification; locale: ReportLocale; page: string }[] {
  return results.flatMap((result) =>
    LOCALES.map((locale) => ({ result, locale, page: renderReport(result, { locale }) })),
  );
}

/** The result with a text of an attacker's choosing in every place that a stranger can fill. */
function poisoned(result: Verification): Verification {
  return {
    ...result,
    content: { name: EVIL, bytes: 1, sha256: EVIL },
    refs: { model_ref: EVIL, scheme_ref: EVIL },
    anchors: { content_hash: EVIL, parent_hash: EVIL, record_key: { model_ref: EVIL, content_hash: EVIL } },
    evidence: {
      ...result.evidence,
      nonce: EVIL,
      payload_digest: EVIL,
      context_hash: EVIL,
      detection_confidence: EVIL,
      record_locator: { tx_id: EVIL, at: 1 },
    },
    checks: result.checks.map((check) => ({
      ...check,
      subject: EVIL,
      explanation: `${check.explanation} ${EVIL}`,
    })),
    others: [{ model_ref: EVIL, content_hash: EVIL }],
    source: { ...result.source, subject: EVIL, network: EVIL },
  };
}

describe('the page', () => {
  it('shows verdict, checks, risks and how to check again, in both languages', () => {
    for (const { result, locale, page } of pages()) {
      const messages = locale === 'en' ? ENGLISH : JAPANESE;
      expect(page).toContain(`<html lang="${locale}">`);
      expect(page).toContain(escapeHtml(messages.verdicts[result.status].sentence));
      expect(page).toContain(escapeHtml(messages.verdicts[result.status].meaning));
      for (const { code } of result.checks) expect(page).toContain(escapeHtml(messages.checks[code]));
      for (const risk of result.risks) expect(page).toContain(escapeHtml(messages.checks[`risk.${risk}`]));
      expect(page.includes(messages.withRisks)).toBe(result.risks.length > 0);
      expect(page).toContain('registry verify FILE');
    }
  });

  it('is one file that runs and loads nothing', () => {
    for (const { page } of pages()) {
      expect(page).not.toMatch(
        /<script|<img|<link|<iframe|<object|<form|<base|\ssrc=|\shref=|\son[a-z]+=|url\(|@import/i,
      );
      expect(page).toContain(escapeHtml(REPORT_CSP));
      expect(page).toContain(`<style>${STYLE}</style>`);
      expect(page).not.toMatch(/\sstyle=/);
    }
  });

  it('has an outline: one h1, then h2 with the ids that sections name', () => {
    for (const { page } of pages()) {
      expect(page.match(/<h1>/g)).toHaveLength(1);
      expect(page).not.toMatch(/<h[3-6]/);
      const ids = [...page.matchAll(/ id="([a-z]+)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect([...page.matchAll(/aria-labelledby="([a-z]+)"/g)].map(([, id]) => id)).toEqual(ids);
      expect(page.match(/<main>/g)).toHaveLength(1);
      expect(page).toMatch(/<title>[^<]+<\/title>/);
      expect(page.match(/<th scope="col">/g)).toHaveLength(3);
      expect(page).toContain('<caption>');
    }
  });

  it('says in words what a color or sign says', () => {
    for (const { result, locale, page } of pages()) {
      const words = (locale === 'en' ? ENGLISH : JAPANESE).severities;
      const cells = [...page.matchAll(/<td class="result ([a-z]+)">([\s\S]*?)<\/td>/g)];
      expect(cells).toHaveLength(result.checks.length);
      for (const [, severity, cell] of cells) {
        expect(cell).toContain(words[severity as keyof typeof words]);
      }
    }
  });

  it('has enough contrast', () => {
    for (const { text, background } of Object.values(COLORS)) {
      expect(contrast(text, background)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('does not show a valid record with risks like one without', () => {
    for (const { result, page } of pages()) {
      const tone = /<div class="verdict ([a-z]+)">/.exec(page)?.[1];
      const isClean = result.status === 'VALID' && result.risks.length === 0;
      expect(tone === 'success').toBe(isClean);
    }
  });

  it('escapes every text of others', () => {
    for (const result of results) {
      for (const locale of LOCALES) {
        const page = renderReport(poisoned(result), { locale });
        expect(page).not.toContain('<script');
        expect(page).not.toContain('<img');
        expect(page).toContain(escapeHtml(EVIL));
      }
    }
  });

  it('shows nothing invisible, and nothing without end', () => {
    const [result] = results;
    const name = `safe\u202Egpj.exe\u0000\u200B${'x'.repeat(100_000)}`;
    const page = renderReport({ ...result!, content: { ...result!.content!, name } }, { locale: 'en' });
    expect(page).not.toMatch(/[\u202E\u0000\u200B]/);
    expect(page.length).toBeLessThan(30_000);
  });

  it('shows times that no calendar has as numbers', () => {
    const [result] = results;
    const evidence = { ...result!.evidence, timestamp: Number.MAX_SAFE_INTEGER };
    expect(renderReport({ ...result!, evidence }, { locale: 'en' })).toContain('9007199254740991');
  });
});

describe('the message catalogs', () => {
  it.each([
    ['en', ENGLISH],
    ['ja', JAPANESE],
  ])('%s have a text for every status and check', (_locale, messages) => {
    expect(Object.keys(messages.checks).toSorted()).toEqual(Object.keys(CHECKS).toSorted());
    expect(Object.keys(messages.verdicts).toSorted()).toEqual([...VERIFICATION_STATUSES].toSorted());
    for (const text of Object.values(messages.checks)) expect(text.length).toBeGreaterThan(5);
  });

  it('are translated, all of it', () => {
    for (const text of Object.values(JAPANESE.checks)) expect(text).toMatch(/[ぁ-んァ-ヶ一-龠].*。$/);
    for (const { sentence, meaning, advice } of Object.values(JAPANESE.verdicts)) {
      for (const text of [sentence, meaning, advice]) expect(text).toMatch(/[ぁ-ん].*。$/);
    }
  });
});

describe('markup', () => {
  it('escapes text in content and in attributes, and nothing else', () => {
    expect(markup`<a title="${'"<&>\''}">${EVIL}</a>`.markup).toBe(
      `<a title="&quot;&lt;&amp;&gt;&#39;">${escapeHtml(EVIL)}</a>`,
    );
    expect(markup`${1}${[markup`<b>${'<'}</b>`, trusted('<i>')]}`.markup).toBe('1<b>&lt;</b><i>');
  });
});

/** Contrast of two colors by WCAG 2.1 (relative luminance). */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
