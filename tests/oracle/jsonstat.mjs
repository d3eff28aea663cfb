// Reads the datasets that tests/write_jsonstat_samples.c wrote with jsonstat-toolkit, an independent
// implementation of the format, and compares what it finds with the .tsv beside each.
//
//	node tests/oracle/jsonstat.mjs DIR
//
// One TAP-like line per check, then "N passed, N failed"; exit status 1 when any failed. Without
// node_modules (npm ci --ignore-scripts in tests/oracle) everything is skipped, visibly.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

let passed = 0;
let failed = 0;

function check(what, got, want) {
  const ok = Object.is(got, want);
  ok ? passed++ : failed++;
  console.log(`${ok ? "ok" : "not ok"} ${passed + failed} - ${what}`);
  if (!ok) console.log(`# got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
}

function finish() {
  console.log(`1..${passed + failed}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}

// The expectation holds no tabs or line breaks inside texts.
const flat = (text) => text.replace(/[\t\n]/g, " ");

function parentOf(dim, code) {
  return dim.id.find((other) => (dim.__tree__.category.child?.[other] ?? []).includes(code));
}

// What the toolkit finds, in the order and the form of the expectation.
function* found(dataset) {
  yield* ["label", "source", "updated"]
    .filter((key) => dataset[key] != null)
    .map((key) => [key, flat(dataset[key])]);
  for (const note of dataset.note ?? []) yield ["note", flat(note)];
  for (const name of dataset.id) {
    const dim = dataset.Dimension(name);
    yield ["dim", name];
    yield ["dim-label", flat(dim.label)];
    yield ["dim-role", dim.role ?? "classification"]; // null without a role object
    if (dim.note) yield ["dim-note", flat(dim.note.join(" "))];
    for (const code of dim.id) {
      const category = dim.Category(code);
      yield ["code", code];
      yield ["code-label", flat(category.label)];
      if (category.unit?.base !== undefined) yield ["code-unit", category.unit.base];
      if (category.unit?.decimals !== undefined) yield ["code-decimals", `${category.unit.decimals}`];
      if (category.note) yield ["code-note", flat(category.note.join(" "))];
      const parent = parentOf(dim, code);
      if (parent !== undefined) yield ["code-parent", parent];
    }
  }
}

function checkDataset(JSONstat, dir, name) {
  const dataset = JSONstat(JSON.parse(readFileSync(join(dir, `${name}.json`), "utf8")));
  const lines = readFileSync(join(dir, `${name}.tsv`), "utf8").split("\n").slice(0, -1);
  const rows = lines.map((line) => line.split("\t"));
  const said = rows.filter(([key]) => key !== "cell");
  const cells = rows.filter(([key]) => key === "cell");

  check(`${name}: is a dataset`, dataset.class, "dataset");
  check(`${name}: number of cells`, dataset.n, cells.length);
  const got = [...found(dataset)];
  check(`${name}: number of texts`, got.length, said.length);
  said.forEach(([key, value], i) =>
    check(`${name}: ${key} ${JSON.stringify(value)}`, got[i]?.join("\t"), `${key}\t${value}`));
  for (const [, position, value, status] of cells) {
    const cell = dataset.Data(Number(position));
    check(`${name}: value of cell ${position}`, cell.value, value === "null" ? null : Number(value));
    check(`${name}: status of cell ${position}`, cell.status ?? "", status);
  }
}

const dir = process.argv[2];
if (dir === undefined) {
  console.error("usage: node tests/oracle/jsonstat.mjs DIR");
  process.exit(64);
}

let JSONstat;
try {
  JSONstat = (await import("jsonstat-toolkit")).default;
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.log("ok 1 - # SKIP jsonstat-toolkit is not installed: npm ci --ignore-scripts in tests/oracle");
  console.log("1..1");
  console.log("0 passed, 0 failed");
  process.exit(0);
}

const names = readdirSync(dir)
  .filter((file) => file.endsWith(".tsv"))
  .map((file) => file.slice(0, -4))
  .sort();
check("there are datasets to check", names.length > 0, true);
for (const name of names) {
  try {
    checkDataset(JSONstat, dir, name);
  } catch (error) {
    check(`${name}: is read without an exception`, error.message, "");
  }
}
finish();
