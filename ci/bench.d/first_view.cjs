/* first_view.cjs REPO FILE - milliseconds from opening FILE in chromium to the first contentful paint, median of five.
 * Prints nothing where browser or driver are absent. */
'use strict';
const path = require('path');
const fs = require('fs');
let playwright;
try {
  playwright = require(path.join(process.argv[2], 'fixtures/npm/node_modules/playwright-core'));
} catch (e) {
  process.exit(0);
}
const executablePath = '/usr/bin/chromium';
if (!fs.existsSync(executablePath)) process.exit(0);
(async () => {
  const args = process.getuid() === 0 ? ['--no-sandbox'] : []; // the sandbox refuses to run as root
  const browser = await playwright.chromium.launch({ executablePath, args });
  const times = [];
  for (let i = 0; i < 5; i++) {
    const page = await browser.newPage();
    await page.goto('file://' + path.resolve(process.argv[3]), { timeout: 120000 });
    times.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
    await page.close();
  }
  await browser.close();
  console.log(Math.round(times.sort((a, b) => a - b)[2]));
})();
