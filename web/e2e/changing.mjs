// SPDX-License-Identifier: Apache-2.0
// From any list to its devices, to change them together; and which versions a model ran when.
export async function changing({ page, task, expect, until, open, api, axe, picture, grouped, rollout }) {
  const dialog = page.getByRole('dialog', { name: 'Change all devices of this list' });
  const matching = async (query) => (await api(`/devices?limit=1&query=${encodeURIComponent(query)}`)).total;
  // The sheet that a list led to says the devices of exactly that query; then it is closed.
  const ledTo = async (query) => {
    await dialog.getByText(query, { exact: true }).waitFor();
    const total = await matching(query);
    expect(total > 0, `"${query}" has no device`);
    await dialog.getByRole('status').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(`${grouped(total)} match`).waitFor();
  };
  await task('those that no query names are changed like others: what is previewed is the list, and is undone', async () => {
    const { total } = await api('/devices?limit=1&part=without_fix');
    expect(total > 0, 'every device that is exposed has a fix');
    await open('/devices?part=without_fix');
    await page.getByRole('button', { name: 'Change all of them …' }).click();
    await dialog.getByText('The whole fleet, of them those that are exposed, and that no update at hand helps.').waitFor();
    await dialog.getByLabel('What to do').selectOption('tag');
    await dialog.getByLabel('Name of the tag').fill('no-fix');
    await dialog.getByLabel(/^Value/).fill('yes');
    await dialog.getByRole('button', { name: `Tag ${grouped(total)} device${total === 1 ? '' : 's'}` }).waitFor();
    await dialog.getByText(`oakum device bulk --query "" --part without_fix --fact 'tag.no-fix=yes'`, { exact: true }).waitFor();
    await axe(page);
    await dialog.getByLabel(/^Why/).fill('to be asked of their makers');
    await dialog.getByRole('button', { name: /^Tag / }).click();
    await until(async () => (await matching('tag.no-fix = yes')) === total, 'not all of them are tagged');
    await dialog.getByRole('button', { name: /^Undo/ }).click();
    await until(async () => (await matching('exists(tag.no-fix)')) === 0, 'the tag is still there');
    await dialog.getByRole('button', { name: 'Close' }).click();
  });
  await task('chosen vulnerabilities lead to their devices, where all of them are tagged and get back what they had', async () => {
    await open('/vulnerabilities');
    const rows = (await api('/advisories?limit=50')).items.filter((each) => each.affected > 0).slice(0, 2);
    const list = page.getByRole('group', { name: 'Devices of Vulnerabilities' });
    await list.getByRole('link', { name: 'Change the devices behind this list …' }).waitFor();
    for (const row of rows) await page.getByRole('checkbox', { name: `Choose ${row.id}`, exact: true }).check();
    await list.getByText('2 rows chosen.').waitFor();
    await axe(page);
    await picture('choose-rows');
    await list.getByRole('link', { name: 'Change their devices …' }).click();
    const query = `finding in (${rows.map((row) => row.id).join(', ')})`;
    await dialog.getByText(query, { exact: true }).waitFor();
    await dialog.getByLabel('What to do').selectOption('tag');
    await dialog.getByLabel('Name of the tag').fill('chosen');
    await dialog.getByLabel(/^Value/).fill('yes');
    const total = await matching(query);
    await dialog.getByLabel('Why (for the audit log)').fill('they stand in one list');
    await dialog.getByRole('button', { name: `Tag ${grouped(total)} devices` }).click();
    await until(async () => (await matching('tag.chosen = yes')) === total, 'not all of them were tagged');
    await dialog.getByRole('button', { name: /^Undo/ }).click();
    await until(async () => (await matching('tag.chosen = yes')) === 0, 'the tag stays');
    await dialog.getByRole('button', { name: 'Close' }).click();
  });
  await task('findings, groups and devices lead to the same sheet by what was chosen', async () => {
    await open('/findings');
    const finding = (await api('/findings?limit=50')).items.find((row) => row.verdict === 'affected');
    await page.getByRole('checkbox', { name: `Choose ${finding.advisory} in ${finding.component.name}`, exact: true }).first().check();
    await page.getByRole('link', { name: 'Change their devices …' }).click();
    const typed = await page.getByLabel('Query', { exact: true }).inputValue();
    expect(typed.startsWith(`finding = ${finding.advisory} and component(`), typed);
    await ledTo(typed);

    await open('/groups?by=site');
    const sites = (await api('/figures/now?by=site')).rows.filter((row) => row.site && row.devices > 0).slice(0, 2);
    for (const row of sites) await page.getByRole('checkbox', { name: `Choose ${row.site}`, exact: true }).check();
    await page.getByRole('link', { name: 'Change their devices …' }).click();
    const places = await page.getByLabel('Query', { exact: true }).inputValue();
    expect(places.startsWith('site in ('), places);
    await ledTo(places);

    await open('/devices');
    const { items } = await api('/devices?limit=2');
    for (const row of items) await page.getByRole('checkbox', { name: `Choose ${row.name}`, exact: true }).first().check();
    await page.getByRole('link', { name: 'Change their devices …' }).click();
    await ledTo(`id in (${items.map((row) => row.id).join(', ')})`);
  });
  await task('the devices that an update helps are shown, and changed together', async () => {
    await open('/fixes');
    // One whose vulnerabilities can all be named: of the others only a part is changed.
    const whole = async (fix) => (await api(`/fixes/ends?fix=${encodeURIComponent(fix)}`).catch(() => null))?.left_out === 0;
    const rows = (await api('/fixes?limit=200')).items.filter((each) => each.devices > 0);
    let row;
    for (const each of rows) if (!row && (await whole(each.id))) row = each;
    expect(row, 'of no row all vulnerabilities can be named');
    const name = `${row.name} ${row.version ?? ''}`.trim();
    await page.getByRole('button', { name: `Change devices … of ${name}` }).first().click();
    await page.getByRole('dialog', { name: `The devices of ${name}` }).getByRole('link', { name: 'Change them all …' }).click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
  await task('devices of a rollout are chosen and changed', async () => {
      await open(`/rollouts/${rollout}?only=started`);
      const { items } = await api(`/rollouts/${rollout}/devices?limit=5`);
      expect(items.length > 0, 'no device was offered it');
      await page.getByRole('checkbox', { name: `Choose ${items[0].device.name}`, exact: true }).check();
      await page.getByRole('link', { name: 'Change their devices …' }).click();
      await ledTo(`id = ${items[0].device.id}`);
    });
  await task('which versions a model runs is drawn for each day, said by the keyboard, and the same as a table', async () => {
    await open('/releases');
    const all = await api('/adoption');
    expect(all.models.length > 1 && all.rows.length > 0, JSON.stringify(all).slice(0, 300));
    const region = page.getByRole('region', { name: 'Which versions run' });
    const model = all.models[1].model ?? '';
    await region.getByLabel('Model').selectOption(model);
    await until(async () => new URL(page.url()).searchParams.get('model') === model, 'the model is not in the address');
    const of = await api(`/adoption?model=${encodeURIComponent(model)}`);
    const today = of.rows.at(-1).day;
    const sum = of.rows.filter((row) => row.day === today).reduce((total, row) => total + row.devices, 0);
    const slider = region.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('End');
    await until(async () => ((await slider.getAttribute('aria-valuetext')) ?? '').startsWith(`${today}: ${grouped(sum)} device`), `it says ${await slider.getAttribute('aria-valuetext')}, the server ${sum} on ${today}`);
    await region.getByText('As a table').click();
    await region.getByRole('row').filter({ hasText: today }).getByRole('cell', { name: grouped(sum), exact: true }).first().waitFor();
    await axe(page);
    await page.reload();
    await until(async () => (await region.getByLabel('Model').inputValue()) === model, 'a reload forgets the model');
  });
}

// All that an update ends is accepted until a day, by two people, and taken back.
export async function accepting({ page, bert, task, expect, until, open, api, axe, picture, grouped, confirm, server }) {
  await task('what an update would end is accepted in one decision, after a look, and counts once another approves', async () => {
    const { items } = await api('/fixes?limit=200');
    const row = items.find((each) => each.findings_ended > 1);
    const name = `${row.name} ${row.version ?? ''}`.trim();
    const ends = await api(`/fixes/ends?fix=${encodeURIComponent(row.id)}`);
    expect(ends.rows.length > 0 && ends.total === ends.rows.length + ends.left_out, JSON.stringify(ends).slice(0, 300));
    await open('/fixes');
    await page.getByRole('button', { name: `Accept, mitigate … what ${name} is about`, exact: true }).first().click();
    const sheet = page.getByRole('dialog');
    await sheet.getByText(ends.sentence).waitFor();
    await sheet.getByLabel('Why', { exact: true }).fill('the line stops in a week');
    await axe(page);
    await sheet.getByRole('button', { name: 'See what it covers' }).click();
    await sheet.getByRole('status').getByText(/^It covers [\d,]+ findings? on [\d,]+ devices? now/).waitFor();
    await picture('decide-fix');
    expect((await api('/exceptions?state=asked')).items.length === 0, 'a look changed something');
    await sheet.getByRole('button', { name: 'Ask for approval' }).click();
    await sheet.waitFor({ state: 'hidden' });
    const [asked] = (await api('/exceptions?state=asked')).items;
    expect(asked.also.length === ends.rows.length - 1 && asked.advisory === ends.rows[0].id, JSON.stringify(asked).slice(0, 400));
    expect(asked.covers.devices > 0, 'it covers nothing');
    const before = (await api('/exposure')).findings_open;
    await bert.goto(`${server.address}/approvals`);
    await bert.getByRole('button', { name: `Approve: ${asked.sentence}` }).click();
    await confirm(bert, 'Approve', 'read and agreed');
    await until(async () => (await api('/exposure')).findings_open < before, 'what it covers is open still');
    expect(!(await api('/fixes?limit=200')).items.some((each) => each.id === row.id && each.findings_ended >= row.findings_ended), 'the update ends as much as before');
    await page.goto(`${server.address}/settings?tab=exceptions`);
    await page.getByRole('button', { name: `Withdraw: ${asked.sentence}` }).click();
    await confirm(page, 'Withdraw', 'the line goes on');
    await until(async () => (await api('/exposure')).findings_open === before, 'it still counts');
  });
}
