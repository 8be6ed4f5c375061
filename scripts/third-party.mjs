import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a package lets others do, as its authors wrote it. Their licences ask for that wherever their code goes. */
const licenceIn = directory => {
  const file = readdirSync(directory).find(name => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`expected a licence in ${directory}, of which code is bundled; found none`);
  return readFileSync(join(directory, file), 'utf8').trim();
};

const componentIn = directory => {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  return { name, version, license, text: licenceIn(directory) };
};

/** CycloneDX 1.6, without what differs from one build to the next: https://cyclonedx.org/docs/1.6/json/ */
const billOfMaterials = components => ({
  $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  components: components.map(({ name, version, license }) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return { type: 'library', 'bom-ref': purl, name, version, purl, licenses: [{ license: { id: license } }] };
  }),
});

/** Names what others wrote and esbuild has made a part of bundles: their licences, and a bill of materials. */
export const writeThirdParty = (inputs, to) => {
  const directories = Object.keys(inputs).flatMap(path => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  const components = [...new Set(directories)].map(componentIn).sort((a, b) => (a.name < b.name ? -1 : 1));
  const texts = components.map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}\n`);
  writeFileSync(join(to, 'THIRD-PARTY-LICENSES'), texts.join(`\n${'-'.repeat(80)}\n\n`));
  writeFileSync(join(to, 'sbom.cdx.json'), `${JSON.stringify(billOfMaterials(components), null, 2)}\n`);
};
