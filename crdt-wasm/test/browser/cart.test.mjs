/** The page to learn from, used as somebody would. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { noBrowser, withBrowser } from "../support/page.mjs";

const SYNCED = /^Everything written here is at the/;

/** Opens the page; what it reports as an error fails the test. */
async function opened(browser, address, options) {
  const page = await browser.newPage(options);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`${address}examples/cart/`);
  const [laptop, phone] = ["Laptop", "Phone"].map((name) => paneOf(page, name));
  for (const pane of [laptop, phone]) await pane.says(SYNCED);
  await areEqual(page);
  return { page, laptop, phone, errors };
}

function paneOf(page, name) {
  const region = page.getByRole("region", { name });
  return {
    online: region.getByRole("switch", { name: "Online" }),
    item: region.getByLabel("Add to the cart"),
    like: region.getByRole("button", { name: "Like" }),
    name: region.getByLabel("Profile name"),
    address: region.getByLabel("Address"),
    conflict: region.getByRole("group", { name: /Which one is right/ }),
    remove: (item) => region.getByRole("button", { name: `Remove ${item}` }),
    keep: (value) => region.getByRole("button", { name: `Keep “${value}”` }),
    items: () => region.getByRole("list", { name: "Cart" }).getByRole("listitem").locator("span").allTextContents(),
    likes: () => region.locator("strong").textContent(),
    says: (text) => region.getByRole("status").filter({ hasText: text }).waitFor(),
  };
}

const write = async (field, text) => {
  await field.fill(text);
  await field.press("Enter");
};
const areEqual = (page) => page.locator("#equal").filter({ hasText: "Both hold the same bytes" }).waitFor();
const numberOf = async (page, id) => Number((await page.locator(id).textContent()).replace(/\D/g, ""));

test("both sides go offline, write the same things, and agree again", { skip: noBrowser }, () =>
  withBrowser(async (browser, address) => {
    const { page, laptop, phone, errors } = await opened(browser, address);
    assert.deepEqual(await phone.items(), ["Apples", "Bread"]);
    await laptop.online.click();
    await phone.says("The laptop is offline.");
    const said = await numberOf(page, "#bytes");
    assert.ok(said > 0);
    await phone.online.click();
    await phone.says("Offline.");
    await write(laptop.item, "Cheese");
    await write(phone.item, "Dates");
    await phone.remove("Apples").click();
    await laptop.like.click();
    await phone.like.click();
    await write(laptop.name, "Alicia");
    await write(phone.name, "Ally");
    await write(laptop.address, "2 High Street");
    await write(phone.address, "3 Low Road");
    await laptop.says("Offline. 4 changes are not yet at the phone.");
    await phone.says("Offline. 5 changes are not yet at the laptop.");
    assert.deepEqual(await laptop.items(), ["Apples", "Bread", "Cheese"]);
    assert.deepEqual(await phone.items(), ["Bread", "Dates"]);
    assert.equal(await page.locator("#equal").textContent(), "They differ at the moment");
    assert.equal(await numberOf(page, "#bytes"), said, "nothing travels while nobody is there");

    await laptop.online.click();
    await laptop.says("The phone is offline. 4 changes are not yet at the phone.");
    await phone.online.click();
    await areEqual(page);
    for (const pane of [laptop, phone]) {
      await pane.says(SYNCED);
      await pane.says("There are 2 addresses: choose one.");
      assert.deepEqual(await pane.items(), ["Bread", "Cheese", "Dates"]);
      assert.equal(await pane.likes(), "4");
      assert.equal(await pane.name.inputValue(), "Ally", "the later one");
      await pane.conflict.waitFor();
    }
    assert.ok((await numberOf(page, "#bytes")) > said);
    const sizes = await page.locator("#log li span:last-child").allTextContents();
    assert.ok(sizes.length > 0 && sizes.every((size) => /^\d+ bytes$/.test(size)));

    await phone.keep("2 High Street").click();
    await laptop.conflict.waitFor({ state: "hidden" });
    await areEqual(page);
    for (const pane of [laptop, phone]) {
      await pane.conflict.waitFor({ state: "hidden" });
      await pane.says(SYNCED);
      assert.equal(await pane.address.inputValue(), "2 High Street");
    }
    assert.deepEqual(errors, []);
  }),
);

test("a keyboard is enough, and keeps its place", { skip: noBrowser }, () =>
  withBrowser(async (browser, address) => {
    const { page, laptop, phone, errors } = await opened(browser, address);
    const isFocused = (element) => element.evaluate((node) => node === document.activeElement);
    /** As somebody would who has no mouse. */
    const goTo = async (element) => {
      for (let presses = 0; presses < 60; presses++) {
        if (await isFocused(element)) {
          const outline = await element.evaluate((node) => getComputedStyle(node).outlineStyle);
          assert.equal(outline, "solid", "it shows where one is");
          return;
        }
        await page.keyboard.press("Tab");
      }
      assert.fail(`${element} cannot be reached`);
    };
    for (const pane of [laptop, phone]) {
      await goTo(pane.online);
      await page.keyboard.press("Space");
      assert.equal(await pane.online.getAttribute("aria-checked"), "false");
    }
    for (const [pane, street] of [[laptop, "2 High Street"], [phone, "3 Low Road"]]) {
      await goTo(pane.item);
      await page.keyboard.type("Eggs");
      await page.keyboard.press("Enter");
      assert.ok(await isFocused(pane.item), "to add the next one");
      await goTo(pane.like);
      await page.keyboard.press("Enter");
      await goTo(pane.address);
      await page.keyboard.press("Control+A");
      await page.keyboard.type(street);
      await page.keyboard.press("Enter");
    }
    await goTo(laptop.remove("Apples"));
    await page.keyboard.press("Enter");
    await laptop.remove("Apples").waitFor({ state: "detached" });
    assert.ok(await isFocused(laptop.remove("Bread")), "the next line");
    for (const pane of [laptop, phone]) {
      await goTo(pane.online);
      await page.keyboard.press("Space");
    }
    await laptop.keep("3 Low Road").waitFor();
    await areEqual(page);
    for (const pane of [laptop, phone]) {
      await pane.says(SYNCED);
      assert.deepEqual(await pane.items(), ["Bread", "Eggs"]);
    }
    await goTo(laptop.keep("3 Low Road"));
    await page.keyboard.press("Enter");
    await laptop.conflict.waitFor({ state: "hidden" });
    assert.ok(await isFocused(laptop.address), "what was chosen");
    await phone.conflict.waitFor({ state: "hidden" });
    assert.equal(await phone.address.inputValue(), "3 Low Road");
    assert.deepEqual(errors, []);
  }),
);

test("it fits a phone, in the dark too, and leaves alone what is being typed", { skip: noBrowser }, () =>
  withBrowser(async (browser, address) => {
    const viewport = { width: 390, height: 844 };
    const { page, laptop, phone, errors } = await opened(browser, address, { viewport, colorScheme: "dark" });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    await write(laptop.item, "x".repeat(60));
    await phone.remove("x".repeat(60)).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);

    await phone.name.fill("Half a na");
    await laptop.name.evaluate((field) => {
      field.value = "Bob";
      field.form.requestSubmit();
    });
    await laptop.like.evaluate((button) => button.click());
    await page.waitForFunction(() => [...document.querySelectorAll("strong")].every((likes) => likes.textContent === "3"));
    assert.equal(await phone.name.inputValue(), "Half a na", "although the name has come by then");
    assert.deepEqual(errors, []);
  }),
);

test("a page that does not allow WebAssembly is told so", { skip: noBrowser }, () =>
  withBrowser(async (browser, address) => {
    const page = await browser.newPage();
    await page.route("**/cart/", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, headers: { ...answer.headers(), "content-security-policy": "script-src 'self'" } });
    });
    const error = page.waitForEvent("pageerror");
    await page.goto(`${address}examples/cart/`);
    assert.match((await error).message, /the WebAssembly module cannot be loaded/);
  }),
);
