// SPDX-License-Identifier: Apache-2.0
// People, settings and care of data: a device is replaced, periods are set, a program is let in, channels are changed, keys are tried.
export async function people({ page, task, expect, until, open, api, post, axe, picture, context, server }) {
  await task('a device takes the place of another after a look, and both get back what they had', async () => {
    const { items } = await api(`/devices?limit=2&query=${encodeURIComponent('kind = camera and lifecycle = active')}`);
    const [old, fresh] = items;
    await open(`/devices/${old.id}`);
    await page.getByRole('button', { name: 'Replace …' }).click();
    const sheet = page.getByRole('dialog', { name: `Replace ${old.name}` });
    await sheet.getByLabel('Serial, name or address of the new device').fill(fresh.serial);
    await sheet.getByRole('list', { name: 'Found devices' }).getByRole('button').first().click();
    await sheet.getByText(`${fresh.name} takes the place of ${old.name}`, { exact: false }).waitFor();
    await sheet.getByRole('region', { name: 'What passes to the new device' }).getByText(old.name, { exact: true }).waitFor();
    await axe(page);
    await picture('replace-device');
    expect((await api(`/devices/${fresh.id}`)).name === fresh.name, 'a look changed something');
    await sheet.getByLabel('Why (for the audit log)').fill('water in the housing');
    await sheet.getByRole('button', { name: `Replace ${old.name}` }).click();
    await sheet.getByRole('button', { name: 'Undo' }).waitFor();
    await until(async () => (await api(`/devices/${old.id}`)).lifecycle === 'retired', 'the old one is not retired');
    expect((await api(`/devices/${fresh.id}`)).name === old.name, 'the name did not pass on');
    await sheet.getByRole('button', { name: 'Undo' }).click();
    await until(async () => (await api(`/devices/${old.id}`)).lifecycle === 'active', 'the old one stays retired');
    expect((await api(`/devices/${fresh.id}`)).name === fresh.name, 'the new one keeps the name');
    await sheet.getByRole('button', { name: 'Close' }).click();
  });
  await task('how long things are kept is shown, looked at and set', async () => {
    await open('/settings?tab=retention');
    const list = page.getByRole('region', { name: 'Kept' });
    await list.getByRole('cell', { name: 'sessions', exact: true }).waitFor();
    await axe(page);
    await picture('retention');
    await page.getByRole('button', { name: 'Change …' }).click();
    const sheet = page.getByRole('dialog', { name: 'Keep things for another time' });
    await sheet.getByLabel(/^sessions:/).fill('30');
    await sheet.getByRole('button', { name: 'See what would go' }).click();
    await sheet.getByRole('status').waitFor();
    const kept = async (kind) => (await api('/retention')).kinds.find((each) => each.kind === kind).days;
    expect((await kept('sessions')) === 7, 'a look changed something');
    await sheet.getByLabel('Why (for the audit log)').fill('the works council agreed');
    await sheet.getByRole('button', { name: 'Keep it so' }).click();
    await sheet.waitFor({ state: 'detached' });
    await list.getByText('30 days', { exact: true }).waitFor();
    expect((await kept('sessions')) === 30, 'it is not set');
  });
  await task('a program is let in by the code that it shows, after a look at what asks', async () => {
    const ask = async (path, data) => (await context.request.post(`${server.address}/api/v1${path}`, { data, headers: { 'content-type': 'application/json' } })).json();
    const begun = await ask('/session/code', { client: 'oakum of anna on build-7' });
    await open(`/sign-in/code?code=${begun.code}`);
    await page.getByRole('button', { name: 'Look who asks' }).click();
    await page.getByText('oakum of anna on build-7').waitFor();
    await axe(page);
    await picture('let-in');
    expect((await ask('/session/code/poll', { secret: begun.secret })).state === 'waiting', 'a look let it in');
    await page.getByRole('button', { name: 'Let it in' }).click();
    await page.getByRole('heading', { name: 'It is let in' }).waitFor();
    await new Promise((done) => setTimeout(done, 5_100));
    const polled = await ask('/session/code/poll', { secret: begun.secret });
    expect(polled.state === 'granted' && polled.secret, JSON.stringify(polled.state));
    await open('/sign-in/code');
    await page.getByLabel('Code that it shows').fill(begun.code);
    await page.getByRole('button', { name: 'Look who asks' }).click();
    await page.getByRole('alert').filter({ hasText: 'no program waits with this code' }).waitFor();
  });
  await task('keys are tried, and a channel is changed without its secret', async () => {
    await open('/settings?tab=keys');
    await page.getByRole('button', { name: 'Test the keys' }).click();
    const found = page.getByRole('region', { name: 'What the test of the keys found' });
    await found.getByRole('cell', { name: 'timestamp' }).first().waitFor();
    expect((await found.getByText('✕ wrong').count()) === 0, 'a key does not sign');
    await axe(page);
    await post('/channels', { name: 'to change', kind: 'webhook', address: 'https://example.org/hook', secret: 'a key' });
    await open('/settings?tab=channels');
    await page.getByRole('button', { name: 'Change to change' }).click();
    const sheet = page.getByRole('dialog', { name: 'Change to change' });
    await axe(page);
    await sheet.getByLabel('Name').fill('changed');
    await sheet.getByRole('button', { name: 'Change it' }).click();
    await sheet.waitFor({ state: 'detached' });
    await until(async () => (await api('/channels')).items.some((each) => each.name === 'changed'), 'the name stays');
    await page.getByRole('button', { name: 'Remove changed' }).click();
    await page.getByRole('dialog', { name: 'Remove changed?' }).getByRole('button', { name: 'Remove', exact: true }).click();
    await until(async () => (await api('/channels')).items.every((each) => each.name !== 'changed'), 'it is there still');
  });
}
