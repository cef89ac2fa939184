// SPDX-License-Identifier: Apache-2.0
// Floors for phones and tablets: set after a look at what they mean, excepted from, and removed.
export async function floors({ page, task, expect, until, open, api, axe, picture }) {
  await task('a floor is set by keyboard and form, after a look at who falls short and who cannot', async () => {
    await open('/floors');
    await page.getByRole('heading', { name: 'No floor is set' }).waitFor();
    await axe(page);
    await page.getByRole('button', { name: 'New floor' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(/^Name/).fill('phones');
    await axe(page);
    await page.keyboard.press('Enter');
    const said = sheet.getByRole('status', { name: 'What it means' });
    await said.getByText(/the newest iOS that each model is offered/).waitFor();
    expect((await api('/floors')).items.length === 0, 'a look changed something');
    await axe(page);
    await sheet.getByRole('button', { name: 'Set the floor' }).click();
    await sheet.waitFor({ state: 'hidden' });
    const [kept] = (await api('/floors')).items;
    expect(kept.policy.latest && kept.policy.days === 14 && kept.total > 0, JSON.stringify(kept.policy));
    await page.getByRole('region', { name: /^phones/ }).waitFor();
    await picture('floors');
  });
  await task('a version that Apple does not have is refused where it is said, with what there is', async () => {
    await page.getByRole('button', { name: 'New floor' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(/^Name/).fill('too-new');
    await sheet.getByLabel('At least').selectOption('version');
    await sheet.getByRole('textbox', { name: 'Version' }).fill('99.1');
    await sheet.getByRole('button', { name: 'See what it means' }).click();
    await sheet.getByRole('alert').getByText(/has no iOS 99.1; the newest is/).waitFor();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    expect((await api('/floors')).items.length === 1, 'it was kept');
  });
  await task('devices are excepted from a floor, which waits for another person, and the floor is removed', async () => {
    await page.getByRole('button', { name: 'Except devices from phones …' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(/^Which devices/).fill('platform = ios');
    await sheet.getByLabel('Until').fill(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
    await sheet.getByLabel('Why').fill('the app of the ward');
    await sheet.getByRole('button', { name: 'Ask for it' }).click();
    await sheet.waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: 'Exceptions of phones' }).getByText('asked', { exact: true }).waitFor();
    expect((await api('/floors')).items[0].excepted === 0, 'it counts before somebody approved it');
    await axe(page);
    expect((await page.getByRole('button', { name: 'Approve exception 1' }).count()) === 0, 'who asked may approve');
    await open('/');
    await page.getByRole('list', { name: 'Needs you' }).getByText(/1 exception waits for approval/).waitFor();
    await open('/approvals');
    const waiting = page.getByRole('region', { name: /^Exception \d+ of the floor phones/ });
    await waiting.getByText('the app of the ward').waitFor();
    await waiting.getByText(/somebody else has to approve/).waitFor();
    await axe(page);
    await open('/floors');
    await page.getByRole('button', { name: /^Withdraw exception/ }).click();
    const why = page.getByRole('dialog');
    await why.getByLabel('Why (for the audit log)').fill('the app is mended');
    await why.getByRole('button', { name: 'Withdraw', exact: true }).click();
    await why.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Exceptions of phones' }).getByText('withdrawn', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove phones …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('heading', { name: 'No floor is set' }).waitFor();
    await until(async () => (await api('/floors')).items.length === 0, 'it is still there');
  });
}
