// SPDX-License-Identifier: Apache-2.0
// What people say of devices and groups, where these stand.
export async function stating({ page, task, expect, until, open, api, post, axe }) {
  await task('a device is given an owner, an exposure and a tag on its own page, and nothing else is said of it', async () => {
    const [device] = (await api(`/devices?limit=1&query=${encodeURIComponent('lifecycle = active')}`)).items;
    const facts = async () => Object.fromEntries((await api(`/devices/${device.id}`)).facts.map((fact) => [fact.key, fact]));
    const before = await facts();
    await open(`/devices/${device.id}`);
    await page.getByRole('button', { name: `Change ${device.name}` }).click();
    const sheet = page.getByRole('dialog', { name: `Change ${device.name}` });
    await sheet.getByLabel('Owner', { exact: true }).fill('hall master');
    await sheet.getByLabel('How exposed it is').selectOption('isolated');
    await sheet.getByLabel('New tag: its name').fill('rack');
    await sheet.getByLabel('New tag: its value').fill('7');
    await sheet.getByLabel('Why (for the audit log)').fill('seen on the round');
    await axe(page);
    await sheet.getByRole('button', { name: 'Change it' }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByText(/Owner: hall master/).waitFor();
    const after = await facts();
    expect(after.owner.value === 'hall master' && after.exposure.value === 'isolated' && after['tag.rack'].value === '7', JSON.stringify(after));
    for (const key of Object.keys(before)) if (!['owner', 'exposure'].includes(key)) expect(before[key].source === after[key]?.source, `${key} is of ${after[key]?.source} now`);
  });
  await task('a query that narrows the vulnerabilities stands on their page, names its mistake there, and is cleared there', async () => {
    await open(`/vulnerabilities?query=${encodeURIComponent('kind = camera')}`);
    const box = page.getByLabel('On devices that match the query');
    expect((await box.inputValue()) === 'kind = camera', 'the query is not shown');
    await box.fill('kind =');
    await box.press('Enter');
    await page.getByRole('alert').getByText(/column \d+/).waitFor();
    await box.fill('');
    await box.press('Enter');
    await page.waitForURL((url) => !url.searchParams.has('query'));
    await page.getByRole('region', { name: 'Vulnerabilities', exact: true }).waitFor();
  });
  await task('a group is renamed, asks for other devices, has an owner and is removed on the page of groups', async () => {
    const made = await post('/groups', { name: 'Changed here', query: 'kind = camera', defaults: { 'tag.hall': 'B' } });
    await open('/groups');
    await page.getByRole('button', { name: 'Change the group Changed here' }).click();
    const sheet = page.getByRole('dialog', { name: 'Change the group Changed here' });
    await sheet.getByLabel('Name', { exact: true }).fill('Changed twice');
    await sheet.getByLabel(/^Query/).fill('kind = gateway');
    await sheet.getByLabel('Owner', { exact: true }).fill('line 9');
    await sheet.getByRole('status').getByText(/with this query/).waitFor();
    await axe(page);
    await sheet.getByRole('button', { name: 'Change it' }).click();
    await sheet.waitFor({ state: 'detached' });
    const now = await api(`/groups/${made.id}`);
    expect(now.name === 'Changed twice' && now.query === 'kind = gateway' && now.defaults.owner === 'line 9' && now.defaults['tag.hall'] === 'B', JSON.stringify(now));
    await page.getByRole('button', { name: 'Remove the group Changed twice' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await until(async () => (await api('/groups?limit=500')).items.every((group) => group.id !== made.id), 'the group is there still');
  });
}
