// SPDX-License-Identifier: Apache-2.0
// What stands beside the main ways: SBOMs from the page, parts of long lists, what ends, and where the documentation is.
export async function details({ page, task, expect, until, open, api, axe }) {
  await task('an SBOM is attached from Welcome, and a wrong one says why not', async () => {
    await open('/welcome');
    await page.getByRole('button', { name: 'attach it' }).click();
    const sheet = page.getByRole('dialog', { name: 'Attach an SBOM' });
    const choose = async (text) => {
      await sheet.getByLabel('CycloneDX (JSON, XML) or SPDX').setInputFiles({ name: 'gate.cdx.json', mimeType: 'application/json', buffer: Buffer.from(text) });
      await sheet.getByLabel('Model').fill('Model that nobody has');
      await sheet.getByLabel('Firmware version').fill('9.9');
      await sheet.getByRole('button', { name: 'Attach', exact: true }).click();
    };
    await choose('{"bomFormat":"CycloneDX","specVersion":"1.5","components":[');
    await sheet.getByRole('alert').waitFor();
    await axe(page);
    await choose(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', components: ['a', 'b'].map((name) => ({ type: 'library', name: `nothing-${name}`, version: '1', purl: `pkg:generic/nothing-${name}@1` })) }));
    await sheet.getByRole('status').filter({ hasText: '2 components of Model that nobody has 9.9 from gate.cdx.json' }).waitFor();
    await sheet.getByRole('button', { name: 'Close' }).click();
  });
  await task('the software of a device is searched by name, and no more than is shown is asked for', async () => {
    const { items } = await api(`/devices?limit=1&query=${encodeURIComponent('platform = ios')}`);
    const asked = [];
    page.on('request', (request) => request.url().includes('/software') && asked.push(request.url()));
    await open(`/devices/${items[0].id}?tab=software`);
    const list = page.getByRole('region', { name: 'delta components' }).or(page.getByRole('region', { name: 'base components' })).first();
    await list.waitFor();
    await page.getByLabel('With this in its name').fill('no such thing');
    await page.getByText(/; shown are 0 with “no such thing” in the name/).first().waitFor();
    expect(asked.length > 0 && asked.every((url) => url.includes('most=')), `asked without a limit: ${asked}`);
    await axe(page);
  });
  await task('Settings says when keys and certificates end', async () => {
    await open('/settings?tab=keys');
    const rows = page.getByRole('region', { name: 'When they end' });
    for (const what of ["This server's authority, which devices trust", 'The list of signing keys', 'The signed list of releases']) await rows.getByText(what).waitFor();
    const { ends } = await api('/system');
    expect(ends.length === 6 && ends.every((each) => Date.parse(each.at) > Date.now()), JSON.stringify(ends));
    await axe(page);
  });
  await task('pages lead to what the documentation says of them', async () => {
    for (const [path, words, heading] of [
      ['/alarms', 'What raises an alarm, and where it is sent', /Alarms/],
      ['/devices', 'All that can be asked', /query/i],
      ['/settings?tab=channels', 'Alarms and channels', /Alarms/],
    ]) {
      await open(path);
      await page.getByRole('main').getByRole('link', { name: words }).click();
      await until(async () => (await page.getByRole('heading', { level: 1 }).filter({ hasText: heading }).count()) > 0, `${path} does not lead to its documentation`);
    }
  });
}
