// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
// Figures of days, groups and sites, and how things were on a day that is past.
export async function history({ page, task, expect, until, open, api, settled, axe, post, send, grouped }) {
  const today = new Date().toISOString().slice(0, 10);
  await task('the figures of the day are counted, and are those of the exposure', async () => {
    const exposure = await api('/exposure');
    let row;
    await until(async () => {
      row = (await api('/figures')).days.at(-1);
      return row !== undefined && row.devices === exposure.devices && row.findings_open === exposure.findings_open;
    }, `the figures do not follow: ${JSON.stringify(row)} against ${exposure.devices} devices, ${exposure.findings_open} findings`);
    expect(row.exploited === exposure.exploited_open_devices && row.cannot_tell === exposure.cannot_tell, `the day says ${JSON.stringify(row)}`);
  });
  await task('Home says how each of its four figures went', async () => {
    await open('/');
    for (const what of [/devices? open to something exploited/, /devices? overdue/, /updates? verified in seven days/, /devices? for which we cannot tell/])
      await page.getByRole('link', { name: what }).filter({ hasText: /since|not counted/ }).waitFor();
  });
  await task('what moved the risk is told day by day, with the arrow keys and in a table', async () => {
    const day = page.getByRole('slider', { name: 'Day' });
    await day.focus();
    await page.keyboard.press('End');
    const said = await day.getAttribute('aria-valuetext');
    expect(said?.startsWith(`${(await api('/figures')).days.at(-1).day}: `) && said.includes('of risk'), `it says ${said}`);
    await page.keyboard.press('Home');
    expect((await day.getAttribute('aria-valuenow')) === '0', 'the first day is not reached');
    await page.getByRole('figure').filter({ has: day }).getByText('As a table').click();
    const twin = page.getByRole('region', { name: 'Open risk over time, as a table' });
    await twin.getByRole('cell', { name: today, exact: true }).first().waitFor();
    await twin.getByText(/Advisories were imported/).first().waitFor();
    await axe(page);
  });
  await task('the overdue figure leads to the devices that it counts', async () => {
    await open('/');
    const link = page.getByRole('link', { name: /devices? overdue/ });
    const count = (await link.locator('strong').innerText()).trim();
    await link.click();
    await settled(page);
    const { total } = await api('/devices?query=overdue&limit=1');
    expect(grouped(total) === count, `Home says ${count}, the list counts ${total}`);
    if (total > 0) await page.getByText(`${grouped(total)} match`).waitFor();
  });

  await task('groups are a heat table whose cells lead to what they count', async () => {
    await post('/groups', { name: 'Warm ones', query: 'kev', defaults: { owner: 'line 4' } });
    await open('/groups');
    await page.getByRole('heading', { name: 'Groups and sites' }).waitFor();
    const { rows } = await api('/figures/now?by=group');
    const row = rows.find((each) => each.group.name === 'Warm ones');
    expect(row.exploited === row.devices && row.owner === 'line 4', `the group stands as ${JSON.stringify(row)}`);
    const table = page.getByRole('region', { name: 'Groups', exact: true });
    await table.getByRole('row').filter({ hasText: 'Warm ones' }).getByText('line 4').waitFor();
    await axe(page);
    await table.getByRole('link', { name: `${grouped(row.exploited)} open to something exploited in Warm ones` }).click();
    await page.getByRole('heading', { name: 'Devices', level: 1 }).waitFor();
    await page.getByText(`${grouped(row.exploited)} match`).waitFor();
  });
  await task('groups are shown as they were counted on a day, and a day before the count says so', async () => {
    await open('/groups');
    const day = new Date().toISOString().slice(0, 10);
    await until(async () => (await api(`/figures/now?by=group&as_of=${day}`)).rows.length > 0, 'no group was counted today');
    await page.getByLabel('As of').fill(day);
    await page.getByRole('button', { name: 'Now', exact: true }).waitFor();
    await page.getByRole('region', { name: 'Groups', exact: true }).getByRole('row').filter({ hasText: 'Warm ones' }).waitFor();
    await axe(page);
    await page.getByLabel('As of').fill('2001-01-01');
    await page.getByText(/begins at/).waitFor();
    await page.getByRole('button', { name: 'Now', exact: true }).click();
    await page.getByRole('region', { name: 'Groups', exact: true }).waitFor();
  });
  await task('so are sites, with the devices that have none', async () => {
    await open('/groups');
    await page.getByRole('link', { name: 'By site' }).click();
    await page.getByRole('region', { name: 'Sites', exact: true }).waitFor();
    const { rows } = await api('/figures/now?by=site');
    const exposure = await api('/exposure');
    const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
    expect(sum('devices') === exposure.devices && sum('cannot_tell') === exposure.cannot_tell && sum('exploited') === exposure.exploited_open_devices, `the sites add up to ${sum('devices')}, ${sum('cannot_tell')}, ${sum('exploited')}`);
    const row = rows.find((each) => each.cannot_tell > 0);
    const list = await api(`/devices?limit=1&query=${encodeURIComponent(`${row.query} and cannot_tell`)}`);
    expect(list.total === row.cannot_tell, `"${row.query}" counts ${list.total}, the cell ${row.cannot_tell}`);
    await axe(page);
  });

  await task('what a device had open today is what it has open, and before it was seen nothing is known', async () => {
    const device = (await api('/devices?query=kev&limit=1')).items[0];
    const now = await api(`/devices/${device.id}/findings?limit=500`);
    const then = await api(`/devices/${device.id}/findings?limit=500&as_of=${today}`);
    const ids = (page) => [...new Set(page.items.map((row) => row.advisory))].sort().join(' ');
    expect(ids(now) === ids(then), `now ${ids(now)}; as of today ${ids(then)}`);
    await open(`/devices/${device.id}?tab=findings`);
    await page.getByLabel('As of').fill('2020-01-01');
    await page.getByRole('alert').filter({ hasText: /the data of this device begins at/ }).waitFor();
    await axe(page);
    await page.getByRole('button', { name: 'Now', exact: true }).click();
    await page.getByRole('region', { name: 'Findings' }).waitFor();
  });
  await task('an advisory says how many it concerned on a day, and so does the proof', async () => {
    const worst = (await api('/exposure')).top_advisories[0];
    const then = await api(`/advisories/${worst.id}/then?as_of=${today}`);
    expect(then.affected === worst.affected, `${then.affected} affected as of today, ${worst.affected} now`);
    await open(`/vulnerabilities/${worst.id}`);
    await page.getByLabel('As of').fill(today);
    await page.getByText(`oakum advisory then ${worst.id} --as-of ${today}`).waitFor();
    await open(`/proof?as_of=${today}`);
    await page.getByText(`oakum proof windows --as-of ${today}`).waitFor();
    await page.getByLabel('As of').fill('2019-12-31');
    await page.getByRole('alert').filter({ hasText: /the data of these devices begins at/ }).first().waitFor();
  });
  await task('what is open in the fleet today is what was open at the end of today; before the data begins nothing is known', async () => {
    await open('/findings');
    const now = await api('/findings?limit=1');
    await page.getByLabel('As of').fill(today);
    await page.getByText(`What was open at the end of ${today} (UTC), on the devices that match now.`).waitFor();
    const then = await api(`/findings?limit=1&as_of=${today}`);
    expect(then.total > 0 && then.complete, JSON.stringify(then).slice(0, 300));
    expect(then.findings >= now.findings, `${then.findings} then, ${now.findings} now`);
    await page.getByText(`oakum finding list --as-of ${today}`, { exact: true }).waitFor();
    await page.getByLabel('As of').fill('2019-12-31');
    await page.getByRole('alert').filter({ hasText: /the data of these devices begins at/ }).waitFor();
  });
  await task('lists are narrowed to an owner, and to devices of nobody', async () => {
    const [device] = (await api('/devices?limit=1&sort=name')).items;
    const before = device.owner;
    await send(`/devices/${device.id}`, 'application/json', JSON.stringify({ facts: { owner: 'Anna "A" Owner' }, why: 'by the test' }), { method: 'PATCH' });
    for (const path of ['/devices', '/findings', '/vulnerabilities', '/fixes', '/holes']) {
      await open(path);
      await page.getByRole('combobox', { name: 'Owner' }).selectOption('of Anna "A" Owner');
      await page.waitForURL((url) => url.searchParams.get('query') === 'owner = "Anna \\"A\\" Owner"');
      await settled(page);
      expect((await page.getByRole('combobox', { name: 'Owner' }).inputValue()) === 'of Anna "A" Owner', `${path} forgets the owner`);
      await page.getByRole('combobox', { name: 'Owner' }).selectOption('of nobody who is named');
      await page.waitForURL((url) => url.searchParams.get('query') === 'not exists(owner)');
    }
    await open(`/devices/${device.id}`);
    await page.getByText('Owner: Anna "A" Owner').waitFor();
    await send(`/devices/${device.id}`, 'application/json', JSON.stringify({ facts: { owner: before ?? null }, why: 'by the test' }), { method: 'PATCH' });
  });
  await task('each list says the command that gives the same, and gives it as JSON and CSV', async () => {
    for (const [path, region, command] of [['/devices?query=kev', 'Devices', 'oakum device list --query kev'], ['/vulnerabilities', 'Vulnerabilities', 'oakum advisory list'], ['/fixes', 'Updates by risk removed', 'oakum fix list'], ['/groups', 'Groups', 'oakum figures now']]) {
      await open(path);
      await page.getByRole('region', { name: region, exact: true }).waitFor();
      await page.getByText(command, { exact: true }).waitFor();
      const href = await page.getByRole('link', { name: 'JSON', exact: true }).first().getAttribute('href');
      const answer = await page.request.get(new URL(href, page.url()).href);
      expect(answer.ok() && typeof (await answer.json()) === 'object', `${href} answered ${answer.status()}`);
      const { total, items } = await answer.json();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: `${region} as CSV` }).click()]);
      const lines = readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n').length - 1;
      if (items) expect(lines === (total ?? items.length), `${region} as CSV has ${lines} lines, the list ${total ?? items.length}`);
    }
  });
}
