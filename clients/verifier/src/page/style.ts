/** Colors of the page, text on background; each pair has a contrast of at least 4.5 to 1 (WCAG 2.1, 1.4.3). */
export const COLORS = {
  page: { text: '#1b1b1b', background: '#ffffff' },
  quiet: { text: '#4a4a4a', background: '#ffffff' },
  success: { text: '#0b4f1c', background: '#e6f4ea' },
  informational: { text: '#5a3d00', background: '#fff4d6' },
  failure: { text: '#8a1010', background: '#fdeaea' },
} as const;

const { page, quiet, success, informational, failure } = COLORS;

/** The whole style. It never depends on what is shown, so that a policy can name it by its hash. */
export const STYLE = `
:root { color-scheme: light; }
body { margin: 0; color: ${page.text}; background: ${page.background}; font: 1rem/1.6 system-ui, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.3; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
.verdict { border: 2px solid; border-radius: 0.5rem; padding: 0.5rem 1rem; }
.success { color: ${success.text}; background: ${success.background}; }
.informational { color: ${informational.text}; background: ${informational.background}; }
.failure { color: ${failure.text}; background: ${failure.background}; }
.quiet { color: ${quiet.text}; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: start; padding-bottom: 0.5rem; }
th, td { border: 1px solid #767676; padding: 0.4rem 0.6rem; text-align: start; vertical-align: top; }
td.result { white-space: nowrap; font-weight: 600; }
dt { font-weight: 600; margin-top: 0.5rem; }
dd { margin-inline-start: 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9rem; overflow-wrap: anywhere; white-space: pre-wrap; }
p, dd, td, li { overflow-wrap: anywhere; }
`;
