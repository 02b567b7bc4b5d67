import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ParamsDocument } from '@maker-registry/protocol';
import { WatermarkKey } from '../keys/watermark-key';
import { GreenList } from './green-list';
import { type MultibitParams, PositionCode } from './position-code';
import { type TokenParams } from './text-params';

/** What libs/watermark/python/green_list_processor.py compares itself with. */
interface PythonCase {
  readonly name: string;
  readonly key: string;
  readonly document: ParamsDocument;
  readonly tokens: number;
  readonly payload?: string;
  readonly symbols?: readonly number[];
  readonly rows: readonly {
    readonly context: readonly number[];
    readonly position?: number;
    /** A digit for each token from 0 to `tokens` − 1. */
    readonly favoured: string;
  }[];
}

const { cases } = JSON.parse(
  readFileSync(resolve(__dirname, '../../vectors/text-green/python.json'), 'utf8'),
) as { cases: readonly PythonCase[] };

function digits(count: number, isFavoured: (token: number) => boolean): string {
  return Array.from({ length: count }, (_, token) => (isFavoured(token) ? '1' : '0')).join('');
}

describe('the vectors of the processor for transformers', () => {
  it.each(cases.filter(({ payload }) => payload === undefined).map((each) => [each.name, each] as const))(
    'has the colours of the %s',
    (_, { key, document, tokens, rows }) => {
      const params = document.params as unknown as TokenParams;
      const list = new GreenList(new WatermarkKey(Buffer.from(key, 'hex')), params);
      for (const { context, favoured } of rows) {
        expect(digits(tokens, (token) => list.isGreen([...context, token], 0))).toBe(favoured);
      }
    },
  );

  it.each(cases.filter(({ payload }) => payload !== undefined).map((each) => [each.name, each] as const))(
    'has the symbols, positions and colours of %s',
    (_, { key, document, tokens, rows, payload, symbols }) => {
      const params = document.params as unknown as MultibitParams;
      const code = new PositionCode(new WatermarkKey(Buffer.from(key, 'hex')), params, document.scheme_id);
      const sent = code.symbols(Buffer.from(payload ?? '', 'hex'));
      expect(Array.from(sent)).toEqual(symbols);
      for (const { context, favoured, position } of rows) {
        expect(code.positionAt(context, 0)).toBe(position);
        expect(digits(tokens, (token) => code.isFavoured([...context, token], 0, sent))).toBe(favoured);
      }
    },
  );
});
