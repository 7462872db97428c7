// Prints what the scoring needs to know of the suite: its tests, and the caches it has results of.
import fs from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const load = async file => (await import(pathToFileURL(path.join(process.argv[2], file)))).default

// Later editions have put this group's tests into others.
const surrogate = 'tests/surrogate-control.mjs'
const groups = await load('tests/index.mjs')
if (fs.existsSync(path.join(process.argv[2], surrogate)) && !groups.some(group => group.id === 'surrogate-control')) {
  groups.push(await load(surrogate))
}

const tests = groups.flatMap(group => group.tests.map(test => ({
  id: test.id,
  name: test.name,
  group: group.name,
  kind: test.kind ?? 'required',
  dependsOn: test.depends_on ?? []
})))

console.log(JSON.stringify({ tests, caches: await load('results/index.mjs') }))
