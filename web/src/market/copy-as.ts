import { answerFormats, type Ask } from '@passport/client/buyer';

/** In which languages a request can be taken along. */
export const copyLanguages = ['curl', 'typescript', 'python'] as const;

/** {@link copyLanguages} */
export type CopyLanguage = (typeof copyLanguages)[number];

/**
 * A request as a text that asks the same of the API, and pays. curl and Python pay by the credential of a session in
 * PASSPORT_SESSION; TypeScript signs by a key file, with the SDK.
 */
export function copyAs(language: CopyLanguage, ask: Ask, api: string): string {
  const url = new URL(ask.path, api.endsWith('/') ? api : `${api}/`).href;
  if (language === 'curl') return curlText(ask, url);
  return language === 'python' ? pythonText(ask, url) : typescriptText(ask, api);
}

function curlText(ask: Ask, url: string): string {
  const { format = 'json', body } = ask;
  return [
    `curl -sS --fail-with-body ${shellText(url)}`,
    `-H ${shellText(`Accept: ${answerFormats[format]}`)}`,
    '-H "Authorization: Passport-Session $PASSPORT_SESSION"',
    '-H "Idempotency-Key: $(openssl rand -hex 16)"',
    ...(body === undefined
      ? []
      : [`-H 'Content-Type: application/json'`, `--data-raw ${shellText(JSON.stringify(body))}`]),
    `-o ${fileName(ask)}`,
  ].join(' \\\n  ');
}

function pythonText(ask: Ask, url: string): string {
  const { method, format = 'json', body } = ask;
  return [
    'import os, urllib.request, uuid',
    '',
    'request = urllib.request.Request(',
    `    ${JSON.stringify(url)},`,
    `    method="${method}",`,
    ...(body === undefined ? [] : [`    data=${jsonText(JSON.stringify(body))}.encode(),`]),
    '    headers={',
    `        "Accept": "${answerFormats[format]}",`,
    ...(body === undefined ? [] : ['        "Content-Type": "application/json",']),
    '        "Authorization": "Passport-Session " + os.environ["PASSPORT_SESSION"],',
    '        "Idempotency-Key": str(uuid.uuid4()),',
    '    },',
    ')',
    'with urllib.request.urlopen(request) as answer, open(' +
      `${JSON.stringify(fileName(ask))}, "wb") as file:`,
    '    file.write(answer.read())',
    '    print("exact at block", answer.headers["Passport-Block"] or "in the answer")',
    '',
  ].join('\n');
}

function typescriptText(ask: Ask, api: string): string {
  return [
    `import { readFile, writeFile } from 'node:fs/promises';`,
    `import { setTimeout as pause } from 'node:timers/promises';`,
    `import { Buyer, importBuyerKey } from '@passport/client/buyer';`,
    '',
    `const key = await importBuyerKey(JSON.parse(await readFile('key.jwk', 'utf8')));`,
    'let purse: unknown;',
    'const buyer = new Buyer({',
    `  api: ${JSON.stringify(api)},`,
    '  key,',
    '  // Keep it in a file, so that the tab is there next time.',
    '  store: { read: async () => purse, write: async (content) => void (purse = content) },',
    '  fetch,',
    '  now: () => new Date(),',
    '  pause: (ms) => pause(ms),',
    '});',
    'await buyer.tabs.open({ amountMicro: 1_000_000n });',
    `const { body, paid } = await buyer.buy(${JSON.stringify(ask, undefined, 2)});`,
    `await writeFile(${JSON.stringify(fileName(ask))}, body);`,
    `console.log(paid?.receipt);`,
    'await buyer.tabs.close();',
    '',
  ].join('\n');
}

/** Name of the file that an answer is saved as. */
export function fileName({ format = 'json' }: Pick<Ask, 'format'>): string {
  return `answer.${format}`;
}

/** A word of a POSIX shell that is taken as it is. */
function shellText(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text as a literal of Python: JSON's escapes are Python's, but for pairs of surrogates. */
function jsonText(text: string): string {
  return JSON.stringify(text).replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, (pair) => pair);
}
