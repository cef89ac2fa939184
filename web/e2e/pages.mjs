// SPDX-License-Identifier: Apache-2.0
// Welcome, the scope of all pages, lists that are made one's own, the calendar, approvals, and what is printed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QRCodeSVG } from 'qrcode.react';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

export async function welcome({ page, task, expect, until, open, api, axe, picture, grouped, fleet, settled }) {
  await task('Welcome has four doors and says what is left to set up', async () => {
    await open('/');
    for (const door of ['Bring a file', 'Connect an MDM', 'Enrol a device', 'Load the demo fleet']) await page.getByRole('region', { name: door }).waitFor();
    await page.getByRole('link', { name: 'connect it' }).waitFor();
    const { setup } = await api('/system');
    await page.getByRole('heading', { name: `Set-up, ${setup.filter((step) => step.done).length} of ${setup.length}` }).waitFor();
    const list = page.getByRole('list', { name: 'Set-up' });
    for (const step of setup) await list.getByRole('listitem').filter({ hasText: step.sentence }).getByText(step.done ? 'done' : 'to do').waitFor();
    await list.getByRole('link', { name: 'Channels' }).waitFor();
    await page.getByRole('button', { name: 'Make the line' }).click();
    await page.getByRole('region', { name: 'Enrol a device' }).getByText(/^oakum-agent enroll --server .* --token \S+/).waitFor();
    await axe(page);
    await picture('welcome');
  });
  await task(`the demo fleet is loaded from there, and Home is about its ${grouped(fleet.length)} devices without a reload`, async () => {
    await page.evaluate(() => (globalThis.stays = true));
    await page.getByRole('button', { name: 'Load it' }).click();
    await page.getByRole('heading', { name: 'Needs you' }).waitFor();
    await until(async () => (await api('/devices?limit=1')).total === fleet.length, 'not all devices are known');
    await until(async () => (await page.getByText((await api('/exposure')).sentence).count()) > 0, 'Home does not say how they stand');
    expect(await page.evaluate(() => globalThis.stays === true), 'the page was loaded anew');
    await page.getByText(/^Set-up, \d of \d/).click();
    await page.getByRole('list', { name: 'Set-up' }).getByText(/devices have an owner/).waitFor();
    await settled(page);
  });
}

export async function lists({ page, task, expect, until, open, api, post, send, axe, picture, grouped, fleet, root, settled }) {
  const { site } = fleet[0];
  // By its line: some of them quote a model with a comma in it.
  const here = readFileSync(join(root, 'demo/fleet.csv'), 'utf8').split('\n').filter((line) => line.includes(`,${site},`));
  const cameras = here.filter((line) => line.split(',')[2] === 'camera');
  const scope = (query) => `query=${encodeURIComponent(query)}`;
  await task('a scope is chosen above, stays over all pages and a reload, and narrows what they count', async () => {
    await open('/');
    const box = page.getByRole('combobox', { name: 'Scope' });
    await box.selectOption(`site ${site}`);
    await page.getByText(`Only site ${site}.`).waitFor();
    const query = new URL(page.url()).searchParams.get('scope');
    const exposure = await api(`/exposure?${scope(query)}`);
    expect(exposure.devices === here.length, `"${query}" counts ${exposure.devices}, the file has ${here.length}`);
    await page.getByText(exposure.sentence).waitFor();
    await page.getByText(/^Figures of past days are kept for the fleet and for groups/).waitFor();
    await axe(page);
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Devices' }).click();
    await page.getByText(`${grouped(here.length)} match`).waitFor();
    await page.reload();
    await page.getByText(`${grouped(here.length)} match`).waitFor();
    expect((await box.inputValue()) === query, 'the scope is gone');
    await page.getByLabel('Query', { exact: true }).fill('kind = camera');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText(`${grouped(cameras.length)} match`).waitFor();
    for (const [link, path] of [['Vulnerabilities', 'advisories'], ['Fixes', 'fixes']]) {
      const asked = page.waitForRequest((request) => request.url().includes(`/api/v1/${path}?`) && new URL(request.url()).searchParams.get('query') === query);
      await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: link }).click();
      await asked;
      await page.getByText(`Only site ${site}.`).waitFor();
    }
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Releases' }).click();
    await page.getByText('releases are shown whole').waitFor();
    await box.selectOption('Whole fleet');
    await until(async () => !page.url().includes('scope'), 'the scope stays in the URL');
  });
  await task('a region is a scope: the tag of that name', async () => {
    const [first, second] = (await api('/devices?limit=2&sort=name')).items;
    for (const each of [first, second]) await send(`/devices/${each.id}`, 'application/json', JSON.stringify({ facts: { 'tag.region': 'Iberia', timezone: 'Pacific/Kiritimati' } }), { method: 'PATCH' });
    await open('/devices');
    await page.getByRole('combobox', { name: 'Scope' }).selectOption('region Iberia');
    await page.getByText('Only region Iberia.').waitFor();
    await page.getByText('2 match').waitFor();
    // A mistake is told at the column where it was typed, not where the scope moved it to.
    await page.getByLabel('Query', { exact: true }).fill('kev or modle = Y');
    await page.getByText(/^Column 8: .*modle/).waitFor();
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('Where: column 8').waitFor();
    await page.getByRole('combobox', { name: 'Scope' }).selectOption('Whole fleet');
  });
  await task('a device that is elsewhere says what time it is there', async () => {
    const [there] = (await api(`/devices?limit=1&${scope('timezone = "Pacific/Kiritimati"')}`)).items;
    await open(`/devices/${there.id}?tab=history`);
    await page.getByRole('region', { name: 'History' }).getByText(/\((Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d there\)/).first().waitFor();
    for (const each of (await api(`/devices?${scope('tag.region = Iberia')}`)).items) await send(`/devices/${each.id}`, 'application/json', JSON.stringify({ facts: { 'tag.region': null, timezone: null } }), { method: 'PATCH' });
  });
  await task('a scope that is a group has the trends of that group', async () => {
    await open('/');
    const box = page.getByRole('combobox', { name: 'Scope' });
    await box.selectOption('group Warm ones');
    const { id } = (await api('/groups?limit=200')).items.find((group) => group.name === 'Warm ones');
    const { days } = await api(`/figures?group=${id}`);
    await page.getByText('Only group Warm ones.').waitFor();
    if (days.length > 0) await page.getByRole('slider', { name: 'Day' }).waitFor();
    await settled(page);
    await box.selectOption('Whole fleet');
  });
  await task('columns of the list of devices are chosen, and stay', async () => {
    await open('/devices');
    await page.getByText('Columns', { exact: true }).first().click();
    await page.getByRole('checkbox', { name: 'Serial' }).check();
    await page.getByRole('checkbox', { name: 'Criticality' }).uncheck();
    const list = page.getByRole('region', { name: 'Devices', exact: true });
    await list.getByRole('columnheader', { name: 'Serial' }).waitFor();
    await page.reload();
    await list.getByRole('columnheader', { name: 'Serial' }).waitFor();
    expect((await list.getByRole('columnheader', { name: 'Criticality' }).count()) === 0, 'the column is still shown');
    const [first] = (await api('/devices?limit=1')).items;
    await list.getByRole('row').nth(1).getByText(first.owner ?? 'nobody named', { exact: true }).waitFor();
  });
  await task('the query bar completes fields and values, and offers no field that the server does not know', async () => {
    await open('/devices');
    const box = page.getByLabel('Query', { exact: true });
    const offered = () => page.locator('#completions option').evaluateAll((list) => list.map((each) => each.value));
    await box.fill('kev and crit');
    await until(async () => (await offered()).includes('kev and criticality = '), `offered: ${await offered()}`);
    await box.fill(`site = "${site.slice(0, 4)}`);
    await until(async () => (await offered()).some((each) => each === `site = "${site}"` || each === `site = ${site}`), `offered: ${await offered()}`);
    const source = readFileSync(join(root, 'web/src/features/devices/completion.ts'), 'utf8');
    const fields = /fields = \[([^\]]*)\]/.exec(source)[1].match(/\w+/g);
    const flags = /flags = \[([^\]]*)\]/.exec(source)[1].match(/\w+/g);
    expect(fields.length > 30, `only ${fields.length} fields`);
    for (const field of fields) {
      const answer = await api(`/query/preview?query=${encodeURIComponent(flags.includes(field) ? field : `exists(${field})`)}`);
      expect(answer.error === null, `${field}: ${JSON.stringify(answer.error)}`);
    }
  });
  await task('a group is made out of what a list shows', async () => {
    await open(`/devices?query=${encodeURIComponent('kind = camera')}`);
    await page.getByRole('button', { name: 'Make a group …' }).click();
    const sheet = page.getByRole('dialog', { name: 'Make a group' });
    await sheet.getByText('kind = camera').waitFor();
    await axe(page);
    await sheet.getByLabel('Name').fill('All cameras');
    await sheet.getByLabel(/^Owner/).fill('video');
    await sheet.getByRole('button', { name: 'Make it' }).click();
    await sheet.waitFor({ state: 'detached' });
    const all = fleet.filter((device) => device.kind === 'camera').length;
    await page.getByRole('status').filter({ hasText: `All cameras has ${grouped(all)} devices` }).waitFor();
    const made = (await api('/groups?limit=200')).items.find((group) => group.name === 'All cameras');
    expect(made.query === 'kind = camera' && made.defaults.owner === 'video', JSON.stringify(made));
    // The name is taken: said, and nothing is lost of what was typed.
    await page.getByRole('button', { name: 'Make a group …' }).click();
    await sheet.getByLabel('Name').fill('All cameras');
    await sheet.getByRole('button', { name: 'Make it' }).click();
    await sheet.getByRole('alert').filter({ hasText: 'Nothing was changed.' }).waitFor();
    expect((await sheet.getByLabel('Name').inputValue()) === 'All cameras', 'what was typed is gone');
    await sheet.getByRole('button', { name: 'Cancel' }).click();
      });
  await task('all devices of a list are held as was shown before, a change in between is told, and it is undone', async () => {
    const query = `site = "${site}" and kind = camera`;
    await open(`/devices?query=${encodeURIComponent(query)}`);
    const { items, total } = await api(`/devices?limit=2&${scope(query)}`);
    const [first, second] = items;
    await post(`/devices/${first.id}/actions/hold`, { why: 'by the test' });
    await page.getByRole('button', { name: 'Change all of them …' }).click();
    const sheet = page.getByRole('dialog', { name: 'Change all devices of this list' });
    await sheet.getByLabel('What to do').selectOption('Hold');
    await sheet.getByRole('button', { name: `Hold ${grouped(total - 1)} devices` }).waitFor();
    await sheet.getByRole('list', { name: 'Left out' }).getByRole('link', { name: first.name, exact: true }).waitFor();
    await sheet.getByText('It can be undone afterwards.').waitFor();
    await sheet.getByText(/^oakum device bulk --query .* --hold$/).waitFor();
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await axe(page);
    }
    await picture('bulk');
    expect(!(await api(`/devices/${second.id}`)).hold, 'the look before held a device');
    // Somebody holds another one meanwhile: nothing is done, and the sheet looks again.
    await post(`/devices/${second.id}/actions/hold`, { why: 'by the test' });
    await sheet.getByLabel('Why (for the audit log)').fill('the line is rebuilt');
    await sheet.getByRole('button', { name: /^Hold \d/ }).click();
    await sheet.getByRole('alert').filter({ hasText: 'Nothing was changed.' }).waitFor();
    await sheet.getByRole('button', { name: `Hold ${grouped(total - 2)} devices` }).click();
    await sheet.getByRole('button', { name: 'Undo' }).waitFor();
    expect((await api(`/devices?limit=1&${scope(`${query} and hold = yes`)}`)).total === total, 'not all of them are held');
    await sheet.getByRole('button', { name: 'Undo' }).click();
    await until(async () => (await api(`/devices?limit=1&${scope(`${query} and hold = yes`)}`)).total === 2, 'not all of them are released, or too many');
    await sheet.getByRole('button', { name: 'Close' }).click();
    await page.getByText('What was changed for many at once').click();
    const past = page.getByRole('region', { name: 'Changes of many devices' });
    await past.getByRole('row', { name: /the line is rebuilt/ }).getByText(/Undone: /).waitFor();
    for (const each of [first, second]) await post(`/devices/${each.id}/actions/release`, { why: 'by the test' });
  });
  await task('an owner is set for all devices of a list, and taken back from the list of such changes', async () => {
    const query = `site = "${site}" and kind = camera`;
    const { total } = await api(`/devices?limit=1&${scope(query)}`);
    await open(`/devices?query=${encodeURIComponent(query)}`);
    await page.getByRole('button', { name: 'Change all of them …' }).click();
    const sheet = page.getByRole('dialog', { name: 'Change all devices of this list' });
    await sheet.getByLabel(/^Value/).fill('the night shift');
    await sheet.getByRole('button', { name: `Set the owner of ${grouped(total)} devices` }).waitFor();
    await sheet.getByLabel('Why (for the audit log)').fill('they are on duty');
    await sheet.getByRole('button', { name: `Set the owner of ${grouped(total)} devices` }).click();
    await sheet.getByRole('button', { name: 'Undo' }).waitFor();
    expect((await api(`/devices?limit=1&${scope('owner = "the night shift"')}`)).total === total, 'not all of them have the owner');
    await page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await page.getByText('What was changed for many at once').click();
    await page.getByRole('region', { name: 'Changes of many devices' }).getByRole('row', { name: /they are on duty/ }).getByRole('button', { name: /^Undo/ }).click();
    await until(async () => (await api(`/devices?limit=1&${scope('owner = "the night shift"')}`)).total === 0, 'some keep the owner');
  });
  await task('on a phone, the camera reads the serial number of a device and leads to it', async () => {
    const context = await page.context().browser().newContext({ ignoreHTTPSErrors: true, viewport: { width: 360, height: 740 }, reducedMotion: 'reduce', storageState: await page.context().storageState() });
    // This machine has no camera: it sees a QR code that another library drew. Chromium for Linux has no reader of its own.
    const paths = [...renderToStaticMarkup(createElement(QRCodeSVG, { value: fleet[0].serial, size: 290, marginSize: 4 })).matchAll(/fill="([^"]+)" d="([^"]+)"/g)].map(([, fill, d]) => ({ fill, d }));
    expect(paths.length === 2, 'there is no QR code to show');
    await context.addInitScript((paths) => {
      delete globalThis.BarcodeDetector;
      navigator.mediaDevices.getUserMedia = async () => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
        const draw = canvas.getContext('2d');
        const show = () => {
          draw.setTransform(1, 0, 0, 1, 0, 0);
          draw.fillStyle = '#777';
          draw.fillRect(0, 0, 640, 480);
          draw.setTransform(9, 1, -1, 9, 180, 90); // held at a slant
          for (const { fill, d } of paths) {
            draw.fillStyle = fill;
            draw.fill(new Path2D(d));
          }
        };
        show();
        setInterval(show, 100);
        return canvas.captureStream(10);
      };
    }, paths);
    const phone = await context.newPage();
    await phone.goto(new URL('/', page.url()).href);
    await phone.getByRole('button', { name: 'Scan' }).click();
    await phone.getByRole('heading', { name: fleet[0].name, level: 1 }).waitFor({ timeout: 30_000 });
    const [wide, room] = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(wide <= room, `it is ${wide} px wide on a screen of ${room}`);
    // A camera that is refused is said, and the number can be typed.
    await phone.evaluate(() => (navigator.mediaDevices.getUserMedia = async () => Promise.reject(new DOMException('no', 'NotAllowedError'))));
    await phone.getByRole('button', { name: 'Scan' }).click();
    await phone.getByRole('alert').filter({ hasText: 'type the number instead' }).waitFor();
    await axe(phone);
    await context.close();
  });
  await task('two days are compared, and the days stay in the URL', async () => {
    const { first_day, days } = await api('/figures');
    await open('/proof');
    const list = page.getByRole('region', { name: 'Two days compared' });
    await list.getByRole('row', { name: /^Devices exposed/ }).getByText(grouped(days.at(-1).exposed), { exact: true }).first().waitFor();
    await page.getByLabel('From', { exact: true }).fill(first_day);
    await until(async () => page.url().includes(`from=${first_day}`), 'the URL does not say so');
    await page.reload();
    await list.waitFor();
    expect((await page.getByLabel('From', { exact: true }).inputValue()) === first_day, 'the day is gone');
    await page.getByText(`oakum figures show --from ${first_day}`).waitFor();
  });
  await task("the leader's page fits on one sheet of A4 and defines its figures", async () => {
    await open('/proof');
    await page.getByRole('link', { name: "The leader's page" }).click();
    await page.getByRole('heading', { name: 'How safe the fleet is' }).waitFor();
    await settled(page);
    await page.getByText((await api('/exposure')).sentence).waitFor();
    for (const term of ['Overdue', 'Verified', 'Cannot tell', 'Risk']) await page.getByRole('term').filter({ hasText: term }).waitFor();
    await page.getByRole('img', { name: 'Devices from affected to verified' }).waitFor();
    await axe(page);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const sheets = pdf.match(/\/Type\s*\/Page\b/g)?.length;
    expect(sheets === 1, `it takes ${sheets} sheets`);
    expect(/\/MediaBox\s*\[0 0 (59[45]\S*) (84[12]\S*)\]/.test(pdf), `it is not A4: ${/\/MediaBox[^\]]*\]/.exec(pdf)}`);
  });
}

export async function plans({ page, bert, task, expect, until, open, api, post, axe, confirm, server, release, running, picture, screenshot, grouped }) {
  const plan = (name) => post('/rollouts', { name, release: release.id, query: 'protocol = native and site = "Test hall"', care: 'careful' });
  const width = async (size) => bert.setViewportSize(size);
  await task('how many windows there are this week says how much of the risk they remove', async () => {
    const fixes = { items: (await api('/fixes?limit=200')).items.filter((fix) => fix.kind !== 'gap') };
    await open('/fixes');
    const slider = page.getByRole('slider', { name: 'So many windows this week' });
    expect((await slider.getAttribute('aria-valuetext')).startsWith(`With 1 window: ${fixes.items[0].name}`), await slider.getAttribute('aria-valuetext'));
    await slider.focus();
    await page.keyboard.press('End');
    await until(async () => (await slider.getAttribute('aria-valuetext')).startsWith(`With ${grouped(fixes.items.length)} window`), 'the last window is not reached');
    await page.getByText(await slider.getAttribute('aria-valuetext')).first().waitFor();
  });
  await task('what ran and runs stands in its week, and plans in the present one', async () => {
    const waits = await plan('gateways, in the calendar');
    await open('/rollouts');
    await page.getByRole('link', { name: 'By week' }).click();
    const list = page.getByRole('region', { name: 'Rollouts by week', exact: true });
    const row = (name) => list.getByRole('row', { name: new RegExp(name) });
    await row('gateways, in the calendar').getByText('planned, waits for approval').waitFor();
    await row('cameras, slowly').getByText(/^started \w+day, every device has its outcome|^started \w+day, ended/).waitFor();
    await page.getByText('None: devices may be changed at any time.').waitFor();
    await page.getByRole('heading', { name: 'Deadlines', exact: true }).waitFor();
    await axe(page);
    await picture('calendar');
    for (let i = 0; i < 5; ++i) await page.getByRole('link', { name: 'Earlier' }).click();
    await page.getByRole('heading', { name: 'Nothing in these weeks' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Nothing in these weeks' }).waitFor();
    await page.getByRole('link', { name: 'This week' }).click();
    await row('cameras, slowly').waitFor();
    await post(`/rollouts/${waits.id}/actions/abort`, { why: 'by the test' });
  });
  await task('a plan that is begun in a scope is for that scope', async () => {
    await open(`/rollouts/new?release=${release.id}&query=${encodeURIComponent('protocol = native')}&scope=${encodeURIComponent('site = "Test hall"')}`);
    expect((await page.getByLabel(/Devices, as a query/).inputValue()) === 'protocol = native and site = "Test hall"', 'the plan is for more than the scope');
  });
  await task('on a phone, somebody reads what differs from the last approved plan and refuses with a reason', async () => {
    const made = await plan('gateways, with care');
    await width({ width: 360, height: 740 });
    await bert.goto(`${server.address}/approvals`);
    const card = bert.getByRole('region', { name: 'gateways, with care', exact: true });
    await card.getByRole('list', { name: 'The plan in words' }).getByText(/^gateway 1\.5\.0 goes to/).waitFor();
    const difference = card.getByRole('region', { name: 'Difference to the last approved plan' });
    await difference.getByRole('row', { name: /Who/ }).getByText('protocol = native', { exact: true }).waitFor();
    await card.getByRole('list', { name: 'Evidence' }).getByRole('listitem').first().waitFor();
    await axe(bert);
    const [wide, room] = await bert.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(wide <= room, `it is ${wide} px wide on a screen of ${room}`);
    await screenshot(bert, 'approvals-phone');
    await width({ width: 1280, height: 900 });
    await screenshot(bert, 'approvals');
    await card.getByRole('button', { name: 'Refuse gateways, with care' }).click();
    await confirm(bert, 'Refuse', 'the window is too short');
    await bert.getByRole('heading', { name: 'Nothing waits for approval' }).waitFor();
    const after = await api(`/rollouts/${made.id}`);
    expect(after.state === 'aborted', `it is ${after.state}`);
    await open(`/rollouts/${made.id}`);
    await page.getByRole('region', { name: 'Decisions' }).getByText(/the window is too short/).waitFor();
  });
  await task('a device that was updated shows over time what ran, what was open and its updates', async () => {
    const [{ device }] = (await api(`/rollouts/${running.id}/devices?state=verified&limit=1`)).items;
    await open(`/devices/${device.id}`);
    await page.getByRole('img', { name: /^Versions that ran: .*3\.1\.0 from .*3\.2\.0 from / }).waitFor();
    const slider = page.getByRole('slider', { name: 'Moment' });
    await slider.focus();
    await page.keyboard.press('End');
    await until(async () => / ran 3\.2\.0; /.test(await slider.getAttribute('aria-valuetext')), `it says ${await slider.getAttribute('aria-valuetext')}`);
    await page.keyboard.press('Home');
    expect(/ ran (3\.1\.0|not known); /.test(await slider.getAttribute('aria-valuetext')), `it began with ${await slider.getAttribute('aria-valuetext')}`);
    await page.getByRole('figure').filter({ has: slider }).getByText('As a table').click();
    const twin = page.getByRole('region', { name: 'What was open over time, as a table' });
    await twin.getByText(/camera 3\.2\.0 was verified/).waitFor();
    await axe(page);
    await picture('device-over-time');
  });
  await task('two people decide about one plan: the second is refused, is told so, and nothing is changed', async () => {
    const made = await plan('gateways, by two');
    await bert.route('**/api/v1/events', (route) => route.abort()); // he hears of nothing
    await bert.goto(`${server.address}/approvals`);
    await bert.getByRole('button', { name: 'Approve gateways, by two' }).click();
    await post(`/rollouts/${made.id}/actions/abort`, { why: 'changed my mind' });
    const sheet = bert.getByRole('dialog');
    await sheet.getByLabel('Why (for the audit log)').fill('read and agreed');
    await sheet.getByRole('button', { name: 'Approve', exact: true }).click();
    await sheet.getByRole('alert').filter({ hasText: /Nothing was changed\. Somebody or something else changed it meanwhile/ }).waitFor();
    expect((await api(`/rollouts/${made.id}`)).state === 'aborted', 'a plan that ended was approved');
    await bert.unroute('**/api/v1/events');
  });
}
