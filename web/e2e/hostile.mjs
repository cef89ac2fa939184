// SPDX-License-Identifier: Apache-2.0
// What devices, files and people write is hostile to whoever reads it: it is carried onto every page that the router has, in
// light and dark colours and on a phone, and into what its tables give as files.
import { readFileSync } from 'node:fs';

const HOSTILE = [
  '<img src=x onerror="globalThis.owned=1">',
  '"><script>globalThis.owned=1</script>',
  '=HYPERLINK("http://evil";"x")',
  "+1+cmd|' /C calc'!A0",
  '@SUM(A1)',
  '\u202egnp.exe',
  'zero\u200bwidth\u2066x',
  'javascript:globalThis.owned=1',
  "'; DROP TABLE device; --",
  '../../etc/passwd?x=1#y',
  '{{7*7}}${7*7}%s%n',
  'W'.repeat(120),
];

// Every page of the router, so that a new one is here without a line of test; "$id" is filled in from what there is.
function routes() {
  const text = readFileSync(new URL('../src/app/routes.tsx', import.meta.url), 'utf8');
  return [...text.matchAll(/\bpage\('([^']+)'/g)].map((found) => found[1]);
}
function tabs() {
  const text = readFileSync(new URL('../src/features/settings/components/Settings.tsx', import.meta.url), 'utf8');
  return [...new Set([...text.matchAll(/id="([a-z-]+)"/g)].map((found) => found[1]))];
}

export async function hostile({ page, task, expect, open, api, post, send, settled, rollout, release, worst }) {
  const hall = 'Hall \u202e<b>=1+1</b>';
  let pages = [];
  await task('hostile names come in as devices, groups, tags, owners, views, tokens and plans, or are refused in words', async () => {
    const cell = (text) => `"${text.replaceAll('"', '""')}"`;
    const csv = ['serial,name,model,site,owner,zone', ...HOSTILE.map((text, i) => [`EVIL-${i}`, text, text, hall, text, text].map(cell).join(','))].join('\n') + '\n';
    const { new: made } = await send('/devices/import?name=evil.csv', 'text/csv', csv);
    expect(made === HOSTILE.length, `${made} of ${HOSTILE.length} came in`);
    const quoted = (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('*', '\\*')}"`;
    let kept = 0;
    for (const [i, text] of HOSTILE.entries()) {
      const tell = async (path, body) => {
        const answer = await post(path, body).catch((error) => error);
        if (answer instanceof Error) expect(/answered 4\d\d: /.test(answer.message) && /"detail":"[^"]{10,}/.test(answer.message), answer.message);
        else ++kept;
      };
      await tell('/groups', { name: `${i} ${text}`, query: `serial = "EVIL-${i}"` });
      await tell('/views', { name: `${i} ${text}`.slice(0, 60), list: 'devices', query: `owner = ${quoted(text)}`, shared: true });
      await tell('/enrolment-tokens', { label: text, uses: 1, expires_in_hours: 1 });
      await tell('/tokens', { name: text, role: 'viewer' });
      if (release) await tell('/rollouts', { name: `${i} ${text}`, release, query: `owner = ${quoted(text)}`, care: 'normal' });
      await tell('/exceptions', { kind: 'suppress', component: text, reason: `because ${text}`, query: 'serial = "EVIL-0"' });
    }
    expect(kept > 20, `only ${kept} of them were kept: nothing is tried out`);
    const { items: devices } = await api(`/devices?limit=50&query=${encodeURIComponent('serial = EVIL-*')}`);
    const { items: rollouts } = await api('/rollouts?limit=1');
    const ids = { devices: devices.map((each) => each.id), rollouts: [rollouts[0]?.id, rollout].filter(Boolean), releases: [release].filter(Boolean), vulnerabilities: [worst] };
    const site = encodeURIComponent(`site = ${quoted(hall)}`);
    pages = routes().flatMap((path) => {
      if (path.includes('$id')) {
        const noun = path.split('/')[1];
        expect(ids[noun], `nothing is known to look at on ${path}`);
        return ids[noun].slice(0, 3).map((id) => path.replace('$id', id));
      }
      if (path === '/settings') return tabs().map((tab) => `/settings?tab=${tab}`);
      return [path, ...(['/devices', '/findings', '/fixes', '/vulnerabilities', '/holes', '/proof', '/groups', '/'].includes(path) ? [`${path}?scope=${site}`] : [])];
    });
    pages.push(`/devices?query=${site}&columns=owner,zone,model,serial,group`, `/devices/${devices[0].id}?tab=facts`, `/devices/${devices[0].id}?tab=history`, `/search?search=${encodeURIComponent(HOSTILE[0])}`, `/devices?query=${encodeURIComponent(HOSTILE[1])}`, `/releases?model=${encodeURIComponent(HOSTILE[2])}`, `/sign-in?next=${encodeURIComponent('javascript:globalThis.owned=1')}`);
  });
  const asked = [];
  page.on('request', (request) => !request.url().startsWith('data:') && !request.url().startsWith('blob:') && asked.push(request.url()));
  page.on('dialog', (dialog) => {
    asked.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  for (const [name, scheme, size] of [['in light colours', 'light', { width: 1280, height: 900 }], ['in dark colours', 'dark', { width: 1280, height: 900 }], ['on a phone', 'light', { width: 360, height: 740 }]])
    await task(`hostile names are text on every page ${name}`, async () => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      expect(pages.length > 30, `only ${pages.length} pages are known`);
      for (const path of pages) {
        if (path.startsWith('/sign-in')) await page.goto(new URL(path, page.url()).href);
        else
          await open(path).catch((error) => {
            // What the query language refuses is told on the page, and is fine.
            if (!/column|could not be shown/.test(error.message)) throw error;
          });
        // What is folded is looked at too.
        await page.locator('main details').evaluateAll((all) => all.forEach((each) => (each.open = true)));
        const found = await page.evaluate(() => ({
          owned: globalThis.owned,
          elements: document.querySelectorAll('main :is(img, iframe, object, embed, script), main [onerror], a[href^="javascript:"]').length,
          wide: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth,
          // What sticks out, the farthest last.
          out: [...document.querySelectorAll('body *')]
            .map((each) => [each.getBoundingClientRect().right, each])
            .filter(([right]) => right > innerWidth)
            .sort(([a], [b]) => a - b)
            .slice(-6)
            .map(([right, each]) => `${each.tagName.toLowerCase()}.${each.className} to ${Math.round(right)} (${getComputedStyle(each).position}) "${each.textContent.slice(0, 30)}"`),
        }));
        expect(found.owned === undefined, `something that was written by a device ran on ${path}`);
        expect(found.elements === 0, `a name became an element on ${path}`);
        expect(found.wide <= 0, `${path} is ${found.wide} px too wide: ${found.out.join(', ')}`);
      }
      const { host } = new URL(page.url());
      const outside = asked.filter((url) => !url.startsWith('a dialog') && new URL(url).host !== host);
      expect(outside.length === 0 && !asked.some((each) => each.startsWith('a dialog')), `it asked elsewhere: ${outside.concat(asked.filter((each) => each.startsWith('a dialog'))).slice(0, 3)}`);
    });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 900 });
  await task('tables that are kept as CSV hold no formula and nothing that turns text around', async () => {
    for (const path of ['/devices?query=' + encodeURIComponent('serial = EVIL-*'), '/groups', '/rollouts', '/settings?tab=tokens']) {
      await open(path);
      const buttons = page.getByRole('button', { name: / as CSV$/ });
      for (let i = 0; i < (await buttons.count()); ++i) {
        const [download] = await Promise.all([page.waitForEvent('download'), buttons.nth(i).click()]);
        const text = readFileSync(await download.path(), 'utf8');
        expect(!/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(text), `${path}: something turns text around`);
        const formula = text.split('\r\n').find((line) => /(^|,)"?[=+@]/.test(line));
        expect(!formula, `${path}: a formula stands in ${formula}`);
      }
    }
  });
  await task('what was hostile is taken away again', async () => {
    for (const [list, wanted] of [['views', () => true], ['groups', (each) => /^\d+ /.test(each.name)]])
      for (const each of (await api(`/${list}?limit=500`)).items.filter(wanted)) await send(`/${list}/${each.id}`, undefined, undefined, { method: 'DELETE' });
    await settled(page);
  });
}
