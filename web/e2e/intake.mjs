// SPDX-License-Identifier: Apache-2.0
// What a release has to show before it is published: the checks with their evidence, the yes of somebody else, and what an
// administrator lets through.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export async function intake({ page, bert, task, expect, until, open, api, send, post, axe, confirm, server, picture }) {
  const patch = (path, body) => send(path, 'application/json', JSON.stringify(body), { method: 'PATCH' });
  const artifact = async (name) => {
    const bytes = Buffer.alloc(4096, name);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const upload = await post('/uploads', { name, length: bytes.length, sha256 });
    await send(`/uploads/${upload.id}`, 'application/octet-stream', bytes, { method: 'PATCH', headers: { 'upload-offset': '0' } });
    await send(`/uploads/${upload.id}/finish`);
    return sha256;
  };
  const draft = async (version, name) => post('/releases', { name: 'gateway', version, artifact: await artifact(name), models: ['AC-GW200'], notes: 'from the maker' });
  const published = async () => (await api('/releases?state=published&limit=500')).items.filter((each) => each.name === 'gateway');
  let made;
  await task('a draft that a check stops says which and why, and cannot be published', async () => {
    made = await draft('9.0.0', 'gateway-9.0.0.swu');
    await open(`/releases/${made.id}`);
    await page.getByRole('note').getByText('1 check stops it: kind of file.').waitFor();
    const checks = page.getByRole('list', { name: 'Checks' });
    await checks.getByText(/says a SWUpdate archive, and the bytes are raw bytes/).waitFor();
    expect((await checks.getByRole('listitem').filter({ hasText: 'Kind of file' }).innerText()).includes('failed'), 'the check did not fail');
    await checks.getByRole('listitem').filter({ hasText: 'Exploited' }).getByText('cannot tell').waitFor();
    expect((await page.getByRole('button', { name: 'Publish' }).count()) === 0, 'it can be published');
    await axe(page);
  });
  await task('a version that falls behind is let through by an administrator, with a reason', async () => {
    expect((await published()).length > 0, 'no gateway is published');
    const older = await draft('0.9.0', 'gateway-0.9.0.img');
    await open(`/releases/${older.id}`);
    await page.getByRole('note').getByText('1 check stops it: version.').waitFor();
    await page.getByRole('button', { name: 'Let it through: Version' }).focus();
    await page.keyboard.press('Enter');
    await axe(page);
    await confirm(page, 'Let it through', 'for boards of the first series');
    await page.getByRole('listitem').filter({ hasText: 'Version' }).locator('.badge', { hasText: 'let through' }).waitFor();
    await page.getByText(/for boards of the first series/).waitFor();
    await page.getByRole('button', { name: 'Publish' }).waitFor();
    await post(`/releases/${older.id}/actions/withdraw`, { why: 'the test is over' });
  });
  await task('who made a release finds that somebody else has to approve it', async () => {
    await patch('/intake', { checks: { approval: true }, why: 'by the test' });
    await patch(`/releases/${made.id}`, { artifact: await artifact('gateway-9.0.0.img') });
    await open(`/releases/${made.id}`);
    await page.getByRole('note').getByText('1 check stops it: approval.').waitFor();
    await page.getByText('You made it or uploaded its artifact: somebody else has to approve it.').waitFor();
    expect((await page.getByRole('button', { name: 'Approve' }).count()) === 0, 'its maker may approve it');
    await axe(page);
    await picture('intake');
    await open('/approvals');
    const one = page.getByRole('region', { name: 'gateway 9.0.0' });
    await one.getByText('You made it or uploaded its artifact: somebody else has to approve it.').waitFor();
    await axe(page);
  });
  await task('somebody else finds it on Home, looks at the evidence, and approves just these bytes', async () => {
    await bert.goto(`${server.address}/`);
    await bert.getByRole('list', { name: 'Needs you' }).getByText('1 release waits for approval.').waitFor();
    await bert.goto(`${server.address}/approvals`);
    const one = bert.getByRole('region', { name: 'gateway 9.0.0' });
    await one.getByRole('list', { name: 'What gateway 9.0.0 shows' }).getByText(/Waits for the approval of somebody other than/).waitFor();
    await one.getByText('from the maker').waitFor();
    await bert.getByRole('button', { name: 'Refuse: gateway 9.0.0' }).waitFor();
    await bert.getByRole('button', { name: 'Approve: gateway 9.0.0' }).click();
    const { artifact: of } = await api(`/releases/${made.id}`);
    await bert.getByRole('dialog').getByText(of.sha256).waitFor();
    await confirm(bert, 'Approve', 'it passed the laboratory');
    await until(async () => (await api('/releases?awaits_approval=true')).items.length === 0, 'it still waits');
    await open(`/releases/${made.id}`);
    await page.getByText(/Approved by user bert .*: it passed the laboratory/).waitFor();
    await page.getByRole('button', { name: 'Publish' }).waitFor();
  });
  await task('a draft that is changed after its approval waits for another one', async () => {
    await patch(`/releases/${made.id}`, { artifact: await artifact('gateway-9.0.0-again.img') });
    await open(`/releases/${made.id}`);
    await page.getByText(/It was changed since, and waits for another decision\./).waitFor();
    expect((await page.getByRole('button', { name: 'Publish' }).count()) === 0, 'it can be published');
    await patch('/intake', { checks: { approval: false }, why: 'by the test' });
    await post(`/releases/${made.id}/actions/withdraw`, { why: 'the test is over' });
  });
  await task('what was published can be passed on with a signed summary of just these bytes', async () => {
    const [release] = await published();
    await open(`/releases/${release.id}`);
    const link = page.getByRole('link', { name: 'signed summary' });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const envelope = JSON.parse(await readFile(await download.path(), 'utf8'));
    const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    expect(statement.subject[0].digest.sha256 === release.artifact.sha256, 'the summary is of another file');
    expect(statement.predicate.verificationResult === 'PASSED', 'it did not pass');
    await open(`/releases/${made.id}`); // withdrawn by now
    await page.getByRole('heading', { name: 'May it go out?' }).waitFor();
    expect((await page.getByRole('link', { name: 'signed summary' }).count()) === 0, 'what was withdrawn is vouched for');
  });
  await task('what waits for approval, when the server does not answer, says what to do and comes back', async () => {
    await page.route('**/api/v1/releases?awaits_approval*', (route) => route.abort());
    await page.goto(`${server.address}/approvals`);
    const alert = page.getByRole('alert').filter({ hasText: 'releases that wait for approval' });
    await alert.waitFor();
    await page.unroute('**/api/v1/releases?awaits_approval*');
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('region', { name: 'Releases' }).getByText('None waits for approval.').waitFor();
  });
}
