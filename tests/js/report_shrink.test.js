import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { MOST_BYTES, sizeWithin, smallEnough, stepsFor } from '../../static/js/lib/report_shrink.js';

test('the first try is 1600 px at 0.8, in a disaster 1280 px at 0.75', () => {
  assert.deepEqual(stepsFor(false)[0], { side: 1600, quality: 0.8 });
  assert.deepEqual(stepsFor(true)[0], { side: 1280, quality: 0.75 });
});

test('each further try is smaller than the one before', () => {
  for (const steps of [stepsFor(false), stepsFor(true)]) {
    for (let index = 1; index < steps.length; index += 1) {
      const [before, after] = [steps[index - 1], steps[index]];
      assert.ok(after.side < before.side || (after.side === before.side && after.quality < before.quality));
    }
  }
});

test('the shape is kept and nothing grows', () => {
  assert.deepEqual(sizeWithin(4000, 3000, 1600), { width: 1600, height: 1200 });
  assert.deepEqual(sizeWithin(3000, 4000, 1280), { width: 960, height: 1280 });
  assert.deepEqual(sizeWithin(640, 480, 1600), { width: 640, height: 480 });
  assert.deepEqual(sizeWithin(20000, 2, 1600), { width: 1600, height: 1 });
});

test('quality falls until the picture is small enough, and no further', async () => {
  const tried = [];
  const encode = async (step) => { tried.push(step); return { size: 900_000 - tried.length * 200_000 }; };
  const made = await smallEnough(encode, stepsFor(false));
  assert.ok(made.size <= MOST_BYTES);
  assert.equal(tried.length, 3);
});

test('a picture that no step makes small enough is the last one', async () => {
  let tries = 0;
  const made = await smallEnough(async () => { tries += 1; return { size: 5_000_000 - tries }; }, stepsFor(true));
  assert.equal(tries, stepsFor(true).length);
  assert.equal(made.size, 5_000_000 - tries);
});
