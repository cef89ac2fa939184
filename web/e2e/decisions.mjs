// SPDX-License-Identifier: Apache-2.0
// What people decide about findings: asked for with a look at what it covers, approved by somebody else, withdrawn; and a
// vulnerability of one's own.
export async function decisions({ page, bert, task, expect, until, open, api, axe, confirm, server, picture, grouped }) {
  let about;
  let sentence;
  await task('a vulnerability is accepted until a day, after a look at what that covers', async () => {
    about = (await api('/advisories?limit=50')).items.find((each) => each.affected > 1);
    await open(`/vulnerabilities/${about.id}`);
    await page.getByRole('button', { name: 'Accept …' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Why', { exact: true }).fill('the service is off');
    await axe(page);
    await sheet.getByRole('button', { name: 'See what it covers' }).click();
    await sheet.getByRole('status').getByText(/^It covers [\d,]+ findings? on [\d,]+ devices? now/).waitFor();
    await sheet.getByText('It counts once somebody else has approved it.').waitFor();
    await picture('decide');
    expect((await api('/exceptions')).items.length === 0, 'a look changed something');
    await sheet.getByRole('button', { name: 'Ask for approval' }).click();
    await sheet.waitFor({ state: 'hidden' });
    const [asked] = (await api('/exceptions?state=asked')).items;
    expect(asked.advisory === about.id && asked.covers.devices > 0, `what was asked for is ${JSON.stringify(asked)}`);
    sentence = asked.sentence;
  });
  await task('who asked for an exception finds it in Approvals, and cannot approve it', async () => {
    await open('/approvals');
    const one = page.getByRole('region', { name: sentence });
    await one.getByText('the service is off').waitFor();
    await one.getByText('You asked for it: somebody else has to approve it.').waitFor();
    expect((await one.getByRole('button', { name: /^Approve/ }).count()) === 0, 'its maker may approve it');
    await axe(page);
  });
  await task('somebody else approves it with what one has to know, and it counts beside what is open', async () => {
    await bert.goto(`${server.address}/`);
    await bert.getByRole('list', { name: 'Needs you' }).getByText('1 exception waits for approval.').waitFor();
    await bert.goto(`${server.address}/approvals`);
    await bert.getByRole('button', { name: `Approve: ${sentence}` }).click();
    await confirm(bert, 'Approve', 'read and agreed');
    await until(async () => (await api(`/advisories/${about.id}`)).accepted > 0, 'nothing is accepted');
    await open(`/vulnerabilities/${about.id}`);
    await page.getByText(/^By decisions of people: .*accepted/).waitFor();
    const [{ id }] = (await api(`/devices?limit=1&query=${encodeURIComponent(`finding = "${about.id}"`)}`)).items;
    await open(`/devices/${id}?tab=findings`);
    await page.getByRole('region', { name: 'Findings' }).getByText(/accepted by user .*approved by user bert/).first().waitFor();
  });
  await task('Settings say who is exempt from what until when, and take it back', async () => {
    await open('/settings?tab=exceptions');
    const row = page.getByRole('region', { name: 'Exceptions' }).getByRole('row').filter({ hasText: sentence });
    await row.getByText('counts').waitFor();
    await row.getByText('approved by user bert').first().waitFor();
    await axe(page);
    await picture('exceptions');
    await page.getByRole('button', { name: `Withdraw: ${sentence}` }).click();
    await confirm(page, 'Withdraw', 'it was fixed');
    await page.getByText('Nothing is excepted').waitFor();
    await until(async () => (await api(`/advisories/${about.id}`)).accepted === 0, 'it still counts');
  });
  await task('a vulnerability that no source tells is recorded, and is found', async () => {
    await open('/vulnerabilities');
    await page.getByRole('button', { name: 'Record one of our own …' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Title').fill('The update service takes any file');
    await sheet.getByLabel(/^What it concerns/).fill('busybox');
    await axe(page);
    await sheet.getByRole('button', { name: 'Record it' }).click();
    await page.getByRole('heading', { name: /^OAKUM-/, level: 1 }).waitFor();
    const { items } = await api('/own-advisories');
    await until(async () => (await api(`/advisories?limit=500&only=all&search=${items[0].id}`)).items.some((each) => each.affected > 0), 'it is not matched');
  });
}
