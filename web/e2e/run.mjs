// SPDX-License-Identifier: Apache-2.0
// run.mjs [--screenshots]: people's tasks in a real Chromium, against a real oakumd on an empty data folder, found by
// accessible names alone. With --screenshots, pictures of each page go to docs/screenshots. The last line counts.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

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
  const child = spawn(join(root, 'build/release/bin/oakumd'), ['--data', data, '--listen', '127.0.0.1:0', '--web', join(root, 'web/dist')], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let log = '';
  child.stdout.on('data', (piece) => (out += piece));
  child.stderr.on('data', (piece) => (log = (log + piece).slice(-8_000)));
  const exited = new Promise((done) => child.once('exit', (code, signal) => done(signal ?? code)));
  const deadline = Date.now() + patience;
  while (Date.now() < deadline && child.exitCode === null) {
    const address = /ready at (https:\S+)/.exec(out)?.[1];
    const link = /sign in once\s+(https:\S+)/.exec(out)?.[1];
    if (address && link) return { address, link, exited, stop: (signal) => child.kill(signal), log: () => log };
    await new Promise((done) => setTimeout(done, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`oakumd did not become ready:\n${out}${log}`);
}

// The page has shown its content: nothing is loading, and nothing failed.
async function settled(page) {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await until(async () => (await page.getByRole('status').filter({ hasText: /^\s*Loading/ }).count()) === 0, 'something is loading for ever');
  expect((await page.getByText('This could not be shown').count()) === 0, `an error stands on ${page.url()}: ${await page.locator('main').innerText()}`);
}

async function axe(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const grave = violations.filter((violation) => ['serious', 'critical'].includes(violation.impact));
  expect(grave.length === 0, grave.map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 3).map((node) => `${node.html} ${node.any[0]?.message ?? ''}`).join(' | ')}`).join('\n'));
}

async function walk(browser, server) {
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
  const search = async (text) => {
    await page.keyboard.press('Escape');
    const box = page.getByRole('searchbox', { name: /Search for a CVE/ });
    await box.fill(text);
    await box.press('Enter');
  };

  await task('a visitor without a session is asked to sign in', async () => {
    await page.goto(server.address + '/');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await axe(page);
    if (screenshots) await page.screenshot({ path: join(root, 'docs/screenshots/sign-in.png') });
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
    await settled(page);
    await axe(page);
  });

  const me = await api('/me');
  const send = async (path, type, data) => {
    const answer = await context.request.post(`${server.address}/api/v1${path}`, { headers: { 'content-type': type, 'x-csrf-token': me.csrf }, data, timeout: 300_000 });
    expect(answer.ok(), `POST ${path} answered ${answer.status()}: ${await answer.text()}`);
    return answer.json();
  };
  await task('a change without the CSRF token is refused', async () => {
    const answer = await context.request.post(`${server.address}/api/v1/devices/import?name=x.csv`, { headers: { 'content-type': 'text/csv' }, data: 'serial\nX1\n' });
    expect(answer.status() === 403, `it answered ${answer.status()}`);
  });
  await task(`${grouped(fleet.length)} devices and three feeds are imported`, async () => {
    const imported = await send('/devices/import?name=fleet.csv', 'text/csv', readFileSync(join(root, 'demo/fleet.csv')));
    expect(imported.new === fleet.length, `new: ${JSON.stringify(imported).slice(0, 400)}`);
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
    await page.getByRole('link', { name: `${grouped(exposure.exploited_open_devices)} devices open to something exploited` }).waitFor();
    await page.getByRole('link', { name: `${grouped(exposure.cannot_tell)} devices for which we cannot tell` }).waitFor();
    await page.getByRole('region', { name: 'Vulnerabilities, worst first' }).getByRole('link', { name: worst }).waitFor();
  });
  await task('a figure leads to the devices that it counts', async () => {
    await page.getByRole('link', { name: /devices open to something exploited/ }).click();
    await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
    await settled(page);
    const { total } = await api('/devices?query=kev&limit=1');
    await page.getByText(`${grouped(total)} match`).waitFor();
    expect(total === exposure.exploited_open_devices, `Home says ${exposure.exploited_open_devices}, the query counts ${total}`);
  });
  await task('the key / leads to the search box from anywhere', async () => {
    await open('/');
    await page.keyboard.press('/');
    expect(await page.getByRole('searchbox', { name: /Search for a CVE/ }).evaluate((box) => box === document.activeElement), 'the box has no focus');
    expect((await page.getByRole('searchbox', { name: /Search for a CVE/ }).inputValue()) === '', 'the key is typed into the box');
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
  await task('a serial number leads to its device', async () => {
    await search(fleet[0].serial);
    await page.getByRole('heading', { name: fleet[0].name, level: 1 }).waitFor();
  });
  await task('a mistake in a query names its column while one types', async () => {
    await open('/devices');
    await page.getByRole('textbox', { name: 'Query' }).fill('site = "x" and modle = Y');
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
    await page.getByRole('textbox', { name: 'Query' }).fill('kind = camera and criticality = high');
    await page.getByText(`${grouped(count)} devices would match`).waitFor();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText(`${grouped(count)} match`).waitFor();
  });
  await task('a reload shows the same', async () => {
    await page.reload();
    await settled(page);
    expect((await page.getByRole('textbox', { name: 'Query' }).inputValue()) === 'kind = camera and criticality = high', 'the query is gone');
  });
  await task('the next page of devices goes on where the first ended', async () => {
    const list = page.getByRole('region', { name: 'Devices' });
    await open('/devices');
    const first = await list.getByRole('link').allInnerTexts();
    await page.getByRole('link', { name: 'Next page' }).click();
    await until(async () => (await list.getByRole('link', { name: first[0], exact: true }).count()) === 0, 'the first page stays');
    await settled(page);
    const second = await list.getByRole('link').allInnerTexts();
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
    await page.getByRole('tab', { name: 'Software' }).click();
    await panel.getByText(/Image or operating system|Packages and apps/).first().waitFor();
    await page.getByRole('tab', { name: 'History' }).click();
    await panel.getByRole('region', { name: 'History' }).getByRole('row').nth(1).waitFor();
    await page.getByRole('tab', { name: 'Facts' }).click();
    await panel.getByRole('cell', { name: known.serial, exact: true }).waitFor();
    await settled(page);
  });
  await task('a device is held and released, and says so', async () => {
    await open(device);
    await page.getByRole('button', { name: 'Hold' }).click();
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByRole('button', { name: 'Hold' }).waitFor();
  });
  await task('Fixes orders what removes most risk, or says that nothing does', async () => {
    const fixes = await api('/fixes?limit=100');
    await open('/fixes');
    await page.getByRole('heading', { name: 'What to fix first' }).waitFor();
    if (fixes.items.length === 0) await page.getByRole('heading', { name: 'No update at hand removes any risk' }).waitFor();
    else {
      const [top] = fixes.items;
      await page.getByRole('region', { name: 'Updates by risk removed' }).getByRole('row').nth(1).getByText(`${top.name} ${top.version ?? ''}`.trim()).waitFor();
      expect(fixes.items.every((fix) => fix.risk_removed <= top.risk_removed), 'the first is not the best');
    }
  });
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
    const links = page.getByRole('region', { name: 'Vulnerabilities' }).getByRole('link');
    await until(async () => (await links.count()) === 1 && (await links.first().innerText()) === worst, 'more than what was asked for is found');
  });

  const pages = { home: '/', fixes: '/fixes', vulnerabilities: '/vulnerabilities', vulnerability: `/vulnerabilities/${worst}`, devices: '/devices', device, releases: '/releases', rollouts: '/rollouts' };
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [name, path] of Object.entries(pages)) {
      await task(`${name} in ${scheme} colours has no serious violation of axe`, async () => {
        await open(path);
        await axe(page);
        const ground = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g).slice(0, 3).reduce((sum, value) => sum + Number(value), 0));
        expect(scheme === 'dark' ? ground < 200 : ground > 600, `the ground of ${scheme} is ${ground}`);
        if (screenshots) await page.screenshot({ path: join(root, `docs/screenshots/${name}${scheme === 'dark' ? '-dark' : ''}.png`) });
      });
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 360, height: 740 });
  for (const [name, path] of Object.entries(pages)) {
    await task(`${name} fits a phone`, async () => {
      await open(path);
      const [wide, room] = await page.evaluate(() => [Math.max(document.documentElement.scrollWidth, document.body.scrollWidth), innerWidth]);
      if (screenshots) await page.screenshot({ path: join(root, `docs/screenshots/${name}-phone.png`) });
      expect(wide <= room, `it is ${wide} px wide on a screen of ${room}`);
    });
  }
  await page.setViewportSize({ width: 1280, height: 900 });

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
try {
  server = await startServer(data);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  await walk(browser, server);
} catch (error) {
  ++failed;
  console.log(`FAILED  before the end: ${error.stack ?? error}`);
} finally {
  await browser?.close();
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
