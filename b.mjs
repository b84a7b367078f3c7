import { build } from 'esbuild';
const r = await build({ stdin: { contents: "export * from '@passport/ledger-client/wallet'; export * from '@passport/client/browser'; export {Opener} from '@passport/privacy'", resolveDir: process.cwd()+'/web' }, bundle: true, format: 'esm', platform: 'browser', target: 'es2023', minify: true, write: false, metafile: true, logLevel: 'silent' }).catch(e => { for (const x of e.errors) console.log(x.text, x.location?.file); process.exit(1); });
console.log(r.outputFiles[0].contents.length);
const text = r.outputFiles[0].text;
console.log(/\bBuffer\b/.test(text), /\bprocess\b/.exec(text)?.index && text.slice(/\bprocess\b/.exec(text).index-80, /\bprocess\b/.exec(text).index+80));
const ins = Object.entries(Object.values(r.metafile.outputs)[0].inputs).sort((a,b)=>b[1].bytesInOutput-a[1].bytesInOutput).slice(0,25);
for (const [f,{bytesInOutput}] of ins) console.log(bytesInOutput, f);
