// SPDX-License-Identifier: Apache-2.0
// Until when and what first: the policy of deadlines, exposure by place, the queue of fixes.

export async function deciding({ page, task, expect, until, open, api, axe, picture, grouped }) {
  const use = async (name, change) => {
    await page.getByRole('button', { name: `Use ${name} …` }).click();
    const sheet = page.getByRole('dialog', { name: `Use ${name}` });
    await change?.(sheet);
    await sheet.getByLabel('Why (for the audit log)').fill('by the test');
    await sheet.getByRole('button', { name: 'Use it' }).click();
    await sheet.waitFor({ state: 'detached' });
  };
  const inUse = (name) => page.getByRole('region', { name: 'Policies of deadlines' }).getByRole('row').filter({ hasText: name }).filter({ hasText: 'in use' });
  await task('another policy of deadlines is put in force as what it changes was shown, and taken back', async () => {
    await open('/settings?tab=policies');
    await inUse('CISA BOD 26-04').first().waitFor();
    await use('Exploited, or not', async (sheet) => {
      await sheet.getByLabel('Days for others').fill('3650');
      await sheet.getByLabel('Days for exploited').fill('1');
      const change = await api('/policies/deadlines/exploited-or-not/change?days=exploited%3D1,others%3D3650');
      expect(change.findings > 0 && change.later + change.sooner > 0, JSON.stringify(change));
      await sheet.getByText(change.sentence).waitFor();
      await axe(page);
      await picture('policy-change');
    });
    await inUse('Exploited, or not').first().waitFor();
    const { uses } = await api('/policies/deadlines');
    expect(uses[0].policy === 'exploited-or-not' && uses[0].why === 'by the test', JSON.stringify(uses[0]));
    await use('CISA BOD 26-04');
    await inUse('CISA BOD 26-04').first().waitFor();
  });
  await task('a table of deadlines with a wrong line is refused with its line, the mended one is added, and removed', async () => {
    await page.getByRole('button', { name: 'Add a table of your own' }).click();
    const sheet = page.getByRole('dialog', { name: 'A table of your own' });
    const file = (text) => ({ name: 'own.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await sheet.getByLabel('Name').fill('Plant 3');
    await sheet.getByLabel('File').setInputFiles(file('severity,days\nhgh,3\n'));
    await sheet.getByRole('button', { name: 'Add it' }).click();
    await sheet.getByRole('alert').filter({ hasText: 'line 2, severity' }).waitFor();
    await sheet.getByLabel('File').setInputFiles(file('severity,days\ncritical,3\n*,next upgrade\n'));
    await sheet.getByRole('button', { name: 'Add it' }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove Plant 3' }).click();
    await page.getByRole('dialog', { name: 'Remove Plant 3' }).getByRole('button', { name: 'Remove', exact: true }).click();
    await until(async () => (await api('/policies/deadlines')).policies.every((policy) => policy.id !== 'plant-3'), 'it is still listed');
  });
  await task('a rule by subnet says how exposed devices are, as many as were shown, and is undone', async () => {
    await open('/settings?tab=policies');
    const query = 'address in 10.0.0.0/8';
    const { count } = await api(`/query/preview?query=${encodeURIComponent(query)}`);
    await page.getByRole('button', { name: 'New rule' }).click();
    const sheet = page.getByRole('dialog', { name: 'How exposed is what stands there?' });
    await sheet.getByLabel('Which').fill('10.0.0.0/8');
    await sheet.getByRole('status').filter({ hasText: `${grouped(count)} devices today` }).waitFor();
    await axe(page);
    await sheet.getByRole('button', { name: 'Make the rule' }).click();
    await sheet.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Exposure by place' }).getByRole('row').filter({ hasText: query }).getByText('internal', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo Exposure of subnet 10.0.0.0/8' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('heading', { name: 'No rule yet' }).waitFor();
  });
}

export async function queue({ page, task, expect, until, open, api, axe, picture, release }) {
  await task('the queue says what removes most within a budget, whose an update is, and what to ask a vendor for', async () => {
    await open('/fixes');
    await page.getByRole('button', { name: 'What removes most?' }).click();
    const choice = await api('/fixes/choice?windows=2');
    await page.getByRole('status').filter({ hasText: choice.sentence }).waitFor();
    const { items } = await api('/fixes?limit=200');
    expect(items.some((fix) => fix.kind === 'gap'), 'no row says what no update ends');
    await page.getByRole('button', { name: 'Assign gateway 1.5.0' }).click();
    const sheet = page.getByRole('dialog', { name: 'Who looks after gateway 1.5.0?' });
    await sheet.getByLabel('Owner (empty: nobody)').fill('line 4');
    await sheet.getByRole('button', { name: 'Assign' }).click();
    await sheet.waitFor({ state: 'detached' });
    await until(async () => (await api('/fixes?limit=200')).items.some((fix) => fix.release === release.id && fix.owner === 'line 4'), 'it has no owner');
    await page.getByRole('region', { name: 'Updates by risk removed' }).getByText('line 4').first().waitFor();
    const gap = items.find((fix) => fix.kind === 'gap' && fix.state === 'vendor');
    if (gap) {
      await page.getByRole('button', { name: `Bring in for ${gap.name} …` }).click();
      await page.getByRole('dialog').getByText(/^oakum release create .* --notes/).waitFor();
      await axe(page);
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    }
    await axe(page);
    await picture('fixes-queue');
  });
  await task('deadlines kept are summed up on Proof', async () => {
    await open('/proof');
    const record = await api('/proof/deadlines');
    await page.getByRole('region', { name: 'Deadlines by group' }).getByRole('row').nth(1).getByText('all of these devices').waitFor();
    expect(record.rows[0].group === null, JSON.stringify(record.rows[0]));
  });
}
