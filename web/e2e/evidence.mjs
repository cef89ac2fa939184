// SPDX-License-Identifier: Apache-2.0
// An evidence pack is made on the page, watched, and taken along.
import { readFileSync } from 'node:fs';
export async function evidence({ page, task, expect, until, open, api, axe, picture }) {
  await task('an evidence pack is made for a period, says how far it is, and is taken along', async () => {
    await open('/proof');
    const section = page.getByRole('region', { name: 'Evidence pack' });
    await section.getByText('None was made yet.').waitFor();
    await section.getByLabel('For which standard').selectOption('iso-27001');
    await section.getByLabel(/^First day/).fill('2026-01-01');
    await section.getByLabel(/^Last day/).fill(new Date().toISOString().slice(0, 10));
    await section.getByRole('button', { name: 'Make the pack' }).click();
    await section.getByText(/is made\.$/).waitFor();
    const [pack] = (await api('/evidence')).items;
    expect(pack.standard === 'iso-27001' && pack.left_out.length === 0, JSON.stringify(pack));
    await axe(page);
    await picture('evidence');
    const [download] = await Promise.all([page.waitForEvent('download'), section.getByRole('link', { name: pack.file }).click()]);
    const archive = readFileSync(await download.path());
    expect(archive.length === pack.bytes && archive.includes('SHA256SUMS.sig') && archive.includes('inventory.csv'), `${archive.length} bytes`);
    const { id } = await api('/evidence-key');
    await section.getByText(`oakum evidence verify FILE --key ${id}`, { exact: true }).waitFor();
  });
  await task('Connections says what is connected, and which management systems can be', async () => {
    await open('/settings?tab=connections');
    const row = (name) => page.getByRole('region', { name: 'Connections' }).getByRole('row', { name });
    await row(/^Device management/).getByText(/Intune and the Android Management API/).waitFor();
    await row(/^Identity provider/).getByText(/^none: people have accounts/).waitFor();
    await row(/^Channels/).getByText(/^none: alarms are told/).waitFor();
    await row(/^Devices with an agent/).getByText(/speak to this server/).waitFor();
    await axe(page);
  });
  await task('a period that makes no sense is refused, and said', async () => {
    await open('/proof');
    const section = page.getByRole('region', { name: 'Evidence pack' });
    await section.getByLabel(/^First day/).fill('2026-02-02');
    await section.getByLabel(/^Last day/).fill('2026-02-01');
    await section.getByRole('button', { name: 'Make the pack' }).click();
    await section.getByRole('alert').filter({ hasText: 'the period ends before it begins' }).waitFor();
    await until(async () => (await api('/evidence')).items.length === 1, 'a pack was made of it');
  });
}
