// SPDX-License-Identifier: Apache-2.0
// run.mjs [--screenshots]: people's tasks in a real Chromium, against a real oakumd on an empty data folder, found by
// accessible names alone. With --screenshots, pictures of each page go to docs/screenshots. The last line counts.
import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, request as playwrightRequest } from 'playwright-core';
import { accepting, changing } from './changing.mjs';
import { decisions } from './decisions.mjs';
import { details } from './details.mjs';
import { evidence } from './evidence.mjs';
import { figures, figuresOfRollouts } from './figures.mjs';
import { floors } from './floors.mjs';
import { history } from './history.mjs';
import { intake } from './intake.mjs';
import { hostile } from './hostile.mjs';
import { deciding, queue } from './deciding.mjs';
import { lists, plans, welcome } from './pages.mjs';
import { people } from './people.mjs';
import { stating } from './stating.mjs';
import { views } from './views.mjs';
import { windows } from './windows.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = process.argv.includes('--screenshots');
const patience = 30_000; // a loaded machine is slow, not wrong

let passed = 0;
let failed = 0;
async function task(name, work) {
  try {
    await work();
    ++passed;
    console.log(`ok      ${name}`);
  } catch (error) {
    ++failed;
    console.log(`FAILED  ${name}\n        ${String(error.message ?? error).split('\n').slice(0, 12).join('\n        ')}`);
  }
}
function expect(condition, message) {
  if (!condition) throw new Error(message);
}
async function until(holds, complaint) {
  for (const end = Date.now() + patience; !(await holds()); await new Promise((done) => setTimeout(done, 50))) expect(Date.now() < end, complaint);
}
const grouped = (n) => n.toLocaleString('en-US');

// The fleet as the file says it, so that what the screens count is held against something of its own.
const fleet = (() => {
  const [header, ...lines] = readFileSync(join(root, 'demo/fleet.csv'), 'utf8').trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])));
})();

async function startServer(data) {
  const child = spawn(join(root, 'build/release/bin/oakumd'), ['--data', data, '--listen', '127.0.0.1:0', '--web', join(root, 'web/dist'), '--approval-by-another', '--poll-seconds', '1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let log = '';
  child.stdout.on('data', (piece) => (out += piece));
  child.stderr.on('data', (piece) => (log = (log + piece).slice(-8_000)));
  const exited = new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code)));
  const deadline = Date.now() + patience;
  while (Date.now() < deadline && child.exitCode === null) {
    const address = /ready at (https:\S+)/.exec(out)?.[1];
    const link = /sign in once\s+(https:\S+)/.exec(out)?.[1];
    const fingerprint = /CA fingerprint\s+(\S+)/.exec(out)?.[1];
    if (address && link && fingerprint) return { address, fingerprint, link, exited, stop: (signal) => child.kill(signal), log: () => log };
    await new Promise((done) => setTimeout(done, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`oakumd did not become ready:\n${out}${log}`);
}

// Devices that enrol, poll and update over the real protocol.
async function startSimulator(server, folder, secret, devices) {
  const token = join(folder, 'sim-token');
  writeFileSync(token, secret, { mode: 0o600 });
  const child = spawn(
    join(root, 'build/release/bin/oakum-sim'),
    ['--server', new URL(server.address).host, '--ca-fingerprint', server.fingerprint, '--token-file', token, '--devices', String(devices), '--seed', '11', '--longest-poll', '1', '--install-seconds', '0.2', '--site', 'Test hall'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let said = '';
  child.stdout.on('data', (piece) => (said += piece));
  child.stderr.on('data', (piece) => (said += piece));
  await until(async () => {
    expect(child.exitCode === null, `oakum-sim ended: ${said}`);
    return said.includes(`enrolled ${devices} devices`);
  }, `oakum-sim did not enrol: ${said}`);
  return child;
}

// The page has shown its content: nothing is loading, and nothing failed.
async function settled(page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await until(async () => (await page.getByRole('status').filter({ hasText: /^\s*Loading/ }).count()) === 0, 'something is loading for ever');
  expect((await page.getByText(/could not be shown$/).count()) === 0, `an error stands on ${page.url()}: ${await page.locator('main').innerText()}`);
}

// The code that draws comes after the words.
const drawn = (page) =>
  until(() => page.evaluate(() => [...document.querySelectorAll('figure.picture')].every((each) => each.querySelector('svg path'))), `a picture on ${page.url()} is never drawn`);

// The words that docs/words.md keeps off the surface.
const unsaid = (() => {
  const table = readFileSync(new URL('../../docs/words.md', import.meta.url), 'utf8').split('| not | but |')[1];
  const words = table.split('\n').slice(2).flatMap((row) => (row.split('|')[1] ?? '').split(',')).map((word) => word.trim()).filter(Boolean);
  expect(words.length > 10, 'docs/words.md has no table of words that are not said');
  return new RegExp(`\\b(${words.join('|')})\\b`, 'i');
})();

// What every page that a task looks at has to be: usable by all, and in our words. Documents may say more.
async function axe(page) {
  const surface = await page.locator(':is(h1, h2, h3, th, dt, button, label, legend, summary, figcaption):not(article *)').allInnerTexts();
  const said = surface.filter((text) => unsaid.test(text));
  expect(said.length === 0, `${page.url()} says ${JSON.stringify(said)}, which docs/words.md keeps behind "Why?"`);
  await page.evaluate(axeSource);
  const title = await page.title();
  expect(/^.+ - Oakum$/.test(title) || page.url().includes('/sign-in'), `${page.url()} is called ${JSON.stringify(title)}`);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }));
  const grave = violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
  expect(grave.length === 0, grave.map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => `${node.html} ${node.any[0]?.message ?? ''}`).join(' | ')}`).join('\n'));
}

async function walk(browser, server, folder) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    // Chromium reports each answer of 4xx; those that a task provokes are checked on the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) troubles.push(message.text());
  });
  const open = async (path) => {
    await page.goto(server.address + path);
    await settled(page);
  };
  const api = async (path) => {
    const answer = await context.request.get(`${server.address}/api/v1${path}`);
    expect(answer.ok(), `GET ${path} answered ${answer.status()}: ${await answer.text()}`);
    return answer.json();
  };
  const picture = async (name) => {
    if (!screenshots) return;
    await drawn(page);
    await page.screenshot({ path: join(root, `docs/screenshots/${name}.png`) });
  };
  const search = async (text) => {
    await page.keyboard.press('Escape');
    const box = page.getByRole('combobox', { name: /Search for a CVE/ });
    await box.fill(text);
    await box.press('Enter');
  };

  await task('a visitor without a session is asked to sign in', async () => {
    await page.goto(server.address + '/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await axe(page);
    await picture('sign-in');
  });
  await task('a wrong password is refused with a sentence', async () => {
    await page.getByLabel('User').fill('admin');
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect((await alert.innerText()).length > 10, 'the alert says nothing');
  });
  await task('the one-time link signs in, and works once', async () => {
    await page.goto(server.link);
    await page.getByRole('link', { name: 'Oakum' }).waitFor();
    expect(!page.url().includes('token'), 'the token stays in the address bar');
    const other = await browser.newContext({ ignoreHTTPSErrors: true });
    other.setDefaultTimeout(patience);
    const again = await other.newPage();
    await again.goto(server.link);
    await again.getByRole('alert').waitFor();
    await other.close();
  });
  await task('an empty fleet says how to begin', async () => {
    await page.getByRole('heading', { name: 'No device yet' }).waitFor();
    await page.getByRole('list', { name: 'Needs you' }).getByRole('link', { name: 'Choose one' }).waitFor();
    await settled(page);
    await axe(page);
  });

  const me = await api('/me');
  const send = async (path, type, data, { method = 'POST', headers = {} } = {}) => {
    const answer = await context.request.fetch(`${server.address}/api/v1${path}`, { method, headers: { ...(type ? { 'content-type': type } : {}), 'x-csrf-token': me.csrf, ...headers }, data, timeout: 300_000 });
    expect(answer.ok(), `${method} ${path} answered ${answer.status()}: ${await answer.text()}`);
    return answer.status() === 204 ? null : answer.json();
  };
  const post = (path, body) => send(path, 'application/json', JSON.stringify(body));
  // A sheet asks for a reason; its button says what the button behind it said.
  const confirm = async (on, button, why) => {
    const sheet = on.getByRole('dialog');
    await sheet.getByLabel('Why (for the audit log)').fill(why);
    await sheet.getByRole('button', { name: button, exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
  };
  await task('a change without the CSRF token is refused', async () => {
    const answer = await context.request.post(`${server.address}/api/v1/devices/import?name=x.csv`, { headers: { 'content-type': 'text/csv' }, data: 'serial\nX1\n' });
    expect(answer.status() === 403, `it answered ${answer.status()}`);
  });
  await task('whoever came by the one-time link is told to choose a password, and does', async () => {
    await open('/settings?tab=you');
    await page.getByLabel(/^New password/).fill('a password to come back');
    await page.getByLabel('The same again').fill('a password to come back');
    await page.getByRole('button', { name: 'Choose' }).click();
    await page.getByText('Your password is set.').waitFor();
    await page.getByLabel('Current password').fill('not the password');
    await page.getByLabel(/^New password/).fill('another password, longer');
    await page.getByLabel('The same again').fill('another password, longer');
    await page.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'the current password is wrong' }).waitFor();
    expect((await api('/me')).password_set, 'no password is set');
  });
  await welcome({ page, task, expect, until, open, api, axe, picture, grouped, fleet, settled });
  await task('three feeds are imported', async () => {
    for (const name of ['known_exploited_vulnerabilities.json.zst', 'nvd.jsonl.zst', 'ios_data_feed.json.zst']) {
      let job = await send(`/feeds/import?name=${name}`, 'application/octet-stream', readFileSync(join(root, 'demo/data', name)));
      const deadline = Date.now() + 300_000;
      while (['queued', 'running'].includes(job.state) && Date.now() < deadline) {
        await new Promise((done) => setTimeout(done, 250));
        job = await api(`/jobs/${job.id}`);
      }
      expect(job.state === 'done', `${name}: ${job.state}: ${job.detail}`);
    }
    // Assessment follows the import: until the figures stand still.
    let before = '';
    const deadline = Date.now() + 300_000;
    for (let still = 0; still < 3 && Date.now() < deadline; ) {
      const now = await api('/exposure');
      const text = JSON.stringify([now.findings_open, now.exposed, now.cannot_tell]);
      still = text === before && now.findings_open > 0 ? still + 1 : 0;
      before = text;
      await new Promise((done) => setTimeout(done, 500));
    }
  });

  const exposure = await api('/exposure');
  const worst = exposure.top_advisories[0]?.id;
  await task('Home says in a sentence how things are, and its figures are the server\'s', async () => {
    await open('/');
    await page.getByRole('heading', { name: 'Are we safe?' }).waitFor();
    expect(exposure.devices === fleet.length, `${exposure.devices} devices`);
    await page.getByText(exposure.sentence).waitFor();
    expect(exposure.findings_open > 0, 'real devices and real feeds, and nothing is found');
    await page.getByRole('link', { name: `${grouped(exposure.findings_open)} findings open` }).waitFor();
    await page.getByRole('link', { name: new RegExp(`^${grouped(exposure.exploited_open_devices)} devices open to something exploited`) }).waitFor();
    await page.getByRole('link', { name: new RegExp(`^${grouped(exposure.cannot_tell)} devices for which we cannot tell`) }).waitFor();
    await page.getByRole('list', { name: 'Needs you' }).getByText(/known to be exploited and affect/).waitFor();
    await page.getByRole('region', { name: 'Vulnerabilities, worst first' }).getByRole('link', { name: worst }).waitFor();
  });
  await task('Home does not say that nothing waits when it could not read what does', async () => {
    await page.route('**/api/v1/alarms?*', (route) => route.abort());
    await page.goto(server.address + '/');
    await page.getByRole('alert').getByText(/What waits for a person could not be shown/).waitFor();
    expect((await page.getByText('Nothing waits for a person.').count()) === 0, 'it says that nothing waits');
    await page.unroute('**/api/v1/alarms?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').getByText(/What waits for a person could not be shown/).waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'Needs you' }).or(page.getByText('Nothing waits for a person.')).first().waitFor();
  });
  await history({ page, task, expect, until, open, api, settled, axe, post, send, grouped });
  await lists({ page, task, expect, until, open, api, post, send, axe, picture, grouped, fleet, root, settled });
  await figures({ page, task, expect, open, api, worst, grouped, settled });
  await evidence({ page, task, expect, until, open, api, axe, picture });
  await details({ page, task, expect, until, open, api, axe });
  await stating({ page, task, expect, until, open, api, post, axe });
  await people({ page, task, expect, until, open, api, post, axe, picture, context, server });
  await views({ page, browser, server, task, expect, open, api, post, send, axe, picture, grouped, fleet, settled });
  await task('a figure leads to the devices that it counts', async () => {
    await open('/');
    await page.getByRole('link', { name: /devices open to something exploited/ }).click();
    await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
    await settled(page);
    const { total } = await api('/devices?query=kev&limit=1');
    await page.getByText(`${grouped(total)} match`).waitFor();
    expect(total === exposure.exploited_open_devices, `Home says ${exposure.exploited_open_devices}, the query counts ${total}`);
  });
  await task('an alarm is found by its count, acknowledged, muted with a reason, and comes back', async () => {
    await page.getByRole('link', { name: '1 alarm' }).click();
    await page.getByRole('heading', { name: 'Alarms', level: 1 }).waitFor();
    const [alarm] = (await api('/alarms')).items;
    expect(alarm.kind === 'exploited' && alarm.devices === exposure.exploited_open_devices, `${alarm.what}; Home says ${exposure.exploited_open_devices}`);
    const row = (list) => page.getByRole('region', { name: list }).getByRole('row', { name: new RegExp(alarm.things[0]) });
    await row('Open alarms').getByText('urgent').waitFor();
    await row('Open alarms').getByRole('button', { name: /^Acknowledge/ }).click();
    await row('Open alarms').getByText('acknowledged by admin').waitFor();
    await row('Open alarms').getByRole('button', { name: /^Mute/ }).click();
    const sheet = page.getByRole('dialog', { name: 'Mute this alarm' });
    await sheet.getByLabel(/^For/).selectOption('a week');
    await sheet.getByLabel('Why (for the audit log)').fill('the fix is on its way');
    await sheet.getByRole('button', { name: 'Mute', exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Nothing wrong' }).waitFor();
    await page.getByText(/^Last checked/).waitFor();
    await page.getByRole('link', { name: 'No alarms' }).waitFor();
    await axe(page);
    await page.getByRole('tab', { name: 'Muted' }).click();
    await row('Muted alarms').getByText('by admin: the fix is on its way').waitFor();
    await row('Muted alarms').getByRole('button', { name: /^Unmute/ }).click();
    await page.getByRole('heading', { name: 'Nothing is muted' }).waitFor();
    await page.getByRole('tab', { name: 'Closed' }).click();
    await page.getByRole('heading', { name: 'No alarm was ever closed' }).waitFor();
    await page.getByRole('tab', { name: 'Open' }).click();
    await row('Open alarms').getByRole('link').click();
    await page.getByRole('heading', { name: 'Vulnerabilities', level: 1 }).waitFor();
  });
  await task('the key / leads to the search box from anywhere', async () => {
    await open('/');
    await page.keyboard.press('/');
    expect(await page.getByRole('combobox', { name: /Search for a CVE/ }).evaluate((box) => box === document.activeElement), 'the box has no focus');
    expect((await page.getByRole('combobox', { name: /Search for a CVE/ }).inputValue()) === '', 'the key is typed into the box');
  });
  await task('the first key Tab offers to skip to the content', async () => {
    await open('/');
    await page.keyboard.press('Tab');
    expect((await page.evaluate(() => document.activeElement?.textContent)) === 'Skip to the content', 'something else has the focus');
  });
  for (const text of [worst, `are we hit by ${worst}?`]) {
    await task(`"${text}" is answered in a sentence`, async () => {
      await open('/');
      await search(text);
      await page.getByRole('heading', { name: worst, level: 1 }).waitFor();
      await settled(page);
      const advisory = await api(`/advisories/${worst}`);
      await page.getByText(`Are we affected? ${advisory.sentence}`).waitFor();
      expect(advisory.affected > 0, 'the worst of all affects nothing');
      await page.getByText(`affected ${grouped(advisory.affected)}`, { exact: true }).first().waitFor();
      await page.getByRole('link', { name: `${grouped(advisory.affected)} affected`, exact: true }).waitFor();
      expect(advisory.evidence.length > 0, 'no evidence');
      await page.getByRole('region', { name: 'Evidence' }).waitFor();
    });
  }
  await task('an unknown CVE is "not in our data", which is not "not affected"', async () => {
    await search('CVE-1999-99999');
    await page.getByRole('heading', { name: 'CVE-1999-99999 is not in our data' }).waitFor();
    await page.getByText('That is not the same as "not affected".').waitFor();
    await axe(page);
  });
  await task('the three boxes lead to the devices that they count', async () => {
    const advisory = await api(`/advisories/${worst}`);
    for (const [query, count] of [[`finding = ${worst}`, advisory.affected], [`not finding = ${worst}`, advisory.not_affected]]) {
      const list = await api(`/devices?limit=1&query=${encodeURIComponent(query)}`);
      expect(list.total === count, `"${query}" counts ${list.total}, the page says ${count}`);
      expect(list.unknown === advisory.cannot_tell, `"${query}" cannot tell ${list.unknown}, the page ${advisory.cannot_tell}`);
    }
    const [row] = (await api(`/advisories?search=${worst}`)).items;
    expect(row.cannot_tell === advisory.cannot_tell && row.not_affected === advisory.not_affected, `the list says ${JSON.stringify(row)}`);
  });
  await task('words that name nothing are answered where they were typed', async () => {
    await open('/');
    await search('no-such-thing-anywhere');
    await page.getByRole('alert').filter({ hasText: 'Nothing is named "no-such-thing-anywhere"' }).waitFor();
  });
  await task('a serial number leads to its device', async () => {
    await search(fleet[0].serial);
    await page.getByRole('heading', { name: fleet[0].name, level: 1 }).waitFor();
  });
  await task('hits stand below the box while one types, and the keyboard chooses one', async () => {
    const box = page.getByRole('combobox', { name: /Search for a CVE/ });
    const line = page.getByRole('listbox', { name: 'Found' }).getByRole('option');
    await open('/');
    await page.keyboard.press('/');
    await page.keyboard.type(fleet[0].serial.slice(0, -1));
    const name = (await api(`/search?q=${fleet[0].serial.slice(0, -1)}`)).items[0].title;
    await line.first().getByText(name, { exact: true }).waitFor();
    await axe(page);
    await box.press('ArrowDown');
    expect((await line.first().getAttribute('aria-selected')) === 'true', 'no line is chosen');
    expect((await box.getAttribute('aria-activedescendant')) === (await line.first().getAttribute('id')), 'the box does not say which line');
    await box.press('ArrowUp');
    expect((await page.getByRole('listbox', { name: 'Found' }).getByRole('option', { selected: true }).count()) === 0, 'a line stays chosen');
    await box.press('ArrowDown');
    await box.press('Enter');
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    expect((await line.count()) === 0, 'the lines stay open');
  });
  await task('a word that many are named by leads to the list of them, which a reload keeps', async () => {
    const { site } = fleet[0];
    await search(site.slice(0, 3));
    await page.getByRole('heading', { name: `What is named "${site.slice(0, 3)}"` }).waitFor();
    await page.reload();
    await settled(page);
    const results = await api(`/search?q=${encodeURIComponent(site.slice(0, 3))}`);
    const hit = results.items.find((each) => each.kind === 'site' && each.id === site);
    // By its line: some of them quote a model with a comma in it.
    const count = readFileSync(join(root, 'demo/fleet.csv'), 'utf8').split('\n').filter((line) => line.includes(`,${site},`)).length;
    expect(hit?.detail === `${grouped(count)} devices`, `the site is found as ${JSON.stringify(hit)}`);
    await axe(page);
    await page.getByRole('region', { name: 'Found' }).getByRole('link', { name: site, exact: true }).first().click();
    await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
    await page.getByText(`${grouped(count)} match`).waitFor();
  });
  await task('a mistake in a query names its column while one types', async () => {
    await open('/devices');
    await page.getByLabel('Query', { exact: true }).fill('site = "x" and modle = Y');
    await page.getByText(/^Column 16: .*modle/).waitFor();
  });
  await task('a query with a mistake shows the error, not an empty list', async () => {
    await page.getByRole('button', { name: 'Show' }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'modle' });
    await alert.waitFor();
    expect(/column 16/i.test(await alert.innerText()), `the alert says: ${await alert.innerText()}`);
  });
  await task('a query counts the devices that the file has', async () => {
    await open('/devices');
    const count = fleet.filter((device) => device.kind === 'camera' && device.criticality === 'high').length;
    expect(count > 0, 'the file has none');
    await page.getByLabel('Query', { exact: true }).fill('kind = camera and criticality = high');
    await page.getByText(`${grouped(count)} devices would match`).waitFor();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText(`${grouped(count)} match`).waitFor();
  });
  await task('a value narrows the query', async () => {
    const site = fleet.find((device) => device.kind === 'camera' && device.criticality === 'high').site;
    await page.getByText('Narrow down by value').click();
    await page.getByRole('region', { name: 'site' }).getByRole('link', { name: site, exact: true }).click();
    const count = fleet.filter((device) => device.kind === 'camera' && device.criticality === 'high' && device.site === site).length;
    await page.getByText(`${grouped(count)} match`).waitFor();
    await page.goBack();
    await page.getByText(`${grouped(fleet.filter((device) => device.kind === 'camera' && device.criticality === 'high').length)} match`).waitFor();
  });
  await task('a reload shows the same', async () => {
    await page.reload();
    await settled(page);
    expect((await page.getByLabel('Query', { exact: true }).inputValue()) === 'kind = camera and criticality = high', 'the query is gone');
  });
  await task('the next page of devices goes on where the first ended', async () => {
    const list = page.getByRole('region', { name: 'Devices' });
    await open('/devices');
    const names = () => list.locator('tbody td[data-label="Device"]').getByRole('link').allInnerTexts();
    await until(async () => (await names()).length > 0, 'no device');
    const first = await names();
    await page.getByRole('link', { name: 'Next page' }).click();
    await until(async () => (await list.getByRole('link', { name: first[0], exact: true }).count()) === 0, 'the first page stays');
    await settled(page);
    const second = await names();
    expect(second.length > 0 && second.every((name) => !first.includes(name)), 'devices come twice');
  });
  let device = '';
  await task('a device explains itself, tab by tab', async () => {
    const [row] = (await api(`/devices?limit=1&query=${encodeURIComponent(`finding = ${worst}`)}`)).items;
    const known = fleet.find((line) => line.name === row.name);
    device = `/devices/${row.id}`;
    await open(`/devices?query=${encodeURIComponent(`finding = ${worst}`)}`);
    await page.getByRole('region', { name: 'Devices' }).getByRole('link', { name: row.name }).first().click();
    await page.getByRole('heading', { name: row.name, level: 1 }).waitFor();
    const panel = page.getByRole('tabpanel');
    await page.getByRole('heading', { name: 'What can be asked of it' }).waitFor();
    await settled(page);
    await page.getByRole('tab', { name: 'Findings' }).click();
    await panel.getByRole('link', { name: worst }).first().waitFor();
    await panel.getByRole('button', { name: `Why ${worst}, and why not now?` }).first().click();
    const sheet = page.getByRole('dialog', { name: `${worst} on ${row.name}` });
    const told = await api(`/findings/${worst}/explain?device=${row.id}`);
    await sheet.getByText(told.sentence).waitFor();
    for (const question of ['Is it affected?', 'Who says so?', 'Is it exploited?', 'Is there a fix?', 'Is it changed now?']) await sheet.getByText(question, { exact: true }).waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Software' }).click();
    await panel.getByText(/Image or operating system|Packages and apps/).first().waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await panel.getByRole('region', { name: 'History' }).getByRole('row').nth(1).waitFor();
    await page.getByRole('tab', { name: 'Facts' }).click();
    await panel.getByRole('cell', { name: known.serial, exact: true }).waitFor();
    await settled(page);
    await page.reload();
    await panel.getByRole('cell', { name: known.serial, exact: true }).waitFor();
  });
  await task('a device is held and released, and says so', async () => {
    await open(device);
    await page.getByRole('button', { name: 'Hold' }).click();
    await confirm(page, 'Hold', 'it is being moved');
    await page.getByRole('button', { name: 'Release' }).waitFor();
    const held = async () => (await api(`/devices/${device.split('/').at(-1).split('?')[0]}`));
    expect((await held()).hold, 'it is not held');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Hold' }).waitFor();
    expect(!(await held()).hold, 'the hold was not taken back');
    await page.getByRole('button', { name: 'Hold' }).click();
    await confirm(page, 'Hold', 'it is being moved');
    await page.getByRole('button', { name: 'Release' }).click();
    await confirm(page, 'Release', 'it stands again');
    await page.getByRole('button', { name: 'Hold' }).waitFor();
    await page.getByRole('button', { name: 'Retire' }).click();
    await confirm(page, 'Retire', 'by mistake');
    await until(async () => (await held()).lifecycle === 'retired', 'it is not retired');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Retire' }).waitFor();
    expect((await held()).lifecycle !== 'retired', 'it stays retired');
  });
  await task('a file of devices is previewed, its columns are set, it is imported and taken back', async () => {
    await open('/devices');
    const before = await api('/devices?limit=1');
    const known = await api(`/devices?query=${encodeURIComponent('site = *')}&limit=1`);
    const serial = known.items[0].serial;
    // By the keyboard, and out again.
    await page.getByRole('button', { name: 'Import', exact: true }).focus();
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog', { name: 'Import devices' });
    const chooser = sheet.getByLabel(/Drop a file here/);
    await chooser.waitFor();
    expect(await chooser.evaluate((field) => field === document.activeElement), 'the file field has no focus');
    await sheet.getByRole('link', { name: /^Earlier imports/ }).waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Import', exact: true }).click();

    // A server that does not answer says what to do; then it does.
    await page.route('**/api/v1/devices/import?*', (route) => route.abort());
    const file = `Seriennummer;Bay;Benutzer;Support-Ende\r\n"${serial}";A7;anna;31.12.2031\r\n="0042";B1;ben;46752\r\nX-9;C;carl;bald\r\n`;
    await chooser.setInputFiles({ name: 'fleet-of-people.csv', mimeType: 'text/csv', buffer: Buffer.from('\uFEFF' + file) });
    await sheet.getByText(/could not be shown/).waitFor();
    await axe(page);
    await page.unroute('**/api/v1/devices/import?*');
    await sheet.getByRole('button', { name: 'Try again' }).click();

    await sheet.getByText('1 new device, 1 changed, 0 unchanged; 1 line refused.').waitFor();
    await sheet.getByText('1 column is about persons and left out').waitFor();
    const meaning = (head) => sheet.getByLabel(`Meaning of ${head}`);
    expect((await meaning('Seriennummer').inputValue()) === 'serial', 'the serial was not guessed');
    expect((await meaning('Benutzer').inputValue()) === '' && (await meaning('Bay').inputValue()) === '', 'too much was guessed');
    await sheet.getByRole('region', { name: 'Refused lines' }).getByText("Support-Ende: 'bald' is no date; write it as 2026-11-05").waitFor();
    await meaning('Bay').selectOption('x.bay');
    await sheet.getByText('x.bay: A7', { exact: false }).waitFor();
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await axe(page);
    }
    await picture('import');
    expect((await api('/devices?limit=1')).total === before.total, 'the preview changed the fleet');

    await sheet.getByRole('button', { name: 'Import', exact: true }).click();
    await sheet.getByRole('button', { name: 'Undo', exact: true }).waitFor();
    expect((await api('/devices?limit=1')).total === before.total + 1, 'no device came');
    const found = await api(`/devices?query=${encodeURIComponent('x.bay = A7')}&limit=2`);
    expect(found.items.length === 1 && found.items[0].serial === serial, `in bay A7: ${JSON.stringify(found.items)}`);
    await picture('import-done');
    await sheet.getByRole('button', { name: 'Undo', exact: true }).click();
    await until(async () => (await api('/edits?kind=import&limit=1')).items[0]?.state === 'undone', 'the import was not undone');
    const undone = (await api('/edits?kind=import&limit=1')).items[0];
    expect(undone.put_back === 2 && undone.left_alone === 0, JSON.stringify(undone));
    await sheet.getByRole('status').getByText(undone.sentence).waitFor();
    expect((await api('/devices?limit=1')).total === before.total, 'the device stays');
    // The file is known now: its columns are as last time; earlier imports say what became of them.
    await sheet.getByRole('button', { name: 'Another file' }).click();
    await chooser.setInputFiles({ name: 'again.csv', mimeType: 'text/csv', buffer: Buffer.from(file.split('\r\n')[0] + '\r\n') });
    await sheet.getByRole('heading', { name: 'Nothing in it' }).waitFor();
    await sheet.getByRole('button', { name: 'Another file' }).click();
    await chooser.setInputFiles({ name: 'again.csv', mimeType: 'text/csv', buffer: Buffer.from(file) });
    await sheet.getByRole('region', { name: 'Columns' }).getByText('as last time').first().waitFor();
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await sheet.getByRole('link', { name: /^Earlier imports/ }).click();
    await page.getByRole('heading', { name: 'Changes of many devices', level: 1 }).waitFor();
    const earlier = page.getByRole('row', { name: /fleet-of-people\.csv/ });
    await earlier.getByText('undone').first().waitFor();
    await axe(page);
  });
  await task('an import that runs is stopped from the list of such changes, and what it did is taken back', async () => {
    const before = (await api('/devices?limit=1')).total;
    const lines = Array.from({ length: 80_000 }, (_, i) => `STOP-${i},Nowhere`).join('\n');
    // The list shows it by itself, as soon as it runs.
    await open('/edits');
    const row = page.getByRole('row', { name: /too-many\.csv/ });
    const begins = send('/devices/import?name=too-many.csv&wait=1', 'text/csv', `serial,site\n${lines}\n`);
    await row.getByRole('button', { name: 'Stop too-many.csv' }).click();
    const begun = await begins;
    await until(async () => (await api(`/edits/${begun.edit}`)).state === 'cancelled', 'it is not stopped');
    const stopped = await api(`/edits/${begun.edit}`);
    expect(stopped.created > 0 && stopped.created < 80_000 && stopped.undoable, JSON.stringify(stopped));
    await row.getByText('It was cancelled: what was not done yet was not done.').waitFor();
    await row.getByRole('button', { name: 'Undo too-many.csv' }).click();
    await until(async () => (await api(`/edits/${begun.edit}`)).state === 'undone', 'it is not taken back');
    expect((await api('/devices?limit=1')).total === before, 'some of it stays');
  });
  await task('what was only seen on the network stands in the list of devices, and Home counts it apart', async () => {
    const before = await api('/exposure');
    const seen = await send('/devices/import?name=dnsmasq.leases', 'text/plain', '1794567890 00:40:8c:12:34:56 10.200.0.5 cam-5 *\n');
    expect(seen.new === 1 && seen.form === 'dnsmasq', JSON.stringify(seen));
    await open('/');
    const blind = page.getByRole('listitem').filter({ hasText: 'was only seen on the network' });
    await blind.getByRole('link', { name: '1 device', exact: true }).click();
    const list = page.getByRole('region', { name: 'Devices', exact: true });
    await list.getByRole('row', { name: /cam-5/ }).getByText('unmanaged').waitFor();
    expect((await list.getByRole('row', { name: /cam-5/ }).getByText('never').count()) === 0, 'it was never seen, and yet it is here');
    await axe(page);
    await picture('unmanaged');
    await list.getByRole('link', { name: 'cam-5' }).click();
    await page.getByText('unmanaged', { exact: false }).first().waitFor();
    const now = await api('/exposure');
    expect(now.devices === before.devices && now.blind_spots.unmanaged === 1, JSON.stringify(now.blind_spots));
    await send(`/edits/${seen.edit}/actions/undo`, 'application/json', '{}');
    await until(async () => (await api('/exposure')).blind_spots.unmanaged === 0, 'it is still there');
  });
  await task('Fixes orders what removes most risk, or says that nothing does', async () => {
    const fixes = await api('/fixes?limit=100');
    await open('/fixes');
    await page.getByRole('heading', { name: 'What to fix first' }).waitFor();
    if (fixes.items.length === 0) await page.getByRole('heading', { name: 'No update at hand removes any risk' }).waitFor();
    else {
      const [top] = fixes.items;
      await page.getByRole('region', { name: 'Updates by risk removed' }).getByRole('row').nth(1).getByText(`${top.name} ${top.version ?? ''}`.trim(), { exact: true }).waitFor();
      expect(fixes.items.every((fix) => fix.risk_removed <= top.risk_removed), 'the first is not the best');
    }
  });
  await deciding({ page, task, expect, until, open, api, axe, picture, grouped });
  await task('Rollouts and Releases say how to begin', async () => {
    await open('/rollouts');
    await page.getByRole('heading', { name: 'No rollout yet' }).waitFor();
    await open('/releases');
    await page.getByRole('heading', { name: 'No release yet' }).waitFor();
  });
  await task('words find vulnerabilities', async () => {
    await open('/vulnerabilities');
    await page.getByRole('region', { name: 'Vulnerabilities' }).getByRole('link').first().waitFor();
    await page.getByRole('searchbox', { name: /Words in id/ }).fill(worst);
    await page.getByRole('button', { name: 'Show' }).click();
    const list = page.getByRole('region', { name: 'Vulnerabilities' });
    await until(async () => (await list.getByRole('row').count()) === 2 && (await list.getByRole('link', { name: worst }).count()) === 1, 'more than what was asked for is found');
  });


  // ---- the loop: devices, releases, a plan, somebody else's approval, a running rollout
  const cameras = { model: 'AC-CAM40', name: 'camera', folder: 'camera', from: '3.1.0', to: '3.2.0' };
  const gateways = { model: 'AC-GW200', name: 'gateway', folder: 'gateway', from: '1.4.2', to: '1.5.0' };
  const sbomOf = (line, version) => readFileSync(join(root, `demo/firmware/${line.folder}/${version}.cdx.json`));
  const draft = async (line) => {
    await send(`/sboms?model=${line.model}&version=${line.from}`, 'application/vnd.cyclonedx+json', sbomOf(line, line.from));
    const { set } = await send(`/sboms?model=${line.model}&version=${line.to}`, 'application/vnd.cyclonedx+json', sbomOf(line, line.to));
    const bytes = Buffer.alloc(65_536, `${line.name} ${line.to}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const upload = await post('/uploads', { name: `${line.name}-${line.to}.img`, length: bytes.length, sha256 });
    await send(`/uploads/${upload.id}`, 'application/octet-stream', bytes, { method: 'PATCH', headers: { 'upload-offset': '0' } });
    await send(`/uploads/${upload.id}/finish`);
    return post('/releases', { name: line.name, version: line.to, artifact: sha256, models: [line.model], sbom: set, notes: '' });
  };
  const simulated = 60;

  let release;
  await task('an enrolment token is made in Settings, shown once, and lets devices in', async () => {
    await open('/settings?tab=tokens');
    await page.getByRole('button', { name: 'New enrolment token' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('What it is for').fill('test hall');
    await sheet.getByLabel('How many devices may use it').fill(String(simulated));
    await axe(page);
    await sheet.getByRole('button', { name: 'Make it' }).click();
    const command = await page.getByRole('dialog', { name: 'Run this on the device' }).getByText(/--token/).innerText();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByRole('row', { name: /test hall/ }).getByText('usable').waitFor();
    await open('/settings?tab=tokens');
    expect((await page.getByText('--token').count()) === 0, 'the secret is shown again');
    simulator = await startSimulator(server, folder, /--token (\S+)/.exec(command)[1], simulated);
    await until(async () => (await api(`/devices?limit=1&query=${encodeURIComponent('protocol = native')}`)).total === simulated, 'the devices are not listed');
    await page.getByRole('row', { name: /test hall/ }).waitFor();
  });
  await task('a drafted release says what it fixes and brings, and is published from its page', async () => {
    release = await draft(gateways);
    await draft(cameras).then((made) => post(`/releases/${made.id}/actions/publish`, { why: 'by the test' }));
    await open('/releases');
    await page.getByRole('region', { name: 'Releases' }).getByRole('link', { name: 'gateway 1.5.0', exact: true }).click();
    await page.getByRole('heading', { name: 'gateway 1.5.0', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Publish' }).click();
    await confirm(page, 'Publish', 'it passed the laboratory');
    await page.getByRole('link', { name: 'Plan a rollout' }).waitFor();
    const now = await api(`/releases/${release.id}`);
    expect(now.state === 'published', `it is ${now.state}`);
    expect(now.fixes_count > 0, 'real SBOMs, and nothing is fixed');
    await page.getByText(now.sentence).waitFor();
    await page.getByRole('region', { name: 'Fixed by it' }).getByRole('link').first().waitFor();
    expect((await page.getByRole('region', { name: 'Fixed by it' }).getByRole('row').count()) - 1 === Math.min(10, now.fixes.length), 'not all fixes are listed');
    const running = now.adoption.filter((row) => row.model === gateways.model);
    const all = running.reduce((sum, row) => sum + row.devices, 0);
    const here = running.filter((row) => row.version === gateways.to).reduce((sum, row) => sum + row.devices, 0);
    await page.getByText(`${grouped(here)} device${here === 1 ? '' : 's'} of ${grouped(all)} run ${gateways.to}`).waitFor();
  });
  let bert;
  await task('a person is added in Settings and signs in', async () => {
    await open('/settings?tab=people');
    await page.getByRole('button', { name: 'Add a person' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Name').fill('bert');
    await sheet.getByLabel('Role').selectOption('approver');
    await sheet.getByLabel(/First password/).fill('a long enough secret');
    await sheet.getByRole('radio', { name: 'the whole fleet' }).check();
    await sheet.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('row', { name: /^bert approver/ }).waitFor();
    const other = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' });
    other.setDefaultTimeout(patience);
    bert = await other.newPage();
    bert.on('pageerror', (error) => troubles.push(error.message));
    await bert.goto(`${server.address}/sign-in`);
    await bert.getByLabel('User').fill('bert');
    await bert.getByLabel('Password').fill('a long enough secret');
    await bert.getByRole('button', { name: 'Sign in' }).click();
    await bert.getByText('bert').first().waitFor();
  });
  await task('a person is not widened by a sheet that does not know the groups, and the whole fleet is chosen in words', async () => {
    const group = await post('/groups', { name: 'Scope of bert', query: 'site = nowhere' });
    const here = async () => (await api('/users?limit=200')).items.find((each) => each.name === 'bert');
    const change = async () => {
      await page.getByRole('button', { name: 'Change bert' }).click();
      return page.getByRole('dialog', { name: 'Change: bert' });
    };
    await open('/settings?tab=people');
    let sheet = await change();
    await sheet.getByRole('radio', { name: 'only these groups' }).check();
    await sheet.getByRole('button', { name: 'Change', exact: true }).click();
    await sheet.getByRole('alert').getByText(/Choose the groups/).waitFor();
    await sheet.getByRole('checkbox', { name: 'Scope of bert' }).check();
    await sheet.getByRole('button', { name: 'Change', exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
    expect((await here()).scope.length === 1, 'the scope is not kept');
    await page.route('**/api/v1/groups?*', (route) => route.abort());
    await open('/settings?tab=people');
    sheet = await change();
    await sheet.getByRole('alert').getByText(/Groups could not be shown/).waitFor();
    expect(await sheet.getByRole('button', { name: 'Change', exact: true }).isDisabled(), 'it can be sent without its groups');
    await page.unroute('**/api/v1/groups?*');
    await sheet.getByRole('button', { name: 'Try again' }).click();
    await sheet.getByRole('radio', { name: 'the whole fleet' }).check();
    await sheet.getByRole('alert').getByText(/bert sees and changes the whole fleet/).waitFor();
    await axe(page);
    await sheet.getByRole('button', { name: 'Change', exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
    expect((await here()).scope.length === 0, 'the whole fleet was chosen');
    await send(`/groups/${group.id}`, undefined, undefined, { method: 'DELETE' });
    await bert.context().clearCookies();
    await bert.goto(`${server.address}/sign-in`);
    await bert.getByLabel('User').fill('bert');
    await bert.getByLabel('Password').fill('a long enough secret');
    await bert.getByRole('button', { name: 'Sign in' }).click();
    await bert.getByText('bert').first().waitFor();
  });
  // RFC 6238, on its own, so that the server's arithmetic is held against another.
  const codeOf = (secret, steps = 0) => {
    const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
    const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))).update(counter).digest();
    return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  };
  await task('signing in leads to the page that was asked for, and to no other place', async () => {
    const other = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' });
    other.setDefaultTimeout(patience);
    const tab = await other.newPage();
    const enter = async () => {
      await tab.getByLabel('User').fill('bert');
      await tab.getByLabel('Password').fill('a long enough secret');
      await tab.getByRole('button', { name: 'Sign in' }).click();
    };
    await tab.goto(`${server.address}/devices?query=${encodeURIComponent('site = nowhere')}`);
    await enter();
    await tab.waitForURL(/\/devices\?query=/);
    await tab.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
    for (const next of ['https://evil.example/', '//evil.example/', '/\\evil.example/']) {
      await other.clearCookies();
      await tab.goto(`${server.address}/sign-in?next=${encodeURIComponent(next)}`);
      await enter();
      await tab.getByRole('link', { name: 'Oakum' }).waitFor();
      expect(new URL(tab.url()).origin === server.address && new URL(tab.url()).pathname === '/', `${next} led to ${tab.url()}`);
    }
    await other.close();
  });
  await task('a second factor is set up with a QR code, asked for, and reset by an administrator', async () => {
    await bert.goto(`${server.address}/settings?tab=you`);
    await bert.getByRole('button', { name: 'Set up an authenticator' }).click();
    await bert.getByRole('img', { name: 'QR code for an authenticator' }).waitFor();
    await axe(bert);
    if (screenshots) await bert.screenshot({ path: join(root, 'docs/screenshots/authenticator.png') });
    const secret = (await bert.getByText(/^Secret:/).innerText()).replace('Secret:', '').replaceAll(' ', '');
    await bert.getByLabel('The six digits that it shows').fill('000000');
    await bert.getByRole('button', { name: 'Switch it on' }).click();
    await bert.getByText(/the code is wrong/).waitFor();
    await bert.getByLabel('The six digits that it shows').fill(codeOf(secret));
    await bert.getByRole('button', { name: 'Switch it on' }).click();
    const listed = bert.getByRole('region', { name: 'Recovery codes' }).getByRole('listitem');
    await listed.first().waitFor();
    const codes = await listed.allInnerTexts();
    expect(new Set(codes).size === 10, `recovery codes: ${codes}`);
    await bert.getByRole('button', { name: 'I have kept them' }).click();
    await bert.getByText(/10 recovery codes are left/).waitFor();
    await bert.getByRole('button', { name: 'Sign out' }).click();
    await bert.getByLabel('User').fill('bert');
    await bert.getByLabel('Password').fill('a long enough secret');
    await bert.getByRole('button', { name: 'Sign in' }).click();
    await bert.getByLabel(/Code of your authenticator/).fill(codes[0]);
    await bert.getByRole('button', { name: 'Sign in' }).click();
    await bert.getByRole('link', { name: 'Oakum' }).waitFor();
    await open('/settings?tab=people');
    await page.getByRole('button', { name: 'Reset factor of bert' }).click();
    await confirm(page, 'Reset', 'lost the phone');
    expect((await bert.request.get(`${server.address}/api/v1/me`)).status() === 401, 'his session lives on');
    await bert.goto(`${server.address}/sign-in`);
    await bert.getByLabel('User').fill('bert');
    await bert.getByLabel('Password').fill('a long enough secret');
    await bert.getByRole('button', { name: 'Sign in' }).click();
    await bert.getByRole('link', { name: 'Oakum' }).waitFor();
  });
  await task('where a second factor is required it is set up first, and the recovery codes stay until they are kept', async () => {
    await send('/users', 'application/json', JSON.stringify({ name: 'carla', role: 'administrator', password: 'a long enough secret' }));
    await send('/sign-in-rules', 'application/json', JSON.stringify({ second_factor_required: true }), { method: 'PUT' });
    const other = await browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' });
    other.setDefaultTimeout(patience);
    const carla = await other.newPage();
    await carla.goto(`${server.address}/sign-in`);
    await carla.getByLabel('User').fill('carla');
    await carla.getByLabel('Password').fill('a long enough secret');
    await carla.getByRole('button', { name: 'Sign in' }).click();
    await carla.getByRole('heading', { name: 'Set up your second factor' }).waitFor();
    await axe(carla);
    expect((await carla.request.get(`${server.address}/api/v1/devices`)).status() === 403, 'devices are shown before');
    await carla.getByRole('button', { name: 'Set up an authenticator' }).click();
    const secret = (await carla.getByText(/^Secret:/).innerText()).replace('Secret:', '').replaceAll(' ', '');
    await carla.getByLabel('The six digits that it shows').fill(codeOf(secret));
    await carla.getByRole('button', { name: 'Switch it on' }).click();
    const codes = carla.getByRole('region', { name: 'Recovery codes' });
    await codes.waitFor();
    // The rule goes, and the page hears that she has a second factor now.
    const glass = await playwrightRequest.newContext({ ignoreHTTPSErrors: true });
    const cookie = (await other.cookies(server.address)).map((each) => `${each.name}=${each.value}`).join('; ');
    const hers = await (await glass.get(`${server.address}/api/v1/me`, { headers: { cookie } })).json();
    const eased = await glass.put(`${server.address}/api/v1/sign-in-rules`, { headers: { cookie, 'x-csrf-token': hers.csrf }, data: { second_factor_required: false } });
    expect(eased.ok(), `easing the rule answered ${eased.status()}`);
    await glass.dispose();
    await carla.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    expect((await codes.getByRole('listitem').count()) === 10, 'the codes are gone');
    await carla.getByRole('button', { name: 'I have kept them' }).click();
    await carla.getByRole('link', { name: 'Oakum' }).waitFor();
    // Under Settings the page follows the server: new codes stay while it hears of them.
    await carla.goto(`${server.address}/settings?tab=you`);
    await carla.getByRole('button', { name: 'New recovery codes' }).click();
    const heard = carla.waitForResponse((answer) => answer.url().endsWith('/api/v1/me'));
    await carla.getByLabel(/A code of your authenticator/).fill(codeOf(secret, 1));
    await carla.getByRole('button', { name: 'Make new codes' }).click();
    await codes.waitFor();
    await heard;
    expect((await codes.getByRole('listitem').count()) === 10, 'the codes are gone');
    await carla.getByRole('button', { name: 'I have kept them' }).click();
    await carla.getByText(/10 recovery codes are left/).waitFor();
    await other.close();
  });
  await task("somebody else's session is seen and ended, in Settings", async () => {
    const other = await playwrightRequest.newContext({ ignoreHTTPSErrors: true, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0' });
    const entered = await other.post(`${server.address}/api/v1/session`, { data: { user: 'admin', password: 'a password to come back' } });
    expect(entered.ok(), `signing in answered ${entered.status()}: ${await entered.text()}`);
    await open('/settings?tab=you');
    const list = page.getByRole('region', { name: 'Your sessions' });
    await list.getByText('this session').waitFor();
    await list.getByRole('button', { name: /End the session from 127.0.0.1 with Firefox on Linux/ }).click();
    await until(async () => (await list.getByText('Firefox on Linux').count()) === 0, 'the ended session is still listed');
    expect((await other.get(`${server.address}/api/v1/me`)).status() === 401, 'the ended session lives on');
    await other.dispose();
    await open('/settings?tab=people');
    await page.getByRole('button', { name: 'Sessions of bert' }).click();
    await page.getByRole('region', { name: 'Sessions of bert' }).getByRole('row').nth(1).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  });
  await queue({ page, task, expect, until, open, api, axe, picture, release });
  let planned;
  await task('a fix is planned from the queue, with live counts, and cannot be approved by who made it', async () => {
    await until(async () => (await api('/fixes?limit=100')).items.some((fix) => fix.release === release.id && fix.state === 'ready'), 'the release is in no queue');
    const { items, total_risk } = await api('/fixes?limit=100');
    expect(items.every((fix) => fix.cumulative_risk_removed <= total_risk * 1.000001), 'more risk is removed than there is');
    await open('/fixes');
    await page.getByRole('region', { name: 'Updates by risk removed' }).getByRole('row', { name: /^gateway 1\.5\.0/ }).getByRole('link', { name: 'Plan' }).click();
    await page.getByRole('heading', { name: 'New rollout' }).waitFor();
    const who = page.getByLabel(/Devices, as a query/);
    await who.fill('protocol = nativ and modle = x');
    await page.getByText(/^Column \d+: .*modle/).waitFor();
    await who.fill('protocol = native');
    const { total } = await api(`/devices?limit=1&query=${encodeURIComponent(`protocol = native and model = ${gateways.model}`)}`);
    expect(total > 0, 'no simulated gateway');
    await page.getByText(`${grouped(total)} devices of AC-GW200 in scope`).waitFor();
    await page.getByRole('radio', { name: /Urgent/ }).check();
    await page.getByText(/^oakum rollout create .* --release gateway@1\.5\.0 --query 'protocol = native' --care urgent$/).waitFor();
    await page.getByLabel('What people call it').fill('gateways, at once');
    await axe(page);
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByRole('heading', { name: 'gateways, at once', level: 1 }).waitFor();
    planned = page.url().split('/').at(-1);
    await page.getByRole('list', { name: 'The plan in words' }).getByText(`gateway 1.5.0 goes to ${grouped(total)} devices: those that match protocol = native.`).waitFor();
    await page.getByText('You made this plan: somebody else has to approve it.').waitFor();
    expect((await page.getByRole('button', { name: 'Approve' }).count()) === 0, 'its maker may approve it');
  });
  await task('somebody else finds it on Home and approves it, and its maker sees that without a reload', async () => {
    await page.evaluate(() => (globalThis.stays = true));
    await bert.goto(server.address + '/');
    await bert.getByRole('list', { name: 'Needs you' }).getByRole('link', { name: 'Look and approve' }).click();
    await bert.getByRole('heading', { name: 'gateways, at once', level: 1 }).waitFor();
    await bert.getByRole('button', { name: 'Approve' }).click();
    await confirm(bert, 'Approve', 'read and agreed');
    await page.getByText(/^Approved; brings gateway 1\.5\.0/).waitFor();
    expect(await page.evaluate(() => globalThis.stays === true), 'the page was loaded anew');
  });
  await task('"stop it" takes two presses', async () => {
    await page.getByRole('button', { name: 'Start' }).click();
    await confirm(page, 'Start', 'the window is open');
    await page.getByText(/^Wave 1 of 2 \(canary\) is open/).waitFor();
    await page.getByRole('button', { name: 'Halt' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Halt', exact: true }).click();
    await page.getByText(/^Halted: /).waitFor();
    await page.getByRole('region', { name: 'Decisions' }).getByRole('row', { name: /halted.*Halt by hand/ }).waitFor();
    expect((await api(`/rollouts/${planned}`)).state === 'halted', 'the page says so, the server does not');
    expect(await page.evaluate(() => globalThis.stays === true), 'the page was loaded anew');
  });

  await task('a plan puts a device first, has a date, and stands in the calendar', async () => {
    const gateways = (await api('/releases?limit=10')).items.find((each) => each.name === 'gateway' && each.state === 'published');
    const { id: device } = (await api(`/devices?limit=1&query=${encodeURIComponent(`protocol = native and model = ${gateways.models[0]}`)}`)).items[0];
    await open(`/rollouts/new?release=${gateways.id}&query=${encodeURIComponent('protocol = native')}`);
    const first = page.getByLabel(/^Before the others/);
    await first.fill('id =');
    await page.getByText(/^Column \d+: /).waitFor();
    expect(await page.getByRole('button', { name: 'Make the plan' }).isDisabled(), 'a plan with a query that nobody can read');
    await first.fill(`id = ${device}`);
    await page.getByText('1 device in a wave of their own, which the others wait for.').waitFor();
    const date = new Date(Date.now() + 7 * 86_400_000);
    const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    await page.getByLabel(/^It starts by itself, on your clock/).fill(local);
    await page.getByRole('button', { name: 'Make the plan' }).click();
    const words = page.getByRole('list', { name: 'The plan in words' });
    await words.getByText(`first (where id = ${device}, 1 device)`).waitFor();
    await words.getByText(/^It starts by itself on .*, once it may\.$/).waitFor();
    const id = page.url().split('/').pop();
    const made = await api(`/rollouts/${id}`);
    expect(made.plan.waves.length === 4 && Math.abs(new Date(made.starts_at) - new Date(local)) < 1000, JSON.stringify(made.plan));
    await open('/calendar');
    await page.getByText(/^starts \w+day \d\d:\d\d, waits for approval$/).first().waitFor();
    await post(`/rollouts/${id}/actions/abort`, { why: 'only tried' });
  });

  // A wave waits a day after its last device got well: a person opens what comes next.
  let running;
  const gate = { minimum: 1, tolerated_failure_ppm: 100_000, unproven: 'open', soak_seconds: 86_400 };
  await task('a running rollout is live: devices get verified on the page without a reload', async () => {
    const made = await api('/releases?limit=10').then((list) => list.items.find((each) => each.name === cameras.name));
    running = await post('/rollouts', {
      name: 'cameras, slowly',
      release: made.id,
      query: 'protocol = native',
      soak_seconds: 1,
      step_timeout_seconds: 300,
      waves: [
        { name: 'canary', share_ppm: 300_000, gate },
        { name: 'rest', share_ppm: 1_000_000, gate },
      ],
    });
    const csrf = await bert.evaluate(async () => (await (await fetch('/api/v1/me')).json()).csrf);
    const approved = await bert.request.post(`${server.address}/api/v1/rollouts/${running.id}/actions/approve`, { headers: { 'x-csrf-token': csrf }, data: { why: 'by the test' } });
    expect(approved.ok(), await approved.text());
    await open(`/rollouts/${running.id}`);
    await page.evaluate(() => (globalThis.stays = true));
    await page.getByRole('button', { name: 'Start' }).click();
    await confirm(page, 'Start', 'a quiet hour');
    await page.getByText(/^Wave 1 of 2 \(canary\) is open/).waitFor();
    const canary = page.getByRole('list', { name: 'Waves' }).getByRole('listitem').first();
    let wave;
    await until(async () => {
      [wave] = (await api(`/rollouts/${running.id}`)).waves;
      return wave.counts.verified > 0 && wave.counts.verified === wave.expected;
    }, 'the canary is not verified');
    // The page asks by itself once a minute only: what stands here sooner was told by an event.
    await canary.getByText(`${grouped(wave.expected)} of ${grouped(wave.expected)} verified`).waitFor();
    expect(await page.evaluate(() => globalThis.stays === true), 'the page was loaded anew');
    await page.getByText(`verified ${grouped(wave.expected)}`, { exact: true }).first().waitFor();
    await picture('rollout'); // while it runs
  });
  await task('"why is this device waiting?" is answered on its page', async () => {
    const busy = new Set((await api(`/rollouts/${running.id}/devices?limit=500`)).items.map((row) => row.device.id));
    const { items } = await api(`/devices?limit=500&query=${encodeURIComponent(`protocol = native and model = ${cameras.model}`)}`);
    const waiting = items.find((row) => !busy.has(row.id));
    expect(waiting !== undefined, 'every camera is in the canary');
    await open('/');
    await search(waiting.serial);
    await page.getByRole('heading', { name: waiting.name, level: 1 }).waitFor();
    await page.getByText(/"cameras, slowly" brings it camera 3\.2\.0 in wave 2 of 2 \(rest\); wave 1 \(canary\) is open now/).first().waitFor();
    await page.locator('p.lead').getByText('; camera 3.2.0 waits for wave 2 of "cameras, slowly".').waitFor();
    await open(`/devices/${[...busy][0]}`);
    await page.getByRole('region', { name: 'Latest update' }).getByText(/The update to camera 3\.2\.0 was verified/).waitFor();
  });
  await task('a rollout is paused, resumed, and its next wave opened, from the page', async () => {
    await open(`/rollouts/${running.id}`);
    await page.evaluate(() => (globalThis.stays = true));
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText(/^Paused: /).waitFor();
    expect((await page.getByRole('button', { name: 'Open next wave' }).count()) === 0, 'a paused rollout opens waves');
    await page.getByRole('button', { name: 'Resume' }).click();
    await confirm(page, 'Resume', 'the line is free again');
    await page.getByText(/^Wave 1 of 2 \(canary\) is open/).waitFor();
    await page.getByRole('button', { name: 'Open next wave' }).click();
    await confirm(page, 'Open next wave', 'the canary is well');
    await page.getByText(/^Wave 2 of 2 \(rest\) is open|^Every device in reach has its outcome: /).waitFor();
    await until(async () => (await api(`/rollouts/${running.id}`)).state === 'settled', 'it does not settle');
    await page.getByText(/^Every device in reach has its outcome: /).waitFor();
    const { in_scope, totals } = await api(`/rollouts/${running.id}`);
    expect(totals.verified === in_scope && in_scope > 0, `${totals.verified} of ${in_scope} are verified`);
    await page.getByText(`${grouped(in_scope)} of ${grouped(in_scope)} devices in scope run camera 3.2.0 and are healthy`).waitFor();
    expect(await page.evaluate(() => globalThis.stays === true), 'the page was loaded anew');
    await page.getByRole('group', { name: 'Which devices' }).getByRole('button', { name: `verified ${grouped(in_scope)}` }).click();
    await page.getByRole('region', { name: 'Devices of this rollout' }).getByRole('row').nth(1).getByText('verified').waitFor();
  });

  const screenshot = async (of, name) => {
    if (!screenshots) return;
    await drawn(of);
    await of.screenshot({ path: join(root, `docs/screenshots/${name}.png`) });
  };
  await decisions({ page, bert, task, expect, until, open, api, axe, confirm, server, picture, grouped });
  await intake({ page, bert, task, expect, until, open, api, send, post, axe, confirm, server, picture });
  await accepting({ page, bert, task, expect, until, open, api, axe, confirm, server, picture, grouped });
  await changing({ page, task, expect, until, open, api, axe, picture, grouped, rollout: running?.id });
  await plans({ page, bert, task, expect, until, open, api, post, axe, confirm, server, release, running, picture, screenshot, grouped });
  await windows({ page, task, expect, until, open, api, post, axe, release, picture });
  await floors({ page, task, expect, until, open, api, axe, picture });
  await task('a rollout says what it does and waits for', async () => {
    const told = await api(`/rollouts/${running.id}/explain`);
    await open(`/rollouts/${running.id}`);
    await page.getByText('Why, why not now, and when').click();
    const why = page.getByRole('region', { name: 'What it waits for' });
    await why.getByText('Does it offer camera 3.2.0 now?').waitFor();
    await why.getByText(told.steps[0].because).first().waitFor();
    expect(told.steps.some((step) => step.question === 'What was decided last?'), 'the last decision is not told');
    await axe(page);
  });
  await task('the life of a hole ends with the first device that was proven to be rid of it', async () => {
    const closed = (await api(`/devices/${(await api(`/rollouts/${running.id}/devices?state=verified&limit=1`)).items[0].device.id}/findings?state=closed&limit=50`)).items;
    expect(closed.length > 0, 'an updated device has no closed finding');
    const { dates, id } = await api(`/advisories/${closed[0].advisory}`);
    expect(dates.fix_available && dates.first_verified >= dates.fix_available, `${id}: ${JSON.stringify(dates)}`);
    await open(`/vulnerabilities/${id}`);
    const life = page.getByRole('list', { name: 'Since when' });
    await life.getByText('a fix was here').waitFor();
    await life.getByText('first verified').waitFor();
  });
  await task('Proof: holes were closed, and the windows say so', async () => {
    const windows = await api(`/proof/exposure-windows?query=${encodeURIComponent('protocol = native')}`);
    const all = windows.rows.find((row) => row.class === 'all');
    expect(all.closed > 0, 'verified devices, and no hole was closed');
    await open('/proof');
    await page.getByLabel('Which devices').fill('protocol = native');
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.getByRole('region', { name: 'Exposure windows' }).getByRole('row', { name: /^all/ }).getByText(grouped(all.closed), { exact: true }).waitFor();
  });
  await figuresOfRollouts({ page, task, expect, open, api, grouped, settled }, running.id);
  await task('Proof: the audit log is searched, verified and exported', async () => {
    await open('/proof?query=protocol%20%3D%20native');
    await page.getByLabel('Words of who, what, on what or why').fill('ROLLOUT.halted hand');
    await page.getByRole('button', { name: 'Find' }).click();
    const log = page.getByRole('region', { name: 'Audit log', exact: true });
    await until(async () => (await log.getByRole('row').count()) === 2, 'not one record is found');
    await log.getByText('Halt by hand').waitFor();
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText(/^All [\d,]+ records follow from one another|✓ intact/).first().waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export' }).click()]);
    const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(file.items.length === file.records && file.records > 10, `it holds ${file.items.length} of ${file.records}`);
    expect(file.items.every((row, i) => row.previous === (file.items[i - 1]?.hash ?? '0'.repeat(64))), 'its records do not follow from one another');
    expect(file.head === file.items.at(-1).hash, 'its head is another');
  });
  await task('Settings: sources, keys and health say what the server says', async () => {
    const feeds = await api('/feeds');
    await open('/settings');
    for (const feed of feeds.items) await page.getByRole('region', { name: 'Sources' }).getByRole('row', { name: new RegExp(`^${feed.name}`) }).getByText(grouped(feed.accepted), { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Keys' }).click();
    await page.getByText('Whoever takes over this machine can publish what devices install.').waitFor();
    await page.getByText(server.fingerprint).waitFor();
    await page.getByRole('tab', { name: 'Health' }).click();
    await page.getByText('The server is well.').waitFor();
  });
  await task('Settings: a source is changed, tried out and synced, and says in words why it cannot be had', async () => {
    await open('/settings');
    await page.getByText('Nothing is fetched: no source is switched on.').waitFor();
    const row = page.getByRole('region', { name: 'Where it is fetched from' }).getByRole('row', { name: /^debian/ });
    await row.getByText('– off').waitFor();
    await row.getByRole('button', { name: 'Change debian' }).click();
    const sheet = page.getByRole('dialog', { name: 'Source debian' });
    await sheet.getByLabel('Address').fill('http://example.org/');
    await sheet.getByRole('button', { name: 'Keep it' }).click();
    await sheet.getByRole('alert').getByText(/begins with https/).waitFor();
    await sheet.getByLabel('Address').fill('https://127.0.0.1:1/json');
    await sheet.getByRole('button', { name: 'Keep it' }).click();
    await sheet.waitFor({ state: 'detached' });
    await row.getByRole('button', { name: 'Test debian' }).click();
    await page.getByRole('status').filter({ hasText: /could not be had: .*private network/ }).waitFor();
    await row.getByRole('button', { name: 'Sync now: debian' }).click();
    await row.getByText('✕ failed').waitFor();
    await row.getByText(/private network/).waitFor();
    await axe(page);
    await row.getByRole('button', { name: 'Switch on: debian' }).click();
    await page.getByText(/1 source of \d+ switched on/).waitFor();
    await row.getByRole('button', { name: 'Switch off: debian' }).click();
    await page.getByRole('dialog', { name: 'Switch off debian' }).getByRole('button', { name: 'Switch off', exact: true }).click();
    await row.getByText('– off').waitFor();
  });
  await task('Settings: a management system is connected, after what it takes and what it writes were said', async () => {
    await open('/settings?tab=connections');
    const region = page.getByRole('region', { name: 'Management systems' });
    await page.getByText('No management system is connected').waitFor();
    await axe(page);
    await page.getByRole('button', { name: 'Connect Microsoft Intune' }).click();
    const sheet = page.getByRole('dialog', { name: 'Connect Microsoft Intune' });
    await sheet.getByText('DeviceManagementManagedDevices.Read.All').waitFor();
    await sheet.getByText(/Nothing: it reads lists/).waitFor();
    await sheet.getByLabel('Name here').fill('hq');
    await sheet.getByLabel('The directory (tenant) id').fill('tenant 1');
    await sheet.getByLabel('The application (client) id').fill('client-1');
    await sheet.getByLabel('The client secret').fill('s3cret');
    await axe(page);
    await sheet.getByRole('button', { name: 'Connect', exact: true }).click();
    await sheet.getByRole('alert').getByText(/directory \(tenant\) id has letters/).waitFor();
    await sheet.getByLabel('The directory (tenant) id').fill('tenant-1');
    await sheet.getByText('In a national cloud').click();
    await sheet.getByLabel('It is asked at').fill('https://127.0.0.1:1');
    await sheet.getByLabel('It is signed in to at').fill('https://127.0.0.1:1');
    await sheet.getByRole('button', { name: 'Connect', exact: true }).click();
    await sheet.waitFor({ state: 'detached' });
    const row = region.getByRole('row', { name: /^hq/ });
    await row.getByText('Microsoft Intune').waitFor();
    await page.getByRole('button', { name: 'Test hq' }).click();
    await page.getByRole('status').filter({ hasText: /could not be had: .*private network/ }).waitFor();
    await row.getByText(/✕ (needs you|failed)/).waitFor();
    await row.getByText(/private network/).waitFor();
    await axe(page);
    await row.getByRole('button', { name: 'Floor for hq' }).click();
    const floor = page.getByRole('dialog', { name: 'A floor for hq' });
    await floor.getByLabel('At least version').fill('soon');
    await floor.getByRole('button', { name: 'Show what it means' }).click();
    await floor.getByRole('alert').getByText(/no version of iOS/).waitFor();
    await floor.getByLabel('At least version').fill('26.4');
    await floor.getByRole('button', { name: 'Show what it means' }).click();
    await floor.getByText(/0 of 0 devices fall short of iOS 26\.4.*Nothing was sent/).waitFor();
    await floor.getByText(/iosCompliancePolicy/).waitFor();
    await axe(page);
    await floor.getByRole('button', { name: 'Close', exact: true }).last().click();
    await floor.waitFor({ state: 'detached' });
    await row.getByRole('button', { name: 'Switch off: hq' }).click();
    const off = page.getByRole('dialog', { name: 'Switch off hq' });
    await off.getByRole('button', { name: 'Switch off', exact: true }).click();
    await off.waitFor({ state: 'detached' });
    await row.getByRole('button', { name: 'Forget hq' }).click();
    await row.getByRole('button', { name: 'Yes, forget hq' }).click();
    await page.getByText('No management system is connected').waitFor();
  });
  await task('Settings: a backup that was read back is shown as verified, and when the next is made by itself', async () => {
    const { csrf } = await api('/me');
    const asked = await context.request.post(`${server.address}/api/v1/backups`, { data: { file: 'before-the-audit.oakum' }, headers: { 'x-csrf-token': csrf } });
    expect(asked.status() === 202, `it answered ${asked.status()}`);
    await until(async () => (await api('/backups')).items.find((each) => each.file === 'before-the-audit.oakum')?.state === 'verified', 'the backup was not verified');
    await open('/settings?tab=health');
    await page.getByText(/The server makes one every 24 hours in .*, whole, reads it back, and keeps the newest 7\./).waitFor();
    const row = page.getByRole('region', { name: 'Backups' }).getByRole('row', { name: /before-the-audit\.oakum/ });
    await row.getByText('✓ verified').waitFor();
    await axe(page);
  });
  await task('Help: the documents of this version, by words and by links', async () => {
    await open('/');
    await page.getByRole('link', { name: 'Help', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Start in ten minutes' }).waitFor();
    await settled(page);
    await axe(page);
    await picture('help');
    await page.getByRole('link', { name: 'Operations', exact: true }).click();
    await page.getByRole('heading', { level: 2, name: 'Sizing' }).waitFor();
    expect((await page.getByText('sh try').count()) === 0, 'marks for tests are shown');
    await page.getByRole('article').getByRole('link', { name: 'backup', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Backup and restore' }).waitFor();
    await page.getByRole('link', { name: 'REST interface', exact: true }).click();
    await page.getByRole('heading', { level: 3, name: 'GET /api/v1/devices', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'REST interface' }).waitFor();
    await axe(page);
  });
  await task('Settings: an API token works until it is revoked', async () => {
    await open('/settings?tab=tokens');
    await page.getByRole('button', { name: 'New API token' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('What it is for').fill('a script');
    await sheet.getByRole('button', { name: 'Make it' }).click();
    const secret = await page.getByRole('dialog', { name: 'The new API token' }).locator('pre').innerText();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    const outside = await playwrightRequest.newContext({ ignoreHTTPSErrors: true });
    const ask = async () => (await outside.get(`${server.address}/api/v1/devices?limit=1`, { headers: { authorization: `Bearer ${secret}` } })).status();
    expect((await ask()) === 200, 'the token does not work');
    await page.getByRole('button', { name: 'Revoke a script' }).click();
    const sure = page.getByRole('dialog', { name: 'Revoke a script' });
    expect((await ask()) === 200, 'one press revoked it');
    await sure.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('row', { name: /a script/ }).getByText('revoked').waitFor();
    expect((await ask()) === 401, 'the token works on');
    await outside.dispose();
  });
  await task('Settings: a channel is added, says in words why a test does not arrive, and is removed', async () => {
    await open('/settings?tab=channels');
    await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
    await page.getByRole('button', { name: 'New channel' }).click();
    const sheet = page.getByRole('dialog', { name: 'New channel' });
    await sheet.getByLabel('Kind').selectOption('Webhook (CloudEvents)');
    await sheet.getByLabel('Name').fill('on call');
    await sheet.getByLabel('Address').fill('http://example.org/');
    await sheet.getByRole('button', { name: 'Add it' }).click();
    await sheet.getByRole('alert').getByText(/begins with https/).waitFor();
    await sheet.getByLabel('Address').fill('https://127.0.0.1:1/hook');
    await sheet.getByRole('button', { name: 'Add it' }).click();
    const key = page.getByRole('dialog', { name: 'The key of the signature' });
    expect((await key.locator('pre').innerText()).length >= 43, 'no key is shown');
    await key.getByRole('button', { name: 'I have kept it' }).click();
    const row = page.getByRole('region', { name: 'Channels' }).getByRole('row', { name: /^on call/ });
    await row.getByText('127.0.0.1:1').waitFor();
    await row.getByRole('button', { name: 'Test on call' }).click();
    await page.getByRole('status').getByText(/It did not arrive: .*private network/).waitFor();
    await row.getByText(/private network/).waitFor();
    await axe(page);
    await row.getByRole('button', { name: 'Remove on call' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('heading', { name: 'No channel yet' }).waitFor();
  });
  await task('Settings: disabling somebody ends their session', async () => {
    await open('/settings?tab=people');
    await page.getByRole('button', { name: 'Disable bert' }).click();
    await page.getByRole('dialog', { name: 'Disable bert' }).getByRole('button', { name: 'Disable', exact: true }).click();
    await page.getByRole('row', { name: /^bert/ }).getByText('disabled').waitFor();
    expect((await bert.request.get(`${server.address}/api/v1/me`)).status() === 401, 'his session lives on');
    await bert.context().close();
  });
  await task('what a device calls itself is text on the page, and no formula in the file', async () => {
    const names = ['=HYPERLINK("http://evil","x")', '<img src=x onerror=alert(1)>', '\u202Egnp.exe', '@SUM(A1)'];
    const csv = 'serial,name,site\n' + names.map((name, i) => `HOSTILE-${i},"${name.replaceAll('"', '""')}",Hostile hall`).join('\n') + '\n';
    const imported = await send('/devices/import?name=hostile.csv', 'text/csv', csv);
    expect(imported.new === names.length, JSON.stringify(imported).slice(0, 500));
    await open(`/devices?query=${encodeURIComponent('site = "Hostile hall"')}&sort=name`);
    const list = page.getByRole('region', { name: 'Devices', exact: true });
    for (const name of names) expect((await list.getByRole('link').allInnerTexts()).includes(name), `${name} is not shown as it is`);
    expect((await page.locator('main img').count()) === 0, 'a name became an element');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Devices as CSV' }).click()]);
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n');
    expect(lines.length === names.length + 2 && lines[0].startsWith('id,name,'), lines.join('|'));
    expect(lines.slice(1).every((line) => !/(^|,)"?\s*[=+@]/.test(line) && !line.includes('\u202E')), `a formula stands in ${lines.join('|')}`);
    expect(lines.some((line) => line.includes('HYPERLINK')), 'the name is gone');
  });
  await task('a page that the server does not answer for says what to do, and comes back', async () => {
    await page.route('**/api/v1/releases?*', (route) => route.abort());
    await page.goto(server.address + '/releases');
    const alert = page.getByRole('alert').filter({ hasText: 'Releases could not be shown' });
    await alert.waitFor();
    expect((await alert.innerText()).includes('Nothing was changed.'), await alert.innerText());
    await axe(page);
    await page.unroute('**/api/v1/releases?*');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Releases' }).waitFor();
  });

  const pages = { home: '/', search: `/search?search=${encodeURIComponent(fleet[0].site.slice(0, 3))}`, welcome: '/welcome', calendar: '/calendar', holes: '/holes', approvals: '/approvals', leader: '/leader', fixes: '/fixes', vulnerabilities: '/vulnerabilities', findings: '/findings', vulnerability: `/vulnerabilities/${worst}`, devices: '/devices', device, groups: '/groups', releases: '/releases', release: `/releases/${release?.id}`, rollouts: '/rollouts', 'new-rollout': '/rollouts/new', rollout: `/rollouts/${running?.id}`, proof: '/proof', alarms: '/alarms', channels: '/settings?tab=channels', connections: '/settings?tab=connections', edits: '/edits', settings: '/settings', people: '/settings?tab=people', tokens: '/settings?tab=tokens', keys: '/settings?tab=keys', policies: '/settings?tab=policies', retention: '/settings?tab=retention', health: '/settings?tab=health', you: '/settings?tab=you' };
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [name, path] of Object.entries(pages)) {
      await task(`${name} in ${scheme} colours has no serious violation of axe`, async () => {
        await open(path);
        await axe(page);
        const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).slice(0, 3).reduce((sum, value) => sum + Number(value), 0));
        expect(scheme === 'dark' ? ground < 200 : ground > 600, `the ground of ${scheme} is ${ground}`);
        if (scheme === 'dark' ? name === 'home' : !['rollout', 'welcome', 'calendar', 'approvals'].includes(name)) await picture(`${name}${scheme === 'dark' ? '-dark' : ''}`);
      });
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 360, height: 740 });
  for (const [name, path] of Object.entries(pages)) {
    await task(`${name} fits a phone`, async () => {
      await open(path);
      const [wide, room] = await page.evaluate(() => [Math.max(document.documentElement.scrollWidth, document.body.scrollWidth), innerWidth]);
      if (['home', 'alarms', 'device', 'rollout'].includes(name)) await picture(`${name}-phone`);
      expect(wide <= room, `it is ${wide} px wide on a screen of ${room}`);
      // What is pressed in a row has its row's width, not that of a heading that is not there.
      const narrow = await page.evaluate(() => [...document.querySelectorAll("td[data-label=''] > div:has(button)")].filter((cell) => cell.clientWidth < 200).map((cell) => `${cell.innerText} ${cell.clientWidth}`));
      expect(narrow.length === 0, `buttons are squeezed: ${narrow.slice(0, 3).join(' | ')}`);
    });
  }
  await page.setViewportSize({ width: 1280, height: 900 });

  await hostile({ page, task, expect, open, api, post, send, settled, rollout: running?.id, release: release?.id, worst });

  await task('signing out ends the session', async () => {
    await open('/');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect((await context.request.get(`${server.address}/api/v1/me`)).status() === 401, 'the session lives on');
  });
  await task('no page threw an error or broke the content security policy', async () => {
    expect(troubles.length === 0, [...new Set(troubles)].join('\n'));
  });
  await context.close();
}

const data = mkdtempSync(join(tmpdir(), 'oakum-web-e2e-'));
if (screenshots) mkdirSync(join(root, 'docs/screenshots'), { recursive: true });
let server;
let browser;
let simulator;
try {
  server = await startServer(data);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  await walk(browser, server, data);
} catch (error) {
  ++failed;
  console.log(`FAILED  before the end: ${error.stack ?? error}`);
} finally {
  await browser?.close();
  simulator?.kill('SIGTERM');
  if (server) {
    server.stop('SIGTERM');
    const status = await Promise.race([server.exited, new Promise((done) => setTimeout(done, 30_000, 'still running after 30 s'))]);
    await task('oakumd ends in order', async () => expect(status === 0, `status ${status}`));
    server.stop('SIGKILL');
    if (failed > 0) console.log(server.log());
  }
  rmSync(data, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
