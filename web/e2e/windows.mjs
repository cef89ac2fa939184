// SPDX-License-Identifier: Apache-2.0
// Windows and freezes: set after a look at what they mean, and what they do to a rollout's waves.
export async function windows({ page, task, expect, until, open, api, post, axe, release, picture }) {
  await task('a window is set by keyboard and form, after a look at what it means where devices stand', async () => {
    await open('/windows');
    await page.getByRole('heading', { name: 'Nothing holds a device up' }).waitFor();
    await axe(page);
    await page.getByRole('button', { name: 'New window' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(/^Name/).fill('nights');
    await sheet.getByLabel(/^Whom it is for/).fill('site = "Test hall"');
    await sheet.getByLabel('Begins first').fill('2026-01-05T02:00');
    await sheet.getByLabel('Again').selectOption('weekly');
    await sheet.getByLabel('Monday').check();
    await sheet.getByLabel('Thursday').check();
    await sheet.getByLabel(/^Who need not keep it/).selectOption('urgent');
    await axe(page);
    await page.keyboard.press('Enter');
    const said = sheet.getByRole('status', { name: 'What it means' });
    await said.getByText(/^Installing is allowed every Monday and Thursday at 02:00 for 3 h, by each device's own clock/).waitFor();
    await said.getByText(/without a known time zone: the clock of UTC is taken/).waitFor();
    expect((await api('/schedules')).items.length === 0, 'a look changed something');
    await axe(page);
    await sheet.getByRole('button', { name: 'Set the window' }).click();
    await sheet.waitFor({ state: 'hidden' });
    const [kept] = (await api('/schedules')).items;
    expect(kept.rule.times[0].rule === 'FREQ=WEEKLY;BYDAY=MO,TH' && kept.rule.yields_to === 'urgent', JSON.stringify(kept.rule));
    await page.getByRole('region', { name: /^nights/ }).waitFor();
    await picture('windows');
  });
  await task('a window stands in the calendar, in each week in which it opens', async () => {
    await open('/calendar?week=2026-01-05');
    const list = page.getByRole('region', { name: 'Windows and freezes by week', exact: true });
    const [dates] = (await api('/schedules/dates?from=2026-01-05&to=2026-01-12')).items;
    expect(dates.name === 'nights' && dates.times.length === 2 && dates.devices > 0, JSON.stringify(dates));
    const row = list.getByRole('row', { name: /^nights/ });
    await row.getByText(/Mon, Thu 0?\d\d?:00–\d\d:00/).first().waitFor();
    expect((await row.getByText(/Mon, Thu/).count()) === 5, 'it does not stand in each of the five weeks');
    await axe(page);
    await row.getByRole('link', { name: 'nights' }).click();
    await page.getByRole('heading', { name: /^nights/ }).waitFor();
  });
  await task('a mistake in a rule is said where it is, and nothing is kept', async () => {
    await open('/windows');
    await page.getByRole('button', { name: 'New freeze' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(/^Name/).fill('fair');
    await sheet.getByLabel('Again').selectOption('rule');
    await sheet.getByLabel('Rule', { exact: true }).fill('FREQ=YEARLY');
    await sheet.getByRole('button', { name: 'See what it means' }).click();
    await sheet.getByRole('alert').getByText(/a rule repeats DAILY, WEEKLY or MONTHLY/).waitFor();
    await sheet.getByRole('button', { name: 'Cancel' }).click();
    expect((await api('/schedules')).items.length === 1, 'it was kept');
  });
  await task('the plan page says when its waves can run, and an urgent one does not wait', async () => {
    const plan = (name, priority) => post('/rollouts', { name, release: release.id, query: 'site = "Test hall"', care: 'careful', priority });
    const waits = await plan('gateways, in their window', 'normal');
    const times = await api(`/rollouts/${waits.id}/times`);
    await open(`/rollouts/${waits.id}`);
    const held = times.waves.some((wave) => wave.later.length > 0);
    // Where the window happens to be open now, nobody is held up, and nothing is said.
    if (held) await page.getByRole('region', { name: 'When its waves can run', exact: true }).first().getByText(/can be changed now; .* from/).first().waitFor();
    else await page.getByRole('heading', { name: 'Devices', exact: true }).or(page.getByRole('heading', { name: 'Decisions' })).first().waitFor();
    await axe(page);
    await picture('rollout-times');
    // What it would come to is played when somebody asks, and nothing is started by that.
    await page.getByRole('button', { name: 'Rehearse it' }).click();
    const rehearsal = page.getByRole('region', { name: 'Rehearsal', exact: true });
    await rehearsal.getByText(/^Half of the devices are (patched after|not reached within) /).waitFor();
    await rehearsal.getByRole('heading', { name: 'What a bad release would get to' }).waitFor();
    await rehearsal.getByText('What was assumed').click();
    await rehearsal.getByText(/^The release fails on 0\.5 % of devices/).waitFor();
    await axe(page);
    await picture('rehearsal');
    expect((await api(`/rollouts/${waits.id}`)).started === null, 'a rehearsal started it');
    const urgent = await plan('gateways, at once', 'urgent');
    expect((await api(`/rollouts/${urgent.id}/times`)).waves.every((wave) => wave.later.length === 0 && wave.never === 0), 'an urgent rollout waits');
    for (const { id } of [waits, urgent]) await post(`/rollouts/${id}/actions/abort`, { why: 'by the test' });
  });
  await task('a budget is set after a look at what it means, and removed', async () => {
    await open('/windows');
    const budgets = page.getByRole('region', { name: 'Disruption budgets' });
    await budgets.getByRole('heading', { name: 'No budget' }).waitFor();
    await budgets.getByRole('button', { name: 'New budget' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(/^Name/).fill('sites');
    await sheet.getByLabel(/^Facts that make a group/).fill('site, model');
    await sheet.getByLabel('At most').fill('10');
    await sheet.getByLabel('Of a group').selectOption('percent');
    await axe(page);
    await page.keyboard.press('Enter');
    await sheet.getByRole('status', { name: 'What it means' }).getByText(/^At most 10 % of the devices \(1 at least\) with the same site and model are out of service at once, of /).waitFor();
    expect((await api('/budgets')).items.length === 0, 'a look changed something');
    await sheet.getByRole('button', { name: 'Set the budget' }).click();
    await sheet.waitFor({ state: 'hidden' });
    const [kept] = (await api('/budgets')).items;
    expect(kept.rule.percent === 10 && kept.rule.by.join() === 'site,model', JSON.stringify(kept.rule));
    await budgets.getByRole('region', { name: /^sites/ }).waitFor();
    await axe(page);
    await picture('budgets');
    await budgets.getByRole('button', { name: 'Remove sites …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await budgets.getByRole('heading', { name: 'No budget' }).waitFor();
  });
  await task('a window is removed, and then nothing holds a device up', async () => {
    await open('/windows');
    await page.getByRole('button', { name: 'Remove nights …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('heading', { name: 'Nothing holds a device up' }).waitFor();
    await until(async () => (await api('/schedules')).items.length === 0, 'it is still there');
  });
}
