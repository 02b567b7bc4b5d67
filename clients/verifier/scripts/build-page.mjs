// Builds the receipt page: one HTML file with its script and style inside, which works from a disk as from a server.
// Usage: node clients/verifier/scripts/build-page.mjs [OUT.html]
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const room = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const out = resolve(process.argv[2] ?? join(room, 'dist/receipt-page.html'));
const { STYLE } = createRequire(import.meta.url)(join(room, 'dist/page/style.js'));

const { outputFiles } = await build({
  entryPoints: [join(room, 'browser/src/receipt-page.ts')],
  inject: [join(room, 'scripts/buffer.mjs')],
  bundle: true,
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  minify: true,
  legalComments: 'inline',
  write: false,
});
// A closing tag inside the script would end it.
const script = outputFiles[0].text.replaceAll('</script', '<\\/script');
const style = `${STYLE}
form p { margin: 1rem 0; }
label { display: block; font-weight: 600; }
input, select, button { font: inherit; padding: 0.4rem; max-width: 100%; box-sizing: border-box; }
input[type='text'] { width: 100%; font-family: ui-monospace, monospace; }
:focus-visible { outline: 3px solid #1a5fb4; outline-offset: 2px; }
`;
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
// Nothing may be fetched or sent; only this script and this style count.
const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Verify a receipt</title>
<style>${style}</style>
</head>
<body>
<main>
<p><label for="language">Language / 言語</label>
<select id="language"><option value="en" lang="en">English</option><option value="ja" lang="ja">日本語</option></select></p>
<h1 data-text="title">Verify a receipt</h1>
<p data-text="intro"></p>
<form id="form">
<p><label for="file" data-text="file">Receipt file</label>
<input id="file" type="file" aria-describedby="file-hint">
<span id="file-hint" class="quiet" data-text="fileHint"></span></p>
<p><label for="genesis" data-text="genesis">Genesis hash</label>
<input id="genesis" type="text" maxlength="80" autocomplete="off" spellcheck="false" aria-describedby="genesis-hint">
<span id="genesis-hint" class="quiet" data-text="genesisHint"></span></p>
<p><button type="submit" data-text="verify">Verify</button></p>
</form>
<section id="result" role="status" aria-live="polite"></section>
</main>
<script>${script}</script>
</body>
</html>
`;
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, page);
console.log(`${createHash('sha256').update(page).digest('hex')}  ${out} (${Buffer.byteLength(page)} bytes)`);
