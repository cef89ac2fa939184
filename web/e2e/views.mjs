// SPDX-License-Identifier: Apache-2.0
// Lists under a name: saved, shared, changed by two people, removed.
export async function views({ page, browser, server, task, expect, open, api, post, send, axe, picture, grouped, fleet, settled }) {
  const cameras = fleet.filter((device) => device.kind === 'camera').length;
  const name = 'Cameras <b>=1+1</b>';
  const side = page.getByRole('navigation', { name: 'Pages' });
  const save = async (title, { shared = false } = {}) => {
    await page.getByRole('button', { name: 'Save as view …' }).click();
    const sheet = page.getByRole('dialog', { name: 'Save as view' });
    await sheet.getByLabel('Name').fill(title);
    if (shared) await sheet.getByRole('checkbox', { name: /^Others see it too/ }).check();
    await sheet.getByRole('button', { name: 'Save', exact: true }).click();
    return sheet;
  };
  await task('what a list shows is saved as a view, stands in the side list, and shows the same again', async () => {
    await open(`/devices?query=${encodeURIComponent('kind = camera')}&sort=name&columns=${encodeURIComponent('model,owner')}`);
    await page.getByText(`${grouped(cameras)} match`).waitFor();
    await page.getByRole('button', { name: 'Save as view …' }).click();
    await page.getByRole('dialog', { name: 'Save as view' }).getByLabel('Name').waitFor();
    await axe(page);
    await page.keyboard.press('Escape');
    await (await save(name)).waitFor({ state: 'detached' });
    await open('/');
    await side.getByRole('link', { name }).click();
    await page.getByText(`${grouped(cameras)} match`).waitFor();
    expect((await page.getByLabel('Query', { exact: true }).inputValue()) === 'kind = camera', 'the query is gone');
    expect((await page.getByLabel('Order').inputValue()) === 'name', 'the order is gone');
    const list = page.getByRole('region', { name: 'Devices', exact: true });
    await list.getByRole('columnheader', { name: 'Owner' }).waitFor();
    expect((await list.getByRole('columnheader', { name: 'Site' }).count()) === 0, 'a column that was not chosen is shown');
    await page.reload();
    await page.getByText(`View ${name}`).waitFor();
    const served = await api(`/devices?limit=1&view=${encodeURIComponent(name)}`);
    expect(served.total === cameras, `the API counts ${served.total}`);
    await axe(page);
    await picture('view');
  });
  await task('a name that is taken is said, and what was typed stays', async () => {
    await open(`/devices?query=${encodeURIComponent('kind = sensor')}`);
    const sheet = await save(name);
    await sheet.getByRole('alert').filter({ hasText: 'you have a view of this name' }).waitFor();
    expect((await sheet.getByLabel('Name').inputValue()) === name, 'what was typed is gone');
    await sheet.getByRole('button', { name: 'Cancel' }).click();
  });
  await task('a shared view is seen by a person of one group, with the devices of that group only', async () => {
    const { site } = fleet[0];
    const inside = fleet.filter((device) => device.kind === 'camera' && device.site === site).length;
    const group = await post('/groups', { name: 'One site', query: `site = "${site}"` });
    await post('/users', { name: 'vera', role: 'viewer', password: 'a password for the views', scope: [group.id] });
    await open(`/devices?query=${encodeURIComponent('kind = camera')}`);
    await (await save('All cameras, shared', { shared: true })).waitFor({ state: 'detached' });
    const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
    try {
      const hers = await context.newPage();
      await hers.goto(`${server.address}/sign-in`);
      await hers.getByLabel('User').fill('vera');
      await hers.getByLabel('Password').fill('a password for the views');
      await hers.getByRole('button', { name: 'Sign in' }).click();
      const hersSide = hers.getByRole('navigation', { name: 'Pages' });
      await hersSide.getByRole('link', { name: 'All cameras, shared' }).click();
      await settled(hers);
      await hers.getByText(`${grouped(inside)} match`).waitFor();
      expect((await hersSide.getByRole('link', { name }).count()) === 0, "she sees somebody's own view");
      expect((await hers.getByRole('button', { name: /^Remove the view/ }).count()) === 0, 'she is offered to remove it');
      await hers.getByRole('button', { name: 'Save as view …' }).click();
      expect((await hers.getByRole('checkbox', { name: /^Others see it too/ }).count()) === 0, 'a viewer is offered to share');
    } finally {
      await context.close();
    }
    const vera = (await api('/users?limit=100')).items.find((user) => user.name === 'vera');
    await send(`/users/${vera.id}`, 'application/json', JSON.stringify({ disabled: true, scope: [] }), { method: 'PATCH' });
    await send(`/groups/${group.id}`, undefined, undefined, { method: 'DELETE' });
  });
  await task('who changes a view second is told who was first, and nothing of it is lost', async () => {
    const view = (await api('/views?list=devices')).items.find((each) => each.shared);
    await open('/devices');
    await side.getByRole('link', { name: view.name }).click();
    await page.getByText(`View ${view.name}`).waitFor();
    await page.getByRole('button', { name: 'Save as view …' }).click();
    // The page does not hear of the change.
    const old = await (await page.request.get(`${server.address}/api/v1/views?limit=500`)).text();
    await page.route('**/api/v1/views?*', (route) => route.fulfill({ contentType: 'application/json', body: old }));
    await send(`/views/${view.id}`, 'application/json', JSON.stringify({ query: 'kind = gateway' }), { method: 'PATCH' });
    const sheet = page.getByRole('dialog', { name: 'Save as view' });
    await sheet.getByRole('button', { name: `Keep this in "${view.name}"` }).click();
    await sheet.getByRole('alert').filter({ hasText: /admin changed it first/ }).waitFor();
    expect((await api(`/views/${view.id}`)).query === 'kind = gateway', 'the first change is lost');
    await page.unroute('**/api/v1/views?*');
    await page.keyboard.press('Escape');
  });
  await task('a view is removed, and its list stays', async () => {
    await open('/');
    await side.getByRole('link', { name }).click();
    await page.getByRole('button', { name: `Remove the view ${name}` }).click();
    await side.getByRole('link', { name }).waitFor({ state: 'detached' });
    await page.getByText(`${grouped(cameras)} match`).waitFor();
  });
  await task('vulnerabilities, findings, fixes, releases, rollouts and alarms keep views too', async () => {
    for (const [path, heading, title] of [['/vulnerabilities?search=a&only=all', 'Vulnerabilities', 'About a'], ['/findings?only=unknown', 'Findings', 'Not told'], ['/fixes?query=kev', 'What to fix first', 'Hot'], ['/releases?only=draft', 'Releases', 'To publish'], ['/rollouts?only=halted', 'Rollouts', 'Stopped'], ['/alarms?tab=closed', 'Alarms', 'Over']]) {
      await open(path);
      await (await save(title)).waitFor({ state: 'detached' });
      await open('/');
      const link = side.getByRole('link', { name: title, exact: true });
      if ((await link.count()) === 0) await open(`${path}&view=${(await api('/views')).items.find((each) => each.name === title).id}`);
      else await link.click();
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
      const wanted = new URLSearchParams(path.split('?')[1]);
      for (const [key, value] of wanted) expect(new URL(page.url()).searchParams.get(key) === value, `${page.url()} has lost ${key}`);
      await settled(page);
    }
    for (const view of (await api('/views')).items) await send(`/views/${view.id}`, undefined, undefined, { method: 'DELETE' });
  });
}
