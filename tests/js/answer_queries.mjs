// @ts-check
// Answers a file of queries with the phone's finder: node answer_queries.mjs CASES ANSWERS
import { readFileSync, writeFileSync } from 'node:fs';
import { nearest, readTown } from '../../static/js/lib/shelters.js';

const [, , source, target] = process.argv;
const cases = JSON.parse(readFileSync(source, 'utf8'));
const answers = cases.map(({ snapshot, status, queries }) => {
  const town = readTown(snapshot, status);
  return queries.map((query) => nearest(town, query));
});
writeFileSync(target, JSON.stringify(answers));
